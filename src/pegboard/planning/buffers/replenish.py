"""What a buffer orders from day to day, until the last draw.

Net flow changes only when demand falls due, a spike enters the horizon, or a zone changes: just these days are looked
at, so a long horizon costs no more than its demand.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from itertools import accumulate

import msgspec

from pegboard.planning.buffers.zones import Sizing


class Replenishment(msgspec.Struct, frozen=True, gc=False):
    """A quantity ordered on a day, and the day on which it is wanted."""

    day: int
    qty: float
    due_day: int


Order = Callable[[int, float, Sizing], list[Replenishment]]
"""What is ordered on a day at a net flow."""


def replenishments(
    supply: float,
    demand: Mapping[int, float],
    sizing_on: Callable[[int], Sizing],
    changes: Iterable[int],
    order: Order,
    today: int,
    until_day: int,
) -> list[Replenishment]:
    """The orders of each day from today to `until_day`, in order of time.

    `supply` is what is on hand and on order today. Goods shipped leave both on hand and demand, so that net flow is
    supply, and all that was ordered on the way, less what is due by the day and spikes ahead of it.
    """
    profile = _Profile(demand)
    days = _days_of_change(demand, sizing_on, set(changes), today, until_day)
    found: list[Replenishment] = []
    for day in days:
        sizing = sizing_on(day)
        lots = order(day, supply - profile.qualified(day, sizing), sizing)
        supply += sum(lot.qty for lot in lots)
        found.extend(lots)
    return found


def _days_of_change(
    demand: Mapping[int, float], sizing_on: Callable[[int], Sizing], changes: set[int], today: int, until_day: int
) -> list[int]:
    """Today and each later day on which net flow or a zone may be another than the day before."""
    changes = {day for day in changes if today < day <= until_day}
    horizons = {sizing_on(day).spike_horizon for day in {today} | changes}
    entries = {day - horizon for day in demand for horizon in horizons}
    return sorted({today} | changes | {day for day in entries | set(demand) if today < day <= until_day})


class _Profile:
    """Demand by day with running totals: of all days, and of the days that are spikes at a threshold."""

    def __init__(self, demand: Mapping[int, float]) -> None:
        self.days = sorted(demand)
        self.qty = [demand[day] for day in self.days]
        self.total = [0.0, *accumulate(self.qty)]
        self._spikes: dict[float, list[float]] = {}

    def qualified(self, day: int, sizing: Sizing) -> float:
        """Past due, due on the day, and spikes in the horizon."""
        at = bisect_right(self.days, day)
        end = bisect_right(self.days, day + sizing.spike_horizon)
        spikes = self._spikes_from(sizing.spike_threshold)
        return self.total[at] + spikes[end] - spikes[at]

    def _spikes_from(self, threshold: float) -> list[float]:
        if threshold not in self._spikes:
            spikes = (q if q >= threshold - 1e-9 else 0.0 for q in self.qty)
            self._spikes[threshold] = [0.0, *accumulate(spikes)]
        return self._spikes[threshold]
