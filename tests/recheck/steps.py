"""Every step of a routing is planned, after those before it."""

from __future__ import annotations

import math

from tests.recheck.case import Case
from tests.recheck.factory import IDLE
from tests.recheck.ledger import Ledger
from tests.recheck.plan_records import Operation, WorkOrder
from tests.recheck.values import EPS, MINUTE, as_number, same_amount


def check_steps(case: Case, ledger: Ledger) -> None:
    """Every step of the routing that applies is planned; "done steps are not planned again"."""
    known = {(op.wo, op.step) for op in case.operations}
    for name, planned in {(op.wo, op.step): None for op in case.plan.operations}:
        ledger.test("steps", (name, planned) in known, f"{name} step {planned} is in no routing of the work order")
    for wo in case.work_orders.values():
        if wo.item not in case.factory.items:
            ledger.test("steps", False, f"{wo.name} makes {wo.item}, which is no item")
            continue
        open_order = case.factory.work_orders.get(wo.name, {})
        # Reading: where no piece is left to be made, what is not reported is not to be done any more.
        may_be_done = open_order.get("status") in {"started", *IDLE} or wo.qty <= EPS
        for step in case.recipe(wo).steps.values():
            is_done = case.progress_status(wo.name, step.number) == "done"
            parts = wo.operations.get(step.number, [])
            if is_done:
                # Reading: a done step may be shown as history, marked so and wholly in the past.
                ok = all(op.status == "done" and op.end <= case.now + MINUTE for op in parts)
                ledger.test("steps", ok, f"{wo.name} step {step.number} is done and planned again")
            elif step.is_certain and not may_be_done:
                ledger.test("steps", bool(parts), f"{wo.name} lacks step {step.number} of {wo.item}")


def check_precedence(case: Case, ledger: Ledger) -> None:
    """ "the successor's setup may start when the predecessor has ended, plus wait_min (elapsed), plus move_min (on the
    factory's calendar), plus the successor's queue_min (on its primary resource's calendar)"."""
    arrivals = first_step_arrivals(case)
    for op in case.operations:
        wo, step = case.work_orders[op.wo], case.step(op)
        if case.is_under_way(op) or case.is_pinned(op):
            continue  # people decided: a conflict is a message, not a fault of the plan
        before = case.recipe(wo).before[op.step]
        for earlier in before:
            for one in wo.operations.get(earlier, []):
                check_pair(case, ledger, wo, one, op)
            if earlier not in wo.operations:
                check_after_done(case, ledger, wo, earlier, op)
        if not before and step.queue_min > 0 and case.factory.queue_is_minimum and case.is_scheduled(op):
            if wo.name in case.factory.work_orders:
                continue  # Reading: an open order may have queued already.
            ready = queue_over(case, op, max(case.now, arrivals.get((op.wo, op.step), case.now)))
            ok = op.setup_start >= ready - MINUTE
            began = case.show(op.setup_start)
            ledger.test("precedence", ok, f"{op.name} starts {began}, its queue ends {case.show(ready)}")


def first_step_arrivals(case: Case) -> dict[tuple[str, int], float]:
    """ "the first step's queue counts from the later of now and the arrival of its material"."""
    found: dict[tuple[str, int], float] = {}
    for peg in case.plan.pegs:
        if peg.demand_kind == "wo" and peg.available is not None and as_number(peg.step) is not None:
            key = (peg.demand, int(float(peg.step)))
            found[key] = max(found.get(key, peg.available), peg.available)
    return found


def queue_over(case: Case, op: Operation, ready: float) -> float:
    """Reading: a queue runs on the resource's calendar, and may run on through its downtime."""
    if not case.factory.queue_is_minimum or not case.is_scheduled(op):
        return ready
    return case.book.resource(op.resource, with_downtime=False).advance(ready, case.step(op).queue_min)


def check_after_done(case: Case, ledger: Ledger, wo: WorkOrder, earlier: int, op: Operation) -> None:
    """What a step that is done has left waits and moves too."""
    finished = case.progress(wo.name, earlier).get("finished", "")
    if finished:
        ready = case.after_lags(case.recipe(wo).steps[earlier], case.clock.read(finished))
        ok = op.setup_start >= ready - MINUTE
        ledger.test("precedence", ok, f"{op.name} starts before what step {earlier} finished may be used")


def check_pair(case: Case, ledger: Ledger, wo: WorkOrder, before: Operation, op: Operation) -> None:
    step = case.step(before)
    # Reading: "what follows waits for all of them" as for a whole lot, so each part hands over its transfer batches.
    overlaps = step.transfer_qty > 0 and max(case.quantities(before)) > step.transfer_qty + EPS
    ready = queue_over(case, op, case.after_lags(step, before.end))
    if overlaps and op.setup_start < ready - MINUTE:
        check_overlap(case, ledger, wo, before, op)
    else:
        ok = op.setup_start >= ready - MINUTE
        ledger.test(
            "precedence",
            ok,
            f"{op.name} starts {case.show(op.setup_start)}, but step {before.step} ends {case.show(before.end)} and "
            f"with wait, move and queue it may start {case.show(ready)}",
        )


def check_overlap(case: Case, ledger: Ledger, wo: WorkOrder, before: Operation, op: Operation) -> None:
    """ "the successor may start once b pieces of the predecessor are through, and ends no earlier than its own run of
    the last batch after the predecessor's end".

    Reading: the setup may be done beforehand, so the run's start is what waits; a fixed time is spread over the
    pieces; each batch waits (cures) and moves like the whole lot, and its queue is not asked for again.
    """
    step = case.recipe(wo).steps[before.step]
    if not case.is_under_way(before) and case.is_scheduled(before):
        share = step.transfer_qty / max(case.step_quantities(wo, before.step))
        calendar = case.phase_calendars(before)[1]
        first = calendar.advance_work(before.start, share * calendar.work_between(before.start, before.end))
        ready = case.after_lags(step, first)
        ok = op.start >= ready - MINUTE
        ledger.test(
            "precedence",
            ok,
            f"{op.name} runs from {case.show(op.start)}, but the first {step.transfer_qty:g} of step {before.step} "
            f"are there {case.show(ready)}",
        )
    limit = last_batch_end(case, wo, before, op)
    ok = op.end >= limit - MINUTE
    ledger.test(
        "precedence",
        ok,
        f"{op.name} ends {case.show(op.end)}, its last batch from step {before.step} cannot before {case.show(limit)}",
    )


def last_batch_end(case: Case, wo: WorkOrder, before: Operation, op: Operation) -> float:
    """When the successor can have run the last batch of its predecessor."""
    step, own = case.recipe(wo).steps[before.step], case.step(op)
    handed, taken = min(case.quantities(before)), min(case.quantities(op))
    whole = math.floor((handed - EPS) / step.transfer_qty) * step.transfer_qty
    last = (handed - whole) * min(1.0, taken / handed) - (0.0 if same_amount(handed, taken) else 1.0)
    arrived = case.after_lags(step, before.end)
    if not case.is_scheduled(op) or own.per_lot or last <= 0:
        return arrived
    runs = [(mode.run_min or 0.0) * mode.run_factor for mode in case.modes_on(op)]
    calendar = case.phase_calendars(op)[1]
    return calendar.advance_work(arrived, last * min(runs, default=0.0) / case.efficiency(op))
