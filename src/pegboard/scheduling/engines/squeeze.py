"""Squeeze new operations in among those that stand: others begin earlier to make room, and few of them are later.

A plan is just in time: what stands is held back until it is needed, so there is room on its left, not on its right.
Everything is laid as early as it can be in its old order, the new operations among them where they are wanted; then
everything is pulled right again, as far as it was before. What the new operations do not touch comes back to its place.
"""

import numpy as np

from pegboard.domain.calendar import DAY
from pegboard.kernels.arrays import Schedule
from pegboard.kernels.former import order_of_work
from pegboard.scheduling.engines.pull import pull
from pegboard.scheduling.engines.repair import placed_again
from pegboard.scheduling.problem import Ints, Problem
from pegboard.scheduling.result import line_completions
from pegboard.scheduling.ties import firmly_tied, ties


def squeeze(problem: Problem, was: Schedule, wanted: Ints, ahead_days: float) -> Schedule:
    """A schedule of all operations; those that are new have end and candidate -1 in `was`.

    New operations take their turn `ahead_days` before their latest starts. Lines are held back until they are `wanted`.
    """
    p = problem
    is_new = was.end < 0
    turn = np.where(is_new, np.maximum(p.latest_start - int(ahead_days * DAY), p.now), was.setup_start)
    key = np.empty(p.n_op)
    key[np.lexsort((was.end, was.sequence, turn))] = np.arange(p.n_op)
    order, _ = order_of_work(p.arcs, key, np.zeros(p.n_op, bool))
    schedule, _ = placed_again(p, was, order, p.not_before, None)
    if (schedule.end >= 0).all():
        done = line_completions(p, schedule)
        pull(p, schedule, ties(p, firmly_tied(p)), np.maximum(wanted, done))
    return schedule
