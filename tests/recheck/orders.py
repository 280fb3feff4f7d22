"""Order lines: each planned once, with its due date and lateness."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import Counter
from datetime import date, timedelta

from tests.recheck.case import Case
from tests.recheck.ledger import Ledger
from tests.recheck.values import DAY, EPS, MINUTE, is_bare_date, same_amount


def check_order_lines(case: Case, ledger: Ledger) -> None:
    """Every open order line appears exactly once, with its item and quantity; nothing else is planned."""
    seen = Counter(line.key for line in case.plan.lines)
    for key, wanted in case.factory.order_lines.items():
        if wanted.is_open and wanted.item in case.factory.items:
            ledger.test("orders", seen[key] == 1, f"line {wanted.name} appears {seen[key]} times instead of once")
    for line in case.plan.lines:
        known = case.factory.order_lines.get(line.key)
        ledger.test("orders", known is not None, f"line {line.name} is not in the factory's orders")
        if known is None:
            continue
        ledger.test("orders", line.item == known.item, f"line {line.name} is for {known.item}, not {line.item}")
        # Reading: the quantity is what was ordered, or what is still to be shipped.
        ok = same_amount(line.qty, known.qty) or same_amount(line.qty, known.open_qty)
        ledger.test("orders", ok, f"line {line.name} has quantity {line.qty:g}, ordered {known.qty:g}")
        # Reading: a quote or a line on hold may be listed, but only as unplanned.
        ok = known.is_open or line.status == "unplanned"
        ledger.test("orders", ok, f"line {line.name} is not open ({known.status}) and yet {line.status}")


def check_due_dates(case: Case, ledger: Ledger) -> None:
    """C2: "demand due = end of the last working interval of that date; on a non-working day it rolls back"."""
    for line in case.plan.lines:
        known = case.factory.order_lines.get(line.key)
        if known is None:
            continue
        dues = demand_dues(case, known.due_text)
        ok = any(abs(line.due - due) <= MINUTE for due in dues)
        ledger.test("due", ok, f"line {line.name} is due {case.show(dues[0])}, the plan says {case.show(line.due)}")


def demand_dues(case: Case, text: str) -> list[float]:
    if not is_bare_date(text):
        return [case.clock.read(text)]
    midnight = case.clock.midnight(date.fromisoformat(text) + timedelta(days=1))
    due = case.book.plant.last_open(midnight)
    if not math.isfinite(due):
        return [midnight]
    # Reading: a shift past midnight ends that day at midnight, or when the shift ends.
    calendar = case.book.plant
    shift_end = calendar.ends[bisect_left(calendar.starts, midnight) - 1]
    return [due, shift_end] if due < shift_end <= midnight + DAY else [due]


def check_lateness(case: Case, ledger: Ledger) -> None:
    """ "lateness_min (signed, elapsed minutes after due)"; "It is late if complete after its due"."""
    for line in case.plan.lines:
        if line.status == "unplanned":
            ledger.test("orders", bool(line.reason), f"unplanned line {line.name} gives no reason")
            ledger.test("orders", line.completion is None, f"unplanned line {line.name} has a completion")
            continue
        if line.completion is None:
            ledger.test("orders", False, f"line {line.name} is {line.status} without a completion")
            continue
        late = line.completion - line.due
        stated = line.lateness_min
        ok = stated is not None and abs(stated - late) <= MINUTE + EPS
        ledger.test("lateness", ok, f"line {line.name} is {late:.1f} min after its due, lateness_min says {stated}")
        ok = abs(late) <= MINUTE or (line.status == "late") == (late > 0)
        ledger.test("lateness", ok, f"line {line.name} is {late:.1f} min after its due and called {line.status}")
        if late > MINUTE or line.status == "late":
            ok = bool(line.cause and line.reason)
            ledger.test("orders", ok, f"late line {line.name} gives no cause or no reason")
