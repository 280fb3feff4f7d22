"""The main use case: from a snapshot to a certified plan.

Planning and scheduling are tried again, a few times, when a schedule teaches planning something: a line that cannot
be placed is left out and frees what it took, a lock that cannot be kept is reported and set free, a lot that would
expire before it is used goes to somebody else.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from pegboard.app.outcome import Checked, Outcome, Terms
from pegboard.app.rules import with_rules
from pegboard.domain.calendar import DAY
from pegboard.domain.factory import Factory
from pegboard.domain.finding import Finding, error
from pegboard.domain.snapshot import Snapshot
from pegboard.insight.overload import said_of_limits
from pegboard.insight.planned import Planned
from pegboard.planning.pull import pull
from pegboard.planning.run import Barred
from pegboard.planning.validate import validate, with_wishes
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

    @property
    def supplying(self) -> tuple[int, int, int, int]:
        """How many lessons there are that change what is supplied; none is ever forgotten."""
        return len(self.drop), len(self.stuck), len(self.unfilled), len(self.barred)


@dataclass(frozen=True)
class _Attempt:
    """One round: what was planned with the lessons so far, and what the referee says."""

    planned: Planned
    wanted: np.ndarray
    result: Result
    verdict: Verdict
    supplied_by: tuple[int, int, int, int]


def make_plan(
    snapshot: Snapshot,
    findings: list[Finding],
    factory_hash: str,
    seed: int,
    options: Options,
    report: Report,
    engine: Engine | None = None,
    known: Checked | None = None,
) -> Outcome:
    """Plan a factory. The same arguments give the same plan; `findings` of reading go into its messages.

    Where the snapshot differs little from one that is `known`, what was found of that serves again.

    Operations are dispatched as `options` say, or by an engine of one's own. Raises RuleError where the rule of the
    options cannot be used.
    """
    report("checking the factory", 0.0)
    checked = _checked(snapshot, known)
    faults = [*checked.faults]
    options = with_rules(options, checked.factory, faults)
    lessons = _Lessons({}, {}, {}, frozenset(), frozenset(), [])
    by = engine or _dispatched(options)
    attempt = _attempt(checked, lessons, by, options.relax, report)
    for _ in range(ROUNDS):
        if not _learn(lessons, attempt):
            break
        attempt = _attempt(checked, lessons, by, options.relax, report, attempt)
    if attempt.verdict.violations and options.pull and engine is None:
        return make_plan(snapshot, findings, factory_hash, seed, replace(options, pull=False), report, known=checked)
    planned = attempt.planned
    messages = [*findings, *faults, *planned.supply.findings, *planned.problem.findings, *lessons.findings]
    messages.extend(said_of_limits(planned, options.relax))
    if engine is None:
        messages.extend(idle_locks(snapshot))
    terms = Terms(factory_hash, seed, options, lessons.unpinned)
    report("writing rows", 0.9)
    return Outcome(
        planned, attempt.wanted, attempt.result, attempt.verdict, messages, terms, replace(checked, table=planned.table)
    )


def _checked(snapshot: Snapshot, known: Checked | None) -> Checked:
    if known is not None and (factory := with_wishes(known.factory, snapshot)) is not None:
        return Checked(factory, known.faults, known.table.as_new(factory))
    factory, faults = validate(snapshot)
    return Checked(factory, faults, ProcessTable(factory))


def _dispatched(options: Options) -> Engine:
    def engine(
        _: Factory, __: SupplyPlan, problem: Problem, wanted: np.ndarray, ___: frozenset[str], report: Report
    ) -> tuple[Problem, Result]:
        return problem, solve(problem, wanted, options, report)

    return engine


def _attempt(
    checked: Checked,
    lessons: _Lessons,
    engine: Engine,
    relax: tuple[Limit, ...],
    report: Report,
    former: _Attempt | None = None,
) -> _Attempt:
    """One round; what the `former` round supplied is kept where nothing was learned that would change it."""
    factory = checked.factory
    if former is not None and former.supplied_by == lessons.supplying:
        table, supply = former.planned.table, former.planned.supply
    else:
        table = checked.table.as_new(factory)
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
    return _Attempt(planned, wanted, result, check(problem, result.schedule), lessons.supplying)


def _learn(lessons: _Lessons, attempt: _Attempt) -> bool:
    """Take the lessons of a round; False where there is nothing more to learn."""
    if _leave_out(lessons, attempt) or _unpin(lessons, attempt):
        return True
    expired = set(_spoiled(attempt)) - lessons.barred
    lessons.barred |= expired
    return bool(expired)


def _leave_out(lessons: _Lessons, attempt: _Attempt) -> bool:
    """Leave out what no place was found for: lines, work orders of the factory's own, and stock to be replenished."""
    supply, problem = attempt.planned.supply, attempt.planned.problem
    before = lessons.supplying
    for op, why in root_failures(problem, attempt.result.schedule).items():
        for line in _lines_behind(supply, problem, op):
            lessons.drop.setdefault(supply.lines[line].id, LeftOut("unschedulable", why))
        work = supply.works[supply.op_work[op]]
        if work.line >= 0:
            continue
        if work.root:
            lessons.stuck.setdefault(work.root, _stuck(work.root, why))
        if work.stock:
            lessons.unfilled.setdefault(work.stock, _unfilled(work.stock, why))
    return lessons.supplying != before


def _stuck(work: str, why: str) -> Finding:
    what, advice = f"work order {work} is left out: {why}", "mend the cause, or cancel the work order"
    return error("S302", work, what, advice)


def _unfilled(item: str, why: str) -> Finding:
    what = f"the stock of {item} is not replenished: {why}"
    return error("S306", item, what, "mend the cause; until then orders draw on what there is")


def _unpin(lessons: _Lessons, attempt: _Attempt) -> bool:
    """Set free what cannot stay where it is locked."""
    problem, violations = attempt.planned.problem, attempt.verdict.violations
    pinned = {problem.name(op) for op in np.flatnonzero(problem.ops.pin_start >= 0).tolist()}
    broken = {v.subject: v.what for v in violations if v.subject in pinned}
    if not broken and violations:
        broken = dict.fromkeys(pinned, f"leaves others no room: {violations[0].what}")
    for op, why in in_the_way(problem, attempt.result.schedule).items():
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
    lessons.unpinned |= set(broken)
    return bool(broken)


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
