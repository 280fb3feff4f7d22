"""Pins and locks that come of changes: operations of planned work orders stay where people put them."""

from datetime import UTC, datetime
from typing import Any

from pegboard.app.planning import Outcome
from pegboard.app.repair import repaired
from pegboard.domain.change import Change, Lock, Pin, ReportProgress, ResourceDown
from pegboard.domain.plan import places_of
from pegboard.domain.resource import Changeover, Resource, Skill
from pegboard.domain.snapshot import Snapshot
from pegboard.planning.changing import apply
from tests.factories import at, down, factory, forward, operation, or_on, order, said, step, times, with_, wo

JUNE = "2026-06-19"


def shop(**files: Any) -> Snapshot:
    """SO-1 and SO-2 want M for an hour each, after half an hour of setup; N may do SO-1's at half the speed."""
    return factory(
        routing=[step("A", 10, "M", setup=30, run=60), step("B", 10, "M", setup=30, run=60)],
        routing_alternates=[or_on("A", 10, "N", rank=2, run_factor=2)],
        orders=[order("SO-1", "A", 1, JUNE), order("SO-2", "B", 1, "2026-06-10")],
        **files,
    )


def pinned(operation: str, start: str, **more: Any) -> Outcome:
    moment = datetime.fromisoformat(start).replace(tzinfo=UTC)
    done = apply(shop(), Pin(operation=operation, start=moment, **more))
    assert not done.findings
    return forward(done.snapshot)


def test_the_run_of_a_planned_operation_starts_where_it_is_pinned():
    outcome = pinned("SO-1/1-1.10", "2026-06-09 10:00", resource="M")

    assert times(outcome, "SO-1") == ("Tue 06-09 09:30", "Tue 06-09 11:00")
    assert at(outcome, operation(outcome, "SO-1").start) == "Tue 06-09 10:00"
    assert operation(outcome, "SO-1").locked


def test_the_setup_of_a_planned_operation_starts_where_it_is_pinned():
    outcome = pinned("SO-1/1-1.10", "2026-06-09 10:00", resource="M", at="setup")

    assert times(outcome, "SO-1") == ("Tue 06-09 10:00", "Tue 06-09 11:30")


def test_a_pinned_setup_over_lunch_goes_on_after_it():
    """11:45 to 12:00 and 13:00 to 13:15 are the half hour of setup."""
    outcome = pinned("SO-1/1-1.10", "2026-06-09 11:45", resource="M", at="setup")

    assert at(outcome, operation(outcome, "SO-1").start) == "Tue 06-09 13:15"
    assert times(outcome, "SO-1") == ("Tue 06-09 11:45", "Tue 06-09 14:15")


def test_a_pin_names_the_slower_resource():
    """N takes 2 h for the run."""
    outcome = pinned("SO-1/1-1.10", "2026-06-09 10:00", resource="N")

    assert operation(outcome, "SO-1").resource == "N"
    assert at(outcome, operation(outcome, "SO-1").end) == "Tue 06-09 12:00"


def painted(*pins: tuple[str, str]) -> Outcome:
    """SO-1 in red and SO-2 in blue, an hour each: red to blue takes 40 minutes, green to blue 120."""
    snapshot = factory(
        resources=[Resource(resource="BOOTH", changeover="PAINT", initial_family="GREEN")],
        changeovers=[
            Changeover(changeover="PAINT", from_="RED", to="BLUE", minutes=40),
            Changeover(changeover="PAINT", from_="GREEN", to="BLUE", minutes=120),
        ],
        routing=[step("R", 10, "BOOTH", run=60, family="RED"), step("B", 10, "BOOTH", run=60, family="BLUE")],
        orders=[order("SO-1", "R", 1, JUNE), order("SO-2", "B", 1, JUNE)],
    )
    for name, start in pins:
        done = apply(snapshot, Pin(operation=name, start=datetime.fromisoformat(start).replace(tzinfo=UTC)))
        assert not done.is_refused
        snapshot = done.snapshot
    return forward(snapshot)


def test_a_pin_close_behind_another_needs_room_for_the_changeover_from_that_one_alone():
    """Red until 10:00, 40 minutes, blue from 10:40: the two hours after green would begin before red ends."""
    outcome = painted(("SO-1/1-1.10", "2026-06-09 09:00"), ("SO-2/1-1.10", "2026-06-09 10:40"))

    assert times(outcome, "SO-2") == ("Tue 06-09 10:00", "Tue 06-09 11:40")
    assert not said(outcome, "S301")


def test_a_pin_that_leaves_too_little_for_the_changeover_is_reported():
    outcome = painted(("SO-1/1-1.10", "2026-06-09 09:00"), ("SO-2/1-1.10", "2026-06-09 10:30"))

    assert [m.subject for m in said(outcome, "S301")] == ["SO-2/1-1.10"]


