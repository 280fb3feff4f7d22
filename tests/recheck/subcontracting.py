"""What suppliers do to work orders: lead times on their open days, and what they take in a week."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

from tests.recheck.case import Case
from tests.recheck.ledger import Ledger
from tests.recheck.plan_records import Operation
from tests.recheck.purchases import is_open_day
from tests.recheck.values import DAY, EPS, MINUTE, as_number

CLOCK_CHANGE = 60.0  # a day that changes its clocks is an hour longer or shorter


def check_subcontracting(case: Case, ledger: Ledger) -> None:
    """ "The work is the lead time on the supplier's open days (every day without a calendar)"."""
    for op in case.operations:
        step = case.step(op)
        if not step.is_subcontracted or case.is_under_way(op):
            continue
        worked = days_open(case, step.supplier, op)
        ok = abs(worked - step.lead_days * DAY) <= MINUTE + CLOCK_CHANGE
        said = f"{op.name} is {worked / DAY:.2f} open days at {step.supplier}, which needs {step.lead_days:g}"
        ledger.test("subcontracting", ok, said)


def days_open(case: Case, supplier: str, op: Operation) -> float:
    """Minutes between setup_start and end on local days on which the supplier opens at all."""
    calendar = case.factory.suppliers.get(supplier, {}).get("calendar", "")
    total, day = 0.0, case.clock.day(op.setup_start)
    while (midnight := case.clock.midnight(day)) < op.end:
        tomorrow = case.clock.midnight(day + timedelta(days=1))
        if not calendar or is_open_day(case, calendar, day):
            total += max(0.0, min(op.end, tomorrow) - max(op.setup_start, midnight))
        day += timedelta(days=1)
    return total


def check_weekly_quantity(case: Case, ledger: Ledger) -> None:
    """ "The started quantities of operations that start their setup at one supplier in one local week from Monday sum
    to at most weekly_qty, except where one operation alone is more"."""
    weeks: dict[tuple[str, date], list[Operation]] = defaultdict(list)
    for op in case.operations:
        day = case.clock.day(op.setup_start)
        if case.step(op).is_subcontracted:
            weeks[case.step(op).supplier, day - timedelta(days=day.weekday())].append(op)
    for (supplier, monday), ops in weeks.items():
        limit = as_number(case.factory.suppliers.get(supplier, {}).get("weekly_qty", ""))
        if limit is None or all(case.is_under_way(op) or case.is_pinned(op) for op in ops):
            continue
        total = sum(case.started(op) for op in ops)
        ok = total <= limit + EPS or len(ops) == 1
        ledger.test("weekly-quantity", ok, f"{supplier} gets {total:g} in the week of {monday}, takes {limit:g}")
