"""Everything about one item: what it goes into and is made from, what comes and goes, and its stock over time."""

from collections import defaultdict
from collections.abc import Iterator

import msgspec

from pegboard.domain.calendar import bounds, receipt_instant
from pegboard.domain.expression import Amount, Formula
from pegboard.domain.factory import Factory
from pegboard.domain.finding import Finding, error
from pegboard.domain.item import BomLine
from pegboard.domain.plan import Peg, Plan
from pegboard.insight.pegging import Pegging, Supply


class ItemHead(msgspec.Struct, frozen=True, kw_only=True):
    """An item at a glance, quantities in its unit.

    `on_order` is open purchase orders, `planned` what the plan makes and buys, `demand` what it takes. `sellable` is
    what goes into no other item.
    """

    item: str
    description: str
    unit: str
    kind: str
    policy: str
    on_hand: float
    on_order: float
    planned: float
    demand: float
    unit_cost: float | None
    price: float | None
    sellable: bool


class Component(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a bill of materials: `qty` for each piece, None where a formula tells; `fixed_qty` for each lot."""

    parent: str
    component: str
    description: str
    unit: str
    kind: str
    qty: float | None
    formula: str
    fixed_qty: float | None
    step: int | None
    condition: str
    alternate_group: str
    rank: int
    route: str


class Stock(msgspec.Struct, frozen=True, kw_only=True):
    """Usable stock over time: from each instant `t` on there is `qty`, until the next."""

    t: list[int]
    qty: list[float]


class ItemSupply(msgspec.Struct, frozen=True, kw_only=True):
    """Where the item comes from: `pegged` of `qty` is promised; `orders` are the customer lines that it serves."""

    kind: str
    name: str
    qty: float
    available: int
    pegged: float
    orders: tuple[str, ...]


class ItemDemand(msgspec.Struct, frozen=True, kw_only=True):
    """Who takes the item: an order line, or a step of a work order; `available` is when the last of it is there."""

    kind: str
    name: str
    step: int | None
    qty: float
    need: int
    available: int


class ItemPage(msgspec.Struct, frozen=True, kw_only=True):
    """One item in full."""

    item: ItemHead
    where_used: list[Component]
    made_from: list[Component]
    stock: Stock
    supplies: list[ItemSupply]
    demands: list[ItemDemand]
    pegs: list[Peg]


def item_page(factory: Factory, plan: Plan, item: str) -> ItemPage | Finding:
    """The page of an item; a finding where there is none of this name."""
    if item not in factory.items:
        return error("S363", item, f"there is no item {item}", "see items.csv for the names")
    pegging = Pegging(plan, factory)
    (head,) = heads(factory, plan, [item])
    pegs = [peg for peg in plan.pegs if peg.item == item]
    lines = [row for rows in (*factory.bom.values(), *factory.byproducts.values()) for row in rows]
    return ItemPage(
        item=head,
        where_used=[_component(factory, row, row.parent) for row in lines if row.component == item],
        made_from=[_component(factory, row, row.component) for row in lines if row.parent == item],
        stock=_stock(factory, pegging, item, pegs),
        supplies=[_supply(pegging, s) for s in _supplies(pegging, item)],
        demands=_demands(pegs),
        pegs=pegs,
    )


def heads(factory: Factory, plan: Plan, items: list[str]) -> list[ItemHead]:
    """Items at a glance."""
    planned: dict[str, float] = defaultdict(float)
    demand: dict[str, float] = defaultdict(float)
    for work in plan.work_orders:
        planned[work.item] += work.good_qty
    for purchase in plan.purchases:
        planned[purchase.item] += purchase.qty if purchase.action == "order" else 0.0
    for peg in plan.pegs:
        demand[peg.item] += peg.qty
    inside = {row.component for rows in factory.bom.values() for row in rows}
    return [
        ItemHead(
            item=name,
            description=record.name,
            unit=record.uom,
            kind=factory.supply[name],
            policy=record.policy,
            on_hand=round(sum(lot.qty for lot in factory.lots.get(name, ())), 6),
            on_order=round(sum(max(0.0, po.qty - po.received_qty) for po in factory.receipts.get(name, ())), 6),
            planned=round(planned[name], 6),
            demand=round(demand[name], 6),
            unit_cost=record.unit_cost,
            price=record.price,
            sellable=name not in inside,
        )
        for name, record in ((name, factory.items[name]) for name in items)
    ]


def _component(factory: Factory, row: BomLine, other: str) -> Component:
    item = factory.items[other]
    return Component(
        parent=row.parent,
        component=row.component,
        description=item.name,
        unit=factory.items[row.component].uom,
        kind=row.kind,
        qty=_per_piece(row),
        formula=" / ".join(dict.fromkeys(a.text for a in (row.qty_per, row.per_qty) if isinstance(a, Formula))),
        fixed_qty=_number(row.fixed_qty),
        step=row.step,
        condition=row.condition,
        alternate_group=row.alternate_group,
        rank=row.rank,
        route=row.route,
    )


def _per_piece(row: BomLine) -> float | None:
    qty, per = _number(row.qty_per), _number(row.per_qty)
    return None if qty is None or not per else round(qty / per, 9)


def _number(amount: Amount) -> float | None:
    return None if isinstance(amount, Formula) else float(amount)


def _supplies(pegging: Pegging, item: str) -> list[Supply]:
    found = [s for s in pegging.supplies.values() if s.item == item and s.qty]
    return sorted(found, key=lambda s: (s.available, s.kind, s.name))


def _supply(pegging: Pegging, supply: Supply) -> ItemSupply:
    reached = pegging.reach(supply.key)
    return ItemSupply(
        kind=supply.kind,
        name=supply.name,
        qty=supply.qty or 0.0,
        available=supply.available,
        pegged=pegging.pegged(supply.key),
        orders=tuple(sorted(reached, key=lambda line: (reached[line].slack, line))),
    )


def _demands(pegs: list[Peg]) -> list[ItemDemand]:
    by_demand: dict[tuple[str, str, int | None], list[Peg]] = defaultdict(list)
    for peg in pegs:
        by_demand[peg.demand_kind, peg.demand, peg.step].append(peg)
    found = [
        ItemDemand(
            kind=kind,
            name=name,
            step=step,
            qty=round(sum(peg.qty for peg in rows), 6),
            need=min(peg.need for peg in rows),
            available=max(peg.available for peg in rows),
        )
        for (kind, name, step), rows in by_demand.items()
    ]
    return sorted(found, key=lambda d: (d.need, d.name, d.step or 0))


def _stock(factory: Factory, pegging: Pegging, item: str, pegs: list[Peg]) -> Stock:
    """Stock after each instant at which something comes or goes, from now on."""
    change: dict[int, float] = defaultdict(float, {factory.now: 0.0})
    for when, qty in _comes(factory, pegging, item):
        change[max(when, factory.now)] += qty
    for peg in pegs:
        change[max(peg.need, peg.available, factory.now)] -= peg.qty
    times = sorted(change)
    found, level = [], 0.0
    for t in times:
        level += change[t]
        found.append(round(level, 6) + 0.0)
    return Stock(t=times, qty=found)


def _comes(factory: Factory, pegging: Pegging, item: str) -> Iterator[tuple[int, float]]:
    """When how much comes: lots that have not expired, open orders that are not past due, what is made and bought."""
    for lot in factory.lots.get(item, ()):
        if lot.expires is None or bounds(lot.expires, lot.expires, factory.zone)[0] > factory.now:
            later = lot.available_from
            yield factory.now if later is None else receipt_instant(later, factory.calendar, factory.zone), lot.qty
    for supply in _supplies(pegging, item):
        if supply.kind != "stock" and not (supply.kind == "po" and supply.available < factory.now):
            yield supply.available, supply.qty or 0.0
