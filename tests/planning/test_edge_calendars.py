"""Calendars at the edge: no open time, long work, two calendars, clock changes, odd days (edge cases 11 to 16)."""

from datetime import UTC, datetime
from typing import Any

from pegboard.app.outcome import Outcome
from pegboard.domain.resource import Resource
from tests.factories import (
    NONSTOP,
    at,
    buy,
    closed,
    completion,
    factory,
    forward,
    line,
    local,
    operation,
    order,
    part,
    plan,
    po,
    purchases,
    said,
    step,
    timeline,
    times,
    with_,
)


def one(
    run: float = 60, due: str = "2026-06-12", now: str = "2026-06-08 08:00", more: Any = (), **files: Any
) -> Outcome:
    """SO-1 wants one A, which takes `run` minutes on M; `more` are columns of the step."""
    return forward(
        factory(now, routing=[step("A", 10, "M", run=run, **dict(more))], orders=[order("SO-1", "A", 1, due)], **files)
    )


def test_edge_11_a_resource_without_any_open_time_is_reported_and_its_order_left_out():
    outcome = one(calendar_exceptions=[closed("M", "2020-01-01", "2030-01-01")])

    assert said(outcome, "V111")[0].subject == "M"
    assert line(outcome, "SO-1").status == "unplanned"


def test_edge_11_work_beyond_the_end_of_a_calendar_is_unschedulable_and_says_until_when():
    """M closes for good on 06-10, with 960 open minutes before it; 3000 can never be done before the horizon."""
    row = line(one(run=3000, calendar_exceptions=[closed("M", "2026-06-10", "2030-01-01")]), "SO-1")

    assert row.status == "unplanned"
    assert "horizon" in row.reason


def test_edge_11_the_last_open_minutes_of_a_calendar_can_still_be_used():
    """960 minutes are exactly Monday and Tuesday."""
    outcome = one(run=960, calendar_exceptions=[closed("M", "2026-06-10", "2030-01-01")])

    assert times(outcome, "SO-1") == ("Mon 06-08 08:00", "Tue 06-09 17:00")


def test_edge_12_work_longer_than_any_shift_is_split_over_shifts():
    """600 minutes: 480 on Monday and 120 on Tuesday."""
    assert times(one(run=600), "SO-1") == ("Mon 06-08 08:00", "Tue 06-09 10:00")


def test_edge_12_work_that_may_not_pause_and_is_longer_than_any_stretch_names_the_longest():
    row = line(one(run=241, more={"pause": False}), "SO-1")

    assert row.status == "unplanned"
    assert "the longest open stretch of M is 4.0 h" in row.reason


def test_edge_12_work_that_may_not_pause_may_fill_a_stretch_to_its_end():
    assert times(one(run=240, more={"pause": False}), "SO-1") == ("Mon 06-08 08:00", "Mon 06-08 12:00")


def two_calendars(operator: str, run: float = 180) -> Outcome:
    """M works from 08:00 to 12:00, and its operator by a calendar of its own."""
    return one(
        run,
        calendars={"AM": "mon-fri 08:00-12:00", "OWN": operator},
        resources=[Resource(resource="OP-1", kind="labour", calendar="OWN")],
        routing_needs=[with_("A", 10, "OP-1")],
    )


def test_edge_13_a_machine_and_an_operator_who_never_meet_are_both_named():
    row = line(two_calendars("mon-fri 13:00-17:00"), "SO-1")

    assert row.status == "unplanned"
    assert "M and OP-1 are never open at the same time" in row.reason


def test_edge_13_work_is_done_only_while_machine_and_operator_are_both_open():
    """They meet from 10:00 to 12:00: 120 minutes on Monday, 60 on Tuesday."""
    assert times(two_calendars("mon-fri 10:00-14:00"), "SO-1") == ("Mon 06-08 10:00", "Tue 06-09 11:00")


def test_edge_14_a_shift_that_starts_in_an_hour_that_does_not_exist_starts_at_the_next_instant():
    """On 2026-03-29 Berlin goes from 02:00 to 03:00."""
    shift = timeline("sun 02:30-06:00", "2026-03-29", "Europe/Berlin")
    saturday_evening = int(datetime(2026, 3, 28, 20, tzinfo=UTC).timestamp())

    assert local(shift.next_open(saturday_evening), "Europe/Berlin") == "Sun 03-29 03:00"


def test_edge_14_a_night_shift_goes_on_over_midnight():
    outcome = one(480, now="2026-06-08 20:00", more={"pause": False}, calendars={"NIGHT": "mon-fri 22:00-06:00"})

    assert times(outcome, "SO-1") == ("Mon 06-08 22:00", "Tue 06-09 06:00")


def test_edge_14_eight_hours_of_a_spring_night_end_an_hour_into_the_next_one():
    """The night of 03-28 holds seven hours in Berlin; the eighth is worked from 22:00 on Sunday."""
    outcome = one(
        480,
        now="2026-03-28 20:00",
        due="2026-04-10",
        calendars={"NIGHT": "mon-sun 22:00-06:00"},
        timezone="Europe/Berlin",
    )

    assert times(outcome, "SO-1") == ("Sat 03-28 22:00", "Sun 03-29 23:00")


