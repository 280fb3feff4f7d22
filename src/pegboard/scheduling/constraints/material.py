"""An operation's material is there when its setup starts: dated supplies, and work orders it draws on, not expired."""

from collections.abc import Iterator

import numpy as np

from pegboard.domain.plan import Violation
from pegboard.kernels.arrays import Schedule
from pegboard.scheduling.cpmodel import CpModel
from pegboard.scheduling.problem import Problem
from pegboard.scheduling.view import OpenTime


class Material:
    """Dated material and its queue before first steps, supplying work orders ended, cured and moved, lots unexpired."""

    name = "material"

    def instances(self, problem: Problem) -> int:
        """One for each operation's dated material and one for each draw on a work order."""
        return problem.n_op + int(problem.arc_material.sum())

    def violations(self, problem: Problem, schedule: Schedule) -> Iterator[Violation]:
        """Operations that start before their material is there, or after it has expired."""
        p = problem
        done = schedule.end >= 0
        there = np.maximum(p.arrival, p.dated)
        for op in np.flatnonzero(done & (schedule.setup_start < there)).tolist():
            yield self._say(p, op, f"starts {there[op] - schedule.setup_start[op]} s before its material is there")
        for op in np.flatnonzero(done & (schedule.setup_start >= p.ops.latest_use)).tolist():
            yield self._say(p, op, "draws a lot that has expired by then")
        arcs = np.flatnonzero(p.arc_material)
        from_ = np.repeat(np.arange(p.n_op), np.diff(p.arcs.ptr))[arcs]
        to = p.arcs.succ[arcs]
        live = done[from_] & done[to]
        moved = OpenTime(p.timeline_rows[p.factory_tl]).after_open(
            schedule.end[from_] + p.arcs.wait[arcs], p.arcs.move[arcs]
        )
        for k in np.flatnonzero(live & (schedule.setup_start[to] < moved)).tolist():
            yield self._say(
                p,
                int(to[k]),
                f"starts {moved[k] - schedule.setup_start[to[k]]} s before {p.name(int(from_[k]))} supplies it",
            )
        for k in np.flatnonzero(~done[from_] & done[to]).tolist():
            yield self._say(p, int(to[k]), f"is placed, but {p.name(int(from_[k]))}, which supplies it, is not")

    def post(self, problem: Problem, cp: CpModel) -> None:
        """Bounds by dated material, and steps that follow the end of the work orders they draw on."""
        p = problem
        for op in range(p.n_op):
            cp.not_before(cp.setup_start[op], max(int(p.arrival[op]), int(p.dated[op])))
            if p.ops.latest_use[op] <= cp.instants[-1]:
                cp.not_after(cp.setup_start[op], int(p.ops.latest_use[op]) - 1)
        factory = OpenTime(p.timeline_rows[p.factory_tl])
        for arc, a, b in cp.pairs(p.arc_material):
            moved = factory.after_open(cp.instants + p.arcs.wait[arc], np.full(cp.instants.size, p.arcs.move[arc]))
            cp.after(cp.setup_start[b], cp.end[a], moved)

    def _say(self, problem: Problem, op: int, what: str) -> Violation:
        return Violation(constraint=self.name, subject=problem.name(op), what=what)
