"""Pinned operations stay where they were put; operations begun before now go on with what remains."""

from collections.abc import Iterator

import numpy as np

from pegboard.domain.plan import Violation
from pegboard.kernels.arrays import Schedule
from pegboard.scheduling.cpmodel import CpModel
from pegboard.scheduling.problem import Problem


class Pinned:
    """The run of a pinned operation starts exactly at its pin, on its own resource."""

    name = "pinned"

    def instances(self, problem: Problem) -> int:
        """One for each pinned and each begun operation."""
        return int(((problem.ops.pin_start >= 0) | (problem.ops.setup_done == 1)).sum())

    def violations(self, problem: Problem, schedule: Schedule) -> Iterator[Violation]:
        """Pinned operations that were moved, and begun ones that were set up again."""
        ops = problem.ops
        moved = (ops.pin_start >= 0) & ((schedule.start != ops.pin_start) | (schedule.cand != ops.pin_cand))
        for op in np.flatnonzero(moved).tolist():
            yield Violation(constraint=self.name, subject=problem.name(op), what="is not where it is pinned")
        again = (ops.setup_done == 1) & (schedule.end >= 0) & (schedule.changeover > 0)
        for op in np.flatnonzero(again).tolist():
            yield Violation(
                constraint=self.name, subject=problem.name(op), what="was begun before now, but is set up again"
            )

    def post(self, problem: Problem, cp: CpModel) -> None:
        """Start and candidate of pinned operations are given; begun ones have no changeover."""
        ops = problem.ops
        for op in np.flatnonzero(ops.pin_start >= 0).tolist():
            cp.not_before(cp.start[op], int(ops.pin_start[op]))
            cp.not_after(cp.start[op], int(ops.pin_start[op]))
            cp.model.add_bool_and([cp.takes[op][int(ops.pin_cand[op])]])
        for op in np.flatnonzero(ops.setup_done == 1).tolist():
            cp.model.add(cp.changeover[op] == 0)
