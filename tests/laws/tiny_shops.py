"""Tiny shops drawn at random, each about the rules that meet in it."""

import random
from typing import Any

from pegboard.domain.calendar import FAR, PPM
from pegboard.kernels.arrays import BOTH, RUN_ONLY, SETUP_ONLY
from pegboard.scheduling.problem import Problem
from tests.laws.tiny import Arc, Job, Machine, tiny

Rng = random.Random
PHASES = (BOTH, SETUP_ONLY, RUN_ONLY)
MATRIX = ((0, 1, 3), (1, 0, 1), (2, 1, 0))
"""From family 0 to 2 it is quicker by way of 1: the triangle inequality does not hold."""


def some_calendar(rng: Rng) -> list[tuple[int, int, int]]:
    """Open from now on or a little later, closed for a moment somewhere, at changing speed."""
    opens, shuts = rng.choice((-5, 0, 1)), rng.choice((2, 3))
    again = shuts + rng.choice((0, 1))
    return [(opens, shuts, rng.choice((PPM, PPM // 2))), (again, 99, rng.choice((PPM, 2 * PPM, 800_000)))]


def bounded(rng: Rng, unit: int) -> Problem:
    """Bounds on single operations: releases, dated material, lots that expire, skills that run out."""
    times = [0, 1, 2]
    expires = [2, 3, FAR]
    jobs = [
        Job(
            [(0, 0, 1), (1, 1, 0)][: rng.choice((1, 2))],
            needs=[([1, 2], 1, rng.choice(PHASES))] if rng.random() < 0.5 else [],
            release=rng.choice(times),
            arrival=rng.choice(times),
            dated=rng.choice(times),
            latest_use=rng.choice(expires),
            until=rng.choice(expires),
            max_stretch=rng.choice((0, 1, 2)),
            begun=rng.random() < 0.3,
            pin=rng.choice((-1, 1)),
            queue=rng.choice((0, 1)),
        )
        for _ in range(rng.choice((1, 2)))
    ]
    return tiny(
        jobs, [Machine(calendar=some_calendar(rng)), Machine(), Machine()], factory=some_calendar(rng), unit=unit
    )


def worked(rng: Rng, unit: int) -> Problem:
    """One operation with setup, run, changeover and further resources, on calendars of their own."""
    job = Job(
        [(0, rng.choice((0, 1)), rng.choice((0, 1, 2))), (1, 1, 1)][: rng.choice((1, 2))],
        needs=[([2, 3], 1, rng.choice(PHASES))] if rng.random() < 0.6 else [],
        per_unit=rng.choice((0, 1)),
        pause=rng.random() < 0.5,
        begun=rng.random() < 0.2,
        family=rng.choice((-1, 0)),
    )
    return tiny([job], [Machine(calendar=some_calendar(rng)) for _ in range(4)], changes=((1,),), unit=unit)


def chained(rng: Rng, unit: int) -> Problem:
    """Two operations joined by an arc with lags, a limit on the gap or a transfer batch."""
    arc = Arc(0, 1, wait=rng.choice((0, 1)), move=rng.choice((0, 1)), gap=rng.choice((0, 1, FAR)))
    arc.material = rng.random() < 0.4
    arc.batch = 0.0 if arc.material else rng.choice((0.0, 1.0))
    jobs = [
        Job([(0, 0, rng.choice((0, 1)))], qty=2, per_unit=1),
        Job([(1, 0, 0), (2, 0, 1)][: rng.choice((1, 2))], qty=2, per_unit=1, queue=rng.choice((0, 1))),
    ]
    return tiny(
        jobs, [Machine(calendar=some_calendar(rng)) for _ in range(3)], [arc], factory=some_calendar(rng), unit=unit
    )


def crowded(rng: Rng, unit: int) -> Problem:
    """Operations that want the same machine, jig or people, at times kept or stored until a next step."""
    n = rng.choice((2, 3))
    jobs = [
        Job(
            [(0, 0, 1), (1, 1, 0)][: rng.choice((1, 2))],
            needs=[([2], rng.choice((0.5, 1)), rng.choice(PHASES))] if rng.random() < 0.5 else [],
            qty=rng.choice((1, 2)),
        )
        for _ in range(n)
    ]
    arcs = [Arc(0, 1, blocking=rng.random() < 0.7, store=rng.choice((-1, 2, 3)))]
    if n == 3:
        arcs.append(Arc(0, 2, blocking=arcs[0].blocking, store=arcs[0].store))
    machines = [Machine(rng.choice((1, 2))), Machine(), Machine(rng.choice((1, 1.5, 2))), Machine(rng.choice((1, 3)))]
    return tiny(jobs, machines, arcs, unit=unit)


def baked(rng: Rng, unit: int) -> Problem:
    """Lots that may share loads of an oven with a matrix, and another one that may not."""
    keys = [0, 0, rng.choice((-1, 0, 1))][: rng.choice((2, 3))]
    jobs = [
        Job(
            [(0, 0, rng.choice((0, 1))), (1, 0, 1)][: 4 - len(keys)],
            qty=rng.choice((1, 2)),
            key=key,
            oven=rng.choice((2, 3)) if key >= 0 else 0,
            family=max(key, 0),
            begun=rng.random() < 0.1,
        )
        for key in keys
    ]
    return tiny(
        jobs,
        [Machine(rng.choice((1, 2)), matrix=0, family=rng.choice((-1, 0, 1))), Machine()],
        changes=MATRIX,
        unit=unit,
    )


def painted(rng: Rng, unit: int) -> Problem:
    """Operations of several families on a machine, and with a tool, that have a matrix."""
    jobs = [
        Job(
            [(0, 0, 1), (1, 0, 1)][: rng.choice((1, 2))],
            needs=[([2], 1, rng.choice(PHASES))] if rng.random() < 0.3 else [],
            family=rng.choice((-1, 0, 1, 2)),
            stretch=rng.choice((1, 0.5)),
            begun=rng.random() < 0.1,
        )
        for _ in range(2)
    ]
    machines = [Machine(rng.choice((1, 2)), matrix=0, family=rng.choice((-1, 0, 1))), Machine(), Machine(2, matrix=0)]
    return tiny(jobs, machines, changes=MATRIX, unit=unit)


def carried(rng: Rng, unit: int) -> Problem:
    """Operations on different machines that share a tool of one or two units, which takes time to come."""
    tool = [([2], 1, rng.choice(PHASES))]
    jobs = [Job([rng.choice(((0, 1, 1), (1, 0, 1)))], needs=tool) for _ in range(rng.choice((2, 3, 3)))]
    return tiny(jobs, [Machine(), Machine(), Machine(rng.choice((1, 2)), travel=rng.choice((1, 2)))], unit=unit)


def worn(rng: Rng, unit: int) -> Problem:
    """Operations on one machine, or with one jig, that must be maintained."""
    jobs = [
        Job(
            [(0, rng.choice((0, 1)), 1)], needs=[([1], 1, BOTH)] if rng.random() < 0.5 else [], begun=rng.random() < 0.2
        )
        for _ in range(rng.choice((2, 3)))
    ]
    limits: list[dict[str, Any]] = [
        {"maint_cycles": rng.choice((1, 2)), "used_cycles": rng.choice((0, 1))},
        {"maint_work": rng.choice((1, 2)), "used_work": rng.choice((0, 1))},
    ]
    some = [Machine(calendar=some_calendar(rng), maint_time=rng.choice((1, 2)), **rng.choice(limits)) for _ in "ab"]
    return tiny(jobs, some, unit=unit)


def sent(rng: Rng, unit: int) -> Problem:
    """Operations at a supplier that takes so much in each of two weeks."""
    jobs = [
        Job([(0, 0, 1), (1, 0, 1)][: rng.choice((1, 2))], qty=rng.choice((1, 2, 4)), begun=rng.random() < 0.2)
        for _ in range(rng.choice((2, 3)))
    ]
    machines = [Machine(9, week=rng.choice((2, 3))), Machine(9)]
    return tiny(jobs, machines, mondays=(-1000, rng.choice((1, 2))), unit=unit)
