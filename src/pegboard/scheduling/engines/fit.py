"""Fit new operations into the gaps of a schedule that nobody may move: capable to promise, order by order.

The schedule is booked once (`Standing`); each fit works on a copy of the books, so that any number of questions can be
asked of one plan and none is remembered.
"""

from dataclasses import dataclass, field

import numpy as np

from pegboard.domain.calendar import FAR
from pegboard.kernels.arrays import Schedule
from pegboard.kernels.graph import topological
from pegboard.kernels.insert import insert, stand
from pegboard.kernels.packed import (
    PLACED,
    PackedOps,
    PackedSchedule,
    live,
    nothing_placed,
)
from pegboard.kernels.profile import marked, strike
from pegboard.kernels.stay import Bench, Into
from pegboard.scheduling.engines.repair import arcs_into, empty_bench, gap_excess
from pegboard.scheduling.engines.scratch import Scratch, Scratches
from pegboard.scheduling.problem import Ints, Problem

GAP_ROUNDS = 20


@dataclass(frozen=True)
class Standing:
    """The operations of a plan, booked where they stand; `scratches` is the memory that fits into it work in."""

    problem: Problem
    bench: Bench
    scratches: Scratches = field(default_factory=Scratches, repr=False, compare=False)


def standing(problem: Problem, schedule: Schedule) -> Standing:
    """Book a whole schedule; O(n log n)."""
    p = problem
    bench = empty_bench(p, p.ops, schedule, 0)
    rank = np.empty(p.n_op, np.int64)
    rank[topological(p.arcs, p.n_op)] = np.arange(p.n_op)
    stand(bench, np.lexsort((rank, schedule.setup_start)), _until(schedule))
    return Standing(p, bench._replace(P=marked(bench.P)))


def cleared(standing: Standing, gone: np.ndarray) -> Standing:
    """The books without the operations that `gone` marks; what these left behind on their resources stays noted.

    A resource that is maintained by its use, or a supplier with weekly limits, keeps counting what is gone.
    """
    books = standing.bench.P
    row = books.row.copy()
    res = books.res.copy()
    n = int(books.size[0])
    struck = gone[row["op"][:n]]
    strike(row, res, np.flatnonzero(struck))
    left = ~struck[books.mark]
    ptr = np.concatenate([[0], np.cumsum(left)])[books.mark_ptr]
    bench = standing.bench._replace(P=books._replace(row=row, res=res, mark_ptr=ptr, mark=books.mark[left]))
    return Standing(standing.problem, bench, standing.scratches)


def counts_use(problem: Problem, ops: Ints) -> bool:
    """Whether any of these operations runs where what has run before is counted."""
    shop, _, _, _ = problem.packed
    cand = problem.steps.cand_res
    first, last = problem.steps.cand_ptr[problem.ops.step[ops]], problem.steps.cand_ptr[problem.ops.step[ops] + 1]
    res = {int(r) for a, b in zip(first.tolist(), last.tolist(), strict=True) for r in cand[a:b]}
    at = shop.res[sorted(res)]
    counted = (at["maint_work"] < FAR) | (at["maint_cycles"] < FAR) | (at["week_units"] < FAR)
    return bool(counted.any())


def _until(schedule: Schedule) -> Ints:
    """When each operation leaves its primary resource: the leader of an oven load with the last of its lots."""
    found = schedule.end.copy()
    lots = np.flatnonzero(schedule.load >= 0)
    np.maximum.at(found, schedule.load[lots], schedule.end[lots])
    return found


