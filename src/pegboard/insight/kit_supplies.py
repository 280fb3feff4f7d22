"""What work orders can be kitted from: stock and open orders, and behind them what the plan will make and buy."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from pegboard.domain.calendar import FAR, bounds, receipt_instant
from pegboard.domain.factory import Factory
from pegboard.insight.pegging import Pegging, SupplyKey, key_of

EPS = 1e-6


@dataclass
class Lot:
    """A supply with what is left of it; `only` names the demands that may use it where not all may.

    It is firm if it is there or ordered already, not a proposal of the plan.
    """

    name: str
    left: float
    available: int
    expires: int
    only: frozenset[str] | None
    is_firm: bool

    def serves(self, wo: str, start: int) -> bool:
        """Whether a work order may use it if it starts then, however late it comes."""
        return self.left > EPS and self.expires > start and (self.only is None or wo in self.only)


def lots_of(factory: Factory, pegging: Pegging) -> dict[str, list[Lot]]:
    """All supplies by item, those kept for somebody first, then by date; without what customer lines draw directly."""
    found: dict[str, list[Lot]] = defaultdict(list)
    drawn: dict[SupplyKey, float] = defaultdict(float)
    for peg in pegging.plan.pegs:
        if peg.demand_kind == "order":
            drawn[key_of(peg)] += peg.qty
    for key, lot in [*_stock(factory), *_purchase_orders(factory), *_made_and_bought(factory, pegging)]:
        pegs = pegging.by_supply.get(key, ())
        if lot.only is not None or any(p.kind == "hard" for p in pegs):
            lot.only = frozenset(p.demand for p in pegs)
        taken = min(lot.left, drawn[key])
        drawn[key] -= taken
        lot.left -= taken
        found[key[2]].append(lot)
    for rows in found.values():
        rows.sort(key=lambda lot: (lot.only is None, lot.available, lot.expires, lot.name))
    return found


def _stock(factory: Factory) -> Iterator[tuple[SupplyKey, Lot]]:
    for item, lots in factory.lots.items():
        for lot in lots:
            available = factory.now
            if lot.available_from is not None:
                available = max(available, receipt_instant(lot.available_from, factory.calendar, factory.zone))
            expires = FAR if lot.expires is None else bounds(lot.expires, lot.expires, factory.zone)[0]
            name = f"{item}:{lot.lot}" if lot.lot else item
            only = frozenset[str]() if lot.reserved_for or lot.options else None
            yield ("stock", name, item), Lot(name, lot.qty, available, expires, only, True)


def _purchase_orders(factory: Factory) -> Iterator[tuple[SupplyKey, Lot]]:
    """Open purchase orders; those past due count for nothing until they have a new date."""
    for item, orders in factory.receipts.items():
        for po in orders:
            when = receipt_instant(po.promised or po.due, factory.calendar, factory.zone)
            if when >= factory.now and po.qty > po.received_qty:
                only = frozenset[str]() if po.reserved_for else None
                yield ("po", po.id, item), Lot(po.id, po.qty - po.received_qty, when, FAR, only, True)


def _made_and_bought(factory: Factory, pegging: Pegging) -> Iterator[tuple[SupplyKey, Lot]]:
    """Work orders, firm where they exist already, and the purchases that the plan proposes."""
    existing = {work.wo: work for works in factory.work_orders.values() for work in works}
    for key, supply in pegging.supplies.items():
        if supply.kind not in ("wo", "purchase") or supply.qty is None:
            continue
        record = existing.get(supply.name)
        is_bound = supply.kind == "wo" and bool(pegging.works[supply.name].options)
        only = frozenset[str]() if is_bound else None
        yield key, Lot(supply.name, supply.qty, supply.available, FAR, only, record is not None)
