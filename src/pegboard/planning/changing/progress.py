"""What is reported of a work order's steps, and what has come out of it."""

import msgspec

from pegboard.domain.change import ReportProgress
from pegboard.domain.finding import Finding, error
from pegboard.domain.snapshot import Snapshot
from pegboard.domain.supply import WorkOrder, WorkOrderStep
from pegboard.planning.changing.applied import (
    ADDED,
    Applied,
    applied,
    begins,
    inserted,
    now_of,
    number_faults,
    place_of,
    put,
    refused,
    said_moment,
    unknown,
    without,
)
from pegboard.planning.changing.capacity import resource_faults
from pegboard.planning.lines import LARGEST_QTY

_OVER = ("done", "closed", "cancelled")


def report_progress(snapshot: Snapshot, change: ReportProgress) -> Applied:
    """The step is as far as is said; its lock stays. What is said of no step any more is gone."""
    at = place_of(snapshot.work_orders, lambda w: w.wo == change.wo)
    faults = _faults(snapshot, change, None if at is None else snapshot.work_orders[at])
    if faults or at is None:
        return refused(snapshot, faults)
    works = snapshot.work_orders
    if change.completed_qty is not None:
        works = put(works, at, msgspec.structs.replace(works[at], completed_qty=change.completed_qty))
    return applied(snapshot, work_orders=works, work_order_steps=_steps(snapshot, change))


def _steps(snapshot: Snapshot, change: ReportProgress) -> tuple[WorkOrderStep, ...]:
    rows = snapshot.work_order_steps
    fields = msgspec.structs.asdict(change)
    del fields["completed_qty"]
    at = place_of(rows, lambda s: (s.wo, s.step) == (change.wo, change.step))
    if at is None:
        return inserted(rows, WorkOrderStep(**fields, source=ADDED), lambda s: (s.wo, s.step))
    row = msgspec.structs.replace(rows[at], **fields)
    nothing = WorkOrderStep(wo=change.wo, step=change.step, source=ADDED)
    return without(rows, at) if row == nothing else put(rows, at, row)


def _faults(snapshot: Snapshot, change: ReportProgress, work: WorkOrder | None) -> list[Finding]:
    name = f"{change.wo}.{change.step}"
    faults = resource_faults(snapshot, change.resource) if change.resource else []
    for what, qty in (("good quantity", change.good_qty), ("scrapped quantity", change.scrapped_qty)):
        faults += number_faults(name, what, qty, 0, LARGEST_QTY)
    for what, some in (("remaining minutes", change.remaining_min), ("completed quantity", change.completed_qty)):
        faults += [] if some is None else number_faults(name, what, some, 0, LARGEST_QTY)
    if work is None:
        known = (w.wo for w in snapshot.work_orders)
        advice = "progress is of work orders that exist; add a planned one to work_orders.csv first"
        return [*faults, unknown("C447", "work order", change.wo, known, advice)]
    if work.status in _OVER:
        faults.append(error("C447", name, f"work order {work.wo} is {work.status} already", "correct its status first"))
    if not any((s.item, s.step) == (work.item, change.step) for s in snapshot.routing):
        what = f"{work.item}, which {work.wo} makes, has no step {change.step}"
        faults.append(error("C447", name, what, "correct the step"))
    return [*faults, *_date_faults(snapshot, change, name)]


def _date_faults(snapshot: Snapshot, change: ReportProgress, name: str) -> list[Finding]:
    faults = []
    for what, moment in (("started", change.started), ("finished", change.finished)):
        if moment is not None and begins(snapshot, moment) > now_of(snapshot):
            said = f"{name}: {what} {said_moment(snapshot, moment)} lies after now"
            faults.append(error("C447", name, said, "correct the date, or the now of the factory"))
    if change.started and change.finished and begins(snapshot, change.finished) < begins(snapshot, change.started):
        faults.append(error("C447", name, f"{name} is said to be finished before it was started", "exchange the two"))
    return faults