def fit(standing: Standing, new: Problem, floor: Ints) -> Schedule | int:
    """The schedule of the operations of `new` beside what stands, line after line, each placed where it ends first.

    `new` has the resources, steps and families of the standing problem, and perhaps more steps and families at their
    ends. Nothing starts before its `floor`. Where a limit on a gap breaks, the operation before the gap is put off. The
    number of an operation where that one finds no place before the horizon.
    """
    owner = np.repeat(np.arange(new.n_op), np.diff(new.arcs.ptr))
    order = topological(new.arcs, new.n_op)
    line, latest = _by_followers(new, order)
    order = order[np.lexsort((latest[order], line[order]))]
    rounds = 0
    while True:
        found = _placed(standing, new, order, floor)
        if isinstance(found, int):
            return found
        excess = gap_excess(new, found)
        if not excess.any():
            return found
        rounds += 1
        if rounds == GAP_ROUNDS:
            return int(new.arcs.succ[np.argmax(excess)])
        floor = floor.copy()
        np.maximum.at(floor, owner, np.where(excess > 0, found.setup_start[owner] + excess, new.now))


def _by_followers(p: Problem, order: Ints) -> tuple[Ints, Ints]:
    """The first line that waits for each operation, and its latest start, but never after that of a follower."""
    line, latest = p.op_line.copy(), p.latest_start.copy()
    for op in order[::-1].tolist():
        for succ in p.arcs.succ[p.arcs.ptr[op] : p.arcs.ptr[op + 1]].tolist():
            line[op] = min(line[op], line[succ])
            latest[op] = min(latest[op], latest[succ] - 1)
    return line, latest


def _placed(standing: Standing, new: Problem, order: Ints, floor: Ints) -> Schedule | int:
    n = standing.problem.n_op
    with standing.scratches.taken() as scratch:
        bench = _beside(standing, new, scratch)
        stuck = int(insert(bench, order + n, scratch.behind("floor", standing.problem.not_before, n, floor)))
        if stuck >= 0:
            return stuck - n
        op = bench.out.op[n:]
        columns = {name: op[name].copy() for name in PLACED.fields or ()}
        return Schedule(need_res=bench.out.need_res[standing.bench.out.need_res.size :].copy(), **columns)


def _beside(standing: Standing, new: Problem, scratch: Scratch) -> Bench:
    """The bench with a copy of the books and room for the new operations behind those that stand."""
    old, n, m = standing.bench, standing.problem.n_op, new.n_op
    _, steps, ops, arcs = new.packed
    into = arcs_into(new.arcs, m)
    fresh = live(old.R, steps, ops, None, new.arrival, new.not_before, np.zeros(m, np.int64), new.now)
    room = m + int(ops.op["need_ptr"][-1]) + int((new.arcs.store >= 0).sum())
    return old._replace(
        S=steps,
        C=new.changeovers,
        O=_joined_ops(old.O, ops, scratch),
        A=arcs,
        into=Into(scratch.after("into", np.zeros(n, np.int64), into.ptr), into.arc, into.owner + n),
        L=fresh._replace(
            res=old.L.res.copy(), op=scratch.behind("moving", old.L.op, n, fresh.op), week_used=old.L.week_used.copy()
        ),
        P=old.P._replace(
            row=scratch.after("row", old.P.row, np.empty(room, old.P.row.dtype)),
            res=old.P.res.copy(),
            size=old.P.size.copy(),
        ),
        out=_joined_places(old.out, nothing_placed(ops), scratch),
        booking=scratch.behind("booking", old.booking, old.booking.size, np.full(m, -1, np.int64)),
        horizon=min(old.horizon, new.horizon, FAR),
    )


def _joined_ops(old: PackedOps, new: PackedOps, scratch: Scratch) -> PackedOps:
    n = old.op.size - 1
    op = scratch.behind("ops", old.op, n, new.op)
    op["need_ptr"][n:] += old.op["need_ptr"][-1]
    return PackedOps(op, np.concatenate([old.pin_need, new.pin_need]))


def _joined_places(old: PackedSchedule, new: PackedSchedule, scratch: Scratch) -> PackedSchedule:
    return PackedSchedule(
        scratch.behind("places", old.op, old.op.size, new.op),
        scratch.behind("need_res", old.need_res, old.need_res.size, new.need_res),
    )
