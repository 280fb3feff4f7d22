"""Do a job: run the use case that its kind names on what it stands on, and give the record of that command as JSON."""

from difflib import get_close_matches
from typing import assert_never

from msgspec.json import encode

from pegboard.app.confidence import confidence_of
from pegboard.app.curve import chosen
from pegboard.app.files import Report, Run, hashed, plan_reading
from pegboard.app.jobs import Confidence, Curve, Kind, Remedies, Replan, Sweep, Tournament
from pegboard.app.jobs_ground import Ground
from pegboard.app.live import LivePlan
from pegboard.app.memory import uncollected
from pegboard.app.remedies import remedies
from pegboard.app.rules import chosen_rule
from pegboard.app.scenarios import Done, standing
from pegboard.app.sweep import sweep_reading
from pegboard.app.tournament import competed
from pegboard.app.what_if import ways_of
from pegboard.domain.finding import Finding, error
from pegboard.exchange import Reading
from pegboard.insight.explain import Explainer
from pegboard.scheduling.engines.dispatch import Options
from pegboard.scheduling.rules import Rule

Given = bytes | list[Finding]
"""The record of a job, or why there is none."""


def record(kind: Kind, at: Ground, processors: int, report: Report) -> Given:
    """The record of a job, the same whatever the number of processors."""
    with uncollected():
        match kind:
            case Replan():
                return _replan(kind, at.reading(), report)
            case Tournament():
                return _tournament(kind, at.reading(), report)
            case Sweep():
                return _sweep(kind, at.reading(), processors, report)
            case Confidence():
                return _confidence(kind, at.live(_part(report, 0.0, 0.5)), _part(report, 0.5, 1.0))
            case Curve():
                return _curve(kind, at, report)
            case Remedies():
                return _remedies(kind, at.live(_part(report, 0.0, 0.4)), _part(report, 0.4, 1.0))
            case _:
                assert_never(kind)


def _replan(asked: Replan, reading: Reading, report: Report) -> Given:
    rule = _rule(asked.rule)
    if isinstance(rule, Finding):
        return [rule]
    options = Options(rule, asked.allowance, direction=asked.direction, bottleneck=asked.bottleneck, relax=asked.relax)
    run = plan_reading(reading, options, asked.seed, report)
    return run.findings if run.outcome is None else encode(hashed(run.outcome.plan))


def _tournament(asked: Tournament, reading: Reading, report: Report) -> Given:
    rules = [_rule(name) for name in asked.rules]
    if wrong := [rule for rule in rules if isinstance(rule, Finding)]:
        return wrong
    found = competed(reading, [rule for rule in rules if not isinstance(rule, Finding)], report)
    return encode(found.board) if found.board else found.findings


def _sweep(asked: Sweep, reading: Reading, processors: int, report: Report) -> Given:
    levers = {
        "demand": asked.demand,
        "dates": asked.dates,
        "capacity": asked.capacity,
        "lead-time": asked.lead_time,
    }
    pairs = [(lever, text) for lever, texts in levers.items() for text in texts]
    found = sweep_reading(reading, pairs, asked.steps, processors, report)
    return found.findings if found.sweep is None else encode({"sweep": found.sweep, "findings": found.findings})


def _confidence(asked: Confidence, live: LivePlan, report: Report) -> Given:
    run = Run(live.outcome, [])
    found = confidence_of(run, asked.order, asked.runs, asked.seed, report)
    return found if isinstance(found, list) else encode(found[1])


def _curve(asked: Curve, at: Ground, report: Report) -> Given:
    desk, scenario = at.scenario()
    refused = standing(desk.base, scenario)
    if isinstance(refused, Done):
        return refused.findings
    ways = ways_of(desk, at.live(_part(report, 0.0, 0.3)), scenario, _part(report, 0.3, 1.0))
    if not ways:
        what = f"no way to plan scenario {asked.scenario} is certified"
        return [error("C707", asked.scenario, what, "see what `pegboard scenario plan` says of it")]
    return encode({"ways": [c.point for c in ways], "taken": chosen(ways, asked.moves, asked.price).point})


def _remedies(asked: Remedies, live: LivePlan, report: Report) -> Given:
    lines, order = live.planned.supply.lines, asked.order
    wanted = [i for i, x in enumerate(lines) if order in (x.record.order, x.id)]
    if not wanted:
        near = get_close_matches(order, sorted({x.record.order for x in lines}), n=3)
        advice = f"near it: {', '.join(near)}" if near else "see the open orders of the plan"
        return [error("C708", order, f"there is no open order {order}", advice)]
    explainer = Explainer(live.planned)
    why = [explainer.why(i) for i in wanted]
    found = []
    for n, i in enumerate(wanted):
        part = _part(report, n / len(wanted), (n + 1) / len(wanted))
        found.append(remedies(live, lines[i].id, part).mending)
    return encode({"why": why, "fix": found})


def _rule(text: str) -> str | Rule | Finding:
    """The rule of a name; not one of a file, which would run code that whoever asks names, on the server's machine."""
    if ".py" in text:
        return error("C706", text, f"rule {text} is a file, and jobs run none", "install it as a package's rule")
    return chosen_rule(text)


def _part(report: Report, first: float, last: float) -> Report:
    """The report of a part of the work."""
    return lambda what, share: report(what, first + (last - first) * share)
