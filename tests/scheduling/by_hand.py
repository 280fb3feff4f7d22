"""Schedules written down by hand for tiny problems, in seconds from NOW, and what the referee says of them."""

from collections.abc import Sequence

import numpy as np

from pegboard.kernels.arrays import Schedule
from pegboard.scheduling.check import check
from pegboard.scheduling.problem import Problem, empty_schedule
from tests.laws.tiny import NOW

Row = tuple[int, int, int]
"""Setup start, start and end."""


def put(problem: Problem, *rows: Row | None, load: Sequence[int] = (), cand: Sequence[int] = ()) -> Schedule:
    """Each operation at these times, on its first candidate and the first member of each need; None leaves one out."""
    found = empty_schedule(problem)
    S, ops = problem.steps, problem.ops
    for op, row in enumerate(rows):
        if row is None:
            continue
        found.setup_start[op], found.start[op], found.end[op] = (NOW + t for t in row)
        found.cand[op] = int(S.cand_ptr[ops.step[op]]) + (cand[op] if cand else 0)
        found.load[op] = load[op] if load else -1
        first = int(S.need_ptr[ops.step[op]])
        for k in range(int(ops.need_ptr[op]), int(ops.need_ptr[op + 1])):
            found.need_res[k] = S.set_res[S.set_ptr[S.need_set[first + k - int(ops.need_ptr[op])]]]
    order = np.lexsort((np.arange(len(rows)), found.setup_start))
    found.sequence[order] = np.arange(order.size)
    return found


def said(problem: Problem, schedule: Schedule) -> list[tuple[str, str]]:
    """Rule and operation of every violation the whole referee finds, each once."""
    return sorted({(v.constraint, v.subject) for v in check(problem, schedule).violations})
