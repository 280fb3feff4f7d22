"""The main use case: from a snapshot to a certified plan.

Planning and scheduling are tried again, a few times, when a schedule teaches planning something: a line that cannot
be placed is left out and frees what it took, a lock that cannot be kept is reported and set free, a lot that would
expire before it is used goes to somebody else.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from pegboard.app.outcome import Outcome, Terms
from pegboard.app.rules import with_rules
from pegboard.domain.calendar import DAY
from pegboard.domain.factory import Factory
from pegboard.domain.finding import Finding, error
from pegboard.domain.snapshot import Snapshot
from pegboard.insight.overload import said_of_limits
from pegboard.insight.planned import Planned
from pegboard.planning.pull import pull
from pegboard.planning.run import Barred
from pegboard.planning.validate import validate
from pegboard.scheduling.build import build
from pegboard.scheduling.check import Verdict, check
from pegboard.scheduling.diagnose import in_the_way, root_failures
from pegboard.scheduling.engines.dispatch import Options
from pegboard.scheduling.engines.solve import solve
from pegboard.scheduling.locks import idle_locks
from pegboard.scheduling.problem import Problem
from pegboard.scheduling.relax import Limit, relaxed
from pegboard.scheduling.result import Result
from pegboard.tables.process import ProcessTable
from pegboard.tables.supply import LeftOut, Link, SupplyPlan

Report = Callable[[str, float], None]
Engine = Callable[[Factory, SupplyPlan, Problem, np.ndarray, frozenset[str], Report], tuple[Problem, Result]]
"""Schedules a problem, some lines of which are planned, without the locks of the operations named.

