"""The part of two schedules that can disturb each other: what is new, and all that stands on the resources it uses.

The referee judges the excerpt in milliseconds by the same definitions as a whole plan: what stands was judged with the
plan that it is of, and its own order of work does not change.
"""

from dataclasses import replace
from typing import Any

import numpy as np

from pegboard.domain.calendar import FAR
from pegboard.kernels.arrays import Arcs, Ops, Schedule
from pegboard.scheduling.check import Verdict, check
from pegboard.scheduling.problem import Ints, Problem
from pegboard.tables.process import NO_LIMIT
from pegboard.tables.supply import spans

_BY_OP = ("arrival", "dated", "release", "weight", "due", "op_line", "latest_start", "latest_end")


def judged_beside(old: Problem, stands: Schedule, kept: np.ndarray, new: Problem, schedule: Schedule) -> Verdict:
    """The referee's word on a schedule of `new` beside the kept operations of another one.

    `new` has the resources and steps of `old` at the same places, and perhaps more steps.
    """
    ops = np.flatnonzero(kept & _disturbed(old, stands, new, schedule))
    return check(_both(old, ops, new), _places(old, stands, ops, schedule))


def _disturbed(old: Problem, stands: Schedule, new: Problem, schedule: Schedule) -> np.ndarray:
    """Operations that stand on a resource while something new is there; all of those on one that has a memory.

    Changeovers, wear and tools depend on what went before, and on the other resources of those who did. All operations
    are taken where goods are stored or resources held between steps.
    """
    if _holds_between(old) or _holds_between(new):
        return np.ones(old.n_op, bool)
    first, last = _stretches(new, schedule)
    shop = old.packed[0].res[:-1]
    wears = (shop["maint_work"] < FAR) | (shop["maint_cycles"] < FAR) | (shop["week_units"] < FAR)
    remembers = (shop["matrix"] >= 0) | (shop["travel"] > 0) | wears
    op, res = _stands_on(old, stands)
    whole = remembers & (first < last)
    found = np.zeros(old.n_op, bool)
    while True:
        touched = (
            (stands.setup_start[op] < last[res]) & (stands.end[op] > first[res]) & (shop["capacity"][res] < NO_LIMIT)
        )
        found[op[touched | whole[res]]] = True
        more = whole.copy()
        more[res[found[op]]] |= remembers[res[found[op]]]
        if (more == whole).all():
            return found
        whole = more


def _holds_between(p: Problem) -> bool:
    """Whether anything holds a resource or a storage between steps."""
    return bool((p.arcs.blocking == 1).any() or (p.arcs.store >= 0).any())


def _stands_on(p: Problem, schedule: Schedule) -> tuple[Ints, Ints]:
    """Every operation with each of its resources: `(operation, resource)`."""
    owner = np.repeat(np.arange(p.n_op), np.diff(p.ops.need_ptr))
    op = np.concatenate([np.arange(p.n_op), owner])
    return op, np.concatenate([p.steps.cand_res[schedule.cand], schedule.need_res])


def _stretches(p: Problem, schedule: Schedule) -> tuple[Ints, Ints]:
    """From when to when a schedule uses each resource; from FAR where it does not."""
    op, res = _stands_on(p, schedule)
    first, last = np.full(len(p.res_names), FAR), np.full(len(p.res_names), -FAR)
    np.minimum.at(first, res, schedule.setup_start[op])
    np.maximum.at(last, res, schedule.end[op])
    return first, last


def _both(old: Problem, ops: Ints, new: Problem) -> Problem:
    """One problem of some old operations and all new ones."""
    n = ops.size
    needs = np.diff(old.ops.need_ptr)[ops]
    rows = _rows_of(old.ops.need_ptr[ops], needs)
    columns: dict[str, Any] = {
        name: np.concatenate([getattr(old.ops, name)[ops], getattr(new.ops, name)])
        for name in Ops._fields
        if name not in ("need_ptr", "pin_need")
    }
    columns["need_ptr"] = spans(np.concatenate([needs, np.diff(new.ops.need_ptr)]))
    columns["pin_need"] = np.concatenate([old.ops.pin_need[rows], new.ops.pin_need])
    by_op: dict[str, Any] = {name: np.concatenate([getattr(old, name)[ops], getattr(new, name)]) for name in _BY_OP}
    own = _arcs_among(old, ops)
    arcs = Arcs(
        ptr=np.concatenate([own.ptr[:-1], own.ptr[-1] + new.arcs.ptr]),
        succ=np.concatenate([own.succ, new.arcs.succ + n]),
        **{
            name: np.concatenate([getattr(own, name), getattr(new.arcs, name)])
            for name in Arcs._fields
            if name not in ("ptr", "succ")
        },
    )
    names = old.op_names
    return replace(
        new,
        ops=Ops(**columns),
        arcs=arcs,
        line_op=new.line_op + n,
        op_names=[*(names[op] for op in ops.tolist()), *new.op_names],
        **by_op,
    )


def _arcs_among(p: Problem, ops: Ints) -> Arcs:
    """The arcs between some operations, which are numbered anew."""
    number = np.full(p.n_op, -1, np.int64)
    number[ops] = np.arange(ops.size)
    owner = number[np.repeat(np.arange(p.n_op), np.diff(p.arcs.ptr))]
    succ = number[p.arcs.succ]
    some = (owner >= 0) & (succ >= 0)
    columns = {name: getattr(p.arcs, name)[some] for name in Arcs._fields if name not in ("ptr", "succ")}
    return Arcs(ptr=spans(np.bincount(owner[some], minlength=ops.size)), succ=succ[some], **columns)


def _places(p: Problem, stands: Schedule, ops: Ints, schedule: Schedule) -> Schedule:
    n = ops.size
    number = np.full(p.n_op + 1, -1, np.int64)
    number[ops] = np.arange(n)
    columns = {
        name: np.concatenate([getattr(stands, name)[ops], getattr(schedule, name)])
        for name in Schedule._fields
        if name not in ("need_res", "load")
    }
    rows = _rows_of(p.ops.need_ptr[ops], np.diff(p.ops.need_ptr)[ops])
    load = np.concatenate([number[stands.load[ops]], np.where(schedule.load >= 0, schedule.load + n, -1)])
    return Schedule(need_res=np.concatenate([stands.need_res[rows], schedule.need_res]), load=load, **columns)


def _rows_of(first: Ints, counts: Ints) -> Ints:
    """The rows `first[i]` to `first[i] + counts[i]`, one after the other."""
    begin = np.cumsum(counts) - counts
    found: Ints = np.arange(int(counts.sum())) + np.repeat(first - begin, counts)
    return found
