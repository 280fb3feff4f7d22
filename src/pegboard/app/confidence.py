"""The use case of dates with confidence: plan a factory, take its history or settings for luck, and replay the plan."""

from pathlib import Path

from pegboard.app.files import Report, Run, plan_factory
from pegboard.app.outcome import Outcome
from pegboard.domain.finding import Finding, error, in_order, warning
from pegboard.insight.confidence import Confidence, judged
from pegboard.insight.replay.replaying import Replay
from pegboard.planning.spread import spread_of
from pegboard.scheduling.engines.dispatch import Options

Found = tuple[Outcome, Confidence, list[Finding]]


def factory_confidence(path: Path, order: str, runs: int, seed: int, report: Report) -> Found | list[Finding]:
    """Plan a factory and say how sure its dates are."""
    run = plan_factory(path, Options(), 0, lambda what, share: report(what, 0.5 * share))
    return confidence_of(run, order, runs, seed, lambda what, share: report(what, 0.5 + 0.5 * share))


def confidence_of(run: Run, order: str, runs: int, seed: int, report: Report) -> Found | list[Finding]:
    """A plan, how sure its dates are, and doubts; findings alone where there is no plan.

    With an order, or `order/line`, its lines alone.
    """
    if run.outcome is None:
        return run.findings
    planned = run.outcome.planned
    spread, doubts = spread_of(planned.factory, planned.table)
    replay = Replay(planned, spread)
    chosen = _chosen(run.outcome, order)
    if isinstance(chosen, Finding):
        return [chosen]
    replayed = replay.of(chosen) if order else replay.whole
    found = judged(planned, replayed, runs, seed, report)
    return run.outcome, found, in_order([*doubts, *_left_out(run.outcome)])


def _chosen(outcome: Outcome, order: str) -> list[int] | Finding:
    """The planned lines of an order, by their place; none are asked for where the order is blank."""
    rows = outcome.plan.orders
    named = [i for i, row in enumerate(rows) if order in (row.order, row.id)]
    if order and not named:
        return error("C471", order, f"the plan holds no open order {order}", "see orders.csv of the plan")
    planned = [i for i in named if rows[i].completion is not None]
    if order and not planned:
        why = rows[named[0]].reason
        return error("C472", order, f"order {order} is not planned and has no date: {why}", "mend the cause first")
    return planned


def _left_out(outcome: Outcome) -> list[Finding]:
    """A warning where the plan cannot be replayed as it is, for it breaks a constraint."""
    if outcome.is_certified:
        return []
    what = "the plan is not certified; where it breaks a constraint, the runs do not begin from its dates"
    return [warning("C473", "plan", what, "see the violations of pegboard plan")]
