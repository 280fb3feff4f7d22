"""What waits between two steps finds room on the storage its step names."""

from collections.abc import Iterator

import numpy as np

from pegboard.domain.plan import Violation
from pegboard.kernels.arrays import Schedule
from pegboard.scheduling.cpheld import keep_room, storing, working
from pegboard.scheduling.cpmodel import CpModel
from pegboard.scheduling.held import STORED, overloads
from pegboard.scheduling.problem import Problem


class Storage:
    """The started quantity is held on the storage from the end to the latest setup start of the next steps.

    Nothing where that is no positive stretch. Judged together with everything else that holds the storage.
    """

    name = STORED

    def instances(self, problem: Problem) -> int:
        """One for each operation that leaves its lot on a storage."""
        owner = np.repeat(np.arange(problem.n_op), np.diff(problem.arcs.ptr))
        return int(np.unique(owner[problem.arcs.store >= 0]).size)

    def violations(self, problem: Problem, schedule: Schedule) -> Iterator[Violation]:
        """Lots that come to a full storage, and work that needs the place they take."""
        for over in overloads(problem, schedule):
            if over.cause == self.name:
                yield Violation(
                    constraint=self.name,
                    subject=problem.name(over.op),
                    what=f"{problem.res_names[over.res]} stores {over.held / 1000:g} of "
                    f"{problem.shop.capacity[over.res] / 1000:g} when it comes",
                )

    def post(self, problem: Problem, cp: CpModel) -> None:
        """Cumulative over all holds of work, kept and stored; asks for at least what `capacity` and `blocking` do."""
        if (problem.arcs.store >= 0).any():
            keep_room(cp, [*working(cp, keeping=True), *storing(cp)], problem.shop.capacity)
