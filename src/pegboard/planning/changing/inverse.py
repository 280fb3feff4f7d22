"""What takes a change back, where a change can.

Some cannot: a work order that was closed or scrapped with its order does not open again, an end in the past is refused.
Every answer is tried before it is given.
"""

import math
from datetime import datetime, timedelta
from typing import Any, assert_never

import msgspec

from pegboard.domain import change as ch
from pegboard.domain.change import Change
from pegboard.domain.order import OrderLine
from pegboard.domain.record import Moment
from pegboard.domain.snapshot import Snapshot
from pegboard.domain.supply import PurchaseOrder, WorkOrderStep
from pegboard.planning.changing.apply import apply
from pegboard.planning.changing.capacity import as_exception
from pegboard.planning.changing.orders import OfLines, lines_of
from pegboard.planning.changing.supply import is_delayed
from pegboard.planning.changing.unwinding import LIVE

Changes = tuple[Change, ...]


def inverse(snapshot: Snapshot, change: Change) -> Changes | None:
    """The changes that, after `change`, give back an equal snapshot; None where there are none.

    A change that is refused, or that changes nothing, is taken back by no change at all.
    """
    after = apply(snapshot, change).snapshot
    if after is snapshot:
        return ()
    found = _candidate(snapshot, change)
    for step in found:
        done = apply(after, step)
        if done.is_refused:
            return None
        after = done.snapshot
    return found if after == snapshot else None


def _candidate(snapshot: Snapshot, change: Change) -> Changes:
    match change:
        case ch.AddOrder():
            return (ch.CancelOrder(order=change.order, line=change.line),)
        case (
            ch.SetQuantity()
            | ch.SetDue()
            | ch.SetPriority()
            | ch.SetOptions()
            | ch.CancelOrder()
            | ch.HoldOrder()
            | ch.ReleaseOrder()
        ):
            return tuple(c for line in _changed(snapshot, change) for c in _of_line(change, line))
        case ch.ResourceDown() | ch.AddException():
            return _of_stretch(snapshot, change)
        case ch.Overtime():
            return _of_stretch(snapshot, as_exception(change))
        case ch.AddUnits():
            return (msgspec.structs.replace(change, units=-change.units),)
        case ch.SupplierDelay():
            delayed = [po for po in snapshot.purchase_orders if is_delayed(change, po)]
            return tuple(ch.SupplierDelay(po=f"{po.po}/{po.line}", days=_days_back(po, change.days)) for po in delayed)
        case ch.SetLeadTime():
            return _of_lead_time(snapshot, change)
        case ch.CorrectStock():
            lots = [s for s in snapshot.stock if s.item == change.item and change.lot in ("", s.lot)]
            old = next((s for s in lots if s.lot == change.lot), lots[0] if lots else None)
            return (msgspec.structs.replace(change, qty=old.qty if old else 0.0),)
        case ch.AdjustBuffer():
            key = (change.item, change.kind, change.start, change.end)
            factors = [a.factor for a in snapshot.buffer_adjustments if (a.item, a.kind, a.start, a.end) == key]
            return (msgspec.structs.replace(change, factor=factors[0] if factors else 1.0),)
        case ch.ReportProgress():
            return (_of_progress(snapshot, change),)
        case ch.Pin() | ch.Unpin():
            pinned = tuple(p for p in snapshot.pins if p.operation == change.operation)
            return pinned or (ch.Unpin(operation=change.operation),)
        case ch.Lock():
            return (ch.Unlock(**msgspec.structs.asdict(change)),)
        case ch.Unlock():
            return (ch.Lock(**msgspec.structs.asdict(change)),)
        case _:
            assert_never(change)


def _changed(snapshot: Snapshot, change: OfLines) -> list[OrderLine]:
    """The lines that a change is about; of holding and releasing, those that it turns."""
    live = [line for line in lines_of(snapshot, change.order, change.line) if line.status in LIVE]
    turned = {ch.HoldOrder: "open", ch.ReleaseOrder: "hold"}.get(type(change))
    return [line for line in live if turned in (None, line.status)]


def _of_line(change: OfLines, line: OrderLine) -> Changes:
    name = {"order": line.order, "line": line.line}
    match change:
        case ch.SetQuantity():
            return (ch.SetQuantity(**name, qty=line.qty),)
        case ch.SetDue():
            return (ch.SetDue(**name, due=line.due),)
        case ch.SetPriority():
            return (ch.SetPriority(**name, priority=line.priority),)
        case ch.SetOptions():
            old = {option.casefold(): value for option, value in line.options}
            back = tuple((option, old.get(option.casefold(), "")) for option, _ in change.options)
            return (ch.SetOptions(**name, options=back),)
        case ch.CancelOrder():
            return (ch.AddOrder(**{f: getattr(line, f) for f in ch.AddOrder.__struct_fields__}),)
        case ch.HoldOrder():
            return (ch.ReleaseOrder(**name),)
        case ch.ReleaseOrder():
            return (ch.HoldOrder(**name),)
        case _:
            assert_never(change)


def _of_stretch(snapshot: Snapshot, change: ch.ResourceDown | ch.AddException) -> Changes:
    rows: tuple[Any, ...]
    if isinstance(change, ch.ResourceDown):
        rows = tuple(d for d in snapshot.downtime if (d.resource, d.start) == (change.resource, change.start))
    else:
        key = (change.calendar, change.start, change.open)
        rows = tuple(e for e in snapshot.calendar_exceptions if (e.calendar, e.start, e.open) == key)
    if rows:
        return (msgspec.structs.replace(change, end=rows[0].end, reason=rows[0].reason),)
    return (msgspec.structs.replace(change, end=_before(change.start)),)


def _before(start: Moment) -> Moment:
    """An end with which a stretch from `start` has no length: for bare dates the day before, since ends count whole."""
    return start if isinstance(start, datetime) else start - timedelta(days=1)


def _days_back(po: PurchaseOrder, days: float | None) -> float | None:
    """By how much a purchase order must move to come when it did; None where nothing was promised, or no number does.

    Without `days` it comes on its due date by then: from a day to an instant no number of days leads.
    """
    if po.promised is None:
        return None
    if days is not None:
        return -(days if isinstance(po.promised, datetime) else math.ceil(days))
    if isinstance(po.promised, datetime) != isinstance(po.due, datetime):
        return None
    return (po.promised - po.due) / timedelta(days=1)


def _of_lead_time(snapshot: Snapshot, change: ch.SetLeadTime) -> Changes:
    if not change.supplier:
        own = [i.lead_time_days for i in snapshot.items if i.item == change.item]
        return tuple(ch.SetLeadTime(item=change.item, days=days) for days in own)
    rows = [r for r in snapshot.item_suppliers if r.supplier == change.supplier and change.item in ("", r.item)]
    return tuple(ch.SetLeadTime(supplier=r.supplier, item=r.item, days=r.lead_time_days) for r in rows)


def _of_progress(snapshot: Snapshot, change: ch.ReportProgress) -> ch.ReportProgress:
    steps = [s for s in snapshot.work_order_steps if (s.wo, s.step) == (change.wo, change.step)]
    old = steps[0] if steps else WorkOrderStep(wo=change.wo, step=change.step)
    fields = {f: getattr(old, f) for f in ch.ReportProgress.__struct_fields__ if f != "completed_qty"}
    works = [w for w in snapshot.work_orders if w.wo == change.wo]
    completed = None if change.completed_qty is None else works[0].completed_qty
    return ch.ReportProgress(**fields, completed_qty=completed)
