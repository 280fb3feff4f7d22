"""The one door from a change to the function that knows it."""

from typing import assert_never

from pegboard.domain import change as ch
from pegboard.domain.change import Change
from pegboard.domain.snapshot import Snapshot
from pegboard.planning.changing import capacity, orders, pins, progress, supply
from pegboard.planning.changing.applied import Applied


def apply(snapshot: Snapshot, change: Change) -> Applied:  # noqa: C901, PLR0912 - one branch for each kind
    """The snapshot after a change, which shares all records that stay; or the same one, and every reason against it.

    Linear in the records of the kind that changes; the factory as a whole is not checked anew.
    """
    match change:
        case ch.SetQuantity():
            return orders.set_quantity(snapshot, change)
        case ch.SetDue():
            return orders.set_due(snapshot, change)
        case ch.SetPriority():
            return orders.set_priority(snapshot, change)
        case ch.SetOptions():
            return orders.set_options(snapshot, change)
        case ch.AddOrder():
            return orders.add_order(snapshot, change)
        case ch.CancelOrder():
            return orders.cancel_order(snapshot, change)
        case ch.HoldOrder():
            return orders.hold_order(snapshot, change)
        case ch.ReleaseOrder():
            return orders.release_order(snapshot, change)
        case ch.ResourceDown():
            return capacity.resource_down(snapshot, change)
        case ch.AddException():
            return capacity.calendar_exception(snapshot, change)
        case ch.Overtime():
            return capacity.overtime(snapshot, change)
        case ch.AddUnits():
            return capacity.add_units(snapshot, change)
        case ch.SupplierDelay():
            return supply.supplier_delay(snapshot, change)
        case ch.SetLeadTime():
            return supply.set_lead_time(snapshot, change)
        case ch.CorrectStock():
            return supply.correct_stock(snapshot, change)
        case ch.AdjustBuffer():
            return supply.adjust_buffer(snapshot, change)
        case ch.ReportProgress():
            return progress.report_progress(snapshot, change)
        case ch.Pin():
            return pins.pin(snapshot, change)
        case ch.Unpin():
            return pins.unpin(snapshot, change)
        case ch.Lock():
            return pins.lock(snapshot, change)
        case ch.Unlock():
            return pins.unlock(snapshot, change)
        case _:
            assert_never(change)
