"""When a line is complete."""

from __future__ import annotations

import math
from collections import defaultdict

from tests.recheck.case import Case
from tests.recheck.ledger import Ledger
from tests.recheck.orders import demand_dues
from tests.recheck.pegs import supply_time
from tests.recheck.plan_records import Peg, PlannedLine
from tests.recheck.records import OrderLine
from tests.recheck.values import MINUTE, LineKey, Span, number


def check_completion(case: Case, ledger: Ledger) -> None:
    """ "A line is complete at the end of its last operation and move, or when its stock or purchase is there; with
    ship_complete, all lines of the order at the latest of them"."""
    pegs: dict[LineKey, list[Peg]] = defaultdict(list)
    for peg in case.plan.pegs:
        key = case.demand_line(peg) if peg.demand_kind == "order" else None
        if key is not None:
            pegs[key].append(peg)
    spans = {line.key: line_span(case, pegs[line.key]) for line in case.plan.lines if line.status != "unplanned"}
    for lines in case.lines_of_order.values():
        known = [case.factory.order_lines[line.key] for line in lines if line.key in case.factory.order_lines]
        together = any(line.ship_complete for line in known)
        joint = [span for line in lines if (span := spans.get(line.key)) is not None]
        for line in lines:
            span = spans.get(line.key)
            if span is None or line.completion is None or line.key not in case.factory.order_lines:
                continue
            if together:
                span = (max(a for a, _ in joint), max(b for _, b in joint))
            bound_by = known if together else [case.factory.order_lines[line.key]]
            latest = max(span[1], *(delay for one in bound_by for delay in allowed_delays(case, one, span[1])))
            ok = span[0] - MINUTE <= line.completion <= latest + MINUTE
            what = "the order is complete" if together else "its supplies are there"
            said = case.show(line.completion)
            ledger.test("completion", ok, f"line {line.name} is complete {said}, but {what} {case.show(span[0])}")
        check_covered(case, ledger, lines, pegs)


def line_span(case: Case, pegs: list[Peg]) -> Span | None:
    """Earliest and latest reading of when the last of a line's supplies is there; None where one cannot be told."""
    low, high = case.now, case.now
    if not pegs:
        return None
    for peg in pegs:
        if peg.supply_kind == "wo" and peg.supply in case.work_orders:
            a, b = case.available(case.work_orders[peg.supply])
        else:
            at = peg.available if peg.supply_kind == "buffer" else supply_time(case, peg)
            if at is None:
                return None
            a = b = at
            if peg.supply_kind in {"stock", "po"} and peg.available is not None:
                b = max(b, peg.available)  # Reading: a planner may date stock and receipts later than we do.
        low, high = max(low, a), max(high, b)
    # Reading: what is there in closed time is delivered then, or when the factory opens.
    opens = case.book.plant.first_open(high)
    return low, opens if math.isfinite(opens) else high


def allowed_delays(case: Case, line: OrderLine, latest: float) -> list[float]:
    """Reading: a line is not delivered before its `earliest`, and a customer's delivery buffer may be added."""
    rows = (row for row in case.factory.tables["customers"] if row["customer"] == line.customer)
    buffer = max((number(row.get("delivery_buffer_min")) for row in rows), default=0.0)
    delays = [latest + buffer, case.book.plant.advance(latest, buffer)]
    if line.earliest:
        delays += [case.clock.read(line.earliest), *demand_dues(case, line.earliest), case.receipt(line.earliest)]
    return [delay for delay in delays if math.isfinite(delay)]


def check_covered(case: Case, ledger: Ledger, lines: list[PlannedLine], pegs: dict[LineKey, list[Peg]]) -> None:
    """ "`covered` (from stock)": nothing else supplies it."""
    for line in lines:
        if line.status == "covered":
            others = {peg.supply_kind for peg in pegs[line.key]} - {"stock", "buffer"}
            ledger.test("completion", not others, f"line {line.name} is covered, but from {', '.join(sorted(others))}")
