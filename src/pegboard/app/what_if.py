"""The plans that scenarios would lead to, beside that of the factory as it is; none of them changes anything."""

from collections.abc import Sequence

import msgspec

from pegboard.app.evaluate import Mode, evaluate
from pegboard.app.files import Report
from pegboard.app.memory import uncollected
from pegboard.app.planning import Outcome, make_plan
from pegboard.app.scenarios import Desk, Done, current
from pegboard.domain.plan import places_of
from pegboard.domain.scenario import Scenario
from pegboard.insight.compare import Changes, compare
from pegboard.planning.branching import replay
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
        live = make_plan(at.base.snapshot, at.findings, at.base.hash, seed, Options(), report)
        return [live, *(_evaluated(at, live, scenario, mode, seed, report) for scenario in found)]


def _evaluated(at: Desk, live: Outcome, scenario: Scenario, mode: Mode, seed: int, report: Report) -> Outcome:
    replayed = replay(at.base.snapshot, scenario.entries)
    findings = [*at.findings, *replayed.remarks, *(r.why for r in replayed.refusals)]
    return evaluate(live, replayed.snapshot, mode, findings, factory_hash(at, scenario), seed, report)


def effect(before: Outcome, after: Outcome) -> Changes:
    """What one plan does otherwise than another."""
    factory = before.planned.factory
    return compare(places_of(before.plan), after.plan, factory.now + int(factory.policy.freeze_minutes * 60))
