"""The referee sees what is wrong: certified schedules are damaged in one place, and the right rule must speak up.

The schedules are those of random factories; each kind of damage is done wherever the factory has what it needs.
"""

import itertools
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from pegboard.domain.calendar import FAR
from pegboard.kernels.arrays import Schedule
from pegboard.scheduling.check import check
from pegboard.scheduling.constraints import ALL
from pegboard.scheduling.problem import Problem
from tests.laws.conftest import CaseOf

SEEDS = range(40)
MINUTE = 60
HOUR = 3600
Damage = Callable[[Problem, Schedule], Iterator[Schedule]]


def copied(schedule: Schedule) -> Schedule:
    return Schedule(*(column.copy() for column in schedule))


def moved(schedule: Schedule, op: int, to: int) -> Schedule:
    """The schedule with one operation moved as a whole, its setup starting at `to`."""
    changed = copied(schedule)
    for column in (changed.setup_start, changed.start, changed.end):
        column[op] += to - schedule.setup_start[op]
    return changed


def movable(p: Problem, s: Schedule) -> list[int]:
    """Placed operations that nobody pinned or began."""
    return np.flatnonzero((s.end >= 0) & (p.ops.pin_start < 0) & (p.ops.setup_done == 0)).tolist()


def primary(p: Problem, s: Schedule, op: int) -> int:
    return int(p.steps.cand_res[s.cand[op]])


def pairs(p: Problem) -> Iterator[tuple[int, int, int]]:
    """Every arc with the operations before and after it."""
    for before in range(p.n_op):
        for arc in range(int(p.arcs.ptr[before]), int(p.arcs.ptr[before + 1])):
            yield arc, before, int(p.arcs.succ[arc])


def before_now(p: Problem, s: Schedule) -> Iterator[Schedule]:
    """An operation moved to an hour before now."""
    return (moved(s, op, p.now - HOUR) for op in movable(p, s))


def before_material(p: Problem, s: Schedule) -> Iterator[Schedule]:
    """An operation moved to a minute before its dated material is there."""
    return (moved(s, op, int(p.arrival[op]) - MINUTE) for op in movable(p, s) if p.arrival[op] > p.now + HOUR)


def before_supply(p: Problem, s: Schedule) -> Iterator[Schedule]:
    """An operation moved to a minute before the work order that supplies it has ended."""
    free = set(movable(p, s))
    return (moved(s, b, int(s.end[a]) - MINUTE) for arc, a, b in pairs(p) if p.arc_material[arc] and b in free)


def after_expiry(p: Problem, s: Schedule) -> Iterator[Schedule]:
    """An operation moved to the moment at which a lot that it draws expires."""
    return (moved(s, op, int(p.ops.latest_use[op])) for op in movable(p, s) if p.ops.latest_use[op] < FAR)


def before_predecessor(p: Problem, s: Schedule) -> Iterator[Schedule]:
    """A step moved to a minute before the step before it has ended."""
    free = set(movable(p, s))
    for arc, a, b in pairs(p):
        if not p.arc_material[arc] and p.arcs.batch[arc] <= 0 and b in free and s.end[a] >= 0:
            yield moved(s, b, int(s.end[a]) - MINUTE)


def before_first_batch(p: Problem, s: Schedule) -> Iterator[Schedule]:
    """An overlapping step moved to the start of the run before it, when no piece is through."""
    free = set(movable(p, s))
    for arc, a, b in pairs(p):
        if p.arcs.batch[arc] > 0 and b in free and s.end[a] > s.start[a]:
            yield moved(s, b, int(s.start[a]))


def foreign_resource(p: Problem, s: Schedule) -> Iterator[Schedule]:
    """An operation given the resource and times of another step."""
    for op in movable(p, s):
        step = int(p.ops.step[op])
        for cand in (int(p.steps.cand_ptr[step]) - 1, int(p.steps.cand_ptr[step + 1])):
            if 0 <= cand < p.steps.cand_res.size:
                changed = copied(s)
                changed.cand[op] = cand
                yield changed


def foreign_member(p: Problem, s: Schedule) -> Iterator[Schedule]:
    """A need filled by the operation's own machine, which is no member."""
    for op in movable(p, s):
        for k in range(int(p.ops.need_ptr[op]), int(p.ops.need_ptr[op + 1])):
            changed = copied(s)
            changed.need_res[k] = primary(p, s, op)
            yield changed


