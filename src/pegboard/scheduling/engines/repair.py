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
from pegboard.kernels.arrays import Arcs, Ops, Schedule
from pegboard.kernels.former import order_of_work, room_before
from pegboard.kernels.overtake import overtake
from pegboard.kernels.retime import Into, retime
from pegboard.scheduling.engines.dispatch import Options, Report, solve
from pegboard.scheduling.former import Former
from pegboard.scheduling.locks import Lock, clashes, with_pins, without_pins
from pegboard.scheduling.problem import Ints, Problem
from pegboard.scheduling.result import Result, score

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
    findings.append(warning("S323", degree, what, "the next degree of repair was used"))
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
    said = {f.subject for f in findings if f.code == "S322"}
    findings.extend(
        warning(
            "S322",
            p.name(op),
            f"operation {p.name(op)} cannot stay where it was and moves to {p.res_names[p.steps.cand_res[c]]}",
            "see whether its resource, skill or calendar is meant to be gone",
        )
        for op, c in zip(np.flatnonzero(moved_off).tolist(), schedule.cand[moved_off == 1].tolist(), strict=True)
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


def _total(schedule: Schedule) -> int:
    """The sum of all ends; one operation without a place outweighs any delay."""
    return int(np.where(schedule.end < 0, 1 << 40, schedule.end).sum())


def _retimed(p: Problem, former: Former, degree: Degree, planned: np.ndarray) -> tuple[Schedule, np.ndarray]:
    """The operations in their old order, moved later, earlier too, or past each other, as the degree allows.

    Each degree may fall back on the one before it: the second where moving up does not end sooner in total, the third
    where letting others pass is worth no more than keeping the sequence.
    """
    was = former.schedule
    into = arcs_into(p.arcs, p.n_op)
    begun = p.ops.setup_done == 1
    floor = np.maximum(np.where((was.end < 0) | begun, p.now, was.setup_start), p.now)
    order, n_last = _order(p, was)
    shifted = _placed(p, was, into, order, floor, n_last, passing=False)
    if degree == "shift" or (not former.gone_res.size and _is_same(shifted[0], was)):
        return shifted
    if degree == "sequence":
        passed = _placed(p, was, into, order, floor, n_last, passing=True)
        return min(shifted, passed, key=lambda one: (round(score(p, one[0], planned).objective, 6), _total(one[0])))
    early = np.maximum(np.minimum(floor, _room_before(p, former, order, into)), p.now)
    return min(_placed(p, was, into, order, early, n_last, passing=False), shifted, key=lambda one: _total(one[0]))


def _is_same(schedule: Schedule, was: Schedule) -> bool:
    """Whether every operation is where it was: nothing is disturbed, and nobody left room."""
    columns = ("setup_start", "start", "end", "cand", "need_res")
    return all(bool((getattr(schedule, c) == getattr(was, c)).all()) for c in columns)


def _placed(
    p: Problem, was: Schedule, into: Into, order: Ints, floor: Ints, n_last: int, *, passing: bool
) -> tuple[Schedule, np.ndarray]:
    """Place all again; who would leave too long a gap behind it is delayed, and all are placed once more."""
    ops, rounds = _at_old_setups(p, was), 0
    while True:
        fixed = (p.timelines, p.shop, p.steps, p.changeovers, ops, p.arcs, into, p.factory_tl, order)
        bounds = (was, floor, p.arrival, p.not_before)
        schedule, moved_off = (
            overtake(*fixed, n_last, *bounds, p.latest_end, p.now, p.horizon)
            if passing
            else retime(*fixed, *bounds, p.now, p.horizon)
        )
        excess = gap_excess(p, schedule)
        is_short = bool((schedule.setup_start < ops.pin_setup).any()) and ops is not p.ops
        rounds += 1
        if rounds == GAP_ROUNDS or not (is_short or excess.any()):
            return schedule, moved_off
        ops = p.ops if is_short else ops
        floor = floor.copy()
        np.maximum.at(floor, into.owner, np.where(excess > 0, schedule.setup_start[into.owner] + excess, p.now))


def _at_old_setups(p: Problem, was: Schedule) -> Ops:
    """The operations, pinned ones with the setup they had: less than the longest changeover, reserved for them."""
    same = (p.ops.pin_setup >= 0) & (was.start == p.ops.pin_start) & (was.cand == p.ops.pin_cand)
    return p.ops._replace(pin_setup=np.where(same, was.setup_start, p.ops.pin_setup)) if same.any() else p.ops


def _order(p: Problem, was: Schedule) -> tuple[Ints, int]:
    """Old operations by their old setup start, begun ones before all, new ones by latest start just before who waits.

    Also how many new ones, at the end, nobody of old waits for.
    """
    n = p.n_op
    rank, urgency = np.empty(n), np.empty(n)
    rank[np.lexsort((was.sequence, was.end, was.setup_start))] = np.arange(n)
    urgency[np.lexsort((p.due, p.latest_start))] = np.arange(n)
    is_new = was.end < 0
    key = np.where(p.ops.setup_done == 1, rank - n, np.where(is_new, urgency + n, rank))
    order, key = order_of_work(p.arcs, key, is_new)
    return order, int((key >= n).sum())


def _room_before(p: Problem, former: Former, order: Ints, into: Into) -> Ints:
    found: Ints = room_before(
        p.timelines,
        p.shop,
        p.steps,
        p.ops,
        p.arcs,
        into,
        p.factory_tl,
        order,
        former.schedule,
        former.gone_res,
        former.gone_start,
        former.gone_end,
        p.not_before,
        p.arrival,
        p.now,
    )
    return found


def arcs_into(arcs: Arcs, n_op: int) -> Into:
    """The arcs by their ends."""
    return Into(
        ptr=np.concatenate([[0], np.cumsum(np.bincount(arcs.succ, minlength=n_op))]).astype(np.int64),
        arc=np.argsort(arcs.succ, kind="stable").astype(np.int64),
        owner=np.repeat(np.arange(n_op), np.diff(arcs.ptr)),
    )


def gap_excess(p: Problem, schedule: Schedule) -> Ints:
    """For each arc the seconds by which its successor starts too late after its predecessor; 0 where it doesn't."""
    owner = np.repeat(np.arange(p.n_op), np.diff(p.arcs.ptr))
    gap = schedule.setup_start[p.arcs.succ] - schedule.end[owner]
    placed = (schedule.end[owner] >= 0) & (schedule.end[p.arcs.succ] >= 0) & (p.arcs.max_gap < FAR)
    found: Ints = np.where(placed, np.maximum(gap - p.arcs.max_gap, 0), 0)
    return found
