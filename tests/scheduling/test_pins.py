"""Locked operations and the frozen zone: kept where they are, or reported and set free."""

from typing import Any

from pegboard.app.outcome import Outcome
from pegboard.domain.finding import Finding
from tests.factories import (
    at,
    buy,
    down,
    factory,
    forward,
    operation,
    or_on,
    order,
    part,
    po,
    progress,
    said,
    sequence,
    step,
    times,
    wo,
)

JUNE = "2026-06-19"


def shop(start: str, setup: float = 0, locked: bool = True, resource: str = "", **files: Any) -> Outcome:
    """WO-1, an hour on M for SO-1, is put at a start; SO-2 wants M for an hour and is due much sooner."""
    return forward(
        factory(
            routing=[step("A", 10, "M", setup=setup, run=60), step("B", 10, "M", run=60)],
            work_orders=[wo("WO-1", "A", 1, order="SO-1", due=JUNE)],
            work_order_steps=[progress("WO-1", 10, locked=locked, start=start, resource=resource)],
            orders=[order("SO-1", "A", 1, JUNE), order("SO-2", "B", 1, "2026-06-09")],
            **files,
        )
    )


def clashes(outcome: Outcome) -> list[Finding]:
    return [m for m in outcome.plan.messages if m.code in ("S301", "S303")]


def test_a_locked_operation_starts_where_it_is_locked():
    outcome = shop("2026-06-10 10:00")

    assert times(outcome, "WO-1") == ("Wed 06-10 10:00", "Wed 06-10 11:00")
    assert operation(outcome, "WO-1").locked
    assert not clashes(outcome)


def test_the_lock_holds_the_run_and_the_setup_comes_before_it():
    outcome = shop("2026-06-10 10:00", setup=30)

    assert at(outcome, operation(outcome, "WO-1").setup_start) == "Wed 06-10 09:30"
    assert at(outcome, operation(outcome, "WO-1").start) == "Wed 06-10 10:00"


def test_a_more_urgent_order_goes_around_a_lock():
    """SO-2 would be there from 08:00 on; an hour is free before 08:30 only after the lock ends at 09:30."""
    outcome = shop("2026-06-08 08:30")

    assert times(outcome, "SO-2") == ("Mon 06-08 09:30", "Mon 06-08 10:30")


def test_a_gap_before_a_lock_is_used_to_its_last_second():
    outcome = shop("2026-06-08 09:00")

    assert times(outcome, "SO-2") == ("Mon 06-08 08:00", "Mon 06-08 09:00")


def test_a_lock_names_its_resource():
    outcome = shop("2026-06-10 10:00", resource="N", routing_alternates=[or_on("A", 10, "N", rank=2)])

    assert sequence(outcome, "N") == ["WO-1"]


def test_a_start_that_is_not_locked_is_only_a_wish():
    outcome = shop("2026-06-10 10:00", locked=False)

    assert times(outcome, "WO-1")[0] == "Mon 06-08 09:00"


def test_a_lock_in_closed_time_is_reported_and_set_free():
    outcome = shop("2026-06-10 12:30")

    assert [(m.code, m.subject) for m in clashes(outcome)] == [("S301", "WO-1.10")]
    assert times(outcome, "WO-1")[0] == "Mon 06-08 09:00"


def test_a_lock_in_downtime_is_reported_and_set_free():
    outcome = shop("2026-06-10 10:00", downtime=[down("M", "2026-06-10 09:00", "2026-06-10 11:00")])

    assert [(m.code, m.subject) for m in clashes(outcome)] == [("S301", "WO-1.10")]


def test_a_lock_in_the_past_is_reported_and_set_free():
    outcome = shop("2026-06-05 10:00")

    assert "lies in the past" in clashes(outcome)[0].what
    assert times(outcome, "WO-1")[0] == "Mon 06-08 09:00"


def test_a_lock_before_its_material_is_reported_and_set_free():
    """RM comes on Thursday; the lock was for Wednesday."""
    outcome = shop(
        "2026-06-10 10:00",
        items=[buy("RM", 30)],
        bom=[part("A", "RM")],
        purchase_orders=[po("PO-1", "RM", 1, "2026-06-11")],
    )

    assert [m.subject for m in clashes(outcome)] == ["WO-1.10"]
    assert times(outcome, "WO-1")[0] == "Thu 06-11 08:00"


def test_a_lock_before_the_step_ahead_of_it_is_over_is_reported_and_set_free():
    outcome = forward(
        factory(
            routing=[step("A", 10, "M", run=240), step("A", 20, "N", run=60)],
            work_orders=[wo("WO-1", "A", 1, due=JUNE)],
            work_order_steps=[progress("WO-1", 20, locked=True, start="2026-06-08 11:00")],
            orders=[order("SO-1", "A", 1, JUNE)],
        )
    )

    assert [m.subject for m in clashes(outcome)] == ["WO-1.20"]
    assert times(outcome, "WO-1", 20)[0] == "Mon 06-08 13:00"


def test_a_step_after_a_locked_one_waits_for_it():
    outcome = forward(
        factory(
            routing=[step("A", 10, "M", run=60), step("A", 20, "N", run=60)],
            work_orders=[wo("WO-1", "A", 1, due=JUNE)],
            work_order_steps=[progress("WO-1", 10, locked=True, start="2026-06-10 10:00")],
            orders=[order("SO-1", "A", 1, JUNE)],
        )
    )

    assert times(outcome, "WO-1", 20)[0] == "Wed 06-10 11:00"


def test_inside_the_frozen_zone_a_planned_start_stays():
    """Two hours are frozen from 08:00: a start at 09:30 is kept without a lock."""
    outcome = shop("2026-06-08 09:30", locked=False, policy={"freeze_minutes": 120})

    assert times(outcome, "WO-1") == ("Mon 06-08 09:30", "Mon 06-08 10:30")


def test_at_the_end_of_the_frozen_zone_a_planned_start_is_free():
    """10:00 is two hours after now, and the zone is half-open: SO-2 goes first, then WO-1 at 09:00."""
    outcome = shop("2026-06-08 10:00", locked=False, policy={"freeze_minutes": 120})

    assert times(outcome, "WO-1")[0] == "Mon 06-08 09:00"


def test_a_frozen_start_that_cannot_be_kept_is_reported():
    outcome = shop(
        "2026-06-08 09:30",
        locked=False,
        policy={"freeze_minutes": 120},
        downtime=[down("M", "2026-06-08 09:00", "2026-06-08 11:00")],
    )

    assert [m.subject for m in said(outcome, "S301")] == ["WO-1.10"]