def cut_short(p: Problem, s: Schedule) -> Iterator[Schedule]:
    """A run of two minutes of open time or more that ends a minute early."""
    for op in movable(p, s):
        row = p.timeline_rows[int(p.shop.timeline[primary(p, s, op)])]
        last_minute = row.open_until(int(s.end[op])) - row.open_until(int(s.end[op]) - MINUTE)
        if last_minute == MINUTE and s.end[op] - s.start[op] >= 2 * MINUTE:
            changed = copied(s)
            changed.end[op] -= MINUTE
            yield changed


def in_closed_time(p: Problem, s: Schedule) -> Iterator[Schedule]:
    """A whole operation moved to begin when its machine has just closed."""
    for op in movable(p, s):
        row = p.timeline_rows[int(p.shop.timeline[primary(p, s, op)])]
        closing = next((end for end in row.end if end > s.end[op] and row.next_open(end) > end), None)
        if closing is not None and s.end[op] - s.setup_start[op] > 0:
            yield moved(s, op, closing)


def on_top_of_each_other(p: Problem, s: Schedule) -> Iterator[Schedule]:
    """Two operations of one machine that has room for one, begun at the same time."""
    ops = [op for op in movable(p, s) if s.end[op] > s.setup_start[op] and p.shop.capacity[primary(p, s, op)] == 1000]
    for one, other in itertools.pairwise(ops):
        if primary(p, s, one) == primary(p, s, other) and (s.load[one] < 0 or s.load[one] != s.load[other]):
            yield moved(s, other, int(s.setup_start[one]))


def dropped_changeover(p: Problem, s: Schedule) -> Iterator[Schedule]:
    """A changeover left out, and the setup shorter by it."""
    for op in movable(p, s):
        if s.changeover[op] > 0:
            changed = copied(s)
            changed.changeover[op] = 0
            yield changed


def moved_pin(p: Problem, s: Schedule) -> Iterator[Schedule]:
    """A pinned operation a minute later."""
    for op in np.flatnonzero(p.ops.pin_start >= 0).tolist():
        yield moved(s, op, int(s.setup_start[op]) + MINUTE)


DAMAGES: tuple[tuple[Damage, str], ...] = (
    (before_now, "release"),
    (before_material, "material"),
    (before_supply, "material"),
    (after_expiry, "material"),
    (before_predecessor, "precedence"),
    (before_first_batch, "overlap"),
    (foreign_resource, "eligibility"),
    (foreign_member, "eligibility"),
    (cut_short, "calendar"),
    (in_closed_time, "calendar"),
    (on_top_of_each_other, "capacity"),
    (dropped_changeover, "changeover"),
    (moved_pin, "pinned"),
)


@pytest.mark.parametrize(("damage", "name"), DAMAGES, ids=[damage.__name__ for damage, _ in DAMAGES])
def test_the_referee_names_the_rule_that_a_damaged_schedule_breaks(case_of: CaseOf, damage: Damage, name: str):
    """At most five places of each factory are damaged, one at a time, in five places at least."""
    done = 0
    for seed in SEEDS:
        outcome = case_of(seed).run.outcome
        assert outcome is not None
        problem, schedule = outcome.planned.problem, outcome.planned.schedule
        for _, damaged in zip(range(5), damage(problem, schedule), strict=False):
            named = {violation.constraint for violation in check(problem, damaged).violations}
            assert name in named, (case_of(seed).factory.name, damage.__doc__, named)
            done += 1
    assert done >= 5


BY_HAND = {"gap", "stretch", "oven", "blocking", "storage", "travel", "maintenance", "weekly"}
"""Rules that are broken by a second or a unit in `tests/scheduling`, on shops made for them."""


def test_every_rule_of_the_referee_has_been_broken_here():
    """A constraint without a damaged schedule may be one that never speaks up."""
    assert {name for _, name in DAMAGES} == {constraint.name for constraint in ALL} - BY_HAND


def test_the_referee_counts_an_instance_for_everything_that_it_judges(case_of: CaseOf):
    """A certificate that says zero instances of a rule says nothing about it: over all factories none is zero."""
    checked = dict.fromkeys((constraint.name for constraint in ALL), 0)
    for seed in SEEDS:
        outcome = case_of(seed).run.outcome
        assert outcome is not None
        for name in checked:
            checked[name] += outcome.plan.certificate.checked[name]
    assert min(checked.values()) > 0
