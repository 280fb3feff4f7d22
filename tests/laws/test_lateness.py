"""The lateness of every line of any factory is divided among its causes to the second."""

import pytest

from pegboard.insight.explain import Explainer
from pegboard.insight.lateness import PAST_DUE
from tests.laws.conftest import CaseOf


@pytest.mark.parametrize("first", range(0, 60, 20))
def test_the_causes_of_any_late_line_sum_to_its_lateness(case_of: CaseOf, first: int):
    """And what is past due is exactly what lay before now: no cause hides a chain that does not add up."""
    late = 0
    for seed in range(first, first + 20):
        outcome = case_of(seed).run.outcome
        assert outcome is not None
        explainer = Explainer(outcome.planned)
        for i, row in enumerate(outcome.plan.orders):
            if row.completion is None:
                continue
            found = explainer.why(i)
            assert sum(s.seconds for s in found.chain) == max(row.completion - outcome.plan.now, 0), (seed, row.id)
            assert all(sum(a.seconds for a in s.ahead) == s.seconds for s in found.chain if s.kind == "resource")
            causes = {c.kind: c.seconds for c in found.causes}
            assert sum(c.seconds for c in found.causes) == max(row.completion - row.due, 0), (seed, row.id)
            assert causes.get(PAST_DUE, 0) == max(min(outcome.plan.now, row.completion) - row.due, 0)
            late += bool(found.causes)
    assert late > 0
