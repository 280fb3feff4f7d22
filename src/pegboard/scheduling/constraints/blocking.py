"""A blocking operation keeps its primary resource until its next steps have taken the work over."""

from collections.abc import Iterator

import numpy as np

from pegboard.domain.plan import Violation
from pegboard.kernels.arrays import Schedule
from pegboard.scheduling.cpheld import keep_room, working
from pegboard.scheduling.cpmodel import CpModel
from pegboard.scheduling.held import KEPT, overloads
from pegboard.scheduling.problem import Problem


class Blocking:
    """The primary resource is held from setup start to the latest setup start of the next steps of the work order.

    To its end where there are none, or none is placed. Judged together with all work; where work alone is too much,
    `capacity` says so.
    """

    name = KEPT

    def instances(self, problem: Problem) -> int:
        """One for each blocking operation with a next step."""
        owner = np.repeat(np.arange(problem.n_op), np.diff(problem.arcs.ptr))
        return int(np.unique(owner[problem.arcs.blocking == 1]).size)

    def violations(self, problem: Problem, schedule: Schedule) -> Iterator[Violation]:
        """Operations that come to a resource on which another still waits to be taken over."""
        for over in overloads(problem, schedule):
            if over.cause == self.name:
                yield Violation(
                    constraint=self.name,
                    subject=problem.name(over.op),
                    what=f"{problem.res_names[over.res]} is still kept by work that waits for its next step",
                )

    def post(self, problem: Problem, cp: CpModel) -> None:
        """Cumulative over the holds of work and what is kept after it; asks for at least what `capacity` does."""
        if (problem.arcs.blocking == 1).any():
            keep_room(cp, working(cp, keeping=True), problem.shop.capacity)
