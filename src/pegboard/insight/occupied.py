"""Who holds which resource when, in a whole plan: looked up by resource and time."""

from functools import cached_property

import numpy as np

from pegboard.domain.calendar import FAR
from pegboard.insight.planned import Planned
from pegboard.scheduling.held import Holds, holds
from pegboard.scheduling.problem import Ints


class Occupied:
    """The holds of a plan by resource and start."""

    def __init__(self, planned: Planned) -> None:
        self._planned = planned

    @cached_property
    def _held(self) -> tuple[Holds, Ints]:
        """All holds by resource and end, and where those of each resource begin."""
        found = holds(self._planned.problem, self._planned.schedule)
        order = np.lexsort((found.op, found.end, found.res))
        ordered = Holds(*(column[order] for column in found))
        n = len(self._planned.problem.res_names)
        return ordered, np.searchsorted(ordered.res, np.arange(n + 1))

    def free_since(self, res: int, before: int) -> int:
        """The last end of a hold of a resource up to an instant; long ago where there is none."""
        held, ptr = self._held
        k = int(np.searchsorted(held.end[ptr[res] : ptr[res + 1]], before, side="right")) - 1
        return int(held.end[ptr[res] + k]) if k >= 0 else -FAR

    def between(self, res: int, start: int, end: int) -> list[tuple[int, int]]:
        """The operations that hold a resource within a stretch, each with how many seconds of it."""
        held, ptr = self._held
        rows = slice(int(ptr[res]), int(ptr[res + 1]))
        seconds = np.minimum(held.end[rows], end) - np.maximum(held.start[rows], start)
        some = np.flatnonzero(seconds > 0)
        return list(zip(held.op[rows][some].tolist(), seconds[some].tolist(), strict=True))
