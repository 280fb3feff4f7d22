"""A next step comes soon enough: the longest gap between steps, and the shelf life of what is drawn on."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from pegboard.domain.calendar import FAR
from pegboard.domain.plan import Violation
from pegboard.kernels.arrays import Schedule
from pegboard.scheduling.cpmodel import CpModel
from pegboard.scheduling.problem import Problem


class Gap:
    """`setup_start(next) - end(step) <= max_gap` in elapsed seconds, waits, moves and queues included.

    What was done or begun before now sets no limit: it cannot wait. A pinned operation is named where it is the one
    that waits.
    """

    name = "gap"

    def instances(self, problem: Problem) -> int:
        """One for each limited pair."""
        return int(limited(problem).sum())

    def violations(self, problem: Problem, schedule: Schedule) -> Iterator[Violation]:
        """Pairs with a longer gap than they may have."""
        p = problem
        arc = np.flatnonzero(limited(p))
        a, b = np.repeat(np.arange(p.n_op), np.diff(p.arcs.ptr))[arc], p.arcs.succ[arc]
        late = schedule.setup_start[b] - schedule.end[a] - p.arcs.max_gap[arc]
        for k in np.flatnonzero((late > 0) & (schedule.end[a] >= 0) & (schedule.end[b] >= 0)).tolist():
            before, after = int(a[k]), int(b[k])
            only_before = p.ops.pin_start[before] >= 0 and p.ops.pin_start[after] < 0
            yield Violation(
                constraint=self.name,
                subject=p.name(before if only_before else after),
                what=f"leaves {late[k]} s too many between the end of {p.name(before)} and {p.name(after)}",
            )

    def post(self, problem: Problem, cp: CpModel) -> None:
        """A difference of two times at most the limit."""
        for arc, a, b in cp.pairs(limited(problem)):
            cp.model.add(cp.setup_start[b] - cp.end[a] <= cp.floor(int(problem.arcs.max_gap[arc])))


def limited(problem: Problem) -> NDArray[np.bool_]:
    """The arcs that bound a gap."""
    begun = np.repeat(problem.ops.setup_done == 1, np.diff(problem.arcs.ptr))
    found: NDArray[np.bool_] = (problem.arcs.max_gap < FAR) & ~begun
    return found
