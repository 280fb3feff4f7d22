"""Repair a disturbed schedule: as little as possible moves, in four degrees from a right shift to a fresh plan.

Degrees are tried in turn from the one asked for: where one finds no place for everything, the next one does it. The
reasons are findings.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, tzinfo
from typing import Literal, get_args

import numpy as np

from pegboard.domain.calendar import FAR
from pegboard.domain.finding import Finding, warning
from pegboard.kernels.arrays import TRAVELS, Arcs, Ops, Schedule
from pegboard.kernels.former import order_of_work, room_before
from pegboard.kernels.overtake import overtake
from pegboard.kernels.packed import live, nothing_placed, pack_ops, pack_schedule, unpack_schedule
from pegboard.kernels.profile import empty_profile
from pegboard.kernels.retime import retime
from pegboard.kernels.stay import Bench, Into
from pegboard.scheduling.engines.dispatch import Options
from pegboard.scheduling.engines.just_in_time import Report
from pegboard.scheduling.engines.solve import solve
from pegboard.scheduling.former import Former
from pegboard.scheduling.locks import Lock, clashes, with_pins, without_pins
from pegboard.scheduling.problem import Ints, Problem
from pegboard.scheduling.result import Result, score
from pegboard.scheduling.sequence import resources_of
from pegboard.scheduling.ties import broken_limits
from pegboard.tables.supply import spans

Degree = Literal["shift", "earlier", "sequence", "free"]
"""Move later only what must; let others move up into room that came free; let others pass; plan afresh."""

DEGREES: tuple[Degree, ...] = get_args(Degree)
ROUNDS = 12
GAP_ROUNDS = 20


def silent(_: str, __: float) -> None:
    """A report that nobody reads."""


@dataclass(frozen=True)
class Repair:
    """A repaired schedule, the degree that made it, the problem with its locks as pins, and what there is to say."""

    result: Result
    degree: Degree
    problem: Problem
    findings: list[Finding]


def repair(
    problem: Problem,
    old: Former | Schedule,
    degree: Degree,
    locks: Sequence[Lock] = (),
    planned: np.ndarray | None = None,
    freed: frozenset[str] = frozenset(),
    zone: tzinfo = UTC,
    options: Options = Options(),  # noqa: B008 - frozen
    report: Report = silent,
) -> Repair:
    """Put every operation of `problem` where it was in `old`, or as near as the degree and the locks allow.

    `planned` marks the lines that are judged (all without it), `freed` names operations that no lock may hold, `zone`
    is that of the instants in findings, `options` are for a fresh plan. Arrays in, arrays out; the referee has not
    seen the schedule.
    """
    former = old if isinstance(old, Former) else Former(old)
    planned = np.ones(problem.line_due.size, bool) if planned is None else planned
    findings: list[Finding] = []
    locked = with_pins(problem, former.schedule, locks, freed, findings, zone)
    schedule, why = _schedule(locked, former, degree, planned, options, report, findings)
    for _ in range(ROUNDS):
        held = clashes(problem, locked, schedule, zone)
        if not held:
            break
        findings.extend(held.values())
        locked = without_pins(problem, locked, held.keys())
        schedule, why = _schedule(locked, former, degree, planned, options, report, findings)
    if not why:
        return Repair(Result(schedule, f"repair {degree}", score(locked, schedule, planned)), degree, locked, findings)
    what = f"repair by {degree} cannot keep everything: {why}"
    findings.append(warning("S343", degree, what, "the next degree of repair was used"))
    following = DEGREES[DEGREES.index(degree) + 1]
    after = repair(problem, former, following, locks, planned, freed, zone, options, report)
    return replace(after, findings=[*findings, *after.findings])


def _schedule(
    p: Problem,
    former: Former,
    degree: Degree,
    planned: np.ndarray,
    options: Options,
    report: Report,
    findings: list[Finding],
) -> tuple[Schedule, str]:
    """A schedule by one degree, and why it is not whole."""
    if degree == "free":
        return solve(p, planned, options, report).schedule, ""
    schedule, moved_off = _retimed(p, former, degree, planned)
    said = {f.subject for f in findings if f.code == "S342"}
    findings.extend(
        warning(
            "S342",
            p.name(op),
            f"operation {p.name(op)} cannot stay where it was and takes {_resources(p, schedule, op)}",
            "see whether its resource, skill or calendar is meant to be gone",
        )
        for op in np.flatnonzero(moved_off).tolist()
        if former.schedule.end[op] >= 0 and p.name(op) not in said
    )
    lost = np.flatnonzero(schedule.end < 0)
    if lost.size:
        return schedule, f"operation {p.name(int(lost[0]))} finds no place before the horizon"
    broken = gap_excess(p, schedule)
    if broken.any():
        arc = int(np.argmax(broken))
        return schedule, f"operation {p.name(int(p.arcs.succ[arc]))} comes too late after the one before it"
    return schedule, ""


def _resources(p: Problem, schedule: Schedule, op: int) -> str:
    return " with ".join(p.res_names[r] for r in resources_of(p, schedule, op))


def _total(schedule: Schedule) -> int:
    """The sum of all ends; one operation without a place outweighs any delay."""
    return int(np.where(schedule.end < 0, 1 << 40, schedule.end).sum())


def _retimed(p: Problem, former: Former, degree: Degree, planned: np.ndarray) -> tuple[Schedule, np.ndarray]:
    """The operations in their old order, moved later, earlier too, or past each other, as the degree allows.

    Each degree may fall back on the one before it: the second where moving up does not end sooner in total, the third
    where letting others pass is worth no more than keeping the sequence, or where operations are tied to each other.
    """
    was = former.schedule
    floor = np.maximum(was.setup_start, p.now)
    floor[list(former.just_begun)] = p.now
    order, n_last = _order(p, former)
    shifted = placed_again(p, was, order, floor, None)
    if degree == "shift" or (not former.gone_res.size and _is_same(shifted[0], was)):
        return shifted
    if degree == "sequence":
        if _are_tied(p, was):
            return shifted
        passed = placed_again(p, was, order, floor, n_last)
        return min(shifted, passed, key=lambda one: (round(score(p, one[0], planned).objective, 6), _total(one[0])))
    gone = (former.gone_res, former.gone_start, former.gone_end)
    early = room_before(empty_bench(p, p.ops, was, former.gone_res.size), order, *gone)
    early = np.maximum(np.minimum(floor, early), p.now)
    return min(placed_again(p, was, order, early, None), shifted, key=lambda one: _total(one[0]))


def _is_same(schedule: Schedule, was: Schedule) -> bool:
    """Whether every operation is where it was: nothing is disturbed, and nobody left room."""
    columns = ("setup_start", "start", "end", "cand", "need_res")
    return all(bool((getattr(schedule, c) == getattr(was, c)).all()) for c in columns)


def _are_tied(p: Problem, was: Schedule) -> bool:
    """Whether limits on the gap, blocking, storages or oven loads tie operations to each other."""
    arcs = p.arcs
    tied = (arcs.max_gap < FAR) | (arcs.blocking == 1) | (arcs.store >= 0)
    return bool(tied.any() or (was.load >= 0).any())


def placed_again(
    p: Problem, was: Schedule, order: Ints, floor: Ints, n_last: int | None
) -> tuple[Schedule, np.ndarray]:
    """Place all again, in order, or past each other where the number of the last is given.

    Who would leave too long a gap behind it is delayed, and all are placed once more.
    """
    loads = _loads(p, was)
    ops, rounds = _at_old_setups(p, was), 0
    owner = np.repeat(np.arange(p.n_op), np.diff(p.arcs.ptr))
    while True:
        w = empty_bench(p, ops, was, 0)
        if n_last is None:
            moved_off = retime(w, order, floor, *loads)
        else:
            moved_off = overtake(w, order, n_last, floor, p.latest_end)
        schedule = unpack_schedule(w.out)
        excess = gap_excess(p, schedule)
        is_short = bool((schedule.setup_start < ops.pin_setup).any()) and ops is not p.ops
        rounds += 1
        if rounds == GAP_ROUNDS or not (is_short or excess.any()):
            return schedule, moved_off
        ops = p.ops if is_short else ops
        floor = floor.copy()
        np.maximum.at(floor, owner, np.where(excess > 0, schedule.setup_start[owner] + excess, p.now))


def empty_bench(p: Problem, ops: Ops, was: Schedule, n_gone: int) -> Bench:
    """An empty schedule and the room to fill it."""
    shop, steps, _, arcs = p.packed
    packed = pack_ops(ops)
    fresh = live(shop, steps, packed, None, p.arrival, p.not_before, np.zeros(p.n_op, np.int64), p.now)
    fresh.res["care"] &= ~TRAVELS  # the profile knows where tools come from
    room = p.n_op + was.need_res.size + int((p.arcs.store >= 0).sum()) + n_gone
    return Bench(
        T=p.timelines,
        R=shop,
        S=steps,
        C=p.changeovers,
        O=packed,
        A=arcs,
        into=arcs_into(p.arcs, p.n_op),
        L=fresh,
        P=empty_profile(len(p.res_names), room),
        out=nothing_placed(packed),
        was=pack_schedule(was),
        booking=np.full(p.n_op, -1, np.int64),
        factory_tl=p.factory_tl,
        now=p.now,
        horizon=p.horizon,
    )


def _loads(p: Problem, was: Schedule) -> tuple[Ints, Ints, Ints]:
    """The oven loads of an old schedule that may run together again: `(load of each operation, ptr, operations)`.

    All lots must be free to move, on one oven, and no more than it takes.
    """
    lead = np.where((was.load >= 0) & (was.cand >= 0), was.load, -1)
    ops = np.flatnonzero(lead >= 0)
    fit: dict[int, list[int]] = {}
    for op in ops[np.lexsort((ops != lead[ops], lead[ops]))].tolist():
        fit.setdefault(int(lead[op]), []).append(op)
    kept = [lots for lots in fit.values() if len(lots) > 1 and _fits_oven(p, was, np.array(lots))]
    load = np.full(p.n_op, -1, np.int64)
    for i, lots in enumerate(kept):
        load[lots] = i
    return load, spans([len(lots) for lots in kept]), np.array([op for lots in kept for op in lots], np.int64)


def _fits_oven(p: Problem, was: Schedule, lots: Ints) -> bool:
    is_free = (p.ops.setup_done[lots] == 0) & (p.ops.pin_setup[lots] < 0)
    is_one = (p.ops.batch_key[lots] == p.ops.batch_key[lots[0]]) & (
        p.steps.cand_res[was.cand[lots]] == p.steps.cand_res[was.cand[lots[0]]]
    )
    room = p.steps.batch_qty[p.ops.step[lots]].min()
    return bool((is_free & is_one).all() and p.ops.qty[lots].sum() <= room + 1e-9)


def _at_old_setups(p: Problem, was: Schedule) -> Ops:
    """The operations, pinned ones with the setup they had: less than the longest changeover, reserved for them."""
    same = (p.ops.pin_setup >= 0) & (was.start == p.ops.pin_start) & (was.cand == p.ops.pin_cand)
    return p.ops._replace(pin_setup=np.where(same, was.setup_start, p.ops.pin_setup)) if same.any() else p.ops


def _order(p: Problem, former: Former) -> tuple[Ints, int]:
    """Old operations by their old setup start, those just begun first, new ones by latest start just before who waits.

    What takes over from a blocking resource goes before what takes that resource then. Also how many new ones, at the
    end, nobody of old waits for.
    """
    was, n = former.schedule, p.n_op
    rank, urgency = np.empty(n), np.empty(n)
    takes_over = np.zeros(n, bool)
    takes_over[p.arcs.succ[p.arcs.blocking == 1]] = True
    rank[np.lexsort((was.end, was.sequence, ~takes_over, was.setup_start))] = np.arange(n)
    urgency[np.lexsort((p.due, p.latest_start))] = np.arange(n)
    is_new = was.end < 0
    key = np.where(is_new, urgency + n, rank)
    key[list(former.just_begun)] -= 2 * n
    order, key = order_of_work(p.arcs, key, is_new)
    return order, int((key >= n).sum())


def arcs_into(arcs: Arcs, n_op: int) -> Into:
    """The arcs by their ends."""
    return Into(
        ptr=spans(np.bincount(arcs.succ, minlength=n_op)),
        arc=np.argsort(arcs.succ, kind="stable").astype(np.int64),
        owner=np.repeat(np.arange(n_op), np.diff(arcs.ptr)),
    )


def gap_excess(p: Problem, schedule: Schedule) -> Ints:
    """For each arc the seconds by which its successor starts too late after its predecessor; 0 where it doesn't."""
    owner = np.repeat(np.arange(p.n_op), np.diff(p.arcs.ptr))
    excess = schedule.setup_start[p.arcs.succ] - schedule.end[owner] - p.arcs.max_gap
    found: Ints = np.where(broken_limits(p, schedule), excess, 0)
    return found
