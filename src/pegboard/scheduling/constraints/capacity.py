"""No finite resource is held by more than it has: operations at once, or units of labour, tools and space."""

from collections.abc import Iterator

import numpy as np

from pegboard.domain.plan import Violation
from pegboard.kernels.arrays import Schedule
from pegboard.scheduling.problem import Problem
from pegboard.scheduling.view import holds


class Capacity:
    """At every instant the units held on a resource are at most its capacity; half-open, so touching is no overlap."""

    name = "capacity"

    def instances(self, problem: Problem) -> int:
        """One for each hold: the primary resource of each operation, and each of its needs."""
        return problem.n_op + int(problem.ops.need_ptr[-1])

    def violations(self, problem: Problem, schedule: Schedule) -> Iterator[Violation]:
        """Resources that are held twice, with an operation that is there when it happens."""
        op, res, start, end, units = holds(problem, schedule)
        some = end > start
        op, res, start, end, units = op[some], res[some], start[some], end[some], units[some]
        when = np.concatenate([end, start])
        who = np.concatenate([op, op])
        where = np.concatenate([res, res])
        change = np.concatenate([-units, units])
        order = np.lexsort((change > 0, when, where))
        where, change = where[order], change[order]
        level = np.cumsum(change)
        over = np.flatnonzero((level > problem.shop.capacity[where]) & (change > 0))
        for k in over.tolist():
            r = int(where[k])
            yield Violation(
                constraint=self.name,
                subject=problem.name(int(who[order[k]])),
                what=f"{problem.res_names[r]} holds {level[k] / 1000:g} of "
                f"{problem.shop.capacity[r] / 1000:g} when it comes",
            )
