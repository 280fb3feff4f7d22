"""Plain facts about a schedule that several constraints judge by: how much work there is, and how much time was open.

Written from the definitions with numpy and the domain's timelines; shares nothing with the engines.
"""

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pegboard.domain.calendar import PPM, Stretch, Timeline, timeline
from pegboard.kernels.arrays import RUN_ONLY, SETUP_ONLY, Schedule
from pegboard.scheduling.problem import Ints, Problem

SECOND = PPM
"""Microseconds of work at nominal speed."""


def placed(schedule: Schedule) -> Ints:
    """The operations that have a place."""
    return np.flatnonzero(schedule.end >= 0)


def primary(problem: Problem, schedule: Schedule, ops: Ints) -> Ints:
    """Primary resources of placed operations."""
    return problem.steps.cand_res[schedule.cand[ops]]


def setup_work(problem: Problem, schedule: Schedule, ops: Ints) -> Ints:
    """Setup and changeover work by definition; none for operations begun before now."""
    own = problem.steps.cand_setup[schedule.cand[ops]] + schedule.changeover[ops]
    return np.where(problem.ops.setup_done[ops] == 1, 0, own)


def run_work(problem: Problem, schedule: Schedule, ops: Ints) -> Ints:
    """Run work by definition: fixed part plus quantity times time per unit, rounded up to a microsecond."""
    cand = schedule.cand[ops]
    return problem.steps.cand_fixed[cand] + np.ceil(
        np.minimum(problem.steps.cand_run[cand] * problem.ops.qty[ops], 2e18) - 1e-3
    ).astype(np.int64)


def run_work_of(problem: Problem, cand: int, qty: float) -> int:
    """Run work of so many pieces on a candidate, as `run_work` has it."""
    exact = min(float(problem.steps.cand_run[cand]) * qty, 2e18)
    return int(problem.steps.cand_fixed[cand]) + int(np.ceil(exact - 1e-3))


class Together:
    """Open time that several calendars share, remembered by the set of calendars; the first one gives the rate."""

    def __init__(self, problem: Problem) -> None:
        self.rows = problem.timeline_rows
        self.of = cache(self._of)

    def _of(self, ids: tuple[int, ...]) -> Timeline:
        found = self.rows[ids[0]]
        for other in ids[1:]:
            found = timeline(_shared(found, self.rows[other]))
        return found


def _shared(a: Timeline, b: Timeline) -> Iterator[Stretch]:
    """Stretches in which both are open, at the rate of `a`."""
    i = j = 0
    while i < len(a.start) and j < len(b.start):
        start, end = max(a.start[i], b.start[j]), min(a.end[i], b.end[j])
        if start < end:
            yield start, end, a.rate[i]
        if a.end[i] <= b.end[j]:
            i += 1
        else:
            j += 1


class Calendars(NamedTuple):
    """The calendars that must be open together: for each of some operations the place of its set among `sets`."""

    sets: list[tuple[int, ...]]
    of: Ints

    def at(self, position: int) -> tuple[int, ...]:
        """The set of one of the operations."""
        return self.sets[int(self.of[position])]

    def groups(self) -> Iterator[tuple[tuple[int, ...], Ints]]:
        """Each set with the positions it is of, in the order in which they first occur."""
        found = [(rows, key) for key, rows in by_value(self.of)]
        for rows, key in sorted(found, key=lambda group: int(group[0][0])):
            yield self.sets[key], rows


def calendars_of(problem: Problem, schedule: Schedule, ops: Ints) -> tuple[Calendars, Calendars]:
    """For each operation the calendars that must be open during its setup and during its run."""
    tl = problem.shop.timeline
    first = tl[primary(problem, schedule, ops)]
    numbers = {(t,): t for t in range(len(problem.timeline_rows))}
    setup, run = first.copy(), first.copy()
    step = problem.ops.step[ops]
    needy = np.flatnonzero(problem.steps.need_ptr[step + 1] > problem.steps.need_ptr[step])
    for i in needy.tolist():
        op = int(ops[i])
        base = int(problem.steps.need_ptr[problem.ops.step[op]])
        at = int(problem.ops.need_ptr[op])
        phases = problem.steps.need_phase[base : base + int(problem.ops.need_ptr[op + 1]) - at].tolist()
        others = tl[schedule.need_res[at : at + len(phases)]].tolist()
        own = int(first[i])
        in_setup = {t for t, phase in zip(others, phases, strict=True) if phase != RUN_ONLY} - {own}
        in_run = {t for t, phase in zip(others, phases, strict=True) if phase != SETUP_ONLY} - {own}
        setup[i] = numbers.setdefault((own, *sorted(in_setup)), len(numbers))
        run[i] = numbers.setdefault((own, *sorted(in_run)), len(numbers))
    sets: list[tuple[int, ...]] = list(numbers)
    return Calendars(sets, setup), Calendars(sets, run)


def by_value(values: Ints) -> Iterator[tuple[int, Ints]]:
    """Each of some small natural numbers, the smallest first, with the positions it is at."""
    if not values.size:
        return
    narrow = values.astype(np.min_scalar_type(int(values.max())))  # which numpy sorts by its digits
    order = np.argsort(narrow, kind="stable")
    sorted_ = values[order]
    begin = np.flatnonzero(np.concatenate([[True], sorted_[1:] != sorted_[:-1]]))
    yield from zip(sorted_[begin].tolist(), np.split(order, begin[1:]), strict=True)


class OpenTime:
    """A timeline as arrays, for counting over many stretches at once."""

    def __init__(self, row: Timeline) -> None:
        self.start, self.end = np.array(row.start, np.int64), np.array(row.end, np.int64)
        self.rate = np.array(row.rate, np.int64)
        self.open_before, self.work_before = np.array(row.open_before, np.int64), np.array(row.work_before, np.int64)

    def work_until(self, t: Ints) -> Ints:
        """Microseconds of work before each instant."""
        return self._until(t, self.work_before, self.rate)

    def open_until(self, t: Ints) -> Ints:
        """Open seconds before each instant."""
        return self._until(t, self.open_before, np.ones_like(self.rate))

    def _until(self, t: Ints, before: Ints, rate: Ints) -> Ints:
        if not self.start.size:
            return np.zeros_like(t)
        i = np.searchsorted(self.start, t, side="right") - 1
        at = np.maximum(i, 0)
        inside = np.minimum(t, self.end[at]) - self.start[at]
        return np.where(i < 0, 0, before[at] + inside * rate[at])

    def is_open(self, t: Ints) -> NDArray[np.bool_]:
        """Whether work can begin at each instant."""
        if not self.start.size:
            return np.zeros(t.size, bool)
        i = np.searchsorted(self.start, t, side="right") - 1
        return (i >= 0) & (t < self.end[np.maximum(i, 0)])

    def after_open(self, t: Ints, seconds: Ints) -> Ints:
        """When so much open time has passed since each instant; the instant itself for none."""
        some = np.flatnonzero(seconds > 0) if self.start.size else np.empty(0, np.int64)
        target = self.open_until(t[some]) + seconds[some]
        i = np.maximum(np.searchsorted(self.open_before, target, side="left") - 1, 0)
        found = t.copy()
        found[some] = self.start[i] + target - self.open_before[i]
        return found

    def after_work(self, t: Ints, work: Ints) -> Ints:
        """When so much work is done since each instant; the instant itself for none."""
        target = self.work_until(t) + work
        i = np.maximum(np.searchsorted(self.work_before, target, side="left") - 1, 0)
        found = self.start[i] - (self.work_before[i] - target) // self.rate[i] if self.start.size else t
        return np.where(work <= 0, t, found)
