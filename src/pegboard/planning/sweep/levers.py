"""The same factory with more or less demand, other due dates, more units or other lead times.

Each is a function from a snapshot to a snapshot and changes what is said and nothing else.
"""

from collections.abc import Callable
from datetime import timedelta

from msgspec.structs import replace

from pegboard.domain.item import Item
from pegboard.domain.order import OrderLine
from pegboard.domain.quantity import half_up
from pegboard.domain.record import Moment
from pegboard.domain.snapshot import Snapshot


def with_demand(snapshot: Snapshot, factor: float) -> Snapshot:
    """What is still to be delivered of every line, and every forecast, times a factor.

    Rounded to the item's decimals, half up; of what was wanted at least the smallest quantity stays.
    """
    items = {item.item: item for item in snapshot.items}
    return replace(
        snapshot,
        orders=tuple(_scaled(line, items.get(line.item), factor) for line in snapshot.orders),
        forecast=tuple(
            replace(row, qty=_times(row.qty, items.get(row.item), factor)) if row.qty > 0 else row
            for row in snapshot.forecast
        ),
    )


def _scaled(line: OrderLine, item: Item | None, factor: float) -> OrderLine:
    missing = line.qty - line.shipped_qty
    return replace(line, qty=line.shipped_qty + _times(missing, item, factor)) if missing > 0 else line


def _times(qty: float, item: Item | None, factor: float) -> float:
    if factor == 1:
        return qty
    decimals = item.decimals if item else 0
    return max(half_up(qty * factor, decimals), min(qty, 10.0**-decimals))


def with_dates(snapshot: Snapshot, days: float) -> Snapshot:
    """All due dates so many days later, earlier below nought, at the same time of day; `earliest` stays."""
    by = timedelta(days=days)
    return replace(snapshot, orders=tuple(replace(line, due=_moved(line.due, by)) for line in snapshot.orders))


def _moved(due: Moment, by: timedelta) -> Moment:
    """A moment so much later; one at the end of the calendar stays."""
    try:
        return due + by
    except OverflowError:
        return due


def with_capacity(snapshot: Snapshot, name: str, units: float) -> Snapshot:
    """A resource, or each resource of a group, with so many units."""
    return replace(
        snapshot,
        resources=tuple(
            replace(r, capacity=units) if name == r.resource or name in r.group else r for r in snapshot.resources
        ),
    )


def with_lead_time(snapshot: Snapshot, name: str, days: float) -> Snapshot:
    """The lead time of everything from a supplier, or of an item from everybody, set to so many days."""
    return _with_lead_times(snapshot, name, lambda _: days)


def with_longer_lead_time(snapshot: Snapshot, name: str, days: float) -> Snapshot:
    """The lead time of everything from a supplier, or of an item from everybody, longer by so many days."""
    return _with_lead_times(snapshot, name, lambda lead: max(lead + days, 0.0))


def _with_lead_times(snapshot: Snapshot, name: str, changed: Callable[[float], float]) -> Snapshot:
    own = {item.item: item.lead_time_days for item in snapshot.items}
    rows = tuple(
        replace(
            row, lead_time_days=changed(own.get(row.item, 0.0) if row.lead_time_days is None else row.lead_time_days)
        )
        if name in (row.supplier, row.item)
        else row
        for row in snapshot.item_suppliers
    )
    items = tuple(
        replace(item, lead_time_days=changed(item.lead_time_days)) if item.item == name else item
        for item in snapshot.items
    )
    return replace(snapshot, items=items, item_suppliers=rows)
