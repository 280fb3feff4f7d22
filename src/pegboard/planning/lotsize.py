"""Lot rules: from a net quantity to the quantities of new supplies.

The order is that of published MRP: gross up by yield, raise to the minimum, round up to the multiple, split at the
maximum, and each split obeys the minimum again (OCA's and frePPLe's rules agree).
"""

import math
from fractions import Fraction

import msgspec

from pegboard.domain.calendar import DAY, FAR
from pegboard.domain.factory import Factory
from pegboard.domain.quantity import round_up, up_to_multiple
from pegboard.domain.supply import ItemSupplier


class LotRule(msgspec.Struct, frozen=True, gc=False):
    """Minimum, multiple and maximum of one supply, the span of days that one lot may cover, and decimals.

    What a lot covers is wanted within the seconds it `keeps`, and by a `single_order` where the item is pegged hard.
    """

    min_qty: float = 0.0
    multiple: float = 0.0
    max_qty: float | None = None
    batch_days: float = 0.0
    decimals: int = 0
    keeps: int = FAR
    single_order: bool = False

    def lots(self, qty: float) -> list[float]:
        """Quantities of the supplies that together cover `qty`, in the order they are used."""
        rest = round_up(qty, self.decimals)
        result = []
        while rest > 1e-9 + 1e-12 * qty:
            result.append(self.lot(rest))
            rest -= result[-1]
        return result

    def lot(self, qty: float) -> float:
        """The first supply towards `qty`."""
        rest = round_up(qty, self.decimals)
        largest = self._largest()
        lot = rest if largest is None else min(rest, largest)
        return round_up(up_to_multiple(max(lot, self.min_qty), self.multiple), self.decimals)

    def _largest(self) -> float | None:
        """The largest lot that respects maximum and multiple; None where the maximum contradicts the other rules."""
        if self.max_qty is None or self.max_qty <= 0 or self.max_qty < self.min_qty:
            return None
        if self.multiple <= 0:
            return self.max_qty
        whole = int(self.max_qty / self.multiple + 1e-9) * self.multiple
        return whole if whole >= self.min_qty and whole > 0 else None


def _whole_units(multiple: float, unit: float) -> float:
    """The multiple in which whole purchase units come: the least that both divide."""
    if unit <= 0 or multiple <= 0:
        return max(unit, multiple)
    common = Fraction(unit).limit_denominator(10**6), Fraction(multiple).limit_denominator(10**6)
    scale = math.lcm(common[0].denominator, common[1].denominator)
    return math.lcm(int(common[0] * scale), int(common[1] * scale)) / scale


def rule_for(factory: Factory, item: str, source: ItemSupplier | None = None) -> LotRule:
    """The lot rule of an item; bought from a supplier, that one's minimum and multiple come before the item's own."""
    record = factory.items[item]
    min_qty, multiple, max_qty = record.min_qty, record.multiple, record.max_qty
    if source is not None:
        min_qty = min_qty if source.min_qty is None else source.min_qty
        multiple = multiple if source.multiple is None else source.multiple
        multiple = _whole_units(multiple, factory.purchase_unit(source))
    days = record.shelf_life_days if factory.supply[item] == "buy" else None
    return LotRule(
        min_qty=min_qty,
        multiple=multiple,
        max_qty=max_qty,
        batch_days=record.batch_days,
        decimals=record.decimals,
        keeps=FAR if days is None else int(days * DAY),
        single_order=record.pegging == "hard",
    )
