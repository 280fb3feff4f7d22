"""Pinned operations, locked, inside the frozen zone or pinned by a change, keep their resource and their start.

Their resources are reserved before dispatch; the reservation leaves room for the longest changeover that may precede,
or for the true one where another pin comes so soon before it that nothing fits between them.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import NamedTuple

import numpy as np

from pegboard.domain.calendar import FAR, receipt_instant
from pegboard.domain.change import Pin, PinnedAt
from pegboard.domain.factory import Factory
from pegboard.domain.finding import Finding, error, warning
from pegboard.domain.record import Moment
from pegboard.kernels.arrays import RUN_ONLY, SETUP_ONLY, Arcs, Changeovers, Steps, Timelines
from pegboard.kernels.latest import run_work
from pegboard.kernels.opentime import common_open, next_open, place, retreat
from pegboard.scheduling.problem import Ints
from pegboard.tables.process import UNIT, Families, ProcessTable
from pegboard.tables.supply import SupplyPlan, spans

Timing = Callable[[Timelines, ProcessTable, Steps, int, int, int, int, int, list[int]], tuple[int, int, int] | None]
"""Setup start, start and end of an operation on a resource beside members, by the instant it is pinned to."""


@dataclass(frozen=True)
class Pins:
    """Operations to pin, their rows before they were held to one resource, and the start of the run or setup of each.

    `why` says that one cannot be pinned at all; blank where that is still to be seen.
    """

    op: list[int] = field(default_factory=list)
    row: list[int] = field(default_factory=list)
    start: list[int] = field(default_factory=list)
    at: list[PinnedAt] = field(default_factory=list)
    name: list[str] = field(default_factory=list)
    source: list[str] = field(default_factory=list)
    why: list[str] = field(default_factory=list)

    def add(
        self, op: int, row: int, start: int, name: str, source: str = "", at: PinnedAt = "run", why: str = ""
    ) -> None:
        """One operation more."""
        self.op.append(op)
        self.row.append(row)
        self.start.append(start)
        self.at.append(at)
        self.name.append(name)
        self.source.append(source)
        self.why.append(why)


class Run(NamedTuple):
    """What a pinned operation holds of its primary resource, and the family that it leaves it set up for."""

    res: int
    start: int
    end: int
    family: int
    name: str


@dataclass
class Reservations:
    """What pinned operations hold: their times, candidate and members, and the stretches on each resource by name.

    `runs` are the stretches on primary resources, in the order of `op`.
    """

    op: list[int] = field(default_factory=list)
    times: list[tuple[int, int, int]] = field(default_factory=list)
    cand: list[int] = field(default_factory=list)
    members: list[list[int]] = field(default_factory=list)
    rows: list[tuple[int, int, int, int, str]] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)

    def columns(self, n_op: int, need_ptr: Ints) -> dict[str, Ints]:
        """The `pin_*` columns over all operations and needs."""
        columns = {name: np.full(n_op, -1, np.int64) for name in ("pin_setup", "pin_start", "pin_end", "pin_cand")}
        need = np.full(int(need_ptr[-1]), -1, np.int64)
        for op, times, cand, members in zip(self.op, self.times, self.cand, self.members, strict=True):
            columns["pin_setup"][op], columns["pin_start"][op], columns["pin_end"][op] = times
            columns["pin_cand"][op] = cand
            need[need_ptr[op] : need_ptr[op] + len(members)] = members
        return {**columns, "pin_need": need}

    def by_resource(self, n_res: int) -> tuple[Ints, Ints, Ints, Ints]:
        """Reserved stretches sorted by resource and start: `(ptr, start, end, units)`."""
        rows = sorted(self.rows)
        counts = np.bincount([r[0] for r in rows], minlength=n_res) if rows else np.zeros(n_res, np.int64)
        columns = np.array([r[:4] for r in rows], np.int64).reshape(len(rows), 4)
        return spans(counts), columns[:, 1].copy(), columns[:, 2].copy(), columns[:, 3].copy()

    def last_before(self, res: int, start: int) -> Run | None:
        """The pinned run that starts last before an instant on a resource."""
        return max((r for r in self.runs if r.res == res and r.start < start), key=lambda r: r.end, default=None)

    def keep_for_the_next(self, arcs: Arcs) -> None:
        """Reserve resources that blocking work keeps until the operation after it begins, where that is pinned too."""
        setup = {op: times[0] for op, times in zip(self.op, self.times, strict=True)}
        for op, run in zip(self.op, self.runs, strict=True):
            for arc in range(int(arcs.ptr[op]), int(arcs.ptr[op + 1])):
                until = setup.get(int(arcs.succ[arc]), run.end)
                if arcs.blocking[arc] and until > run.end:
                    self.rows.append((run.res, run.end, until, UNIT, run.name))

    def in_use(self, res: int, start: int, end: int) -> int:
        """Most units already reserved on a resource during a stretch, at worst."""
        return sum(units for r, a, b, units, _ in self.rows if r == res and a < end and b > start)

    def holders(self, res: int, start: int, end: int) -> str:
        """The pinned operations that hold a resource during a stretch, by name."""
        return ", ".join(sorted({name for r, a, b, _, name in self.rows if r == res and a < end and b > start}))


def locate_pins(
    factory: Factory, table: ProcessTable, plan: SupplyPlan, rows: Ints, names: list[str], unpinned: frozenset[str]
) -> Pins:
    """Operations pinned by a change, and of existing work orders those locked, or to start in the frozen zone."""
    pins = Pins()
    asked = {pin.operation: pin for pin in factory.snapshot.pins if pin.operation not in unpinned}
    frozen_until = factory.now + int(factory.policy.freeze_minutes * 60)
    for work in plan.works:
        if work.record is None:
            continue
        for op in range(work.first_op, work.first_op + work.n_op):
            step = table.rows[rows[op]].step
            progress = factory.progress.get((work.wo, step.step)) if step else None
            if progress is None or progress.status != "waiting" or progress.start is None or names[op] in unpinned:
                continue
            if names[op] in asked:
                continue
            start = _instant(progress.start, factory)
            if progress.locked or start < frozen_until:
                pins.add(op, int(rows[op]), start, names[op], progress.source)
                if progress.resource in table.res_index:
                    chosen = [c for c in table.rows[rows[op]].cands if table.res_names[c[0]] == progress.resource]
                    if chosen:
                        rows[op] = table.variant(int(rows[op]), chosen)
    for op, name in enumerate(names) if asked else ():
        if name in asked:
            _add_asked(pins, factory, table, plan, rows, op, asked[name])
    return pins


def _add_asked(
    pins: Pins, factory: Factory, table: ProcessTable, plan: SupplyPlan, rows: Ints, op: int, pin: Pin
) -> None:
    """An operation that a change pins, held to the resource where one is named."""
    row = table.rows[rows[op]]
    progress = factory.progress.get((plan.works[plan.op_work[op]].wo, row.number))
    chosen = [c for c in row.cands if pin.resource in ("", table.res_names[c[0]])]
    why = "" if chosen else f"{pin.resource} may not run it"
    if progress is not None and progress.status != "waiting":
        why = "it has begun"
    pins.add(op, int(rows[op]), _instant(pin.start, factory), pin.operation, at=pin.at, why=why)
    if not why and pin.resource:
        rows[op] = table.variant(int(rows[op]), chosen)


def idle_pins(factory: Factory, names: list[str]) -> list[Finding]:
    """A warning for each pin of an operation that the plan has not."""
    known = set(names) if factory.snapshot.pins else ()
    return [
        warning(
            "C445",
            pin.operation,
            f"{pin.operation} is pinned, but there is no such operation in the plan: it is done, or its order has gone",
            "unpin it, or correct its name",
        )
        for pin in factory.snapshot.pins
        if pin.operation not in known
    ]


def _instant(moment: Moment, factory: Factory) -> int:
    return receipt_instant(moment, factory.calendar, factory.zone)


def reserve(
    pins: Pins,
    table: ProcessTable,
    steps: Steps,
    changeovers: Changeovers,
    families: Families,
    family: Ints,
    rows: Ints,
    plan: SupplyPlan,
    findings: list[Finding],
) -> Reservations:
    """Reserve resources for the pins, earliest first; a pin that clashes is reported and set free."""
    held = Reservations()
    now = table.factory.now
    for k in sorted(range(len(pins.op)), key=lambda k: (pins.start[k], pins.name[k])):
        op, start, name = pins.op[k], pins.start[k], pins.name[k]
        why = "the start lies in the past" if start < now else pins.why[k]
        if not why:
            why = _reserve_one(
                held,
                op,
                name,
                start,
                int(rows[op]),
                float(plan.op_qty[op]),
                table,
                steps,
                changeovers,
                families,
                int(family[op]),
                now,
                _from_setup if pins.at[k] == "setup" else _from_run,
            )
        if why:
            rows[op] = pins.row[k]
            findings.append(
                error(
                    "S301",
                    name,
                    f"operation {name} is locked to start at {_local(start, table.factory)}, but {why}",
                    "unlock it or lock it elsewhere; it was scheduled as if it were not locked",
                    pins.source[k],
                )
            )
    return held


def _local(t: int, factory: Factory) -> str:
    return datetime.fromtimestamp(t, factory.zone).strftime("%Y-%m-%d %H:%M")


def _reserve_one(
    held: Reservations,
    op: int,
    name: str,
    start: int,
    row: int,
    qty: float,
    table: ProcessTable,
    steps: Steps,
    changeovers: Changeovers,
    families: Families,
    family: int,
    now: int,
    times_of: Timing,
) -> str:
    """Reserve one pinned operation; the reason why not, or nothing."""
    T = table.timelines.arrays
    everywhere = " and ".join(table.res_names[c[0]] for c in table.rows[row].cands)
    reason = f"{everywhere} cannot run it from then on: closed, or not open long enough"
    for cand in range(int(steps.cand_ptr[row]), int(steps.cand_ptr[row + 1])):
        res = int(steps.cand_res[cand])
        own, stretch = int(steps.cand_setup[cand]), float(steps.cand_stretch[cand])
        setup = own + _longest_changeover(changeovers, families, res, family, stretch)
        run = int(run_work(steps, cand, qty))
        alone = times_of(T, table, steps, row, res, setup, run, start, [])
        near = held.last_before(res, start) if alone and table.capacity[res] == UNIT else None
        if near and (near.family < 0 or alone is None or alone[0] > near.end):
            near = None  # something may come between, and nobody knows what
        if near:
            setup = own + _changeover(changeovers, families, res, near.family, family, stretch)
        timed = partial(times_of, T, table, steps, row, res, setup, run, start)
        chosen = _members(held, table, steps, row, res, timed)
        if len(chosen) < int(steps.need_ptr[row + 1] - steps.need_ptr[row]):
            if alone is not None:
                reason = _why_no_member(held, table, steps, row, len(chosen), alone)
            continue
        found = timed(chosen)
        if found is None:
            continue
        first = max(min(found[0], near.end) if near else found[0], now)
        if held.in_use(res, first, found[2]) + UNIT > table.capacity[res]:
            reason = f"{table.res_names[res]} is then held by {held.holders(res, first, found[2])}, which is locked too"
            continue
        held.op.append(op)
        held.times.append((first, found[1], found[2]))
        held.cand.append(cand)
        held.members.append(chosen)
        held.rows.append((res, first, found[2], UNIT, name))
        held.runs.append(Run(res, first, found[2], family, name))
        for need, member in zip(range(int(steps.need_ptr[row]), int(steps.need_ptr[row + 1])), chosen, strict=True):
            until = found[1] if steps.need_phase[need] == SETUP_ONLY else found[2]
            held.rows.append((member, first, until, int(steps.need_units[need]), name))
        return ""
    return reason


def _members(
    held: Reservations,
    table: ProcessTable,
    steps: Steps,
    row: int,
    res: int,
    timed: Callable[[list[int]], tuple[int, int, int] | None],
) -> list[int]:
    """For each need the free member with which the operation ends first; only those before a need that finds none."""
    chosen: list[int] = []
    for need in range(int(steps.need_ptr[row]), int(steps.need_ptr[row + 1])):
        s, units = int(steps.need_set[need]), int(steps.need_units[need])
        best, best_end = -1, FAR
        for m in range(int(steps.set_ptr[s]), int(steps.set_ptr[s + 1])):
            member = int(steps.set_res[m])
            if member == res or member in chosen or (found := timed([*chosen, member])) is None:
                continue
            is_free = held.in_use(member, found[0], found[2]) + units <= table.capacity[member]
            if is_free and found[2] <= steps.set_until[m] and found[2] < best_end:
                best, best_end = member, found[2]
        if best < 0:
            break
        chosen.append(best)
    return chosen


def _why_no_member(
    held: Reservations, table: ProcessTable, steps: Steps, row: int, need: int, times: tuple[int, int, int]
) -> str:
    """Why nobody fills a need of an operation at these times: who holds those who could, or that they are away."""
    s = int(steps.need_set[steps.need_ptr[row] + need])
    members = steps.set_res[steps.set_ptr[s] : steps.set_ptr[s + 1]].tolist()
    wanted = table.rows[row].needs[need][0]
    names = [table.res_names[m] for m in members]
    who = wanted if names == [wanted] else f"{wanted} ({', '.join(names)})"
    holders = sorted({h for m in members if (h := held.holders(m, times[0], times[2]))})
    if holders:
        return f"{who}, which it needs as well, is then held by {', '.join(holders)}, which is locked too"
    return f"{who}, which it needs as well, is not open then"


def _from_run(
    T: Timelines,
    table: ProcessTable,
    steps: Steps,
    row: int,
    res: int,
    setup: int,
    run: int,
    start: int,
    members: list[int],
) -> tuple[int, int, int] | None:
    """The times of an operation whose run starts exactly then; None where that cannot be."""
    s, r = _calendars(table, steps, row, res, members)
    if common_open(T, r, r.size, start) != start:
        return None
    first = int(retreat(T, s, s.size, start, setup))
    if first <= -FAR:
        return None
    _, begin, end = place(T, s, s.size, r, r.size, 0, run, bool(steps.pause[row]), int(steps.max_stretch[row]), start)
    if begin != start or end >= FAR:
        return None
    return (int(next_open(T, s[0], first)) if setup else start, start, int(end))


def _from_setup(
    T: Timelines,
    table: ProcessTable,
    steps: Steps,
    row: int,
    res: int,
    setup: int,
    run: int,
    start: int,
    members: list[int],
) -> tuple[int, int, int] | None:
    """The times of an operation whose setup starts exactly then; None where that cannot be."""
    s, r = _calendars(table, steps, row, res, members)
    pause, stretch = bool(steps.pause[row]), int(steps.max_stretch[row])
    first, begin, end = place(T, s, s.size, r, r.size, setup, run, pause, stretch, start)
    return (start, int(begin), int(end)) if first == start and end < FAR else None


def _calendars(table: ProcessTable, steps: Steps, row: int, res: int, members: list[int]) -> tuple[Ints, Ints]:
    """The timelines that setup and run need open, each with that of the primary resource first."""
    base = int(steps.need_ptr[row])
    setup_ids, run_ids = [int(table.res_timeline[res])], [int(table.res_timeline[res])]
    for k, member in enumerate(members):
        tl = int(table.res_timeline[member])
        if steps.need_phase[base + k] != RUN_ONLY:
            setup_ids.append(tl)
        if steps.need_phase[base + k] != SETUP_ONLY:
            run_ids.append(tl)
    return np.array(setup_ids, np.int64), np.array(run_ids, np.int64)


def _longest_changeover(changeovers: Changeovers, families: Families, res: int, family: int, stretch: float) -> int:
    return int(np.ceil(float(_to(changeovers, families, res, family).max(initial=0)) * stretch))


def _changeover(
    changeovers: Changeovers, families: Families, res: int, before: int, family: int, stretch: float
) -> int:
    """What a resource set up for one family takes to be set up for another."""
    us = _to(changeovers, families, res, family)
    return int(np.ceil(float(us[before]) * stretch)) if us.size else 0


def _to(changeovers: Changeovers, families: Families, res: int, family: int) -> Ints:
    """The changeovers of a resource to a family, by the family before it; none where it has no matrix."""
    matrix, n = int(families.res_matrix[res]), changeovers.n_family
    if matrix < 0 or family < 0 or n == 0:
        return np.zeros(0, np.int64)
    found: Ints = changeovers.us[matrix * n * n : (matrix + 1) * n * n].reshape(n, n)[:, family]
    return found
