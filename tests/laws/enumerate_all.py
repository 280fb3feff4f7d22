"""All schedules of a tiny problem, tried one by one, and all solutions of its CP-SAT model."""

from collections.abc import Iterator, Sequence
from itertools import combinations_with_replacement, product
from math import prod
from typing import Any

import numpy as np

from pegboard.kernels.arrays import Schedule
from pegboard.scheduling.constraint import Constraint
from pegboard.scheduling.cpmodel import CpModel
from pegboard.scheduling.problem import Problem, empty_schedule
from tests.laws.tiny import NOW

Placement = tuple[int, int, int, int, int, tuple[int, ...]]
"""Setup start, start, end, candidate, changeover, members."""


def tried(problem: Problem, constraints: Sequence[Constraint], until: int, unit: int) -> tuple[set[Any], int]:
    """The schedules in which everything is placed and no constraint is broken, and how many there are to try."""
    ways = prod(len(list(placements(problem, op, until, unit))) for op in range(problem.n_op))
    kept = {key(schedule) for schedule in every_schedule(problem, constraints, until, unit)}
    return kept, len(list(loads(problem))) * ways


def every_schedule(problem: Problem, constraints: Sequence[Constraint], until: int, unit: int) -> Iterator[Schedule]:
    """Every schedule that breaks no constraint, begins now or later and ends after `until` units at the latest.

    What an operation breaks by itself, whatever the others do, is sorted out first.
    """
    alone = [c for c in constraints if c.name in {"calendar", "release", "pinned", "stretch", "eligibility"}]
    rest = [c for c in constraints if c not in alone]
    every = [placements(problem, op, until, unit) for op in range(problem.n_op)]
    options = [[w for w in ways if not _wrong(problem, op, w, alone)] for op, ways in enumerate(every)]
    for load in loads(problem):
        for placement in product(*options):
            schedule = scheduled(problem, placement, load)
            if not any(next(iter(c.violations(problem, schedule)), None) for c in rest):
                yield schedule


def placements(problem: Problem, op: int, until: int, unit: int) -> Iterator[Placement]:
    """Every way to place one operation on what its step allows, in order of time."""
    p, S, step = problem, problem.steps, int(problem.ops.step[op])
    cands = range(int(S.cand_ptr[step]), int(S.cand_ptr[step + 1]))
    sets = S.need_set[S.need_ptr[step] : S.need_ptr[step + 1]].tolist()
    members = list(product(*(S.set_res[S.set_ptr[s] : S.set_ptr[s + 1]].tolist() for s in sets)))
    C, family, changes = p.changeovers, int(p.ops.family[op]), {0}
    if family >= 0 and C.n_family:
        stretch = S.cand_stretch[cands.start : cands.stop].tolist()
        changes |= {int(np.ceil(us * s - 1e-3)) for us in C.us[family :: C.n_family].tolist() for s in stretch}
    times = combinations_with_replacement(range(NOW, NOW + until * unit + 1, unit), 3)
    for when in times:
        for rest in product(cands, sorted(changes), members):
            yield (*when, *rest)


def loads(problem: Problem) -> Iterator[tuple[int, ...]]:
    """Every way to form loads: the leader of each operation, the lowest of its load."""
    key = problem.ops.batch_key.tolist()
    leaders = [[k for k in range(op) if key[k] == key[op] >= 0] + [op] for op in range(problem.n_op)]
    yield from (lead for lead in product(*leaders) if all(lead[k] == k for k in lead))


def scheduled(problem: Problem, placement: Sequence[Placement | None], lead: Sequence[int]) -> Schedule:
    """The schedule of these placements; operations without one are not placed."""
    found = empty_schedule(problem)
    for op, where in enumerate(placement):
        if where is None:
            continue
        found.setup_start[op], found.start[op], found.end[op], found.cand[op], found.changeover[op] = where[:5]
        found.need_res[problem.ops.need_ptr[op] : problem.ops.need_ptr[op + 1]] = where[5]
        found.load[op] = lead[op] if list(lead).count(lead[op]) > 1 else -1
    order = np.lexsort((np.arange(len(placement)), np.array(lead), found.setup_start))
    found.sequence[order] = np.arange(order.size)
    return found


def _wrong(problem: Problem, op: int, where: Placement, alone: Sequence[Constraint]) -> bool:
    only = [where if other == op else None for other in range(problem.n_op)]
    schedule = scheduled(problem, only, range(problem.n_op))
    found = (v.subject for c in alone for v in c.violations(problem, schedule))
    return problem.name(op) in set(found)


def key(schedule: Schedule) -> tuple[int, ...]:
    """What distinguishes a schedule; the sequence follows from the rest."""
    return tuple(int(x) for column in (*schedule[:6], schedule.load) for x in column)


def solved(problem: Problem, constraints: Sequence[Constraint], until: int, unit: int) -> set[Any]:
    """The schedules that the constraints' CP-SAT model allows, in order of time."""
    from ortools.sat.python import cp_model

    cp = CpModel(problem, NOW, NOW + until * unit, unit)
    for op in range(problem.n_op):
        cp.model.add(cp.setup_start[op] <= cp.start[op])
        cp.model.add(cp.start[op] <= cp.end[op])
    for constraint in constraints:
        constraint.post(problem, cp)
    found = set()

    class Collect(cp_model.CpSolverSolutionCallback):
        def on_solution_callback(self) -> None:
            found.add(key(cp.read(self.value)))

    solver = cp_model.CpSolver()
    solver.parameters.enumerate_all_solutions = True
    solver.parameters.num_workers = 1
    status = solver.solve(cp.model, Collect())
    assert status in (cp_model.OPTIMAL, cp_model.INFEASIBLE), solver.status_name(status)
    return found
