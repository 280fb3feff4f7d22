"""Who holds which resource in which order, what lies between two holds, and how many servers a resource is."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pegboard.kernels.arrays import BOTH, FAR
from pegboard.scheduling.held import holds
from pegboard.scheduling.problem import Ints, Problem, Schedule
from pegboard.scheduling.view import placed, run_work, setup_work
from pegboard.tables.process import NO_LIMIT


class Use(NamedTuple):
    """The holds of finite resources that take time, by resource and then in order of their begin.

    `travel` seconds and `rest` seconds of open time lie between the hold before and this one.
    """

    op: Ints
    res: Ints
    units: Ints
    phase: Ints
    is_primary: NDArray[np.bool_]
    travel: Ints
    rest: Ints


def used(problem: Problem, schedule: Schedule, lead: Ints) -> Use:
    """The holds of a schedule. A load holds its oven by its leader."""
    h = holds(problem, schedule)
    is_primary = np.arange(h.op.size) < placed(schedule).size
    phase = np.concatenate([np.full(is_primary.sum(), BOTH), _phases(problem, h.op[~is_primary])])
    rows = np.flatnonzero((problem.shop.capacity[h.res] < NO_LIMIT) & (h.until > h.start) & (h.units > 0))
    rows = rows[np.lexsort((schedule.sequence[lead[h.op[rows]]], h.start[rows], h.res[rows]))]
    op, res = h.op[rows], h.res[rows]
    return Use(
        op=op,
        res=res,
        units=h.units[rows],
        phase=phase[rows],
        is_primary=is_primary[rows],
        travel=_travels(problem, schedule, op, res),
        rest=_rests(problem, schedule, op, res, lead),
    )


def _phases(problem: Problem, again: Ints) -> Ints:
    """The phase of every further need, in the order in which `holds` lists them."""
    begins = np.flatnonzero(np.concatenate([[True], again[1:] != again[:-1]])) if again.size else np.empty(0, np.int64)
    k = np.arange(again.size) - np.repeat(begins, np.diff(np.append(begins, again.size)))
    found: Ints = problem.steps.need_phase[problem.steps.need_ptr[problem.ops.step[again]] + k]
    return found


def _travels(problem: Problem, schedule: Schedule, op: Ints, res: Ints) -> Ints:
    """A tool's way to each use from the one before, where that was beside another primary resource."""
    beside = problem.steps.cand_res[schedule.cand[op]]
    moves = np.zeros(op.size, bool)
    moves[1:] = (res[1:] == res[:-1]) & (beside[1:] != beside[:-1])
    return np.where(moves, problem.shop.travel[res], 0)


def _rests(problem: Problem, schedule: Schedule, op: Ints, res: Ints, lead: Ints) -> Ints:
    """Open seconds of maintenance before each hold, where the plan has it."""
    R = problem.shop
    found = np.zeros(op.size, np.int64)
    work = np.zeros(problem.n_op, np.int64)
    ops = placed(schedule)
    np.maximum.at(work, lead[ops], setup_work(problem, schedule, ops) + run_work(problem, schedule, ops))
    for which in np.flatnonzero((R.maint_work < FAR) | (R.maint_cycles < FAR)).tolist():
        worked, cycles = int(R.used_work[which]), int(R.used_cycles[which])
        for k in np.flatnonzero(res == which).tolist():
            adds = int(work[op[k]])
            too_much = worked + adds > R.maint_work[which] or cycles + 1 > R.maint_cycles[which]
            if too_much and (worked or cycles) and not problem.ops.setup_done[op[k]]:
                found[k] = R.maint_time[which]
                worked = cycles = 0
            worked, cycles = worked + adds, cycles + 1
    return found


class Servers(NamedTuple):
    """By resource its first server, how many it is, and how many thousandths of capacity each of them is."""

    first: Ints
    number: Ints
    size: Ints


def servers(problem: Problem, use: Use) -> Servers:
    """Every finite resource in use as so many equal servers that every hold takes a whole number of them."""
    size = np.where(np.isin(np.arange(problem.shop.capacity.size), use.res), problem.shop.capacity, 0)
    np.gcd.at(size, use.res, use.units)
    count = np.where(size > 0, problem.shop.capacity // np.maximum(size, 1), 0)
    return Servers(np.cumsum(count) - count, count, np.maximum(size, 1))
