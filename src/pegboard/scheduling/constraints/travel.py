"""A tool needs time to come from one machine to the next."""

from collections.abc import Iterator

import numpy as np

from pegboard.domain.calendar import FAR
from pegboard.domain.plan import Violation
from pegboard.kernels.arrays import Schedule
from pegboard.scheduling.cpheld import hand_on, working
from pegboard.scheduling.cpmodel import CpModel
from pegboard.scheduling.held import holds
from pegboard.scheduling.problem import Problem
from pegboard.scheduling.view import primary
from pegboard.tables.supply import spans


class Travel:
    """Between two uses of a tool in a row beside different primary resources lie at least `travel` elapsed seconds.

    Of several units of a tool each goes its own way: there must be a way to hand them on, or it is too soon. A hold of
    no time leaves a tool where it was. Units that are not there at all are `capacity`'s matter.
    """

    name = "travel"

    def instances(self, problem: Problem) -> int:
        """One for each need of each operation that a travelling tool may fill."""
        S, travels = problem.steps, problem.shop.travel > 0
        of_set = spans(travels[S.set_res].astype(np.int64))
        in_set = of_set[S.set_ptr[1:]] > of_set[S.set_ptr[:-1]]
        of_need = spans(in_set[S.need_set].astype(np.int64))
        needs = of_need[S.need_ptr[1:]] - of_need[S.need_ptr[:-1]]
        return int(needs[problem.ops.step].sum())

    def violations(self, problem: Problem, schedule: Schedule) -> Iterator[Violation]:
        """Uses of a tool that begin before enough units of it can have come."""
        op, res, start, _, until, units = holds(problem, schedule)
        order = np.lexsort((until, start, res))
        order = order[(problem.shop.travel[res[order]] > 0) & (until[order] > start[order]) & (units[order] > 0)]
        for tool in np.unique(res[order]).tolist():
            uses = order[res[order] == tool]
            beside = primary(problem, schedule, op[uses])
            way = _Way(int(problem.shop.capacity[tool]), int(problem.shop.travel[tool]))
            for k, place in zip(uses.tolist(), beside.tolist(), strict=True):
                if not way.take(place, int(start[k]), int(until[k]), int(units[k])):
                    yield Violation(
                        constraint=self.name,
                        subject=problem.name(int(op[k])),
                        what=f"takes {problem.res_names[tool]} before it can have come from another resource",
                    )

    def post(self, problem: Problem, cp: CpModel) -> None:
        """Every unit of a tool is handed on from use to use, with the travel between."""
        held = working(cp, keeping=True)
        for tool in np.flatnonzero(problem.shop.travel > 0).tolist():
            hand_on(cp, [hold for hold in held if hold.res == tool], tool, cp.ceil(int(problem.shop.travel[tool])))


class _Way:
    """Where the units of one tool are, and since when.

    A use takes units that stand beside its resource and have not rested for the travel before those that could go
    anywhere: the others lose nothing by it, so if this way of handing them on fails, every way does.
    """

    def __init__(self, units: int, travel: int) -> None:
        self.travel = travel
        self.groups: list[tuple[int, int, int]] = [(-FAR, -1, units)]

    def take(self, place: int, start: int, until: int, units: int) -> bool:
        """Hand `units` on to a use; False if some are free, but too far away."""
        free = sorted(group for group in self.groups if group[0] <= start)
        near = [g for g in reversed(free) if g[1] == place and g[0] + self.travel > start]
        rested = [g for g in free if g[0] + self.travel <= start]
        far = [g for g in free if g not in near and g not in rested]
        left = units
        for group in [*near, *rested, *far]:
            taken = min(left, group[2])
            self.groups.remove(group)
            if group[2] > taken:
                self.groups.append((group[0], group[1], group[2] - taken))
            left -= taken
        self.groups.append((until, place, units - left))
        return left > 0 or sum(g[2] for g in (*near, *rested)) >= units
