"""Timelines as arrays, one block per distinct calendar."""

from collections.abc import Iterable

import numpy as np

from pegboard.domain.calendar import Timeline
from pegboard.kernels.arrays import Timelines


class TimelineTable:
    """Distinct timelines and the index of each; equal ones share a block."""

    def __init__(self, timelines: Iterable[Timeline]) -> None:
        self._index: dict[int, int] = {}
        self.rows: list[Timeline] = []
        for t in timelines:
            if id(t) not in self._index:
                self._index[id(t)] = len(self.rows)
                self.rows.append(t)
        self.arrays = _arrays(self.rows)

    def index(self, t: Timeline) -> int:
        """The row of a timeline given to the constructor."""
        return self._index[id(t)]


def _arrays(rows: list[Timeline]) -> Timelines:
    ptr = np.zeros(len(rows) + 1, np.int64)
    ptr[1:] = np.cumsum([len(t.start) for t in rows])

    def joined(field: str) -> np.ndarray:
        return np.concatenate([np.array(getattr(t, field), np.int64) for t in rows]) if rows else np.empty(0, np.int64)

    return Timelines(ptr, *(joined(f) for f in ("start", "end", "rate", "open_before", "work_before")))


def mirrored(T: Timelines) -> Timelines:
    """The same calendars with time running backward: instant t becomes -t."""
    start, end, rate = np.empty_like(T.start), np.empty_like(T.end), np.empty_like(T.rate)
    open_before, work_before = np.empty_like(T.open_before), np.empty_like(T.work_before)
    for a, b in zip(T.ptr[:-1].tolist(), T.ptr[1:].tolist(), strict=True):
        start[a:b], end[a:b], rate[a:b] = -T.end[a:b][::-1], -T.start[a:b][::-1], T.rate[a:b][::-1]
        seconds = end[a:b] - start[a:b]
        open_before[a:b] = np.cumsum(seconds) - seconds
        work = seconds * rate[a:b]
        work_before[a:b] = np.cumsum(work) - work
    return Timelines(T.ptr, start, end, rate, open_before, work_before)
