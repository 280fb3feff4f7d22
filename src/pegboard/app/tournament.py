"""A tournament of rules: every rule schedules the same work orders, the referee judges each, a board compares them."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from pegboard.app.files import Report, read
from pegboard.app.outcome import Outcome
from pegboard.app.planning import make_plan
from pegboard.domain.finding import Finding, in_order
from pegboard.exchange import Reading
from pegboard.insight.board import Entrant, judged
from pegboard.insight.kpi import wip_value
from pegboard.insight.planned import Planned
from pegboard.scheduling.check import check
from pegboard.scheduling.engines.dispatch import Options
from pegboard.scheduling.engines.solve import solve
from pegboard.scheduling.objective import setup_days
from pegboard.scheduling.result import line_completions
from pegboard.scheduling.rules import RULES, Rule, RuleError, find_rule

SEARCH = "jit"
THREADS = 2
SETTLED = 0.4
"""The share of the time after which the work orders are settled and the rules begin."""


@dataclass(frozen=True)
class Tournament:
    """The board of a factory, best first; no board where there was nothing to plan."""

    name: str
    board: list[Entrant]
    findings: list[Finding]


def hold(path: Path, rules: Sequence[str | Rule], report: Report) -> Tournament:
    """Read a factory and let these rules compete."""
    report("reading", 0.0)
    return competed(read(path), rules, report)


def competed(reading: Reading, rules: Sequence[str | Rule], report: Report) -> Tournament:
    """Let these rules compete, all that need no more than their name if none is given, and the search."""
    if reading.snapshot is None:
        return Tournament("", [], in_order(reading.findings))
    first = make_plan(
        reading.snapshot, reading.findings, "", 0, Options(), lambda what, share: report(what, SETTLED * share)
    )
    planned = first.planned
    try:
        entering = [_entering(rule, planned) for rule in rules or [SEARCH, *RULES]]
        board = _compete(first, entering, report)
    except RuleError as fault:
        return Tournament("", [], in_order([*reading.findings, fault.finding]))
    report("done", 1.0)
    return Tournament(planned.factory.snapshot.settings.name, judged(board), [])


def _entering(rule: str | Rule, planned: Planned) -> str | Rule:
    """A rule ready to schedule; the search by its name. Raises RuleError."""
    if rule == SEARCH or isinstance(rule, Rule):
        return rule
    found = find_rule(rule, planned.factory.candidates)
    if isinstance(found, Finding):
        raise RuleError(found)
    return found


def _compete(first: Outcome, rules: Sequence[str | Rule], report: Report) -> list[Entrant]:
    """Every rule's schedule in numbers, two at a time: kernels run beside each other."""
    with ThreadPoolExecutor(THREADS) as pool:
        running = [pool.submit(_enter, first, rule) for rule in rules]
        try:
            for n, one in enumerate(as_completed(running), start=1):
                entrant = one.result()
                report(f"{entrant.rule}, {n} of {len(running)}", SETTLED + (1 - SETTLED) * n / len(running))
        except RuleError:
            pool.shutdown(cancel_futures=True)
            raise
    return [one.result() for one in running]


def _enter(first: Outcome, rule: str | Rule) -> Entrant:
    """One rule's schedule of the work orders that the first plan settled, and the referee's word on it.

    The search has made that plan, with the chain of rules in factory.toml where there is one.
    """
    problem, wanted = first.planned.problem, first.wanted
    result = first.result if rule == SEARCH else solve(problem, wanted, Options(rule=rule), _quiet)
    planned = Planned(first.planned.factory, first.planned.table, first.planned.supply, problem, result.schedule)
    done = line_completions(problem, result.schedule)
    last = int(first.result.schedule.end.max(initial=problem.now + 1))  # one period for all, or the slowest looked lean
    lines = len(first.plan.orders)
    on_time = int((wanted & (done >= 0)).sum()) - result.score.lines_late
    name = rule if isinstance(rule, str) else rule.name
    return Entrant(
        rule=name,
        engine=result.engine,
        on_time_pct=round(100 * on_time / lines, 4) if lines else 100.0,
        weighted_tardiness_days=round(result.score.weighted_tardiness_days, 6),
        mean_flow_days=round(result.score.mean_flow_days, 6),
        setup_hours=round(setup_days(problem, result.schedule) * 24, 4),
        wip_value=wip_value(planned, last),
        objective=round(result.score.objective, 6),
        certified=not check(problem, result.schedule).violations,
    )


def _quiet(what: str, share: float) -> None:
    """Rules that run side by side do not report; the tournament does."""
