"""Who holds which resource when, and where more is held than there is: one truth for all constraints.

Written from the definitions with numpy; shares nothing with the engines.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pegboard.kernels.arrays import RUN_ONLY, SETUP_ONLY, Schedule
from pegboard.scheduling.problem import Ints, Problem
from pegboard.scheduling.view import placed, primary

UNIT = 1000
"""Thousandths, in which capacity is counted."""


def leaders(problem: Problem, schedule: Schedule) -> Ints:
    """The operation that leads the oven load each one runs in; itself where it does not run with its leader."""
    own = np.arange(problem.n_op)
    lead = np.where(schedule.load >= 0, schedule.load, own)
    res = problem.steps.cand_res[schedule.cand]
    together = (schedule.end >= 0) & (schedule.end[lead] >= 0) & (lead[lead] == lead)
    together &= (res == res[lead]) & (schedule.setup_start == schedule.setup_start[lead])
    return np.where(together, lead, own)


def until_next(problem: Problem, schedule: Schedule, marked: NDArray[np.bool_]) -> Ints:
    """The latest setup start of each operation's successors over the marked arcs, or its own end if that is later."""
    arc = np.flatnonzero(marked)
    from_, to = np.searchsorted(problem.arcs.ptr, arc, side="right") - 1, problem.arcs.succ[arc]
    live = (schedule.end[from_] >= 0) & (schedule.end[to] >= 0)
    until = schedule.end.copy()
    np.maximum.at(until, from_[live], schedule.setup_start[to[live]])
    return until


class Holds(NamedTuple):
    """Stretches in which operations hold resources, one row each: at work from `start` to `end`, kept to `until`.

    A load of an oven holds its primary resource as one: the leader's row lasts until the last of the load ends and
    the rows of the others count no units. Blocking operations keep their primary resource after their end.
    """

    op: Ints
    res: Ints
    start: Ints
    end: Ints
    until: Ints
    units: Ints


def holds(problem: Problem, schedule: Schedule) -> Holds:
    """What every placed operation holds: its primary resource, then each of its needs in its phase."""
    ops = placed(schedule)
    step = problem.ops.step[ops]
    counts = problem.steps.need_ptr[step + 1] - problem.steps.need_ptr[step]
    again = np.repeat(ops, counts)
    k = np.arange(again.size) - np.repeat(np.cumsum(counts) - counts, counts)
    need = problem.steps.need_ptr[problem.ops.step[again]] + k
    phase = problem.steps.need_phase[need]
    res = schedule.need_res[problem.ops.need_ptr[again] + k]
    start = np.where(phase == RUN_ONLY, schedule.start[again], schedule.setup_start[again])
    end = np.where(phase == SETUP_ONLY, schedule.start[again], schedule.end[again])
    lead = leaders(problem, schedule)
    last, until = schedule.end.copy(), until_next(problem, schedule, problem.arcs.blocking == 1)
    np.maximum.at(last, lead, schedule.end)
    np.maximum.at(until, lead, until.copy())
    return Holds(
        op=np.concatenate([ops, again]),
        res=np.concatenate([primary(problem, schedule, ops), res]),
        start=np.concatenate([schedule.setup_start[ops], start]),
        end=np.concatenate([last[ops], end]),
        until=np.concatenate([until[ops], end]),
        units=np.concatenate([np.where(lead[ops] == ops, UNIT, 0), problem.steps.need_units[need]]),
    )


def stored(problem: Problem, schedule: Schedule) -> Holds:
    """The quantity that waits on a storage between an operation's end and the latest setup start of its next steps."""
    arcs = problem.arcs
    owner = np.repeat(np.arange(problem.n_op), np.diff(arcs.ptr))
    op, first = np.unique(owner[arcs.store >= 0], return_index=True)
    arc = np.flatnonzero(arcs.store >= 0)[first]
    until = until_next(problem, schedule, arcs.store >= 0)[op]
    return Holds(op, arcs.store[arc], schedule.end[op], until, until, arcs.store_units[arc])


class Overload(NamedTuple):
    """More held on a resource than it has, found when an operation's hold begins; `cause` is what makes it so."""

    op: int
    res: int
    held: int
    cause: str


WORK, KEPT, STORED = "capacity", "blocking", "storage"


def overloads(problem: Problem, schedule: Schedule) -> Iterator[Overload]:
    """Every hold that begins where there is no room: for the work itself, for what is kept, or for what is stored.

    Half-open, so touching is no overlap. Work alone is judged first, then with what blocking operations keep, then with
    what is stored: each overload has one cause.
    """
    h, s = holds(problem, schedule), stored(problem, schedule)
    op, res = np.concatenate([h.op, h.op, s.op]), np.concatenate([h.res, h.res, s.res])
    start, end = np.concatenate([h.start, h.end, s.start]), np.concatenate([h.end, h.until, s.end])
    units = np.concatenate([h.units, h.units, s.units])
    kind = np.repeat(np.arange(3), [h.op.size, h.op.size, s.op.size])
    some = np.flatnonzero((end > start) & (units > 0))
    who, when = np.tile(some, 2), np.concatenate([end[some], start[some]])
    change = np.concatenate([-units[some], units[some]])
    order = np.lexsort((6 * when + 3 * (change > 0) + kind[who], res[who]))  # freed first, then work, kept, stored
    who, change = who[order], change[order]
    level = [np.cumsum(np.where(kind[who] <= last, change, 0)) for last in range(3)]
    room = problem.shop.capacity[res[who]]
    for k in np.flatnonzero((level[2] > room) & (change > 0)).tolist():
        cause = next(i for i in range(3) if level[i][k] > room[k])
        yield Overload(int(op[who[k]]), int(res[who[k]]), int(level[2][k]), (WORK, KEPT, STORED)[cause])
