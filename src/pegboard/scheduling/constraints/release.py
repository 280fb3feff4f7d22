"""Nothing starts before now, nor before the earliest date its customer allows."""

from collections.abc import Iterator

import numpy as np

from pegboard.domain.plan import Violation
from pegboard.kernels.arrays import Schedule
from pegboard.scheduling.cpmodel import CpModel
from pegboard.scheduling.problem import Problem


class Release:
    """`setup_start >= max(now, release)` for every operation."""

    name = "release"

    def instances(self, problem: Problem) -> int:
        """One for each operation."""
        return problem.n_op

    def violations(self, problem: Problem, schedule: Schedule) -> Iterator[Violation]:
        """Operations that start too soon."""
        bound = np.maximum(problem.release, problem.now)
        for op in np.flatnonzero((schedule.end >= 0) & (schedule.setup_start < bound)).tolist():
            yield Violation(
                constraint=self.name,
                subject=problem.name(op),
                what=f"starts {bound[op] - schedule.setup_start[op]} s before its release",
            )

    def post(self, problem: Problem, cp: CpModel) -> None:
        """A bound on each setup start."""
        for op in range(problem.n_op):
            cp.not_before(cp.setup_start[op], max(int(problem.release[op]), problem.now))
