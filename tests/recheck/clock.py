"""Instants as minutes, read and written in the factory's zone."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo


class Clock:
    """Instants as minutes since 1970 in UTC, read and written in the factory's zone."""

    def __init__(self, zone: str) -> None:
        self.zone = ZoneInfo(zone)
        self.instant = lru_cache(maxsize=None)(self._instant)
        self.midnight: Callable[[date], float] = lru_cache(maxsize=None)(
            lambda day: self._instant(datetime.combine(day, time()))
        )

    def _instant(self, moment: datetime) -> float:
        """A local (or offset-carrying) date-time as an instant.

        "A shift starting in the non-existent hour moves to the next instant" (edge case 14).
        """
        if moment.tzinfo is not None:
            return moment.timestamp() / 60
        after = moment.replace(tzinfo=self.zone, fold=0)
        if after.astimezone(UTC).astimezone(self.zone).replace(tzinfo=None) == moment:
            return after.timestamp() / 60
        late, early = int(after.timestamp()), int(moment.replace(tzinfo=self.zone, fold=1).timestamp())
        if early > late:
            early, late = late, early
        old = datetime.fromtimestamp(early, self.zone).utcoffset()
        while late - early > 1:
            middle = (early + late) // 2
            if datetime.fromtimestamp(middle, self.zone).utcoffset() == old:
                early = middle
            else:
                late = middle
        return late / 60

    def read(self, text: str) -> float:
        """A date-time of the factory folder; a bare date is its midnight."""
        return self.instant(datetime.fromisoformat(text))

    def day(self, instant: float) -> date:
        return datetime.fromtimestamp(round(instant * 60), self.zone).date()

    def show(self, instant: float) -> str:
        if not math.isfinite(instant):
            return "never"
        return datetime.fromtimestamp(round(instant * 60), self.zone).isoformat(" ", "minutes")
