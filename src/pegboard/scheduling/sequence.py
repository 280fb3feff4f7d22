"""The order of operations on resources with a changeover matrix, and the changeovers it asks of pinned ones."""

import numpy as np

from pegboard.kernels.arrays import RUN_ONLY, Schedule
from pegboard.kernels.lay import changeover_work
from pegboard.kernels.opentime import common_open, retreat
from pegboard.kernels.packed import LIVE_RES, blank
from pegboard.scheduling.problem import Problem


def resources_of(problem: Problem, schedule: Schedule, op: int) -> list[int]:
    """The primary resource of a placed operation, then its further ones."""
    a, b = int(problem.ops.need_ptr[op]), int(problem.ops.need_ptr[op + 1])
    return [int(problem.steps.cand_res[schedule.cand[op]]), *schedule.need_res[a:b].tolist()]


def settle(problem: Problem, schedule: Schedule) -> Schedule:
    """Start the setup of pinned operations as late as the changeover from their actual predecessors allows."""
    p = problem
    R, S = p.shop, p.steps
    for op in np.flatnonzero(p.ops.pin_setup >= 0).tolist():
        used = resources_of(p, schedule, op)
        state = blank(R.capacity.size, LIVE_RES)
        state["family"] = R.initial_family
        for res in used:
            if R.matrix[res] >= 0:
                state["family"][res] = _family_before(p, schedule, res, op)
        cand = int(schedule.cand[op])
        members = np.array(used[1:] or [0], np.int64)
        change = int(
            changeover_work(*p.packed[:2], p.changeovers, int(p.ops.family[op]), state, cand, members, len(used) - 1)
        )
        base = int(S.need_ptr[p.ops.step[op]])
        held = [used[0]] + [r for k, r in enumerate(used[1:]) if S.need_phase[base + k] != RUN_ONLY]
        ids = np.array([R.timeline[r] for r in held], np.int64)
        setup = int(S.cand_setup[cand]) + change
        start = int(schedule.start[op])
        first = int(retreat(p.timelines, ids, ids.size, start, setup))
        schedule.changeover[op] = change
        schedule.setup_start[op] = common_open(p.timelines, ids, ids.size, first) if setup else start
    return schedule


def _family_before(problem: Problem, schedule: Schedule, res: int, op: int) -> int:
    """What a resource is set up for when an operation comes to it."""
    best, when = int(problem.shop.initial_family[res]), -1
    for other in np.flatnonzero((schedule.end >= 0) & (schedule.setup_start < schedule.start[op])).tolist():
        is_rival = other != op and problem.ops.family[other] >= 0 and schedule.setup_start[other] > when
        if is_rival and res in resources_of(problem, schedule, other):
            best, when = int(problem.ops.family[other]), int(schedule.setup_start[other])
    return best
