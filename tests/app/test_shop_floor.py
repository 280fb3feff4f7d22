"""What the shop floor reports becomes progress of the work order; what it should have reported is an alert."""

from datetime import UTC, datetime
from typing import Any

import pytest

from pegboard.app.outcome import Outcome
from pegboard.app.shop_floor import Action, FloorReport, Progress, progress_of
from pegboard.domain.change import ReportProgress
from pegboard.domain.resource import Resource
from pegboard.domain.snapshot import Snapshot
from pegboard.insight.alerts import alerts
from pegboard.planning.changing import apply
from tests.factories import buy, factory, forward, instant, operation, order, part, po, progress, step, wo


def shop(*told: Any, **files: Any) -> Snapshot:
    """Monday 08:00. WO-1 makes 10 A for SO-1: 60 minutes apiece on SAW, then 30 apiece on DRILL."""
    return factory(
        routing=[step("A", 10, "SAW", run=60), step("A", 20, "DRILL", run=30)],
        work_orders=[wo("WO-1", "A", 10)],
        work_order_steps=list(told),
        orders=[order("SO-1", "A", 10, "2026-06-19")],
        **files,
    )


def reported(snapshot: Snapshot, action: Action, number: int = 10, **more: Any) -> Progress:
    return progress_of(FloorReport(wo="WO-1", step=number, action=action, **more), snapshot, forward(snapshot).plan)


def change(found: Progress) -> ReportProgress:
    assert found.change is not None, found.findings
    return found.change


def codes(found: Progress) -> list[str]:
    return [f.code for f in found.findings]


BEGUN = {"resource": "SAW", "started": "2026-06-08 07:00"}
MONDAY_8 = datetime(2026, 6, 8, 8, tzinfo=UTC)


# -- reports ---------------------------------------------------------------------------------------------------------


def test_a_start_is_progress_on_the_resource_of_the_plan_from_the_instant_of_the_plan():
    found = change(reported(shop(), "start"))
    assert (found.status, found.resource, found.started, found.good_qty) == ("started", "SAW", MONDAY_8, 0)


def test_reports_add_up():
    begun = shop(progress("WO-1", 10, "started", **BEGUN, good_qty=3, scrapped_qty=1))
    found = change(reported(begun, "report", qty=2, scrap=1))
    assert (found.status, found.good_qty, found.scrapped_qty) == ("started", 5, 2)
    assert found.started == datetime(2026, 6, 8, 7, tzinfo=UTC)


def test_an_end_without_quantity_takes_all_that_was_left_as_good():
    begun = shop(progress("WO-1", 10, "started", **BEGUN, good_qty=3, scrapped_qty=1))
    found = change(reported(begun, "finish", scrap=1))
    assert (found.status, found.finished) == ("done", MONDAY_8)
    assert (found.good_qty, found.scrapped_qty) == (8, 2)  # of 10: 4 were reported, 6 left, 1 of them scrap


def test_a_pause_keeps_what_was_counted():
    begun = shop(progress("WO-1", 10, "started", resource="SAW", started="2026-06-08 07:00", good_qty=3))
    found = change(reported(begun, "pause"))
    assert (found.status, found.good_qty) == ("paused", 3)


def test_what_was_paused_goes_on_with_a_start_and_keeps_when_it_began():
    paused = shop(progress("WO-1", 10, "paused", resource="SAW", started="2026-06-08 07:00", good_qty=3))
    found = change(reported(paused, "start"))
    assert (found.status, found.started) == ("started", datetime(2026, 6, 8, 7, tzinfo=UTC))


def test_the_change_of_each_report_is_one_that_the_factory_takes():
    snapshot = shop()
    for action in ("start", "report", "pause", "start", "finish"):
        done = apply(snapshot, change(reported(snapshot, action, **({"qty": 2} if action == "report" else {}))))
        assert not done.is_refused, done.findings
        snapshot = done.snapshot
    (told,) = snapshot.work_order_steps
    assert (told.status, told.good_qty, told.scrapped_qty) == ("done", 10, 0)


def test_the_end_of_one_part_of_a_divided_step_leaves_the_others_to_do():
    divided = factory(
        routing=[step("A", 10, "SAWS", run=60, max_split=2)],
        resources=[Resource(resource="S1", group=("SAWS",)), Resource(resource="S2", group=("SAWS",))],
        work_orders=[wo("WO-1", "A", 10)],
        orders=[order("SO-1", "A", 10, "2026-06-19")],
    )
    found = change(reported(divided, "finish", part=1))
    assert (found.status, found.good_qty, found.finished) == ("started", 5, None)


