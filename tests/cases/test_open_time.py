"""Calendars counted backward over Christmas and forward over the change of the clocks (MT-10, MT-11)."""

# ruff: noqa: N802 - examples keep the capitals of their names

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from pegboard.domain.calendar import PPM, Timeline, demand_instant, local_day
from tests.factories import closed, completion, factory, forward, local, order, step, timeline, times

HOUR = 3600
DAY_SHIFT = "mon-fri 08:00-12:00 13:00-17:00"


def moment(text: str, timezone: str = "UTC") -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(timezone)).timestamp())


def last_48_hours(year: int) -> tuple[str, str]:
    """The latest 48 hours of work that end before Christmas."""
    open_time = timeline(DAY_SHIFT, f"{year}-12-01", exceptions=[closed("C", f"{year}-12-25", f"{year}-12-25")])
    end = open_time.last_open(moment(f"{year}-12-25 00:00"))
    return local(open_time.retreat(end, 48 * HOUR * PPM)), local(end)


def test_MT_10_48_hours_before_christmas_2014_begin_on_the_17th():
    """Eight hours each on Wed 24, Tue 23, Mon 22, Fri 19, Thu 18 and Wed 17."""
    assert last_48_hours(2014) == ("Wed 12-17 08:00", "Wed 12-24 17:00")


def test_MT_10_before_christmas_2023_a_weekend_lies_between():
    """Christmas is a Monday: Fri 22, Thu 21, Wed 20, Tue 19, Mon 18 and Fri 15."""
    assert last_48_hours(2023) == ("Fri 12-15 08:00", "Fri 12-22 17:00")


def test_MT_10_transport_day_and_night_knows_no_christmas():
    always = timeline("", "2014-12-01")

    assert local(always.advance(moment("2014-12-25 12:00"), 48 * HOUR * PPM)) == "Sat 12-27 12:00"


def test_MT_10_an_operation_is_laid_before_christmas_by_the_same_count():
    outcome = forward(
        factory(
            "2014-12-17 08:00",
            calendar_exceptions=[closed("STD", "2014-12-25", "2014-12-25")],
            routing=[step("A", 10, "M", run=48 * 60)],
            orders=[order("SO-1", "A", 1, "2014-12-25")],
        )
    )

    assert times(outcome, "SO-1") == ("Wed 12-17 08:00", "Wed 12-24 17:00")
    assert completion(outcome, "SO-1") == "Wed 12-24 17:00"
    assert outcome.plan.orders[0].lateness_min == 0


@pytest.mark.parametrize(
    ("timezone", "start", "end"),
    [
        ("Europe/Berlin", "2026-03-28 22:00", "Sun 03-29 09:00"),
        ("Europe/Berlin", "2026-10-24 22:00", "Sun 10-25 07:00"),
        ("America/New_York", "2026-03-07 22:00", "Sun 03-08 09:00"),
        ("America/New_York", "2026-10-31 22:00", "Sun 11-01 07:00"),
    ],
)
def test_MT_11_ten_hours_of_work_are_ten_elapsed_hours_when_the_clocks_change(timezone, start, end):
    """In spring the wall clock skips an hour, so it shows 09:00; in autumn it repeats one, so it shows 07:00."""
    always = timeline("", start[:10], timezone)

    assert local(always.advance(moment(start, timezone), 10 * HOUR * PPM), timezone) == end


def night_shift_hours(evening: str, morning: str) -> float:
    shift = timeline("mon-sun 22:00-06:00", evening, "Europe/Berlin")
    a, b = moment(f"{evening} 20:00", "Europe/Berlin"), moment(f"{morning} 12:00", "Europe/Berlin")
    return (shift.open_until(b) - shift.open_until(a)) / HOUR


def test_MT_11_the_night_shift_holds_seven_hours_in_spring():
    assert night_shift_hours("2026-03-28", "2026-03-29") == 7


def test_MT_11_the_night_shift_holds_nine_hours_in_autumn():
    assert night_shift_hours("2026-10-24", "2026-10-25") == 9


def test_MT_11_29_february_2028_is_a_working_tuesday():
    utc = ZoneInfo("UTC")
    open_time: Timeline = timeline(DAY_SHIFT, "2028-02-01")
    leap_day = demand_instant(local_day(moment("2028-02-29 12:00"), utc), open_time, utc)

    assert local(leap_day) == "Tue 02-29 17:00"
