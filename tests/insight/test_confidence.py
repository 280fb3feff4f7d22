"""Small plans replayed: distributions known by hand come out within their standard error, and luck goes by name."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest

from pegboard.app.planning import Outcome
from pegboard.domain.calendar import DAY
from pegboard.domain.snapshot import Snapshot, Uncertainty
from pegboard.insight.confidence import confidence, line_confidence, nearest_rank
from pegboard.insight.confidence_picture import draw_confidence
from pegboard.insight.replay.replaying import Replay
from pegboard.planning.chances import standard_error
from pegboard.planning.spread import CERTAINTY, Spread, spread_of
from tests.factories import NONSTOP, buy, factory, make, order, part, plan, po, progress, step, wo

NOW = "2026-06-08 08:00"
RUNS = 4000
FIRST, SECOND = (2.0,) * 6 + (3.0,) * 3 + (5.0,), (1.0, 2.0)
"""Minutes of two steps, as often as they were seen."""


def branch(item: str, resources: Sequence[str]) -> list[Any]:
    """Two steps of one minute each."""
    return [step(item, 10, resources[0], run=1), step(item, 20, resources[1], run=1)]


def two_steps(due: str, **more: Any) -> Snapshot:
    return factory(
        NOW, calendars=NONSTOP, orders=[order("SO", "A", 1, due)], items=[make("A")], routing=branch("A", "MN"), **more
    )


def minutes(outcome: Outcome, t: int | None) -> float:
    assert t is not None
    return (t - outcome.plan.now) / 60


BY_STEP = Spread(by_step={("A", 10): FIRST, ("A", 20): SECOND})


def test_two_steps_in_a_row_come_out_as_their_convolution_says():
    outcome = plan(two_steps("2026-06-08 08:04"), pull=False)
    row = confidence(outcome.planned, BY_STEP, RUNS, 0).lines[0]
    assert minutes(outcome, row.planned) == 2
    assert row.on_time == pytest.approx(0.75, abs=3 * standard_error(0.75, RUNS))
    assert (minutes(outcome, row.p5), minutes(outcome, row.p50), minutes(outcome, row.safe)) == (3, 4, 5)
    # expected tardiness: 1 min of .15, 2 of .05, 3 of .05
    assert row.tardiness_days * DAY / 60 == pytest.approx(0.4, abs=0.15)


def test_two_branches_that_merge_are_both_on_time_less_often_than_each():
    snapshot = factory(
        NOW,
        calendars=NONSTOP,
        orders=[order("SO", "P", 1, "2026-06-08 08:04")],
        items=[make("P"), make("A"), make("B")],
        bom=[part("P", "A"), part("P", "B")],
        routing=[*branch("A", "MN"), *branch("B", "OQ"), step("P", 10, "X")],
    )
    outcome = plan(snapshot, pull=False)
    spread = Spread(
        by_step={("A", 10): FIRST, ("A", 20): SECOND, ("B", 10): FIRST, ("B", 20): SECOND}, operation=(1.0,)
    )
    row = confidence(outcome.planned, spread, RUNS, 0).lines[0]
    assert row.on_time == pytest.approx(0.5625, abs=3 * standard_error(0.5625, RUNS))


def history(minutes_10: Sequence[float]) -> dict[str, Any]:
    """Finished work orders of which step 10 took so many minutes."""
    begin = datetime.fromisoformat("2026-06-01 08:00")
    steps = [
        progress(f"W{k}", 10, "done", started=f"{begin}"[:16], finished=f"{begin + timedelta(minutes=taken)}"[:16])
        for k, taken in enumerate(minutes_10)
    ]
    return {"work_orders": [wo(f"W{k}", "A", 1, "closed") for k in range(len(steps))], "work_order_steps": steps}


def test_steps_that_say_when_they_began_and_ended_are_the_distribution_of_the_next_ones():
    outcome = plan(two_steps("2026-06-08 08:04", **history(FIRST)), pull=False)
    spread, findings = spread_of(outcome.planned.factory, outcome.planned.table)
    assert spread.by_step == {("A", 10): tuple(sorted(FIRST))}  # against a standard of one minute
    assert findings == []


def test_a_step_that_ended_before_it_began_is_named_and_teaches_nothing():
    outcome = plan(two_steps("2026-06-08 08:04", **history((*FIRST, -5))), pull=False)
    spread, findings = spread_of(outcome.planned.factory, outcome.planned.table)
    assert spread.by_step == {("A", 10): tuple(sorted(FIRST))}
    assert [(f.code, f.subject) for f in findings] == [("C470", "W10.10")]


def test_seven_reports_are_too_few():
    outcome = plan(two_steps("2026-06-08 08:04", **history(FIRST[:7])), pull=False)
    assert spread_of(outcome.planned.factory, outcome.planned.table)[0].by_step == {}


def test_the_settings_stand_in_where_there_is_no_history():
    snapshot = two_steps("2026-06-08 08:04")
    settings = msgspec.structs.replace(snapshot.settings, confidence=Uncertainty(operation_cv=0, operation_bias=0.5))
    outcome = plan(msgspec.structs.replace(snapshot, settings=settings), pull=False)
    spread, _ = spread_of(outcome.planned.factory, outcome.planned.table)
    row = confidence(outcome.planned, spread, 1, 0).lines[0]
    assert minutes(outcome, row.p50) == 3  # two minutes, and half as long again


def test_a_purchase_that_comes_two_days_late_in_a_quarter_of_the_runs_is_named_as_the_driver():
    snapshot = factory(
        NOW,
        orders=[order("SO", "A", 1, "2026-06-10 17:00")],
        items=[make("A"), buy("R")],
        bom=[part("A", "R")],
        routing=[step("A", 10, "M", run=60)],
        purchase_orders=[po("PO", "R", 1, "2026-06-10", supplier="S")],
    )
    outcome = plan(snapshot)
    row = confidence(outcome.planned, Spread(by_supplier={("", "S"): (0.0, 0.0, 0.0, 2.0)}), RUNS, 0).lines[0]
    assert row.on_time == pytest.approx(0.75, abs=3 * standard_error(0.75, RUNS))
    assert [(d.kind, d.subject, d.criticality, d.delay_hours) for d in row.drivers] == [("purchase", "PO", 1.0, 16.0)]


def test_work_behind_a_longer_operation_on_the_same_machine_is_driven_by_it():
    snapshot = factory(
        NOW,
        calendars=NONSTOP,
        orders=[order("S1", "A", 1, "2026-06-08 09:00"), order("S2", "B", 1, "2026-06-08 10:00")],
        items=[make("A"), make("B")],
        routing=[step("A", 10, "M", run=60), step("B", 10, "M", run=60)],
    )
    outcome = plan(snapshot, pull=False)
    rows = {r.order: r for r in confidence(outcome.planned, Spread(by_step={("A", 10): (1.5,)}), 3, 0).lines}
    assert (minutes(outcome, rows["S1"].p50), minutes(outcome, rows["S2"].p50)) == (90, 150)
    driver = rows["S2"].drivers[0]
    assert (driver.subject, driver.resource, driver.criticality, driver.delay_hours) == ("S1/1-1.10", "M", 1.0, 0.5)


def test_nothing_begins_before_the_plan_releases_it():
    outcome = plan(two_steps("2026-06-09 08:00"))  # just in time: it could begin a day sooner
    row = confidence(outcome.planned, Spread(operation=(0.5,)), 1, 0).lines[0]
    first = min(o.setup_start for o in outcome.plan.operations)
    assert row.p50 is not None
    assert row.p50 >= first + 30


def test_a_failing_machine_is_repaired_in_its_work():
    outcome = plan(two_steps("2026-06-09 08:00"), pull=False)
    often = Spread(mtbf_hours=1 / 60, mttr_hours=1 / 60)  # a failure a minute, repaired in a minute
    row = confidence(outcome.planned, often, RUNS, 0).lines[0]
    assert row.p50 is not None
    assert row.p50 > row.planned
    assert {d.kind for d in row.drivers} <= {"failure"}


def test_the_same_seed_gives_the_same_bytes_and_another_one_does_not():
    planned = plan(two_steps("2026-06-08 08:04"), pull=False).planned
    one, again, other = (msgspec.json.encode(confidence(planned, BY_STEP, 100, seed)) for seed in (1, 1, 2))
    assert one == again
    assert one != other


def test_a_changed_plan_sees_the_same_luck():
    """A machine twice as fast takes half as long in every run: its operations draw the same factors."""
    slow, fast = (
        plan(
            factory(
                NOW,
                calendars=NONSTOP,
                orders=[order("S0", "Z", 1, "2026-06-08 09:00")] * extra + [order("SO", "A", 1, "2026-06-08 08:30")],
                items=[make("A"), make("Z")],
                routing=[step("A", 10, "M", run=minutes_each), step("Z", 10, "Q", run=5)],
            ),
            pull=False,
        )
        for minutes_each, extra in ((100, 0), (50, 1))
    )
    spread = Spread(operation=(0.7, 0.9, 1.0, 1.1, 1.4))
    rows = [
        next(r for r in confidence(outcome.planned, spread, 200, 5).lines if r.order == "SO")
        for outcome in (slow, fast)
    ]
    for share in ("p5", "p50", "p80", "p95"):
        at = [minutes(outcome, getattr(row, share)) for outcome, row in zip((slow, fast), rows, strict=True)]
        assert at[0] == pytest.approx(2 * at[1], abs=0.1)


def test_percentiles_are_nearest_ranks():
    assert [nearest_rank(share, 10) for share in (5, 50, 80, 95)] == [0, 4, 7, 9]
    assert nearest_rank(80, 1000) == 799


def test_one_line_is_told_the_same_alone():
    planned = plan(two_steps("2026-06-08 08:04"), pull=False).planned
    assert line_confidence(Replay(planned, BY_STEP), 0, 50, 1) == confidence(planned, BY_STEP, 50, 1).lines[0]


def test_the_picture_shows_every_line_with_its_probability():
    planned = plan(two_steps("2026-06-08 08:04"), pull=False).planned
    picture = draw_confidence("UTC", confidence(planned, CERTAINTY, 4, 0))
    assert "SO/1" in picture
    assert ">100.0 %</text>" in picture
