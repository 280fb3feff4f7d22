"""What holds of remedies in any factory: what is shown comes true, and nobody is hurt who is not named."""

import pytest

from pegboard.app.in_changed import changed
from pegboard.app.live import LivePlan
from pegboard.app.outcome import Outcome
from pegboard.app.planning import make_plan
from pegboard.app.remedies import Proved, remedies
from pegboard.app.repair import repaired
from pegboard.app.trial import completions
from pegboard.domain.plan import places_of
from tests.laws.conftest import CaseOf
from tests.laws.planning import silent

SEEDS = range(0, 120, 3)


@pytest.fixture(scope="module")
def mended(case_of: CaseOf) -> list[tuple[int, Outcome, Proved]]:
    """What can be done about the latest line of each factory."""
    mended = []
    for seed in SEEDS:
        outcome = case_of(seed).run.outcome
        if outcome is None or not outcome.is_certified:
            continue
        lines = zip(outcome.planned.supply.lines, outcome.planned.completion, strict=True)
        late = [(done - line.due, line.id) for line, done in lines if done is not None and done > line.due]
        if late:
            mended.append((seed, outcome, remedies(LivePlan(outcome), max(late)[1], silent)))
    return mended


def test_the_plan_of_a_remedy_is_the_one_shown(mended: list[tuple[int, Outcome, Proved]]):
    """It is certified, its lines are complete when they were shown to be, and those hurt are those named."""
    wrong, n = {}, 0
    for seed, outcome, proved in mended:
        before = completions(outcome.planned)
        for i, remedy in enumerate(proved.mending.remedies, start=1):
            n += 1
            plan = proved.applied(i, "")
            after = completions(plan.planned)
            own = {o.id for o in plan.planned.factory.lines if o.id.startswith(proved.mending.line.rpartition("/")[0])}
            later = {name: t for name, t in after.items() if t > before.get(name, t) and name not in own}
            named = {h.line: h.now for h in remedy.hurt if h.line not in own}
            is_shown = {p.date for p in remedy.parts} <= set(after.values())
            if not plan.is_certified or later != named or not is_shown or not set(before) <= set(after):
                wrong[seed, remedy.how] = (plan.verdict.violations[:1], later, named, is_shown)
    assert wrong == {}
    assert n > 0


def comes_true(outcome: Outcome, proved: Proved, n: int) -> dict[str, bool]:
    """Whether plans of the factory that has been changed give the parts of a remedy the dates shown: the plan that was
    written with it, repaired, and a fresh one."""
    snapshot = changed(outcome.planned.factory.snapshot, proved.changes(n))
    assert snapshot is not None
    remedy, terms = proved.mending.remedies[n - 1], outcome.terms
    mine = set(proved.trials[n - 1].own)
    shown = sorted(p.date for p in remedy.parts)
    written = places_of(proved.applied(n, "").plan)
    plans = {
        "repair": repaired(snapshot, written, "shift", (), [], "", terms.seed, silent),
        "fresh": make_plan(snapshot, [], "", terms.seed, terms.options, silent),
    }
    return {
        how: plan.is_certified and sorted(t for i, t in completions(plan.planned).items() if i in mine) == shown
        for how, plan in plans.items()
    }


def test_a_remedy_comes_true_when_it_is_done(mended: list[tuple[int, Outcome, Proved]]):
    """In the written plan, repaired, always; in a fresh one always where that was what was shown. Elsewhere pins hold
    the places, but not what keeps a machine until its next step begins; whoever does such a remedy is told (C574).
    """
    fresh = []
    for seed, outcome, proved in mended:
        for i, remedy in enumerate(proved.mending.remedies, start=1):
            told = comes_true(outcome, proved, i)
            assert told["repair"], (seed, remedy.how)
            assert told["fresh"] or not remedy.is_replanned, (seed, remedy.how)
            fresh.append(told["fresh"])
    assert sum(fresh) >= 0.9 * len(fresh) > 0
