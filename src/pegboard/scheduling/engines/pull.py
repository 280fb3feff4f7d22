"""Pull a schedule right: what may be later without harm is, and what its surroundings hold stays where it is."""

import numpy as np

from pegboard.domain.calendar import FAR
from pegboard.kernels.arrays import Schedule, Ties
from pegboard.kernels.packed import pack_schedule
from pegboard.kernels.pull import pull_right
from pegboard.scheduling.engines.dispatch import latest_ends
from pegboard.scheduling.problem import Ints, Problem
from pegboard.scheduling.result import line_completions
from pegboard.tables.supply import spans

UNIT = 1000


def pull(problem: Problem, schedule: Schedule, ties: Ties | None, wanted: Ints | None = None) -> int:
    """Pull a schedule right in place; returns how many operations moved.

    Lines are complete when they were, or when they are `wanted` where that is later. Blocks and loads stay, and so does
    all that uses a resource whose past asks more than a changeover of the next.
    """
    p = problem
    placed = np.flatnonzero(schedule.end >= 0)
    order = placed[np.lexsort((schedule.sequence[placed], schedule.setup_start[placed]))][::-1].copy()
    lanes = np.where(p.shop.capacity < 1 << 40, np.minimum(p.shop.capacity // UNIT, 4096), 0)
    done = line_completions(p, schedule)
    done = done if wanted is None else np.where(done < 0, done, np.maximum(done, wanted))
    limit_end = np.full(p.n_op, FAR, np.int64)
    np.minimum.at(limit_end, p.line_op, latest_ends(p, done))
    fixed = ((p.ops.pin_setup >= 0) | (p.ops.setup_done == 1)).astype(np.uint8)
    if ties is not None:
        fixed |= ties.block >= 0
    fixed |= fractional(p) | (schedule.load >= 0) | _worn(p, schedule)
    out = pack_schedule(schedule)
    shop, steps, ops, arcs = p.packed
    moved = int(
        pull_right(
            p.timelines,
            shop,
            steps,
            ops,
            arcs,
            p.factory_tl,
            order,
            spans(lanes),
            limit_end,
            np.minimum(p.ops.latest_use, _last_starts(p, schedule) + 1),
            fixed,
            out,
        )
    )
    schedule.setup_start[:], schedule.start[:], schedule.end[:] = (out.op[n] for n in ("setup_start", "start", "end"))
    return moved


def _worn(problem: Problem, schedule: Schedule) -> np.ndarray:
    """Operations that hold a maintained resource or a travelling tool, or are subcontracted by the week."""
    p = problem
    shop = p.shop
    marked = (shop.maint_work < FAR) | (shop.maint_cycles < FAR) | (shop.travel > 0) | (shop.week_units < FAR)
    if not marked.any():
        return np.zeros(p.n_op, bool)
    placed = schedule.end >= 0
    worn: np.ndarray = placed & marked[p.steps.cand_res[np.maximum(schedule.cand, 0)]]
    owner = np.repeat(np.arange(p.n_op), np.diff(p.ops.need_ptr))
    worn[owner[(schedule.need_res >= 0) & marked[schedule.need_res]]] = True
    return worn


def _last_starts(problem: Problem, schedule: Schedule) -> Ints:
    """The latest setup start that every limit on the gap allows while the predecessors stay."""
    arcs = problem.arcs
    found = np.full(problem.n_op, FAR, np.int64)
    limited = np.flatnonzero(arcs.max_gap < FAR)
    from_ = np.repeat(np.arange(problem.n_op), np.diff(arcs.ptr))[limited]
    np.minimum.at(found, arcs.succ[limited], schedule.end[from_] + arcs.max_gap[limited])
    return found


def fractional(problem: Problem) -> np.ndarray:
    """Operations that hold part of a unit somewhere: lanes cannot follow them, so they stay."""
    steps = problem.steps
    part = (steps.need_units % UNIT != 0).astype(np.int64)
    total = np.concatenate([[0], np.cumsum(part)])
    by_step = (total[steps.need_ptr[1:]] - total[steps.need_ptr[:-1]]) > 0
    found: np.ndarray = by_step[problem.ops.step].astype(np.uint8)
    return found
