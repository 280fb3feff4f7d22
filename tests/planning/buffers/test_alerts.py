"""What the stock of a buffer warns of over its lead time, and supply that is due too late."""

import pytest

from pegboard.planning.buffers.alerts import Low, Unsynchronised, lead_time_alert, projected_low, unsynchronised
from pegboard.planning.buffers.zones import Sizing

FOUR_A_DAY = Sizing(4.0, 5.0, 10.0, 20.0, 10.0, 5.0, 5)
"""Five days of lead time: 20 are usual in it."""


def test_average_usage_is_projected_where_orders_are_fewer():
    """20 - 4 a day: 16 12 8 4 0. Below 5 on day 3, and down to 0 on the last of the five days."""
    assert projected_low(20, {}, {2: 3}, FOUR_A_DAY, 5, 0) == Low(3, 0)


def test_orders_are_projected_alone_where_they_are_more_than_usual():
    """21 are ordered, more than 20: 30 30 9 9 9, never both."""
    assert projected_low(30, {}, {2: 21}, FOUR_A_DAY, 10, 0) == Low(2, 9)
    assert projected_low(30, {}, {2: 21}, FOUR_A_DAY, 9, 0) is None


def test_receipts_count_on_their_day_and_overdue_ones_not_at_all():
    """20 - 4 a day + 30 on day 3 is never below 5; due yesterday they do not come."""
    assert projected_low(20, {3: 30}, {}, FOUR_A_DAY, 5, 0) is None
    assert projected_low(20, {-1: 30}, {}, FOUR_A_DAY, 5, 0) == Low(3, 0)


def test_overdue_demand_takes_from_the_stock_of_today():
    assert projected_low(30, {}, {-2: 15, 1: 10}, FOUR_A_DAY, 20, 0) == Low(0, 5)


def test_supply_due_after_the_need_is_out_of_step():
    """10 - 4 - 8 = -2 on day 3; 20 come on day 6."""
    assert unsynchronised(10, {6: 20}, {1: 4, 3: 8}, 0, 10) == Unsynchronised(3, 2, 6)


def test_supply_in_time_and_no_supply_at_all_are_not_out_of_step():
    assert unsynchronised(10, {3: 20}, {1: 4, 3: 8}, 0, 10) is None
    assert unsynchronised(10, {}, {1: 4, 3: 8}, 0, 10) is None
    assert unsynchronised(10, {6: 20}, {1: 4, 3: 8}, 0, 2) is None


def test_overdue_demand_without_stock_is_out_of_step_today():
    assert unsynchronised(3, {2: 20}, {-1: 5}, 0, 10) == Unsynchronised(0, 2, 2)


@pytest.mark.parametrize(
    ("days_to_due", "colour"),
    [(22, ""), (21, "green"), (15, "green"), (14, "yellow"), (8, "yellow"), (7, "red"), (0, "red"), (-1, "late")],
)
def test_dd_11_the_last_third_of_sixty_days_in_three_zones_of_seven(days_to_due, colour):
    assert lead_time_alert(60, days_to_due) == colour