def test_a_pinned_operation_takes_whom_it_ends_first_with():
    """An hour from 10:00; OP-1 is away from 10:30 to 11:30, so that it would end with him at 12:00."""
    skills = [Skill(resource=name, skill="WELD") for name in ("OP-1", "OP-2")]
    snapshot = factory(
        resources=[Resource(resource=name, kind="labour") for name in ("OP-1", "OP-2")],
        skills=skills,
        downtime=[down("OP-1", "2026-06-09 10:30", "2026-06-09 11:30")],
        routing=[step("A", 10, "M", run=60)],
        routing_needs=[with_("A", 10, "WELD")],
        orders=[order("SO-1", "A", 1, JUNE)],
    )
    start = datetime(2026, 6, 9, 10, tzinfo=UTC)
    outcome = forward(apply(snapshot, Pin(operation="SO-1/1-1.10", start=start)).snapshot)

    assert operation(outcome, "SO-1").also == ("OP-2",)
    assert times(outcome, "SO-1") == ("Tue 06-09 10:00", "Tue 06-09 11:00")


def test_a_pin_that_cannot_be_kept_is_reported_and_set_free():
    """12:30 is in the lunch break: SO-1 goes where it goes without a pin, on N, 30 min of setup and 120 of run."""
    outcome = pinned("SO-1/1-1.10", "2026-06-09 12:30", resource="M")

    assert [(m.code, m.subject) for m in said(outcome, "S301")] == [("S301", "SO-1/1-1.10")]
    assert times(outcome, "SO-1") == ("Mon 06-08 08:00", "Mon 06-08 10:30")


def test_a_pin_on_a_resource_that_may_not_do_it_is_reported():
    outcome = pinned("SO-2/1-1.10", "2026-06-09 10:00", resource="N")

    assert "N may not run it" in said(outcome, "S301")[0].what


def test_a_pin_of_what_is_not_in_the_plan_is_said():
    outcome = pinned("SO-7/1-1.10", "2026-06-09 10:00")

    assert [m.subject for m in said(outcome, "C445")] == ["SO-7/1-1.10"]


def test_locks_hold_nothing_in_a_plan_that_is_made_anew_and_it_says_so():
    outcome = forward(apply(shop(), Lock(order="SO-1")).snapshot)

    assert [m.severity for m in said(outcome, "C446")] == ["info"]


# -- MT-12: 360 min on M from Thu 11 June 08:00; M is down from 10:30 to 14:30. STD is open 08-12 and 13-17 ----------

DOWN = ResourceDown(
    resource="M", start=datetime(2026, 6, 11, 10, 30, tzinfo=UTC), end=datetime(2026, 6, 11, 14, 30, tzinfo=UTC)
)


def mill(now: str, *changes: Change) -> tuple[Snapshot, Snapshot]:
    """WO-1 takes 360 min on M, or 450 on N at 80 % speed; the factory before and after the changes."""
    before = factory(
        now,
        routing=[step("A", 10, "M", run=360)],
        routing_alternates=[or_on("A", 10, "N", rank=2, run_factor=1.25)],
        work_orders=[wo("WO-1", "A", 1, order="SO-1", due="2026-06-12")],
        orders=[order("SO-1", "A", 1, "2026-06-12")],
    )
    after = before
    for change in changes:
        done = apply(after, change)
        assert not done.is_refused, done.findings
        after = done.snapshot
    return before, after


def test_a_breakdown_stretches_what_can_be_resumed():
    """150 min until 10:30, 150 from 14:30 to 17:00, 60 on Friday: repaired, it stays on M and ends Fri 09:00."""
    before, after = mill("2026-06-11 08:00", DOWN)
    base = forward(before)
    mended = repaired(after, places_of(base.plan), "shift", (), [], "", 0, lambda what, share: None)

    assert times(base, "WO-1") == ("Thu 06-11 08:00", "Thu 06-11 15:00")
    assert times(mended, "WO-1") == ("Thu 06-11 08:00", "Fri 06-12 09:00")
    assert operation(mended, "WO-1").resource == "M"


def test_a_plan_anew_takes_the_other_machine_where_that_is_sooner():
    """N needs 450 min from Thu 08:00: 240 before lunch, 210 after it, until 16:30; M would need until Friday."""
    _, after = mill("2026-06-11 08:00", DOWN)

    assert operation(forward(after), "WO-1").resource == "N"
    assert times(forward(after), "WO-1") == ("Thu 06-11 08:00", "Thu 06-11 16:30")


def begun(remaining: float) -> ReportProgress:
    return ReportProgress(wo="WO-1", step=10, status="started", resource="M", remaining_min=remaining)


def test_what_is_begun_when_its_machine_breaks_goes_on_with_what_remains():
    """At 10:30 210 min remain: 150 from 14:30 to 17:00 and 60 on Friday."""
    _, after = mill("2026-06-11 10:30", begun(210), DOWN)

    assert times(forward(after), "WO-1")[1] == "Fri 06-12 09:00"


def test_what_must_start_again_from_nothing_takes_all_its_time_again():
    """360 min: 150 from 14:30 to 17:00 and 210 on Friday, until 11:30."""
    _, after = mill("2026-06-11 10:30", begun(360), DOWN)

    assert times(forward(after), "WO-1")[1] == "Fri 06-12 11:30"


def test_moved_to_the_slower_machine_it_ends_after_all_of_its_time_there():
    """450 min on N from Thu 11:00: 60 to noon, 240 to 17:00, 150 on Friday."""
    moved = Pin(operation="WO-1.10", resource="N", start=datetime(2026, 6, 11, 11, tzinfo=UTC))
    _, after = mill("2026-06-11 10:30", DOWN, moved)

    assert times(forward(after), "WO-1") == ("Thu 06-11 11:00", "Fri 06-12 10:30")