def test_edge_15_work_goes_on_over_the_year_end_of_a_year_with_53_weeks():
    """Wed 2026-12-30 and Thu 12-31 hold 960 minutes, Friday is a holiday, and the last 60 fall on Mon 2027-01-04."""
    outcome = one(
        1020,
        now="2026-12-30 08:00",
        due="2027-01-08",
        calendar_exceptions=[closed("STD", "2027-01-01", "2027-01-01")],
    )

    assert times(outcome, "SO-1") == ("Wed 12-30 08:00", "Mon 01-04 09:00")


def test_edge_15_a_holiday_on_a_weekend_changes_nothing():
    """Sat 2026-12-26 is free anyway: 600 minutes from Fri 12-25 08:00 end on Mon 12-28 10:00."""
    outcome = one(
        600,
        now="2026-12-25 08:00",
        due="2027-01-08",
        calendar_exceptions=[closed("STD", "2026-12-26", "2026-12-26")],
    )

    assert times(outcome, "SO-1") == ("Fri 12-25 08:00", "Mon 12-28 10:00")


def test_edge_15_a_lead_time_counts_the_leap_day():
    """Two calendar days after Mon 2028-02-28 is Wed 03-01, since the 29th exists."""
    outcome = plan(factory("2028-02-28 08:00", items=[buy("X", 2)], orders=[order("SO-1", "X", 1, "2028-02-28")]))

    assert [at(outcome, p.due) for p in purchases(outcome, "X")] == ["Wed 03-01 08:00"]


def test_edge_15_a_receipt_is_dated_by_the_local_day():
    """20:00 UTC on 06-10 is 06:00 on 06-11 in Sydney: the work starts on Thursday morning there."""
    outcome = one(
        now="2026-06-09 08:00",
        timezone="Australia/Sydney",
        items=[buy("RM", 30)],
        bom=[part("A", "RM")],
        purchase_orders=[po("PO-1", "RM", 1, "2026-06-10T20:00+00:00")],
    )

    assert times(outcome, "SO-1")[0] == "Thu 06-11 08:00"


def test_edge_15_today_is_the_local_day_of_the_planning_instant():
    """20:00 UTC on 06-10 is Thu 06-11 in Sydney: a lead time of a day ends on Friday."""
    outcome = plan(
        factory(
            "2026-06-10T20:00+00:00",
            timezone="Australia/Sydney",
            items=[buy("X", 1)],
            orders=[order("SO-1", "X", 1, "2026-06-11")],
        )
    )

    assert [at(outcome, p.due) for p in purchases(outcome, "X")] == ["Fri 06-12 08:00"]


def test_edge_16_a_due_date_on_a_sunday_falls_back_to_friday_evening():
    outcome = one(due="2026-06-14")

    assert at(outcome, line(outcome, "SO-1").due) == "Fri 06-12 17:00"


def test_edge_16_a_due_date_on_a_holiday_falls_back_to_the_evening_before():
    outcome = one(due="2026-06-11", calendar_exceptions=[closed("STD", "2026-06-11", "2026-06-11")])

    assert at(outcome, line(outcome, "SO-1").due) == "Wed 06-10 17:00"


def test_edge_16_a_receipt_on_a_saturday_is_there_on_monday_morning():
    outcome = one(items=[buy("RM", 30)], bom=[part("A", "RM")], purchase_orders=[po("PO-1", "RM", 1, "2026-06-13")])

    assert times(outcome, "SO-1")[0] == "Mon 06-15 08:00"


def test_edge_16_noon_and_one_o_clock_are_the_same_working_instant():
    """The last 60 minutes before either begin at 11:00."""
    starts = [
        at(o, operation(o, "SO-1").latest_start) for o in (one(due=f"2026-06-12 {t}") for t in ("12:00", "13:00"))
    ]

    assert starts == ["Fri 06-12 11:00", "Fri 06-12 11:00"]


def test_edge_16_work_that_ends_with_a_shift_ends_at_its_last_instant():
    """240 minutes from 08:00 end at 12:00, not at 13:00; the next step starts at 13:00, not at 12:00."""
    outcome = forward(
        factory(
            routing=[step("A", 10, "M", run=240), step("A", 20, "N", run=60)],
            orders=[order("SO-1", "A", 1, "2026-06-12")],
        )
    )

    assert times(outcome, "SO-1", 10) == ("Mon 06-08 08:00", "Mon 06-08 12:00")
    assert times(outcome, "SO-1", 20) == ("Mon 06-08 13:00", "Mon 06-08 14:00")


def test_edge_16_a_factory_without_a_calendar_is_open_day_and_night():
    outcome = one(due="2026-06-14", calendars=NONSTOP)

    assert at(outcome, line(outcome, "SO-1").due) == "Mon 06-15 00:00"
    assert completion(outcome, "SO-1") == "Mon 06-08 09:00"