@pytest.mark.parametrize(
    ("told", "action"),
    [
        ("waiting", "pause"),
        ("waiting", "report"),
        ("started", "start"),
        ("paused", "pause"),
        ("done", "start"),
        ("done", "finish"),
        ("done", "report"),
    ],
)
def test_an_action_out_of_turn_is_a_finding(told: str, action: Action):
    found = reported(shop(progress("WO-1", 10, told, resource="SAW", good_qty=1)), action)
    assert (found.change, codes(found)) == (None, ["C687"])


@pytest.mark.parametrize("wrong", [{"qty": -1.0}, {"qty": float("nan")}, {"scrap": float("inf")}])
def test_a_quantity_that_is_none_is_a_finding(wrong: dict[str, float]):
    begun = shop(progress("WO-1", 10, "started", resource="SAW"))
    assert codes(reported(begun, "report", **wrong)) == ["C685"]


@pytest.mark.parametrize("more", [{"number": 15}, {"part": 1}, {"part": -1}])
def test_an_operation_or_a_part_that_is_not_there_is_a_finding(more: dict[str, int]):
    assert codes(reported(shop(), "start", **more)) == ["C686"]


def test_more_than_was_started_is_taken_with_a_warning():
    begun = shop(progress("WO-1", 10, "started", resource="SAW", good_qty=4))
    found = reported(begun, "report", qty=7)
    assert change(found).good_qty == 11
    assert [f.what for f in found.findings] == ["WO-1.10: 11 good and 0 scrapped are more than the 10 started"]


def test_a_step_that_overtakes_the_one_before_it_is_taken_with_a_warning():
    found = reported(shop(), "start", 20)
    assert change(found).status == "started"
    assert codes(found) == ["C689"]


# -- alerts ----------------------------------------------------------------------------------------------------------


def seen(outcome: Outcome, at: str, **more: int) -> list[tuple[str, str, int]]:
    found = alerts(outcome.plan, instant(outcome, at), **more)
    return [(a.kind, f"{a.wo}.{a.step}", a.seconds // 60) for a in found]


def test_at_the_instant_of_the_plan_nothing_is_late():
    assert seen(forward(shop()), "2026-06-08 08:00") == []


def test_what_was_started_and_has_not_ended_by_its_end_runs_late():
    begun = forward(shop(progress("WO-1", 10, "started", resource="SAW", started="2026-06-08 07:00")))
    ends = operation(begun, "WO-1", 10).end
    assert alerts(begun.plan, ends) == []
    (alert,) = [a for a in alerts(begun.plan, ends + 1800) if a.kind == "running_late"]
    assert (alert.wo, alert.step, alert.seconds, alert.orders) == ("WO-1", 10, 1800, ("SO-1/1",))
    assert alert.what == "WO-1.10 on SAW should have ended 30 min ago"


def test_what_has_not_begun_by_its_beginning_should_have_started():
    assert seen(forward(shop()), "2026-06-08 09:15") == [("should_have_started", "WO-1.10", 75)]


def test_material_that_is_not_there_soon_before_its_operation_begins_is_missing():
    """X comes on Wednesday 08:00 with PO-1, when B can begin; a day before that it is missing, not earlier."""
    outcome = forward(
        factory(
            items=[buy("X", 30)],
            bom=[part("B", "X", 1)],
            routing=[step("B", 10, "SAW", run=60)],
            purchase_orders=[po("PO-1", "X", 1, "2026-06-10 08:00")],
            orders=[order("SO-1", "B", 1, "2026-06-19")],
        )
    )
    assert seen(outcome, "2026-06-09 07:59") == []
    assert seen(outcome, "2026-06-09 08:00") == [("material_missing", "SO-1/1-1.10", 24 * 60)]
    assert seen(outcome, "2026-06-09 08:00", soon=3600) == []
    (alert,) = alerts(outcome.plan, instant(outcome, "2026-06-09 20:00"))
    assert alert.what == "SO-1/1-1.10 on SAW begins in 12 h, and 1 X come with PO-1 on 2026-06-10 08:00"
    assert [kind for kind, _, _ in seen(outcome, "2026-06-10 08:00")] == []