Returns the problem too, with what locks of its own have pinned.
"""
ROUNDS = 12


@dataclass
class _Lessons:
    """What earlier rounds taught: what to leave out, locks to set free, which lots spoil before they are used."""

    drop: dict[str, LeftOut]
    stuck: dict[str, Finding]
    unfilled: dict[str, Finding]
    unpinned: frozenset[str]
    barred: Barred
    findings: list[Finding]


@dataclass(frozen=True)
class _Attempt:
    """One round: what was planned with the lessons so far, and what the referee says."""

    planned: Planned
    wanted: np.ndarray
    result: Result
    verdict: Verdict


def make_plan(
    snapshot: Snapshot,
    findings: list[Finding],
    factory_hash: str,
    seed: int,
    options: Options,
    report: Report,
    engine: Engine | None = None,
) -> Outcome:
    """Plan a factory. The same arguments give the same plan; `findings` of reading go into its messages.

    Operations are dispatched as `options` say, or by an engine of one's own. Raises RuleError where the rule of the
    options cannot be used.
    """
    report("checking the factory", 0.0)
    factory, faults = validate(snapshot)
    options = with_rules(options, factory, faults)
    lessons = _Lessons({}, {}, {}, frozenset(), frozenset(), [])
    by = engine or _dispatched(options)
    attempt = _attempt(factory, lessons, by, options.relax, report)
    for _ in range(ROUNDS):
        if not _learn(lessons, attempt):
            break
        attempt = _attempt(factory, lessons, by, options.relax, report)
    if attempt.verdict.violations and options.pull and engine is None:
        return make_plan(snapshot, findings, factory_hash, seed, replace(options, pull=False), report)
    planned = attempt.planned
    messages = [*findings, *faults, *planned.supply.findings, *planned.problem.findings, *lessons.findings]
    messages.extend(said_of_limits(planned, options.relax))
    if engine is None:
        messages.extend(idle_locks(snapshot))
    terms = Terms(factory_hash, seed, options, lessons.unpinned)
    report("writing rows", 0.9)
    return Outcome(planned, attempt.wanted, attempt.result, attempt.verdict, messages, terms)


def _dispatched(options: Options) -> Engine:
    def engine(
        _: Factory, __: SupplyPlan, problem: Problem, wanted: np.ndarray, ___: frozenset[str], report: Report
    ) -> tuple[Problem, Result]:
        return problem, solve(problem, wanted, options, report)

    return engine


def _attempt(factory: Factory, lessons: _Lessons, engine: Engine, relax: tuple[Limit, ...], report: Report) -> _Attempt:
    table = ProcessTable(factory)
    report("pulling orders through the bill of materials", 0.1)
    supply = pull(factory, table, lessons.drop, lessons.stuck, lessons.unfilled, lessons.barred)
    report("scheduling", 0.3)
    problem = relaxed(build(factory, table, supply, lessons.unpinned), relax)
    wanted = np.array([i not in supply.unplanned for i in range(len(supply.lines))], bool)
    problem, result = engine(
        factory, supply, problem, wanted, lessons.unpinned, lambda what, share: report(what, 0.3 + 0.5 * share)
    )
    report("checking the plan", 0.8)
    planned = Planned(factory, table, supply, problem, result.schedule)
    return _Attempt(planned, wanted, result, check(problem, result.schedule))


def _learn(lessons: _Lessons, attempt: _Attempt) -> bool:
    """Take the lessons of a round; False where there is nothing more to learn."""
    supply, problem = attempt.planned.supply, attempt.planned.problem
    result, verdict = attempt.result, attempt.verdict
    failures = root_failures(problem, result.schedule)
    learned = False
    for op, why in failures.items():
        for line in _lines_behind(supply, problem, op):
            if supply.lines[line].id not in lessons.drop:
                lessons.drop[supply.lines[line].id] = LeftOut("unschedulable", why)
                learned = True
        work = supply.works[supply.op_work[op]]
        if work.root and work.line < 0 and work.root not in lessons.stuck:
            lessons.stuck[work.root] = error(
                "S302",
                work.root,
                f"work order {work.root} is left out: {why}",
                "mend the cause, or cancel the work order",
            )
            learned = True
        if work.stock and work.line < 0 and work.stock not in lessons.unfilled:
            lessons.unfilled[work.stock] = error(
                "S306",
                work.stock,
                f"the stock of {work.stock} is not replenished: {why}",
                "mend the cause; until then orders draw on what there is",
            )
            learned = True
    if learned:
        return True
    pinned = {problem.name(op) for op in np.flatnonzero(problem.ops.pin_start >= 0).tolist()}
    broken = {v.subject: v.what for v in verdict.violations if v.subject in pinned}
    if not broken and verdict.violations:
        broken = dict.fromkeys(pinned, f"leaves others no room: {verdict.violations[0].what}")
    for op, why in in_the_way(problem, result.schedule).items():
        broken.setdefault(problem.name(op), why)
    for name, what in sorted(broken.items()):
        lessons.findings.append(
            error(
                "S303",
                name,
                f"operation {name} cannot stay where it is locked: it {what}",
                "unlock it or lock it elsewhere; it was scheduled as if it were not locked",
            )
        )
    if broken:
        lessons.unpinned |= set(broken)
        return True
    expired = set(_spoiled(attempt)) - lessons.barred
    lessons.barred |= expired
    return bool(expired)


def _spoiled(attempt: _Attempt) -> Iterator[tuple[str, str]]:
    """Lots that expire before they are used, each with the line that would use it."""
    planned, supply = attempt.planned, attempt.planned.supply
    start = attempt.result.schedule.setup_start
    late_use = set(np.flatnonzero(start >= planned.problem.ops.latest_use).tolist())
    for link in supply.links:
        if link.op < 0:
            continue
        expires = link.expires
        if link.supply_kind == "purchase":
            days = planned.factory.items[link.item].shelf_life_days
            if days is None:
                continue
            expires = planned.supplied_at(link) + int(days * DAY)
        elif link.op not in late_use:
            continue
        if expires <= start[link.op]:
            yield link.supply, _line_id(supply, link)


def _line_id(supply: SupplyPlan, link: Link) -> str:
    work = supply.works[link.work]
    return supply.lines[work.line].id if work.line >= 0 else work.root or work.stock


def _lines_behind(supply: SupplyPlan, problem: Problem, op: int) -> set[int]:
    """Lines that cannot be complete without an operation."""
    seen, todo, works = set(), [op], {int(supply.op_work[op])}
    while todo:
        at = todo.pop()
        if at in seen:
            continue
        seen.add(at)
        works.add(int(supply.op_work[at]))
        todo.extend(problem.arcs.succ[problem.arcs.ptr[at] : problem.arcs.ptr[at + 1]].tolist())
    return {link.line for link in supply.links if link.supply_kind == "wo" and link.line >= 0 and link.index in works}
