"""What a factory knows of the usage of its items: history, forecast and order lines, by local day."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property

from pegboard.domain.buffer import Buffer
from pegboard.domain.calendar import local_date, local_day
from pegboard.domain.factory import Factory
from pegboard.domain.quantity import half_up
from pegboard.domain.record import Moment
from pegboard.planning.buffers.adu import adu_of
from pegboard.planning.buffers.forecast import left_of_forecast
from pegboard.planning.buffers.zones import ADU_DECIMALS

ByDay = dict[str, dict[int, float]]


class Usage:
    """History, forecast and open order lines of all items of a factory; days are ordinals.

    Each is indexed when it is first asked for: many factories have no history, and few ask for order lines.
    """

    def __init__(self, factory: Factory) -> None:
        self.factory = factory
        self.today = local_day(factory.now, factory.zone).toordinal()

    @cached_property
    def used(self) -> ByDay:
        """What was used of each item by day."""
        return self._by_day((r.item, r.date, r.qty) for r in self.factory.snapshot.demand_history)

    @cached_property
    def forecast(self) -> ByDay:
        """What is expected of each item, by the day from which on."""
        return self._by_day((r.item, r.date, r.qty) for r in self.factory.snapshot.forecast)

    @cached_property
    def ordered(self) -> ByDay:
        """What open order lines want of each item, by the day they are due."""
        lines = (o for o in self.factory.lines if o.status == "open")
        return self._by_day((o.item, o.due, max(0.0, o.qty - o.shipped_qty)) for o in lines)

    def planned(self, item: str, demand: Mapping[int, float]) -> dict[int, float]:
        """Demand of an item and what it leaves of the forecast."""
        found = dict(demand)
        rows = list(self.forecast.get(item, {}).items())
        for day, qty in left_of_forecast(rows, demand, self.today).items():
            found[day] = found.get(day, 0.0) + qty
        return found

    def adu(self, buffer: Buffer, demand: Mapping[int, float]) -> float:
        """Average daily usage as the row of a buffer asks for it, before adjustments, to four decimals."""
        used, planned = self.used.get(buffer.item, {}), self.planned(buffer.item, demand)
        return half_up(adu_of(buffer, used, planned, self.today), ADU_DECIMALS)

    def _by_day(self, rows: Iterable[tuple[str, Moment, float]]) -> ByDay:
        found: ByDay = defaultdict(lambda: defaultdict(float))
        for item, moment, qty in rows:
            found[item][day_of(moment, self.factory)] += qty
        return {item: dict(days) for item, days in found.items()}


def day_of(moment: Moment, factory: Factory) -> int:
    """The ordinal of the local day of a moment."""
    return local_date(moment, factory.zone).toordinal()
