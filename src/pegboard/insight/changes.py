"""What to ask of suppliers about open purchase orders once a plan is made: hasten, put off, more, less or nothing.

Nothing here moves a date: the plan stands on what suppliers have promised, and a change is a proposal beside it. Small
changes are not proposed (`[policy]`), except where a customer line is late for want of them. How a change is put into
words is the business of `changes_said.py`.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from typing import Literal

import msgspec

from pegboard.domain.calendar import DAY, local_day
from pegboard.domain.factory import Factory
from pegboard.domain.finding import in_order
from pegboard.domain.plan import Peg, Plan, PurchasePlan
from pegboard.insight import changes_said as said
from pegboard.insight.changes_said import Change
from pegboard.insight.open_purchases import OpenPurchase, open_purchases
from pegboard.insight.pegging import Pegging
from pegboard.planning.purchase import PurchaseDates

_EPS = 1e-6

Action = Literal["expedite", "defer", "increase", "decrease", "cancel"]


def with_changes(factory: Factory, plan: Plan) -> Plan:
    """The plan with a row in `purchases` and a message for each change of an open purchase order."""
    if not factory.receipts:
        return plan
    found = changes(factory, plan)
    rows = sorted((c.row for c in found), key=lambda r: (r.item, r.po, r.action))
    messages = in_order([*plan.messages, *(c.finding for c in found)])
    return msgspec.structs.replace(plan, purchases=(*plan.purchases, *rows), messages=tuple(messages))


def changes(factory: Factory, plan: Plan) -> list[Change]:
    """All changes to propose. Linear in the pegs, for one pass over them."""
    pegging = Pegging(plan, factory)
    orders, dates = list(open_purchases(factory, pegging)), PurchaseDates(factory)
    kept = _of_what_is_left_out(factory, plan)
    rest = _beyond_buffers(factory, plan, orders) | {o.po.id: 0.0 for o in orders if o.po.item in kept}
    found: list[Change] = []
    for order in orders:
        less = _less(factory, order, rest.get(order.po.id, order.qty - order.pegged))
        found.extend(less)
        if not less or less[0].row.action != "cancel":
            found.extend(_sooner(factory, dates, order) or _later(factory, dates, order))
    return [*found, *_more(factory, plan, orders)]


def _sooner(factory: Factory, dates: PurchaseDates, order: OpenPurchase) -> list[Change]:
    """Hasten what is pegged to be used earlier than it comes, by more than the tolerance or if a customer suffers."""
    if not order.pegs:
        return []
    wanted = _receipt_by(factory, dates, min(order.pegging.latest(peg) for peg in order.pegs))
    if wanted >= order.due or not (order.late or order.due - wanted > factory.policy.expedite_days * DAY):
        return []
    source = order.source
    days = source.expedite_days if source else None
    earliest = local_day(factory.now, factory.zone) + timedelta(days=days or 0)
    is_feasible = wanted > factory.now and local_day(wanted, factory.zone) >= earliest
    cost = source.expedite_cost if source else None
    row = _row(factory, order, "expedite", order.qty, wanted, cost)
    return [said.sooner(factory, order, msgspec.structs.replace(row, feasible=is_feasible))]


def _later(factory: Factory, dates: PurchaseDates, order: OpenPurchase) -> list[Change]:
    """Put off what nobody uses until the tolerance is over; buffers and stock take theirs as it comes."""
    if not order.pegs or factory.items[order.po.item].policy != "mto":
        return []
    wanted = _receipt_by(factory, dates, min(_used(factory, order.pegging, peg) for peg in order.pegs))
    if wanted - order.due <= factory.policy.defer_days * DAY:
        return []
    return [said.later(factory, order, _row(factory, order, "defer", order.qty, wanted, 0.0))]


def _less(factory: Factory, order: OpenPurchase, rest: float) -> list[Change]:
    """Cancel an order of which all to come can be spared (`rest`), else cut it down as far as the terms allow."""
    if factory.items[order.po.item].policy == "stock" or rest <= _EPS:
        return []
    if rest >= order.qty - _EPS:
        row = _row(factory, order, "cancel", 0.0, None, _negative(order.terms.cost(order.qty)))
        return [said.none(factory, order, row)]
    total = order.terms.at_least(order.po.received_qty + order.qty - rest)
    cut = round(order.qty - (total - order.po.received_qty), 6)
    if cut <= _EPS or cut < factory.policy.change_qty_pct / 100 * order.qty:
        return []
    row = _row(factory, order, "decrease", round(order.qty - cut, 6), order.due, _negative(order.terms.cost(cut)))
    return [said.less(factory, order, row)]


def _beyond_buffers(factory: Factory, plan: Plan, orders: list[OpenPurchase]) -> dict[str, float]:
    """What may be spared of each order of a buffered item: together what its net flow has above the top of green.

    The order that comes last gives first. An item without a computed buffer spares nothing.
    """
    above = {b.item: max(0.0, b.net_flow - b.tog) for b in plan.buffers}
    found = {}
    for order in sorted(orders, key=lambda o: (-o.due, o.po.id)):
        item = order.po.item
        if factory.items[item].policy == "buffer":
            found[order.po.id] = min(order.qty - order.pegged, above.get(item, 0.0))
            above[item] = above.get(item, 0.0) - found[order.po.id]
    return found


def _of_what_is_left_out(factory: Factory, plan: Plan) -> set[str]:
    """Items in what is not planned now but may be wanted again: lines left out or on hold, work orders left out."""
    todo = {row.item for row in plan.orders if row.status == "unplanned"}
    todo |= {line.item for line in factory.lines if line.status == "hold"}
    planned = {row.wo for row in plan.work_orders}
    todo |= {work.item for works in factory.work_orders.values() for work in works if work.wo not in planned}
    found: set[str] = set()
    while todo:
        found |= todo
        todo = {line.component for item in todo for line in factory.bom.get(item, ())} - found
    return found


def _more(factory: Factory, plan: Plan, orders: list[OpenPurchase]) -> Iterator[Change]:
    """Let new purchases ride on an open order of the same item and supplier that comes in the same week, in time."""
    riders: dict[str, list[PurchasePlan]] = defaultdict(list)
    carriers = {o.po.id: o for o in orders if o.po.received_qty <= 0 and not o.po.reserved_for}
    for purchase in plan.purchases:
        able = [o for o in carriers.values() if _carries(factory, o, purchase)]
        if able:
            riders[max(able, key=lambda o: (o.due, o.po.id)).po.id].append(purchase)
    for po, purchases in sorted(riders.items()):
        order = carriers[po]
        is_mto = factory.items[order.po.item].policy == "mto"
        qty = sum(order.pegging.pegged(("purchase", p.po, p.item)) if is_mto else p.qty for p in purchases)
        extra = order.terms.rounded(qty)
        row = _row(factory, order, "increase", order.qty + extra, order.due, order.terms.cost(extra))
        yield said.more(factory, order, row, [p.po for p in purchases])


def _carries(factory: Factory, order: OpenPurchase, purchase: PurchasePlan) -> bool:
    if (order.po.item, order.po.supplier) != (purchase.item, purchase.supplier) or purchase.action != "order":
        return False
    in_time = order.due <= max(purchase.due, purchase.need or purchase.due)
    return in_time and _week(factory, order.due) == _week(factory, purchase.due)


def _week(factory: Factory, t: int) -> tuple[int, int]:
    return local_day(t, factory.zone).isocalendar()[:2]


def _used(factory: Factory, pegging: Pegging, peg: Peg) -> int:
    """When the plan uses a pegged supply: at its setup, less the queue that counts from the material's arrival.

    A step that is not the first has its queue behind it by then; that it is taken off as well only puts off less.
    """
    if peg.demand_kind == "order":
        customer = factory.customers.get(pegging.orders[peg.demand].customer)
        return peg.need - int(customer.delivery_buffer_min * 60 if customer else 0)
    operation = pegging.operation(peg)
    if operation is None or factory.policy.queue_time == "norm":
        return peg.need
    item = pegging.works[peg.demand].item
    steps = [s for route in factory.route_names(item) for s in factory.routing.get((item, route), ())]
    queue = max((s.queue_min or 0.0 for s in steps if s.step == peg.step), default=0.0)
    timeline = factory.timelines.get(operation.resource, factory.calendar)
    return timeline.before_open(peg.need, round(queue * 60))


def _receipt_by(factory: Factory, dates: PurchaseDates, wanted: int) -> int:
    """The last date of a receipt that is there by an instant, as its instant; now where none is left."""
    first = factory.calendar.next_open(factory.now)
    return max(dates.receipt_by(wanted), factory.now) if wanted >= first else factory.now


def _row(
    factory: Factory, order: OpenPurchase, action: Action, qty: float, need: int | None, cost: float | None
) -> PurchasePlan:
    return PurchasePlan(
        action=action,
        po=order.po.id,
        item=order.po.item,
        supplier=order.po.supplier,
        qty=round(qty, 6),
        order_by=factory.now,
        due=order.due,
        need=need,
        cost=cost,
        feasible=True,
    )


def _negative(cost: float | None) -> float | None:
    return None if cost is None else -cost
