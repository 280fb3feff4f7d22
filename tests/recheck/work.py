"""Work content of operations and changeovers: setup and run take the time that they need."""

from __future__ import annotations

import itertools
from collections import defaultdict

from tests.recheck.case import Case
from tests.recheck.ledger import Ledger
from tests.recheck.ovens import NO_LOAD, Load, load_of
from tests.recheck.plan_records import Operation
from tests.recheck.steps import last_batch_end
from tests.recheck.values import MINUTE, Span, within


def changeover_minutes(rows: dict[tuple[str, str], float], before: str, after: str) -> list[float]:
    """ "`*` = any; most specific row wins". No row: none."""
    if (before, after) in rows:
        return [rows[before, after]]
    # Reading: `from,*` against `*,to` is a tie; staying in a family costs nothing unless a row says A to A.
    half = [rows[key] for key in ((before, "*"), ("*", after)) if key in rows] or [rows.get(("*", "*"), 0.0)]
    return [*half, 0.0] if before == after else half


def expected_changeovers(case: Case) -> dict[int, list[Span]]:
    """For each operation on a resource with a matrix, the ranges its changeover may have.

    "A changeover counts on every resource of the operation that has a matrix; the longest one stands."
    """
    by_resource: dict[str, list[tuple[float, float, int]]] = defaultdict(list)
    for holding in case.holdings():
        if case.factory.resources[holding.resource].matrix:
            by_resource[holding.resource].append((holding.start, holding.end, holding.operation))
    choices: dict[int, list[list[Span]]] = defaultdict(list)
    for name, uses in by_resource.items():
        resource = case.factory.resources[name]
        rows = case.factory.matrices.get(resource.matrix, {})
        if resource.capacity != 1 or not resource.is_finite:
            # Reading: what precedes on a resource with room for several is not defined, so any row may count.
            for _, _, i in uses:
                choices[i].append([(0.0, max(rows.values(), default=0.0))])
            continue
        family = resource.initial_family
        last: Load | None = NO_LOAD
        previous = family
        for _, _, i in sorted(dict.fromkeys(uses)):
            own = case.operations[i].family
            if not own:
                continue
            load = load_of(case, case.operations[i])
            if load is None or load != last:  # "all bear the changeover from what ran before the load"
                previous, family, last = family, own, load
            found = changeover_minutes(rows, previous, own) if previous else [0.0]
            choices[i].append([(value, value) for value in found])
    return {
        i: [(max(a for a, _ in combo), max(b for _, b in combo)) for combo in itertools.product(*lists)]
        for i, lists in choices.items()
    }


def check_work(case: Case, ledger: Ledger) -> None:
    """ "Work = setup_min + changeover + fixed_min + qty started x run_min x run_factor, done only while the primary
    resource and every further resource it needs at that moment are open, at the rate resource efficiency x calendar
    efficiency"; "[setup_start, start) is setup and changeover, [start, end) is the run"."""
    changeovers = expected_changeovers(case)
    for i, op in enumerate(case.operations):
        if not case.is_scheduled(op) or case.is_under_way(op):
            continue
        ledger.test("work", op.setup_start <= op.start <= op.end, f"{op.name} runs backward in time")
        candidates = work_candidates(case, op, changeovers.get(i, [(0.0, 0.0)]))
        if not candidates:
            continue
        faults = [work_faults(case, op, setup, runs) for setup, runs in candidates]
        best = min(faults, key=len)
        ledger.count("work", 2)
        if i in changeovers:
            ledger.count("changeover")
        for part, sentence in best:
            ledger.fault("changeover" if part == "setup" and i in changeovers else "work", sentence)


def work_candidates(case: Case, op: Operation, changeovers: list[Span]) -> list[tuple[Span, Span]]:
    """Each way the step may be done here, as (range of setup minutes, range of run minutes)."""
    found: list[tuple[Span, Span]] = []
    for mode in case.modes_on(op):
        works = case.run_work(op, mode)
        if works is None or mode.setup_min is None:
            continue
        found += [
            ((mode.setup_min + low, mode.setup_min + high), (work, work))
            for low, high in dict.fromkeys(changeovers)
            for work in works
        ]
    return found


def work_faults(case: Case, op: Operation, setup: Span, run: Span) -> list[tuple[str, str]]:
    setup_calendar, run_calendar = case.phase_calendars(op)
    efficiency = case.efficiency(op)
    found: list[tuple[str, str]] = []
    done = setup_calendar.work_between(op.setup_start, op.start) * efficiency
    # Reading: without resource efficiency on setup, the calendar's efficiency still counts, or does not either.
    setups = (
        [done]
        if case.factory.efficiency_on_setup
        else [
            setup_calendar.work_between(op.setup_start, op.start),
            setup_calendar.open_between(op.setup_start, op.start),
        ]
    )
    if not any(within(value, setup, efficiency) for value in setups):
        found.append(
            (
                "setup",
                (
                    f"{op.name} has {setups[0]:.1f} min of setup work between setup_start and start on "
                    f"{op.resource}, needs {setup[0]:.1f}"
                ),
            )
        )
    done = run_calendar.work_between(op.start, op.end) * efficiency
    if not within(done, run, efficiency) and not is_held_back(case, op, done, run):
        found.append(
            (
                "run",
                f"{op.name} has {done:.1f} min of run work between start and end on {op.resource}, needs {run[0]:.1f}",
            )
        )
    if not within(op.setup_min, setup):
        found.append(("setup", f"{op.name} says setup_min {op.setup_min:g}, it is {setup[0]:.1f}"))
    if not within(op.run_min, run):
        found.append(("run", f"{op.name} says run_min {op.run_min:g}, it is {run[0]:.1f}"))
    return found


def is_held_back(case: Case, op: Operation, done: float, run: Span) -> bool:
    """Reading: a run that overlaps its predecessor may be stretched to the end which the last batch allows."""
    if done < run[1]:
        return False
    wo = case.work_orders[op.wo]
    limits = [
        last_batch_end(case, wo, before, op)
        for earlier in case.recipe(wo).before[op.step]
        for before in wo.operations.get(earlier, [])
        if case.recipe(wo).steps[earlier].transfer_qty > 0
    ]
    return any(abs(op.end - limit) <= 1.5 * MINUTE for limit in limits)
