"""Use cases that ask a plan: a factory and its plan, made anew (the same one each time) or read from a folder."""

from dataclasses import dataclass
from pathlib import Path

from pegboard.app.files import Report, plan_factory, read
from pegboard.domain.factory import Factory
from pegboard.domain.finding import Finding, in_order, warning
from pegboard.domain.plan import Plan
from pegboard.exchange import PlanUnreadableError, read_plan
from pegboard.insight.peg_laws import peg_faults
from pegboard.insight.pegging import Pegging
from pegboard.planning.reliability import SupplierRecord, supplier_records
from pegboard.planning.validate import validate
from pegboard.scheduling.engines.dispatch import Options


@dataclass(frozen=True)
class Asked:
    """A plan to ask, the factory it is for, and what was found on the way that the answers depend on."""

    factory: Factory
    plan: Plan
    findings: list[Finding]


def asked(path: Path, plan: Path | None, report: Report) -> Asked | list[Finding]:
    """A factory and its plan; the findings alone where there is none, or one whose pegs lead nowhere."""
    if plan is None:
        run = plan_factory(path, Options(), 0, report)
        if run.outcome is None:
            return run.findings
        return Asked(run.outcome.planned.factory, run.outcome.plan, [])
    report("reading", 0.0)
    reading = read(path)
    if reading.snapshot is None:
        return in_order(reading.findings)
    try:
        found = read_plan(plan)
    except PlanUnreadableError as fault:
        return [fault.finding]
    factory, _ = validate(reading.snapshot)
    if broken := peg_faults(Pegging(found, factory)):
        return in_order(broken)
    return Asked(factory, found, _is_of(found, plan, reading.factory_hash))


def supplier_figures(path: Path) -> tuple[list[SupplierRecord] | None, list[Finding]]:
    """How reliable the suppliers of a factory have been, and the findings; None where it cannot be read."""
    reading = read(path)
    if reading.snapshot is None:
        return None, in_order(reading.findings)
    factory, faults = validate(reading.snapshot)
    return supplier_records(factory), in_order([*reading.findings, *faults])


def _is_of(plan: Plan, folder: Path, factory_hash: str) -> list[Finding]:
    """A warning where the factory has changed since the plan was made."""
    if plan.certificate.factory_hash == factory_hash:
        return []
    what = "the factory has changed since this plan was made; what follows is of the old plan and the new stock"
    return [warning("S364", str(folder), what, "plan again, or leave --plan out")]
