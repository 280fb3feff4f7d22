"""What the referee says of a schedule, and of the same schedule with one operation moved.

Work orders are called by their orders: `SO-1/1-1.20` is step 20 of the first one made for SO-1.
"""

from typing import Any

from pegboard.app.outcome import Outcome
from pegboard.kernels.arrays import Schedule
from pegboard.scheduling.check import check
from tests.factories import NONSTOP, factory, forward, order

JUNE = "2026-06-19"
Broken = list[tuple[str, str]]


def copy_of(outcome: Outcome) -> Schedule:
    return Schedule(*(column.copy() for column in outcome.planned.schedule))


def op_of(outcome: Outcome, name: str) -> int:
    return outcome.planned.problem.op_names.index(name)


def verdict(outcome: Outcome, schedule: Schedule) -> Broken:
    """Rule and operation of every violation the whole referee finds, each once."""
    found = check(outcome.planned.problem, schedule).violations
    return sorted({(v.constraint, v.subject) for v in found})


def moved(outcome: Outcome, name: str, seconds: int) -> Schedule:
    """The schedule with one operation moved as a whole."""
    schedule, op = copy_of(outcome), op_of(outcome, name)
    for column in (schedule.setup_start, schedule.start, schedule.end):
        column[op] += seconds
    return schedule


def broken(outcome: Outcome, name: str, seconds: int) -> Broken:
    """What the referee says before and after a move; before, it must have nothing to say."""
    assert verdict(outcome, outcome.planned.schedule) == []
    return verdict(outcome, moved(outcome, name, seconds))


def shop(*routing: Any, calendars: Any = NONSTOP, orders: Any = (), **files: Any) -> Outcome:
    """Everything as early as possible for SO-1, one A (or other orders), on Mon 06-08 08:00."""
    return forward(
        factory(routing=routing, calendars=calendars, orders=orders or [order("SO-1", "A", 1, JUNE)], **files)
    )
