"""Open purchase orders as a plan sees them: what is to come, when, for whom, and on whose terms."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import msgspec

from pegboard.domain.calendar import receipt_instant
from pegboard.domain.factory import Factory
from pegboard.domain.plan import Peg
from pegboard.domain.supply import ItemSupplier, PurchaseOrder
from pegboard.insight.pegging import Pegging, Reach
from pegboard.planning.lotsize import LotRule, rule_for


@dataclass(frozen=True)
class Terms:
    """What buying an item of a supplier is bound to; `price` in money for one of the item's unit."""

    rule: LotRule
    price: float | None

    def at_least(self, qty: float) -> float:
        """The smallest quantity that may be ordered and is not below `qty`."""
        return self.rule.lot(qty)

    def rounded(self, qty: float) -> float:
        """A quantity in whole multiples and units of purchase, rounded up."""
        return msgspec.structs.replace(self.rule, min_qty=0.0).lot(qty)

    def cost(self, qty: float) -> float | None:
        """What a quantity costs; None where no price is known."""
        return None if self.price is None else round(self.price * qty, 2)


@dataclass(frozen=True)
class OpenPurchase:
    """An open purchase order that is not past due: `qty` is still to come on `due`."""

    po: PurchaseOrder
    qty: float
    due: int
    pegs: list[Peg]
    terms: Terms
    source: ItemSupplier | None
    pegging: Pegging

    @property
    def pegged(self) -> float:
        """How much of it is promised."""
        return round(sum(peg.qty for peg in self.pegs), 6)

    @cached_property
    def reach(self) -> dict[str, Reach]:
        """The customer lines that it serves."""
        return self.pegging.reach(("po", self.po.id, self.po.item))

    @cached_property
    def late(self) -> list[str]:
        """The customer lines that are late and for which it comes too late, the worst first."""
        late = {line: self.pegging.orders[line].lateness_min or 0.0 for line in self.reach}
        found = [line for line, reach in self.reach.items() if late[line] > 0 and reach.slack < 0]
        return sorted(found, key=lambda line: (-late[line], line))


def open_purchases(factory: Factory, pegging: Pegging) -> Iterator[OpenPurchase]:
    """All open purchase orders but those past due, which count for nothing before they have a new date."""
    for item, orders in factory.receipts.items():
        sources = {source.supplier: source for source in factory.suppliers.get(item, ())}
        for po in orders:
            due = receipt_instant(po.promised or po.due, factory.calendar, factory.zone)
            left = po.qty - po.received_qty
            if left > 0 and due >= factory.now:
                source = sources.get(po.supplier)
                pegs = pegging.by_supply.get(("po", po.id, item), [])
                yield OpenPurchase(po, left, due, pegs, _terms(factory, item, source), source, pegging)


def _terms(factory: Factory, item: str, source: ItemSupplier | None) -> Terms:
    """The supplier's terms, and the item's where the supplier says nothing; what is ordered already is not split."""
    price = source.price if source else None
    rule = msgspec.structs.replace(rule_for(factory, item, source), max_qty=None)
    return Terms(rule, factory.items[item].unit_cost if price is None else price)
