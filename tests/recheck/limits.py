"""Limits in elapsed time: the stretch of an operation, the gap after it, the life of what it made."""

from __future__ import annotations

from tests.recheck.case import Case
from tests.recheck.ledger import Ledger
from tests.recheck.pegs import consumers_of
from tests.recheck.values import DAY, MINUTE, TOUCH


def check_stretch(case: Case, ledger: Ledger) -> None:
    """ "`no`: needs one open stretch"; "max_stretch_min (limit on elapsed minutes from start to end)"."""
    for op in case.operations:
        step = case.step(op)
        if not case.is_scheduled(op):
            continue
        if step.max_stretch_min is not None and not case.is_under_way(op):
            ok = op.end - op.start <= step.max_stretch_min + TOUCH
            ledger.test("stretch", ok, f"{op.name} takes {op.end - op.start:.0f} min, at most {step.max_stretch_min:g}")
        span = case.held(op, "both")
        if step.pause or span is None or case.is_under_way(op):
            continue
        setup, run = case.phase_calendars(op)
        closed = span[1] - span[0] - setup.open_between(span[0], op.start) - run.open_between(op.start, span[1])
        ok = closed <= 1.5 * MINUTE
        ledger.test("stretch", ok, f"{op.name} must not pause and does for {closed:.0f} closed min")


def check_gap(case: Case, ledger: Ledger) -> None:
    """ "setup_start(next) - end(step) <= max_wait_min, elapsed, for every next step of the same work order"; what was
    done before now is no operation of the plan and sets no limit, and what has begun cannot wait for the next."""
    for op in case.operations:
        limit = case.step(op).max_wait_min
        if limit is None or case.is_under_way(op):
            continue
        for later in case.next_operations(op):
            if case.is_under_way(later) or case.is_pinned(later):
                continue  # people decided
            gap = later.setup_start - op.end
            said = f"{later.name} waits {gap:.1f} min after step {op.step}, at most {limit:g}"
            ledger.test("gap", gap <= limit + TOUCH, said)


def check_shelf_life(case: Case, ledger: Ledger) -> None:
    """ "The operation that draws on a work order of the item has setup_start <= end + days, elapsed, from the end of
    each of its last operations"."""
    for peg in case.plan.pegs:
        supply, demand = case.work_orders.get(peg.supply), case.work_orders.get(peg.demand)
        item = case.factory.items.get(peg.item)
        days = item.shelf_life_days if item else None
        if days is None or peg.supply_kind != "wo" or peg.demand_kind != "wo" or not supply or not demand:
            continue
        last = (op for op in supply.all_operations() if op.step in case.recipe(supply).last)
        ends = [op.end for op in last if not case.is_under_way(op)]  # what has begun sets no limit
        for op in consumers_of(case, demand, peg):
            if supply.item != peg.item or not ends or case.is_under_way(op) or case.is_pinned(op):
                continue
            age = (op.setup_start - min(ends)) / DAY
            said = f"{op.name} draws on {supply.name} {age:.3f} days after its end, {peg.item} keeps {days:g}"
            ledger.test("shelf-life", age <= days + TOUCH / DAY, said)
