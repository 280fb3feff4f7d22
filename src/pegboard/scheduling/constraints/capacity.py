"""No finite resource is held by more than it has: operations at once, or units of labour, tools and space."""

from collections.abc import Iterator

from pegboard.domain.plan import Violation
from pegboard.kernels.arrays import Schedule
from pegboard.scheduling.cpheld import keep_room, working
from pegboard.scheduling.cpmodel import CpModel
from pegboard.scheduling.held import WORK, overloads
from pegboard.scheduling.problem import Problem


class Capacity:
    """At every instant the units held on a resource are at most its capacity; half-open, so touching is no overlap.

    A load of an oven holds it as one operation from its setup start to the end of the last of it.
    """

    name = WORK

    def instances(self, problem: Problem) -> int:
        """One for each hold: the primary resource of each operation, and each of its needs."""
        return problem.n_op + int(problem.ops.need_ptr[-1])

    def violations(self, problem: Problem, schedule: Schedule) -> Iterator[Violation]:
        """Resources that are held twice, with an operation that is there when it happens."""
        for over in overloads(problem, schedule):
            if over.cause == self.name:
                yield Violation(
                    constraint=self.name,
                    subject=problem.name(over.op),
                    what=f"{problem.res_names[over.res]} holds {over.held / 1000:g} of "
                    f"{problem.shop.capacity[over.res] / 1000:g} when it comes",
                )

    def post(self, problem: Problem, cp: CpModel) -> None:
        """Cumulative over the holds of work."""
        keep_room(cp, working(cp), problem.shop.capacity)
