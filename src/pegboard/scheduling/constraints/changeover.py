"""Changeovers: what each operation's setup includes is what the family before it on its resources asks for."""

from collections.abc import Iterator

import numpy as np

from pegboard.domain.plan import Violation
from pegboard.kernels.arrays import Schedule
from pegboard.scheduling.problem import Problem
from pegboard.scheduling.view import holds


class Changeover:
    """Along each resource with a matrix, in order of setup start, over operations with a family.

    A hold of no time leaves a resource as it was. An operation takes the longest of its resources' changeovers,
    stretched by its primary resource's efficiency.
    """

    name = "changeover"

    def instances(self, problem: Problem) -> int:
        """One for each operation with a family where any resource has a matrix."""
        return int((problem.ops.family >= 0).sum()) if (problem.shop.matrix >= 0).any() else 0

    def violations(self, problem: Problem, schedule: Schedule) -> Iterator[Violation]:
        """Operations whose changeover is not what their place in the sequence asks for."""
        p, C = problem, problem.changeovers
        op, res, start, end, _ = holds(p, schedule)
        at = schedule.setup_start[op]
        some = (p.shop.matrix[res] >= 0) & (p.ops.family[op] >= 0) & (start < end)
        op, res, at = op[some], res[some], at[some]
        order = np.lexsort((schedule.sequence[op], at, res))
        op, res = op[order], res[order]
        family = p.ops.family[op]
        before = np.concatenate([[-1], family[:-1]]) if op.size else family
        first = np.concatenate([[True], res[1:] != res[:-1]]) if op.size else np.empty(0, bool)
        before = np.where(first, p.shop.initial_family[res], before)
        us = np.where(
            before < 0,
            0,
            C.us[(p.shop.matrix[res] * C.n_family + np.maximum(before, 0)) * C.n_family + family] if op.size else 0,
        )
        asked = np.zeros(p.n_op, np.int64)
        np.maximum.at(asked, op, us)
        placed = schedule.end >= 0
        stretch = np.where(placed, p.steps.cand_stretch[np.maximum(schedule.cand, 0)], 1.0)
        asked = np.ceil(asked * stretch - 1e-3).astype(np.int64)
        asked[p.ops.setup_done == 1] = 0
        for k in np.flatnonzero(placed & (asked != schedule.changeover)).tolist():
            yield Violation(
                constraint=self.name,
                subject=p.name(k),
                what=f"changeover is {schedule.changeover[k] / 6e7:.2f} min, its place asks for {asked[k] / 6e7:.2f}",
            )
