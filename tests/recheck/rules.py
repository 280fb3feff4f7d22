"""All rules together, under the reading of the calendars that suits a plan best."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.recheck.bindings import check_bindings
from tests.recheck.buffers import check_buffers
from tests.recheck.calendars import readings
from tests.recheck.case import Case
from tests.recheck.changes import check_bought_life, check_changes
from tests.recheck.completion import check_completion
from tests.recheck.configured import check_configured
from tests.recheck.factory import Factory
from tests.recheck.ledger import Ledger
from tests.recheck.limits import check_gap, check_shelf_life, check_stretch
from tests.recheck.maintenance import check_maintenance
from tests.recheck.material import check_material
from tests.recheck.orders import check_due_dates, check_lateness, check_order_lines
from tests.recheck.ovens import check_oven_quantities
from tests.recheck.pegs import check_pegs
from tests.recheck.plan import Plan
from tests.recheck.progress import check_pinned
from tests.recheck.purchases import check_now, check_purchases
from tests.recheck.quantities import check_quantities, check_work_orders
from tests.recheck.resources import check_capacity, check_eligibility
from tests.recheck.splits import check_routes, check_splits
from tests.recheck.steps import check_precedence, check_steps
from tests.recheck.stocked import check_stocked
from tests.recheck.subcontracting import check_subcontracting, check_weekly_quantity
from tests.recheck.sums import check_certificate, check_kpis
from tests.recheck.suppliers import check_weekly_receipts
from tests.recheck.tools import check_travel
from tests.recheck.work import check_work

RULES: tuple[Callable[[Case, Ledger], None], ...] = (
    check_order_lines,
    check_due_dates,
    check_lateness,
    check_work,
    check_stretch,
    check_gap,
    check_shelf_life,
    check_eligibility,
    check_capacity,
    check_oven_quantities,
    check_travel,
    check_maintenance,
    check_steps,
    check_precedence,
    check_subcontracting,
    check_weekly_quantity,
    check_splits,
    check_routes,
    check_now,
    check_purchases,
    check_weekly_receipts,
    check_changes,
    check_bought_life,
    check_material,
    check_pegs,
    check_bindings,
    check_configured,
    check_buffers,
    check_stocked,
    check_completion,
    check_quantities,
    check_work_orders,
    check_kpis,
    check_certificate,
    check_pinned,
)


def examine(factory_folder: Path, plan_folder: Path) -> Ledger:
    """Check everything under the reading of the calendars that suits the plan best."""
    factory = Factory(factory_folder)
    form = Ledger()
    plan = Plan(plan_folder, factory.clock, form)
    if not plan.is_readable:
        return form
    best: Ledger | None = None
    for reading in readings(factory):
        ledger = Ledger()
        ledger.checked.update(form.checked)
        ledger.violations += form.violations
        case = Case(factory, plan, reading)
        for rule in RULES:
            rule(case, ledger)
        if best is None or len(ledger.violations) < len(best.violations):
            best = ledger
        if not best.violations:
            break
    assert best is not None
    return best


def recheck(factory: Path, plan: Path) -> list[str]:
    """Every violation of the specification in a plan, as one readable sentence each; none for a good plan."""
    return examine(Path(factory), Path(plan)).violations
