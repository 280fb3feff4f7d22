"""An operation, once its run has started, ends within its longest permitted stretch, closed time included."""

from collections.abc import Iterator

import numpy as np

from pegboard.domain.calendar import FAR
from pegboard.domain.plan import Violation
from pegboard.kernels.arrays import Schedule
from pegboard.scheduling.cpmodel import CpModel
from pegboard.scheduling.problem import Ints, Problem


class Stretch:
    """`end - start <= max_stretch` in elapsed seconds.

    What was begun before now is not held to it: when it really started is not known, and it must go on.
    """

    name = "stretch"

    def instances(self, problem: Problem) -> int:
        """One for each operation with a limit."""
        return int(self._limited(problem).size)

    def violations(self, problem: Problem, schedule: Schedule) -> Iterator[Violation]:
        """Operations that take longer from start to end than they may."""
        ops = self._limited(problem)
        ops = ops[schedule.end[ops] >= 0]
        over = schedule.end[ops] - schedule.start[ops] - problem.steps.max_stretch[problem.ops.step[ops]]
        for k in np.flatnonzero(over > 0).tolist():
            yield Violation(
                constraint=self.name,
                subject=problem.name(int(ops[k])),
                what=f"takes {over[k]} s longer from start to end than it may",
            )

    def post(self, problem: Problem, cp: CpModel) -> None:
        """A difference of two times at most the limit."""
        for op in self._limited(problem).tolist():
            limit = int(problem.steps.max_stretch[problem.ops.step[op]])
            cp.model.add(cp.end[op] - cp.start[op] <= cp.floor(limit))

    def _limited(self, problem: Problem) -> Ints:
        limited = (problem.steps.max_stretch[problem.ops.step] < FAR) & (problem.ops.setup_done == 0)
        return np.flatnonzero(limited)
