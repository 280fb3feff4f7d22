"""Purchases that come later, lead times that change, stock that is counted, buffers that are adjusted."""

import math
from datetime import datetime, timedelta

import msgspec

from pegboard.domain.buffer import BufferAdjustment
from pegboard.domain.calendar import bounds
from pegboard.domain.change import AdjustBuffer, CorrectStock, SetLeadTime, SupplierDelay
from pegboard.domain.finding import Finding, error
from pegboard.domain.record import Moment
from pegboard.domain.snapshot import Snapshot
from pegboard.domain.supply import PurchaseOrder, StockLot
from pegboard.planning.changing.applied import (
    ADDED,
    Applied,
    applied,
    inserted,
    now_of,
    number_faults,
    place_of,
    put,
    refused,
    said_moment,
    unknown,
    without,
    zone_of,
)
from pegboard.planning.lines import LARGEST_QTY

_LONGEST = 36_500.0  # a hundred years, in days
_CLOSED = ("done", "closed", "cancelled", "received")


def supplier_delay(snapshot: Snapshot, change: SupplierDelay) -> Applied:
    """Other promised dates of open purchase orders."""
    faults = _delay_faults(snapshot, change)
    if faults:
        return refused(snapshot, faults)
    orders = tuple(
        msgspec.structs.replace(po, promised=_promised(po, change.days)) if is_delayed(change, po) else po
        for po in snapshot.purchase_orders
    )
    return applied(snapshot, purchase_orders=orders)


def is_delayed(change: SupplierDelay, po: PurchaseOrder) -> bool:
    """Whether a change is about this purchase order, which is open."""
    is_open = po.status.casefold() not in _CLOSED and po.received is None and po.received_qty < po.qty
    return is_open and (change.po in _names(po) if change.po else po.supplier == change.supplier)


def _names(po: PurchaseOrder) -> tuple[str, str]:
    """The purchase order with all its lines, and this line of it."""
    return po.po, f"{po.po}/{po.line}"


def _delay_faults(snapshot: Snapshot, change: SupplierDelay) -> list[Finding]:
    name = change.po or change.supplier
    faults = [] if change.days is None else number_faults(name or "delay", "days", change.days, -_LONGEST, _LONGEST)
    if bool(change.po) == bool(change.supplier):
        what = "a delay is of one purchase order, or of a supplier: one of the two must be named"
        return [*faults, error("C431", name or "delay", what, "name po or supplier")]
    if any(is_delayed(change, po) for po in snapshot.purchase_orders):
        return faults
    if change.po and any(change.po in _names(po) for po in snapshot.purchase_orders):
        what = f"purchase order {change.po} is not open any more"
        return [*faults, error("C431", change.po, what, "nothing of it can come later")]
    kind = "purchase order" if change.po else "supplier with an open purchase order"
    known = {n for po in snapshot.purchase_orders for n in (_names(po) if change.po else (po.supplier,))}
    return [*faults, unknown("C431", kind, name, known, "correct the name")]


def _promised(po: PurchaseOrder, days: float | None) -> Moment | None:
    if days is None:
        return None
    old = po.promised or po.due
    return old + timedelta(days=days if isinstance(old, datetime) else math.ceil(days))


def set_lead_time(snapshot: Snapshot, change: SetLeadTime) -> Applied:
    """Other lead times of a supplier, or of an item itself."""
    name = "/".join(filter(None, (change.supplier, change.item))) or "lead time"
    faults = [f for n in (change.days, change.by) if n is not None for f in _days_faults(name, n)]
    if change.days is not None and change.by is not None:
        faults.append(error("C432", name, f"{name}: the lead time is given twice, as days and by how many", "give one"))
    if not change.supplier:
        return _set_own(snapshot, change, name, faults)
    rows = list(snapshot.item_suppliers)
    meant = [i for i, r in enumerate(rows) if r.supplier == change.supplier and change.item in ("", r.item)]
    if not meant:
        what = f"nothing says that supplier {change.supplier} sells {change.item or 'anything'}"
        faults.append(error("C432", name, what, "correct the names, or add a row to item_suppliers.csv"))
    own = {i.item: i.lead_time_days for i in snapshot.items}
    for i in meant if not faults else ():
        old = rows[i].lead_time_days
        days = _changed(old if old is not None else own.get(rows[i].item, 0.0), change)
        if days is not None and days < 0:
            faults.append(_below_nought(f"{change.supplier}/{rows[i].item}", days))
        rows[i] = msgspec.structs.replace(rows[i], lead_time_days=days)
    return refused(snapshot, faults) if faults else applied(snapshot, item_suppliers=tuple(rows))


