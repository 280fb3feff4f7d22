"""Which operations have to be decided together: those that a limit on the gap, a blocking step or a storage ties.

A limit of more than a day is left to chance at first; `broken_limits` finds those that chance did not keep.
"""

import numpy as np
from numpy.typing import NDArray

from pegboard.domain.calendar import DAY
from pegboard.kernels.arrays import Schedule, Ties
from pegboard.kernels.graph import knots, topological
from pegboard.scheduling.problem import Ints, Problem
from pegboard.tables.supply import spans

LEFT_TO_CHANCE = DAY
Flags = NDArray[np.bool_]


def firmly_tied(problem: Problem) -> Flags:
    """The arcs whose operations are decided together from the start."""
    arcs = problem.arcs
    tied: Flags = (arcs.blocking == 1) | (arcs.store >= 0) | (arcs.max_gap <= LEFT_TO_CHANCE)
    return tied


def from_begun(problem: Problem) -> Flags:
    """The arcs that come from operations begun before now."""
    begun: Flags = np.repeat(problem.ops.setup_done == 1, np.diff(problem.arcs.ptr))
    return begun


def broken_limits(problem: Problem, schedule: Schedule) -> Flags:
    """The arcs whose limit on the gap a schedule does not keep."""
    arcs = problem.arcs
    from_ = np.repeat(np.arange(problem.n_op), np.diff(arcs.ptr))
    placed = (schedule.end[from_] >= 0) & (schedule.end[arcs.succ] >= 0) & ~from_begun(problem)
    gap = schedule.setup_start[arcs.succ] - schedule.end[from_]
    broken: Flags = placed & (gap > arcs.max_gap)
    return broken


def no_blocks(problem: Problem) -> Ties:
    """Every operation for itself, among resources that are not watched."""
    none = np.empty(0, np.int64)
    return Ties(
        block=np.full(problem.n_op, -1, np.int64),
        ptr=np.zeros(1, np.int64),
        op=none,
        in_ptr=np.zeros(1, np.int64),
        arc=none,
        pred=none,
        watched=np.zeros(len(problem.res_names), np.uint8),
    )


def ties(problem: Problem, tied: Flags) -> Ties | None:
    """The blocks that the `tied` arcs make, None for none. Pinned operations belong to none: their times are known.

    None keeps all that serves blocks out of the compiled kernels of a shop that has no use for it.
    """
    if not tied.any():
        return None
    n_op, arcs = problem.n_op, problem.arcs
    from_ = np.repeat(np.arange(n_op), np.diff(arcs.ptr))
    pinned = problem.ops.pin_setup >= 0
    tied = tied & ~pinned[from_] & ~pinned[arcs.succ]
    part = knots(arcs, n_op, tied)
    part = np.where(pinned, part.max(initial=0) + 1, part)
    is_many = np.bincount(part) > 1
    is_many[part[pinned]] = False
    number = np.cumsum(is_many) - 1
    block = np.where(is_many[part], number[part], -1)
    place = np.empty(n_op, np.int64)
    place[topological(arcs, n_op)] = np.arange(n_op)
    members = np.flatnonzero(block >= 0)
    members = members[np.lexsort((place[members], problem.ops.setup_done[members] == 0, block[members]))]
    rank = np.full(n_op, -1, np.int64)
    rank[members] = np.arange(members.size)
    inner = np.flatnonzero((block[from_] >= 0) & (block[from_] == block[arcs.succ]))
    inner = inner[np.argsort(rank[arcs.succ[inner]], kind="stable")]
    return Ties(
        block=block,
        ptr=spans(np.bincount(block[members])),
        op=members,
        in_ptr=spans(np.bincount(rank[arcs.succ[inner]], minlength=members.size)),
        arc=inner,
        pred=from_[inner],
        watched=_watched(problem, members),
    )


def waiting_for(problem: Problem, ties: Ties | None) -> Ints:
    """How many others each operation waits for; the first of a block counts for all of it, the rest wait for nobody."""
    arcs = problem.arcs
    if ties is None:
        return np.bincount(arcs.succ, minlength=problem.n_op).astype(np.int64)
    from_ = np.repeat(np.arange(problem.n_op), np.diff(arcs.ptr))
    outside = (ties.block[from_] < 0) | (ties.block[from_] != ties.block[arcs.succ])
    first = np.concatenate([ties.op[ties.ptr[:-1]], [-1]])
    gate = np.where(ties.block >= 0, first[ties.block], np.arange(problem.n_op))
    count = np.bincount(gate[arcs.succ[outside]], minlength=problem.n_op).astype(np.int64)
    count[(ties.block >= 0) & (gate != np.arange(problem.n_op))] = 1 << 40
    return count


def going_on(problem: Problem, ties: Ties | None) -> Flags:
    """Operations that have begun, and those of their blocks: they are not held back for a later date."""
    begun: Flags = problem.ops.setup_done == 1
    if ties is None or not begun.any():
        return begun
    with_begun = np.zeros(ties.ptr.size, bool)
    with_begun[ties.block[begun]] = True
    with_begun[-1] = False
    return begun | with_begun[ties.block]


def _watched(problem: Problem, members: Ints) -> NDArray[np.uint8]:
    """The resources that operations of blocks may use, and the storages between them."""
    S = problem.steps
    watched = np.zeros(len(problem.res_names), np.uint8)
    for step in np.unique(problem.ops.step[members]).tolist():
        watched[S.cand_res[S.cand_ptr[step] : S.cand_ptr[step + 1]]] = 1
        for k in range(int(S.need_ptr[step]), int(S.need_ptr[step + 1])):
            s = int(S.need_set[k])
            watched[S.set_res[S.set_ptr[s] : S.set_ptr[s + 1]]] = 1
    watched[problem.arcs.store[problem.arcs.store >= 0]] = 1
    return watched
