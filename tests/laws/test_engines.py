"""Engines on tiny problems: dispatch breaks no rule, and CP-SAT finds the best schedule there is."""

import random
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from pegboard.domain.snapshot import ObjectiveWeights
from pegboard.scheduling.check import check
from pegboard.scheduling.constraints import ALL
from pegboard.scheduling.engines import cpsat
from pegboard.scheduling.engines.dispatch import Options
from pegboard.scheduling.engines.solve import solve
from pegboard.scheduling.problem import Problem
from pegboard.scheduling.result import score
from tests.laws.enumerate_all import every_schedule
from tests.laws.tiny import NOW, Job, Machine, tiny
from tests.laws.tiny_shops import baked, carried, chained, crowded, painted, sent, worn

Make = Callable[[random.Random, int], Problem]
SHOPS: tuple[Make, ...] = (baked, carried, chained, crowded, painted, sent, worn)
MINUTE = 60


def everything(problem: Problem) -> np.ndarray:
    return np.ones(problem.line_due.size, bool)


def silent(what: str, share: float) -> None:
    """A report that nobody reads."""


@pytest.mark.parametrize("make", SHOPS)
@pytest.mark.parametrize("pull", [False, True], ids=["forward", "pulled right"])
def test_dispatch_breaks_no_rule(make: Make, pull: bool):
    placed = 0
    for seed in range(20):
        problem = make(random.Random(f"dispatch {seed}"), MINUTE)
        options = Options(rule="edd", pull=pull)
        schedule = solve(problem, everything(problem), options, silent).schedule
        assert check(problem, schedule).violations == (), seed
        placed += int((schedule.end >= 0).sum())
    assert placed >= 20


ALL_GOALS = ObjectiveWeights(tardiness=1, late_lines=0.01, flow=0.3, earliness=0.7, setup=2, wip=0.2)


@pytest.mark.parametrize("make", [carried, crowded, painted, sent])
@pytest.mark.parametrize("goals", [ObjectiveWeights(), ALL_GOALS], ids=["plain goals", "all goals"])
def test_cpsat_finds_the_best_of_all_schedules(make: Make, goals: ObjectiveWeights):
    """Among all schedules that end by the fifth minute, tried one by one, none scores better, and its bound says so."""
    found = 0
    for seed in range(30):
        problem = replace(make(random.Random(f"best {seed}"), MINUTE), objective=goals)
        planned, until = everything(problem), NOW + 5 * MINUTE
        if cpsat.common_tick(problem, until) < MINUTE or found == 3:
            continue
        scores = [score(problem, s, planned).objective for s in every_schedule(problem, ALL, 5, MINUTE)]
        exact = cpsat.solve(problem, planned, until)
        assert exact.is_optimal
        assert (exact.result is None) == (not scores)
        if exact.result is not None:
            assert check(problem, exact.result.schedule).violations == ()
            assert exact.result.score.objective == pytest.approx(min(scores))
            assert exact.bound == pytest.approx(min(scores), abs=1e-4)
            found += 1
    assert found == 3


def three_paints(minutes: int = 1) -> Problem:
    """Jobs of ten minutes in families 0, 1 and 2, all due now; from 0 to 2 it is quicker by way of 1."""
    jobs = [Job([(0, 0, 10 * minutes)], family=f, due=0) for f in (0, 2, 1)]
    changes = ((0, 2 * minutes, 9 * minutes), (9 * minutes, 0, 2 * minutes), (9 * minutes, 9 * minutes, 0))
    return tiny(jobs, [Machine(matrix=0)], changes=changes, unit=MINUTE)


def test_cpsat_orders_paints_by_the_detour():
    """0, 1, 2 end after 10, 22 and 34 minutes: 66 of tardiness. Any other order has a changeover of 9 in it: 0, 2, 1 is
    10, 29 and 48; 1, 2, 0 is 10, 22, 41; 2, 0, 1 and others are later still.
    """
    problem = three_paints()
    exact = cpsat.solve(problem, everything(problem), NOW + 60 * MINUTE)

    assert exact.result is not None
    assert exact.is_optimal
    assert [(int(t) - NOW) // MINUTE for t in exact.result.schedule.end] == [10, 34, 22]
    assert exact.result.score.total_tardiness_days == pytest.approx(66 / 1440)
    assert exact.bound == pytest.approx(exact.result.score.objective, abs=1e-3)


def test_cpsat_says_when_nothing_fits():
    """Three jobs of ten minutes and two changeovers do not end within half an hour."""
    problem = three_paints()
    exact = cpsat.solve(problem, everything(problem), NOW + 30 * MINUTE)

    assert exact.result is None
    assert exact.is_optimal


@pytest.mark.parametrize(("minutes", "tick"), [(1, 60), (3, 180)])
def test_cpsat_counts_in_the_longest_tick_that_divides_all_times(minutes: int, tick: int):
    """Times of 10, 2 and 9 minutes have a common divisor of a minute; tripled, of three."""
    assert cpsat.common_tick(three_paints(minutes), NOW + 60 * MINUTE) == tick