def _set_own(snapshot: Snapshot, change: SetLeadTime, name: str, faults: list[Finding]) -> Applied:
    at = place_of(snapshot.items, lambda i: i.item == change.item)
    if at is None:
        known = (i.item for i in snapshot.items)
        return refused(snapshot, [*faults, unknown("C407", "item", change.item, known, "name a supplier or an item")])
    days = _changed(snapshot.items[at].lead_time_days, change)
    if days is None:
        faults.append(error("C432", name, f"{name}: an item's own lead time must be a number", "give days"))
    elif days < 0:
        faults.append(_below_nought(name, days))
    if faults:
        return refused(snapshot, faults)
    row = msgspec.structs.replace(snapshot.items[at], lead_time_days=days)
    return applied(snapshot, items=put(snapshot.items, at, row))


def _changed(old: float, change: SetLeadTime) -> float | None:
    return change.days if change.by is None else round(old + change.by, 9)


def _days_faults(name: str, days: float) -> list[Finding]:
    return number_faults(name, "days", days, -_LONGEST, _LONGEST)


def _below_nought(name: str, days: float) -> Finding:
    return error("C432", name, f"{name}: the lead time comes to {days:g} days, below 0", "give another number")


def correct_stock(snapshot: Snapshot, change: CorrectStock) -> Applied:
    """Another quantity on hand; a lot that nobody knew is added."""
    name = f"{change.item}:{change.lot}" if change.lot else change.item
    faults = number_faults(name, "quantity on hand", change.qty, 0, LARGEST_QTY)
    known = [i.item for i in snapshot.items]
    if change.item not in known:
        faults.append(unknown("C407", "item", change.item, known, "correct the name"))
    of_item = [i for i, s in enumerate(snapshot.stock) if s.item == change.item]
    meant = [i for i in of_item if snapshot.stock[i].lot == change.lot] or (of_item if not change.lot else [])
    if len(meant) > 1:
        lots = ", ".join(sorted({snapshot.stock[i].lot or "(without lot)" for i in meant})[:8])
        what = f"stock of {name} stands in {len(meant)} rows: {lots}"
        faults.append(error("C433", change.item, what, "name the lot; where they are alike, correct stock.csv"))
    if faults:
        return refused(snapshot, faults)
    if not meant:
        lot = StockLot(item=change.item, lot=change.lot, qty=change.qty, source=ADDED)
        return applied(snapshot, stock=inserted(snapshot.stock, lot, lambda s: (s.item, s.lot)))
    old = snapshot.stock[meant[0]]
    if change.qty == 0 and old.source == ADDED:
        return applied(snapshot, stock=without(snapshot.stock, meant[0]))
    return applied(snapshot, stock=put(snapshot.stock, meant[0], msgspec.structs.replace(old, qty=change.qty)))


def adjust_buffer(snapshot: Snapshot, change: AdjustBuffer) -> Applied:
    """A planned adjustment more, another factor of one, or one taken back."""
    faults = number_faults(change.item, "factor", change.factor, 0, 1e6)
    known = [b.item for b in snapshot.buffers]
    if change.item not in known:
        faults.append(unknown("C434", "buffer of", change.item, known, "add it to buffers.csv"))
    first, last = bounds(change.start, change.end, zone_of(snapshot))
    span = f"{said_moment(snapshot, change.start)} to {said_moment(snapshot, change.end)}"
    if last <= first:
        faults.append(error("C422", change.item, f"{change.item}: {span} ends before it begins", "correct one of them"))
    elif last <= now_of(snapshot):
        faults.append(error("C423", change.item, f"{change.item}: {span} is over and changes nothing", "correct it"))
    if faults:
        return refused(snapshot, faults)
    rows = snapshot.buffer_adjustments
    row = BufferAdjustment(**msgspec.structs.asdict(change), source=ADDED)
    at = place_of(rows, lambda r: _adjusted(r) == _adjusted(row))
    if at is None:
        return applied(snapshot, buffer_adjustments=inserted(rows, row, lambda r: tuple(map(str, _adjusted(r)))))
    if change.factor == 1 and rows[at].source == ADDED:
        return applied(snapshot, buffer_adjustments=without(rows, at))
    return applied(snapshot, buffer_adjustments=put(rows, at, msgspec.structs.replace(rows[at], factor=change.factor)))


def _adjusted(row: BufferAdjustment) -> tuple[str, str, Moment, Moment]:
    return row.item, row.kind, row.start, row.end
