"""Buy what is missing: from whom, in which lots, and in which week where a supplier can deliver only so much a week.

Suppliers are asked by rank, then price, then name. When a purchase is wanted, and by whom, is the caller's business.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

import msgspec

from pegboard.domain.calendar import FAR, local_day, midnight, receipt_instant
from pegboard.domain.factory import Factory
from pegboard.domain.supply import ItemSupplier
from pegboard.planning.lotsize import LotRule, rule_for
from pegboard.planning.purchase import PurchaseDates
from pegboard.tables.supply import Purchase

_WEEK = timedelta(days=7)


class Lot(msgspec.Struct, frozen=True, gc=False):
    """A purchase that can be there at `earliest`; one that must keep to its supplier's week comes on that day."""

    source: ItemSupplier | None
    qty: float
    earliest: int
    in_week: bool


class Buyer:
    """Finds purchases in one run over the levels; it remembers what the weeks of limited suppliers already take."""

    def __init__(self, factory: Factory, dates: PurchaseDates) -> None:
        self._factory, self._dates = factory, dates
        self._weekly = {s.supplier: s.weekly_qty for s in factory.snapshot.suppliers if s.weekly_qty is not None}
        self._taken: dict[tuple[str, date], float] = defaultdict(float)
        self._rules: dict[tuple[str, str], LotRule] = {}
        for rows in factory.receipts.values() if self._weekly else ():
            for po in rows:
                if po.supplier in self._weekly and po.qty > po.received_qty:
                    due = receipt_instant(po.promised or po.due, factory.calendar, factory.zone)
                    self._taken[po.supplier, self._week(due)] += po.qty - po.received_qty

    def take(self, purchases: Iterable[Purchase]) -> None:
        """Count purchases that are planned already in the weeks of their suppliers."""
        for purchase in purchases:
            if purchase.in_week and purchase.source:
                self._taken[purchase.source.supplier, self._week(purchase.earliest)] += purchase.qty

    def rule(self, item: str, source: ItemSupplier | None = None) -> LotRule:
        """The lot rule of an item, bought from a supplier if one is named."""
        key = item, source.supplier if source else ""
        found = self._rules.get(key)
        if found is None:
            found = self._rules[key] = rule_for(self._factory, item, source)
        return found

    def sources(self, item: str) -> tuple[ItemSupplier | None, ...]:
        """Who sells an item, first choice first; an item without suppliers comes from somebody unnamed."""
        return self._factory.suppliers.get(item) or (None,)

    def pool(self, item: str) -> str:
        """The item; or the supplier, in parentheses, whose limited weeks it shares with others."""
        limited = [s.supplier for s in self.sources(item) if s is not None and s.supplier in self._weekly]
        return f"({min(limited)})" if limited else item

    def soonest(self, item: str, qty: float) -> int:
        """When purchases ordered today can all be there at best, from whoever has room for that quantity; else FAR."""
        if qty <= 0 or not self._weekly:
            return min(self._dates.earliest(item, s) for s in self.sources(item))
        taken = self._taken.copy()
        lots = list(self.lots(item, qty, self._factory.now))
        self._taken = taken
        is_whole = sum(lot.qty for lot in lots) >= qty * (1 - 1e-9)
        return max(lot.earliest for lot in lots) if is_whole else FAR

    def lots(self, item: str, qty: float, need: int, least: float = 0.0) -> Iterator[Lot]:
        """Purchases of together at least `qty`, none below `least`, by `need` where anybody can.

        Stops short where nothing arrives within the planning horizon.
        """
        missing = qty
        while missing > 1e-9 + 1e-12 * qty:
            lot = self._lot(item, missing, need, least)
            if lot.earliest >= FAR or lot.earliest > self._factory.horizon:
                return
            missing -= lot.qty
            if lot.in_week and lot.source:
                self._taken[lot.source.supplier, self._week(lot.earliest)] += lot.qty
            yield lot

    def _lot(self, item: str, missing: float, need: int, least: float) -> Lot:
        """The next lot from the first supplier who brings it in time, or from the one who brings it soonest."""
        best: Lot | None = None
        for source in self.sources(item):
            found = self._from(item, source, missing, need, least)
            if found.earliest <= need:
                return found
            if best is None or found.earliest < best.earliest:
                best = found
        assert best is not None
        return best

    def _from(self, item: str, source: ItemSupplier | None, missing: float, need: int, least: float) -> Lot:
        rule = self.rule(item, source)
        if least > rule.min_qty:
            rule = msgspec.structs.replace(rule, min_qty=least)
        earliest = self._dates.earliest(item, source)
        weekly = self._weekly.get(source.supplier) if source else None
        if source is None or weekly is None or earliest >= FAR:
            return Lot(source, rule.lot(missing), earliest, in_week=False)
        if weekly <= 0:
            return Lot(source, rule.lot(missing), FAR, in_week=True)
        qty = _within(rule, weekly).lot(missing)
        return Lot(source, qty, self._day_with_room(source.supplier, weekly, qty, earliest, need), in_week=True)

    def _day_with_room(self, supplier: str, weekly: float, qty: float, earliest: int, need: int) -> int:
        """The last receipt by `need` in a week with room, else the first one after it; FAR beyond the horizon."""
        latest = max(self._dates.receipt_by(need), earliest) if need >= earliest else earliest
        week = self._week(latest)
        while week >= self._week(earliest):
            if self._has_room(supplier, week, weekly, qty):
                last = self._dates.receipt_by(min(latest, midnight(week + _WEEK, self._factory.zone) - 1))
                if self._week(last) == week and last >= earliest:
                    return last
                if week == self._week(earliest):
                    return earliest
            week -= _WEEK
        week = self._week(latest) + _WEEK
        while (first := self._dates.receipt_from(week)) <= self._factory.horizon:
            if self._week(first) == week and self._has_room(supplier, week, weekly, qty):
                return first
            week += _WEEK
        return FAR

    def _has_room(self, supplier: str, week: date, weekly: float, qty: float) -> bool:
        """Whether a lot fits what a week already takes; one larger than any week has a week to itself."""
        taken = self._taken.get((supplier, week), 0.0)
        return taken + qty <= weekly + 1e-9 or (qty > weekly and taken == 0)

    def _week(self, t: int) -> date:
        day = local_day(t, self._factory.zone)
        return day - timedelta(days=day.weekday())


def _within(rule: LotRule, weekly: float) -> LotRule:
    """The rule with lots no larger than a week allows, or as small as minimum and multiple let them be."""
    largest = max(weekly, rule.min_qty, rule.multiple)
    return msgspec.structs.replace(rule, max_qty=largest if rule.max_qty is None else min(largest, rule.max_qty))
