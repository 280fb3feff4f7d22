"""What orders leave of a forecast, day by day."""

from pegboard.planning.buffers.forecast import left_of_forecast


def test_a_row_holds_to_the_next_and_the_last_as_long_as_the_one_before_it():
    """40 over days 100 to 103, then 12 over as many days."""
    left = left_of_forecast([(100, 40), (104, 12)], {}, 100)

    assert left == {**dict.fromkeys(range(100, 104), 10.0), **dict.fromkeys(range(104, 108), 3.0)}


def test_a_single_row_holds_for_thirty_days():
    assert left_of_forecast([(100, 60)], {}, 100) == dict.fromkeys(range(100, 130), 2.0)


def test_of_a_row_that_has_begun_the_days_to_come_are_left():
    """Three of four days are over: a quarter of 40."""
    assert left_of_forecast([(100, 40), (104, 0)], {}, 103) == {103: 10.0}


def test_what_is_due_in_the_time_of_a_row_uses_it_up_whatever_the_day():
    """40 - 16 = 24 over four days. What is due outside leaves it alone; more than is expected leaves nothing."""
    rows = [(100, 40.0), (104, 0.0)]

    assert left_of_forecast(rows, {103: 16, 104: 7, 99: 5}, 100) == dict.fromkeys(range(100, 104), 6.0)
    assert left_of_forecast(rows, {101: 41}, 100) == {}


def test_two_rows_of_one_day_are_one():
    assert left_of_forecast([(100, 4), (100, 4), (104, 0)], {}, 100) == dict.fromkeys(range(100, 104), 2.0)


def test_without_rows_nothing_is_expected():
    assert left_of_forecast([], {100: 5}, 100) == {}
