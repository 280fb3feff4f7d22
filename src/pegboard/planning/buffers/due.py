"""The day on which a replenishment is wanted: so many days after it is ordered."""

import math
from bisect import bisect_right
from functools import cached_property

from pegboard.domain.calendar import DAY, local_day
from pegboard.domain.factory import Factory


class DueDays:
    """Counts lead times of a factory's items in whole days, as ordinals of local days."""

    def __init__(self, factory: Factory) -> None:
        self.factory = factory

    def due(self, item: str, day: int, lead_days: float) -> int:
        """`lead_days`, rounded up, after a day: open days for made items without routing, else calendar days.

        Beyond the end of the calendar every day counts as open.
        """
        whole = math.ceil(lead_days - 1e-9)
        if whole <= 0 or not self._counts_open_days(item):
            return day + whole
        days = self._open_days
        at = bisect_right(days, day) + whole - 1
        return days[at] if at < len(days) else max(day, *days[-1:]) + at - len(days) + 1

    def _counts_open_days(self, item: str) -> bool:
        factory = self.factory
        return factory.supply[item] == "make" and not any(
            (item, route) in factory.routing for route in factory.route_names(item)
        )

    @cached_property
    def _open_days(self) -> list[int]:
        """The factory's open days; consecutive ones are one stretch of its timeline."""
        days, zone = self.factory.open_days, self.factory.zone
        return [
            local_day(t, zone).toordinal()
            for start, end in zip(days.start, days.end, strict=True)
            for t in range(start + DAY // 2, end, DAY)
        ]
