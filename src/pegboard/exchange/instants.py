"""Instants as people read them: ISO 8601, local to a factory, with seconds and offset; and back.

A plan names millions of instants, so a column of them is put together from tables of days, of times of day
and of offsets. The parts are looked up by numpy, which is imported only when a plan is written.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DAY = 86_400
_LONGEST_SPAN = 100 * 366  # days for which tables are made
_WIDTH = 25
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Instants:
    """UTC seconds to text in one zone."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._tables: _Tables | None = None

    def texts(self, instants: Sequence[int | None]) -> list[str]:
        """The text of each instant, blank for none: `2026-06-01T06:00:00+02:00`."""
        if None in instants:
            known = iter(self.texts([t for t in instants if t is not None]))
            return ["" if t is None else next(known) for t in instants]
        if not instants:
            return []
        import numpy as np

        utc = np.array(instants, dtype=np.int64)
        tables = self._covering(int(utc.min()) // DAY, int(utc.max()) // DAY)
        if tables is None:
            return [(_EPOCH + timedelta(seconds=int(t))).astimezone(self._zone).isoformat() for t in utc]
        text = tables.texts(utc)
        return [text[i : i + _WIDTH] for i in range(0, len(text), _WIDTH)]

    def _covering(self, first: int, last: int) -> "_Tables | None":
        """Tables that hold these days of UTC, wider than the ones before; none for what is rare."""
        tables = self._tables
        if tables is None or not tables.first <= first <= last <= tables.last:
            if tables is not None:
                first, last = min(first, tables.first), max(last, tables.last)
            if last - first > _LONGEST_SPAN:
                return None
            self._tables = tables = _Tables(self._zone, first - 30, last + 30)
        return tables if tables.whole_minutes else None


class _Tables:
    """The parts of the text of every instant from one day of UTC to another."""

    def __init__(self, zone: ZoneInfo, first: int, last: int) -> None:
        self.first, self.last, self._zone = first, last, zone
        self.changes: list[int] = []  # the instants at which the offset becomes the next of `offsets`
        self.offsets = [self._offset(first * DAY)]
        for day in range(first, last + 1):
            if self._offset((day + 1) * DAY) != self.offsets[-1]:
                self.changes.append(self._change(day * DAY, (day + 1) * DAY))
                self.offsets.append(self._offset((day + 1) * DAY))

    @property
    def whole_minutes(self) -> bool:
        """Whether all offsets are; local mean times of old are not."""
        return all(offset % 60 == 0 for offset in self.offsets)

    def texts(self, utc: "NDArray[np.int64]") -> str:
        """The texts of these instants, one after the other, each 25 signs long."""
        import numpy as np

        which = np.searchsorted(np.array(self.changes, dtype=np.int64), utc, side="right")
        days, clock = np.divmod(utc + np.array(self.offsets)[which], DAY)
        parts = np.empty(len(utc), dtype=[("day", "S11"), ("clock", "S8"), ("offset", "S6")])
        parts["day"] = self._days[days - (self.first - 1)]
        parts["clock"] = self._clocks[clock]
        parts["offset"] = self._suffixes[which]
        return parts.tobytes().decode("ascii")

    @cached_property
    def _days(self) -> "NDArray[np.bytes_]":
        import numpy as np

        days = np.arange(self.first - 1, self.last + 2).astype("datetime64[D]")
        return np.array([f"{day}T" for day in days], dtype="S11")

    @cached_property
    def _clocks(self) -> "NDArray[np.bytes_]":
        import numpy as np

        two = np.array([f"{i:02}" for i in range(60)], dtype="S2")
        clocks = np.empty((24, 60, 60), dtype=[("h", "S2"), (":", "S1"), ("m", "S2"), ("::", "S1"), ("s", "S2")])
        clocks["h"], clocks["m"], clocks["s"] = two[:24, None, None], two[:, None], two
        clocks[":"] = clocks["::"] = b":"
        return clocks.reshape(DAY).view("S8")

    @cached_property
    def _suffixes(self) -> "NDArray[np.bytes_]":
        import numpy as np

        signs = ["-" if offset < 0 else "+" for offset in self.offsets]
        minutes = [abs(offset) // 60 for offset in self.offsets]
        texts = [f"{sign}{m // 60:02}:{m % 60:02}" for sign, m in zip(signs, minutes, strict=True)]
        return np.array(texts, dtype="S6")

    def _offset(self, instant: int) -> int:
        local = (_EPOCH + timedelta(seconds=instant)).astimezone(self._zone)
        return int((local.utcoffset() or timedelta()).total_seconds())

    def _change(self, before: int, after: int) -> int:
        """The first instant with the later offset, by halving."""
        later = self._offset(after)
        while after - before > 1:
            middle = (before + after) // 2
            before, after = (before, middle) if self._offset(middle) == later else (middle, after)
        return after


def seconds(text: str) -> int:
    """UTC seconds of an ISO 8601 date-time with offset. Raises ValueError."""
    when = datetime.fromisoformat(text)
    if when.tzinfo is None:
        raise ValueError(f"{text} has no offset")
    return int(when.timestamp())


def all_seconds(texts: Sequence[str]) -> "NDArray[np.int64]":
    """`seconds` of many texts, those of whole-minute offsets all at once. Raises ValueError."""
    import numpy as np

    if not texts or set(map(len, texts)) != {_WIDTH}:
        return np.array([seconds(text) for text in texts], dtype=np.int64)
    signs = np.array(texts, dtype=f"S{_WIDTH}").view("S1").reshape(len(texts), _WIDTH)
    if not np.isin(signs[:, 19], [b"+", b"-"]).all() or not (signs[:, 22] == b":").all():
        return np.array([seconds(text) for text in texts], dtype=np.int64)
    wall = np.ascontiguousarray(signs[:, :19]).view("S19").ravel().astype("datetime64[s]").astype(np.int64)
    two = np.ascontiguousarray(signs[:, [20, 21, 23, 24]]).view("S2").reshape(-1, 2).astype(np.int64)
    east = (two[:, 0] * 60 + two[:, 1]) * 60
    found: NDArray[np.int64] = wall - np.where(signs[:, 19] == b"-", -east, east)
    return found
