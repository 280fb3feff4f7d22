"""CP-SAT over a whole small plant: the best schedule there is, or how far from it a schedule may be.

For some sixty operations; beyond, dispatch finds better schedules in less time. Every constraint posts itself, so the
model leaves nothing out. Ties of setup start on one resource are broken by number.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import gcd

import numpy as np

from pegboard.domain.calendar import PPM
from pegboard.kernels.arrays import Schedule
from pegboard.scheduling.constraints import ALL
from pegboard.scheduling.cpmodel import CpModel, Var
from pegboard.scheduling.objective import DAY
from pegboard.scheduling.problem import Problem
from pegboard.scheduling.result import Result, score
from pegboard.scheduling.view import OpenTime, run_work_of

SCALE = 10_000
"""Weights become whole numbers of ten-thousandths."""


@dataclass(frozen=True)
class Exact:
    """What was found within the effort: a schedule, if any; no schedule that ends in time can score below `bound`."""

    result: Result | None
    bound: float
    is_optimal: bool


def solve(
    problem: Problem, planned: np.ndarray, until: int, effort: float = 60.0, incumbent: Schedule | None = None
) -> Exact:
    """The schedule of least objective in which every operation ends by the instant `until`.

    `effort` is in CP-SAT's deterministic seconds, so that the same problem gives the same schedule everywhere. Starts
    lie on the ticks of `common_tick`, where an optimum always is.
    """
    from ortools.sat.python import cp_model

    cp = CpModel(problem, problem.now, until, common_tick(problem, until))
    for constraint in ALL:
        constraint.post(problem, cp)
    cp.model.minimize(sum(_costs(cp, planned)))
    if incumbent is not None:
        cp.hint(incumbent)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.max_deterministic_time = effort
    status = solver.solve(cp.model)
    unit = SCALE * DAY
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Exact(None, np.inf if status == cp_model.INFEASIBLE else 0.0, status == cp_model.INFEASIBLE)
    schedule = cp.read(solver.value)
    result = Result(schedule, "cpsat", score(problem, schedule, planned))
    return Exact(result, max(solver.best_objective_bound / unit, 0.0), status == cp_model.OPTIMAL)


def _costs(cp: CpModel, planned: np.ndarray) -> Iterator[Var]:
    """The terms of `objective.py`: the dates and the flow of each line, and all setup."""
    p, goal = cp.problem, cp.problem.objective
    done = _completions(cp)
    mean = float(p.line_weight.mean()) if p.line_weight.size else 1.0
    yield from _setup(cp, SCALE * goal.setup * mean)
    for line in np.flatnonzero(planned).tolist():
        weight, due = round(SCALE * float(p.line_weight[line])), int(p.line_due[line]) - cp.since
        late = cp.model.new_bool_var("")
        tardy, early = (cp.model.new_int_var(0, 1 << 40, "") for _ in "te")
        cp.model.add(cp.tick * done[line] <= due).only_enforce_if(~late)
        cp.model.add(tardy >= cp.tick * done[line] - due)
        cp.model.add(early >= due - cp.tick * done[line])
        yield round(weight * goal.tardiness) * tardy + round(weight * goal.late_lines * DAY) * late
        yield round(SCALE * goal.earliness * mean) * early
        ops = np.flatnonzero(p.op_line == line).tolist()
        if ops:
            first = cp.time()
            for op in ops:
                cp.model.add(first <= cp.setup_start[op])
            price = goal.flow + goal.wip * float(p.line_value[line])
            yield round(SCALE * price * mean) * cp.tick * (done[line] - first)


def _setup(cp: CpModel, price: float) -> Iterator[Var]:
    """Setup and changeover of what was not begun before now, by the clock of its resource, at a price for a second."""
    p = cp.problem
    for op in np.flatnonzero(p.ops.setup_done == 0).tolist() if price else ():
        for cand, takes in cp.takes[op].items():
            for us, changes in cp.changes[op].items():
                seconds = (int(p.steps.cand_setup[cand]) + us) / float(p.steps.cand_stretch[cand]) / PPM
                yield round(price * seconds) * cp.all([takes, changes])


def _completions(cp: CpModel) -> list[Var]:
    """When each line is complete, with the others of its order where it ships complete."""
    p = cp.problem
    factory = OpenTime(p.timeline_rows[p.factory_tl])
    parts: dict[int, list[Var]] = {}
    for line, group in enumerate(p.line_group.tolist()):
        mine = parts.setdefault(group, [])
        mine.append(cp.ceil(int(p.line_dated[line]) - cp.since))
        for k in range(int(p.line_ptr[line]), int(p.line_ptr[line + 1])):
            moved = cp.model.new_int_var(0, 1 << 40, "")
            there = factory.after_open(cp.instants, np.full(cp.instants.size, p.line_move[k]))
            cp.follows(moved, cp.end[int(p.line_op[k])], there)
            mine.append(moved)
    done = {group: cp.model.new_int_var(0, 1 << 40, "") for group in parts}
    for group, mine in parts.items():
        cp.model.add_max_equality(done[group], mine)
    return [done[group] for group in p.line_group.tolist()]


def common_tick(problem: Problem, until: int) -> int:
    """The longest tick on which all that happens can lie: the common divisor of all durations and dates, in seconds.

    Start times of an optimum are sums and differences of these. Where a calendar changes its speed it is a second.
    """
    tick = 0
    for seconds in _given(problem, until):
        tick = gcd(tick, seconds)
        if tick == 1:
            break
    return max(tick, 1)


def _given(p: Problem, until: int) -> Iterator[int]:
    """Every duration and date of a problem in seconds, dates from now; 1 for a duration that is no whole second."""
    dates = [p.arrival, p.dated, p.release, p.ops.latest_use, p.ops.pin_start, p.steps.set_until, p.shop.week_start]
    rates: set[int] = set()
    for row in p.timeline_rows:
        if len(set(row.rate)) > 1:
            yield 1
        rates |= set(row.rate)
        dates += [np.array(row.start, np.int64), np.array(row.end, np.int64)]
    for column in (*dates, p.line_dated, p.line_due):
        yield from (column[(column > p.now) & (column < until)] - p.now).tolist()
    limits = (p.arcs.max_gap, p.steps.max_stretch, p.shop.maint_time)
    for column in (p.arcs.wait, p.arcs.move, p.steps.queue, p.shop.travel, p.line_move, *limits):
        yield from column[column < until - p.now].tolist()
    for work in _works(p):
        for rate in rates:
            yield work // rate if work % rate == 0 else 1


def _works(p: Problem) -> Iterator[int]:
    """Every amount of setup, changeover and run work."""
    S = p.steps
    yield from S.cand_setup.tolist()
    for stretch in np.unique(S.cand_stretch).tolist():
        yield from np.ceil(p.changeovers.us * stretch - 1e-3).astype(np.int64).tolist()
    batches: dict[int, set[float]] = {}
    owner = np.repeat(np.arange(p.n_op), np.diff(p.arcs.ptr))
    for op, to, batch in zip(owner.tolist(), p.arcs.succ.tolist(), p.arcs.batch.tolist(), strict=True):
        batches.setdefault(op, set()).add(batch)
        batches.setdefault(to, set()).add(batch)
    for op, step in enumerate(p.ops.step.tolist()):
        for cand in range(int(S.cand_ptr[step]), int(S.cand_ptr[step + 1])):
            yield from (run_work_of(p, cand, qty) for qty in {float(p.ops.qty[op]), *batches.get(op, ())})
            yield int(S.cand_fixed[cand])
