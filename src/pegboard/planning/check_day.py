"""Hold the day's data, orders, stock, purchases and work orders, against items and orders."""

from collections import defaultdict
from collections.abc import Mapping
from zoneinfo import ZoneInfo

from pegboard.domain.item import Item
from pegboard.domain.snapshot import Snapshot
from pegboard.domain.supply import PurchaseOrder, StockLot, WorkOrder
from pegboard.planning.faults import Faults
from pegboard.planning.reliability import received_on

_CLOSED = frozenset({"done", "closed", "cancelled", "received"})


def check_references(snapshot: Snapshot, items: Mapping[str, Item], faults: Faults) -> None:
    """What orders, stock and progress name must exist."""
    customers = {c.customer for c in snapshot.customers}
    orders = {o.order for o in snapshot.orders} | {o.id for o in snapshot.orders}
    for order in snapshot.orders:
        if order.item not in items:
            faults.error(
                "V150",
                order.id,
                f"order {order.id} wants item {order.item}, which does not exist",
                "add the item, or correct the order; the line is not planned",
                order.source,
            )
        if customers and order.customer and order.customer not in customers:
            faults.warning(
                "V151",
                order.id,
                f"order {order.id} is for customer {order.customer}, which is not in customers.csv",
                "add the customer",
                order.source,
            )
    for lot in snapshot.stock:
        if lot.reserved_for and lot.reserved_for not in orders | customers:
            faults.warning(
                "V152",
                lot.item,
                f"stock of {lot.item} is reserved for {lot.reserved_for}, which is neither an order nor a customer",
                "clear the reservation; until then nobody may use it",
                lot.source,
            )
    known = {w.wo: w.item for w in snapshot.work_orders}
    steps = {(s.item, s.step) for s in snapshot.routing}
    resources = {r.resource for r in snapshot.resources}
    for step in snapshot.work_order_steps:
        if step.wo in known and (known[step.wo], step.step) not in steps:
            faults.error(
                "V159",
                step.wo,
                f"progress is given for step {step.step} of {step.wo}, which {known[step.wo]} has not in its routing",
                "correct the step, or add it to routing.csv; the row is left out",
                step.source,
            )
        if step.resource and step.resource not in resources:
            faults.warning(
                "V160",
                step.wo,
                f"step {step.step} of {step.wo} is reported on {step.resource}, which does not exist",
                "correct the resource, or add it to resources.csv; another one goes on with it",
                step.source,
            )
        if step.wo not in known:
            faults.error(
                "V153",
                step.wo,
                f"progress is given for work order {step.wo}, which does not exist",
                "add the work order, or remove the row",
                step.source,
            )


def check_unused(snapshot: Snapshot, faults: Faults) -> None:
    """Remark on data that is read and kept, but not planned by yet: once for each kind, with how often it stands."""
    unused = {
        "min_ship_qty": sum(o.min_ship_qty > 0 for o in snapshot.orders),
    }
    for what, count in unused.items():
        if count:
            said = f"{what} is given {count} times and not planned by yet"
            faults.info("V158", what, said, "the plan is made without it; check what depends on it by hand", "")


def check_inventory(
    snapshot: Snapshot, items: Mapping[str, Item], faults: Faults
) -> tuple[dict[str, tuple[StockLot, ...]], dict[str, tuple[PurchaseOrder, ...]], dict[str, tuple[WorkOrder, ...]]]:
    """Usable stock, open purchase orders and work orders by item."""
    lots: dict[str, list[StockLot]] = defaultdict(list)
    receipts: dict[str, list[PurchaseOrder]] = defaultdict(list)
    work_orders: dict[str, list[WorkOrder]] = defaultdict(list)
    for lot in snapshot.stock:
        if _is_known(lot.item, items, "stock", lot.source, faults):
            if lot.qty < 0:
                faults.warning(
                    "V154",
                    lot.item,
                    f"stock of {lot.item} is {lot.qty:g}",
                    "count it; it is taken as zero",
                    lot.source,
                )
            elif lot.status == "free":
                lots[lot.item].append(lot)
    for po in snapshot.purchase_orders:
        known = _is_known(po.item, items, f"purchase order {po.id}", po.source, faults)
        if known and _is_to_come(po, snapshot, faults):
            receipts[po.item].append(po)
    for wo in snapshot.work_orders:
        if not _is_known(wo.item, items, f"work order {wo.wo}", wo.source, faults) or wo.status in _CLOSED:
            continue
        if wo.status == "hold":
            faults.info(
                "V155",
                wo.wo,
                f"work order {wo.wo} is on hold and counts as no supply",
                "release it when it may go on",
                wo.source,
            )
        elif _is_workable(wo, faults):
            work_orders[wo.item].append(wo)
    return (
        {i: tuple(sorted(r, key=lambda s: (s.lot, s.qty, s.source))) for i, r in sorted(lots.items())},
        {i: tuple(sorted(r, key=lambda p: p.id)) for i, r in sorted(receipts.items())},
        {i: tuple(sorted(r, key=lambda w: w.wo)) for i, r in sorted(work_orders.items())},
    )


def _is_to_come(po: PurchaseOrder, snapshot: Snapshot, faults: Faults) -> bool:
    """Whether a purchase order is open: not closed, and not received whole by today."""
    if po.status.lower() in _CLOSED:
        return False
    zone = ZoneInfo(snapshot.settings.timezone)
    came = received_on(po, zone)
    if came is None:
        return True
    is_future = came > snapshot.settings.now.astimezone(zone).date()
    if is_future:
        faults.warning(
            "V230",
            po.id,
            f"purchase order {po.id} of {po.item} is said to be received on {came}, which is after now",
            "correct the day; until then it is planned to arrive as promised, and teaches nothing of its supplier",
            po.source,
        )
    return is_future


def _is_workable(wo: WorkOrder, faults: Faults) -> bool:
    if wo.item in faults.blocked:
        faults.error(
            "V156",
            wo.wo,
            f"work order {wo.wo} makes {wo.item}, which cannot be made: {faults.blocked[wo.item].what}",
            "mend that first; the work order is left out",
            wo.source,
        )
        return False
    return True


def _is_known(item: str, items: Mapping[str, Item], what: str, source: str, faults: Faults) -> bool:
    if item not in items:
        faults.error(
            "V157",
            item,
            f"{what} is of item {item}, which does not exist",
            "add the item, or correct the name; it is left out",
            source,
        )
        return False
    return True
