"""What holds for the replay of any plan: without spread it is the plan, and luck depends on names alone."""

import pytest

from pegboard.insight.confidence import confidence, line_confidence
from pegboard.insight.replay.replaying import Replay
from pegboard.planning.chances import lognormal, sometimes_late
from pegboard.planning.spread import CERTAINTY, Spread
from tests.laws.conftest import CaseOf

SEEDS = range(0, 120, 3)
BLOCKS = pytest.mark.parametrize("first", range(4))
SPREAD = Spread(
    operation=lognormal(1.0, 0.3),
    late=sometimes_late(30, 2),
    scrap=lognormal(1.0, 0.5),
    mtbf_hours=20.0,
    mttr_hours=2.0,
)


def planned_by_seed(case_of: CaseOf, seeds: range):
    cases = [(seed, case_of(seed).run.outcome) for seed in seeds]
    return [(seed, outcome.planned) for seed, outcome in cases if outcome is not None and outcome.is_certified]


@BLOCKS
def test_without_spread_every_operation_and_line_is_exactly_where_it_is_planned(case_of: CaseOf, first: int):
    moved, off = {}, {}
    for seed, planned in planned_by_seed(case_of, SEEDS[first::4]):
        moved[seed] = [planned.op_names[op] for op in Replay(planned, CERTAINTY).whole.differs.tolist()]
        found = confidence(planned, CERTAINTY, 1, 0)
        off[seed] = [row.id for row in found.lines if row.p50 != row.planned]
        assert len(found.lines) == sum(done is not None for done in planned.completion)
    assert {seed: names for seed, names in moved.items() if names} == {}
    assert {seed: names for seed, names in off.items() if names} == {}


@BLOCKS
def test_one_line_alone_is_told_what_it_is_told_among_all(case_of: CaseOf, first: int):
    wrong = []
    for seed, planned in planned_by_seed(case_of, SEEDS[first::8]):
        found = {row.id: row for row in confidence(planned, SPREAD, 30, 3).lines}
        replay = Replay(planned, SPREAD)
        for i, line in enumerate(planned.supply.lines):
            if line.id in found and line_confidence(replay, i, 30, 3) != found[line.id]:
                wrong.append((seed, line.id))
    assert wrong == []
