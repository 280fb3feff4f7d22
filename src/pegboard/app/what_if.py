"""The plans that scenarios would lead to, beside that of the factory as it is; none of them changes anything."""

from collections.abc import Sequence

from pegboard.app.curve import Choice, curve
from pegboard.app.evaluate import Mode, evaluate
from pegboard.app.files import Report
from pegboard.app.live import LivePlan
from pegboard.app.memory import uncollected
from pegboard.app.outcome import Outcome
from pegboard.app.planning import make_plan
from pegboard.app.scenarios import Desk, Done, current, zone_of
from pegboard.domain.change import Entry
from pegboard.domain.finding import Finding
from pegboard.domain.scenario import Scenario
from pegboard.domain.snapshot import Snapshot
from pegboard.exchange.changes_file import line_of
from pegboard.exchange.factory import changed_hash
from pegboard.insight.comparing.comparison import Comparison, Side, compare
from pegboard.planning.branching import carry_out
from pegboard.scheduling.engines.dispatch import Options


def what_if(at: Desk, names: Sequence[str], mode: Mode, seed: int, report: Report) -> list[Outcome] | Done:
    """The plan of the factory as it is, then that of each scenario; refused where one stands on an older factory."""
    found: list[Scenario] = []
    for name in names:
        scenario = current(at, name)
        if isinstance(scenario, Done):
            return scenario
        found.append(scenario)
    with uncollected():
        live = LivePlan(make_plan(at.base.snapshot, at.findings, at.base.hash, seed, Options(), report))
        return [live.outcome, *(_evaluated(at, live, scenario, mode, report) for scenario in found)]


def ways_to_plan(at: Desk, name: str, seed: int, report: Report) -> list[Choice] | Done:
    """Every way to plan a scenario, from the calmest to planned afresh; refused where it stands on an older factory."""
    scenario = current(at, name)
    if isinstance(scenario, Done):
        return scenario
    with uncollected():
        live = LivePlan(make_plan(at.base.snapshot, at.findings, at.base.hash, seed, Options(), report))
    return ways_of(at, live, scenario, report)


def ways_of(at: Desk, live: LivePlan, scenario: Scenario, report: Report) -> list[Choice]:
    """Every way to plan a scenario that stands on the factory as it is; `live` is the plan of that factory."""
    with uncollected():
        snapshot, findings = _changed(at, scenario)
        return curve(live, snapshot, findings, factory_hash(at, scenario), report)


def _evaluated(at: Desk, live: LivePlan, scenario: Scenario, mode: Mode, report: Report) -> Outcome:
    snapshot, findings = _changed(at, scenario)
    return evaluate(live, snapshot, mode, findings, factory_hash(at, scenario), report)


def _changed(at: Desk, scenario: Scenario) -> tuple[Snapshot, list[Finding]]:
    """The factory as it would be, with what was found on the way."""
    done = carry_out(at.base.snapshot, scenario.entries)
    return done.snapshot, [*at.findings, *done.remarks, *(r.why for r in done.refusals)]


def factory_hash(at: Desk, scenario: Scenario) -> str:
    """The name of the factory as it would be: its own where nothing is changed."""
    lines = [line_of(Entry(change=entry.change), zone_of(at)) for entry in scenario.entries]
    return changed_hash(at.base.hash, lines)


def effect(before: Outcome, after: Outcome) -> Comparison:
    """What one plan does otherwise than another."""
    old, new = (Side(outcome.plan, outcome.planned.factory) for outcome in (before, after))
    return compare(old, new)
