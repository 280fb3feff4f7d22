"""Each constraint means one thing: what its `post` allows a solver is what its `violations` do not object to.

For random problems of one to three operations in a few instants, every schedule is tried and every solution of the
model enumerated, for each constraint alone and for those that meet on a resource together.
"""

import random
from collections.abc import Callable

import pytest

from pegboard.scheduling.constraints import ALL
from pegboard.scheduling.problem import Problem
from tests.laws.enumerate_all import solved, tried
from tests.laws.tiny_shops import baked, bounded, carried, chained, crowded, painted, sent, worked, worn

Rng = random.Random
BY_NAME = {constraint.name: constraint for constraint in ALL}
SECOND, MINUTE = 1, 60
LAWS: list[tuple[str, Callable[[Rng, int], Problem], int, int, int]] = [
    ("release", bounded, 8, 3, SECOND),
    ("eligibility", bounded, 8, 3, SECOND),
    ("stretch", bounded, 8, 3, SECOND),
    ("pinned", bounded, 8, 3, SECOND),
    ("material", bounded, 8, 3, SECOND),
    ("precedence", bounded, 8, 3, SECOND),
    ("calendar release stretch pinned", bounded, 12, 6, MINUTE),
    ("calendar", worked, 12, 5, SECOND),
    ("calendar", worked, 24, 6, MINUTE),
    ("material", chained, 6, 3, SECOND),
    ("precedence", chained, 6, 3, SECOND),
    ("overlap", chained, 6, 3, SECOND),
    ("overlap", chained, 6, 3, MINUTE),
    ("gap", chained, 6, 3, SECOND),
    ("calendar material precedence overlap gap", chained, 16, 7, MINUTE),
    ("calendar capacity", crowded, 5, 5, MINUTE),
    ("calendar capacity blocking", crowded, 8, 5, MINUTE),
    ("calendar capacity blocking storage", crowded, 10, 5, MINUTE),
    ("oven", baked, 2, 1, MINUTE),
    ("calendar oven capacity", baked, 8, 3, MINUTE),
    ("calendar oven capacity changeover", baked, 12, 3, MINUTE),
    ("changeover", painted, 2, 2, MINUTE),
    ("calendar changeover", painted, 6, 5, MINUTE),
    ("calendar capacity changeover", painted, 8, 6, MINUTE),
    ("calendar capacity travel", carried, 10, 5, MINUTE),
    ("calendar capacity maintenance", worn, 24, 6, MINUTE),
    ("weekly", sent, 2, 2, MINUTE),
    ("calendar weekly", sent, 8, 3, MINUTE),
]


@pytest.mark.parametrize(("names", "make", "seeds", "until", "unit"), LAWS)
def test_the_solver_allows_what_the_referee_does(
    names: str, make: Callable[[Rng, int], Problem], seeds: int, until: int, unit: int
) -> None:
    """Neither allows a schedule that the other forbids; and both forbid some and allow some."""
    constraints = [BY_NAME[name] for name in names.split()]
    allowed = forbidden = 0
    for seed in range(seeds):
        problem = make(Rng(f"{names} {seed}"), unit)
        kept, count = tried(problem, constraints, until, unit)
        assert kept == solved(problem, constraints, until, unit), seed
        allowed, forbidden = allowed + len(kept), forbidden + count - len(kept)
    assert allowed > 0
    assert forbidden > 0


def test_every_constraint_is_held_to_its_definition() -> None:
    assert {name for law in LAWS for name in law[0].split()} == set(BY_NAME)
