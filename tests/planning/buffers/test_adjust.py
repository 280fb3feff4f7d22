"""Factors over days, when they change, and what a parent's factor brings along."""

import pytest

from pegboard.planning.buffers.adjust import Adjustments, Feeder, Window


def test_a_constant_factor_changes_things_when_it_begins_and_after_it_ends():
    assert Adjustments((Window("adu", 10, 12, 2, 2),)).changes() == {10, 13}


def test_a_factor_that_moves_changes_things_every_day():
    assert Adjustments((Window("adu", 10, 12, 2, 4),)).changes() == {10, 11, 12, 13}


def test_what_a_parent_brings_along_changes_as_much_earlier_as_it_is_needed():
    feeder = Feeder((Window("adu", 20, 22, 1.5, 1.5),), 60, 8)
    adjusted = Adjustments(feeders=(feeder,))

    assert adjusted.changes() == {12, 15}
    assert [adjusted.extra_usage(day) for day in (11, 12, 14, 15)] == [0, 30, 30, 0]


@pytest.mark.parametrize(("day", "factor"), [(9, 1), (10, 2), (11, 3), (12, 4), (13, 1)])
def test_a_factor_runs_straight_to_that_of_its_last_day(day, factor):
    assert Adjustments((Window("adu", 10, 12, 2, 4),)).factor("adu", day) == factor


def test_a_window_of_one_day_has_its_first_factor():
    assert Adjustments((Window("adu", 10, 10, 2, 4),)).factor("adu", 10) == 2


def test_factors_of_a_kind_multiply_and_leave_other_kinds_alone():
    both = Adjustments((Window("red", 1, 9, 2, 2), Window("red", 5, 9, 3, 3), Window("green", 1, 9, 7, 7)))

    assert [both.factor("red", day) for day in (1, 5)] == [2, 6]
    assert both.factor("yellow", 5) == 1
