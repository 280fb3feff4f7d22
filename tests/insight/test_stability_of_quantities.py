"""How much quantities change from plan to plan (ST-01), by hand."""

# ruff: noqa: N802 - examples keep the capitals of their names

import pytest

from pegboard.insight.comparing.quantities import instability, item_instability
from tests.factories import buy, factory, order, plan


def test_ST_01_instability_of_two_series():
    """|dQ| 20, 20, 0, 30, 30: 100, of 3 orders for 240 in all; halving weights: 10 + 5 + 0 + 1.875 + .9375."""
    found = instability([100, 0, 80, 0, 60], [80, 20, 80, 30, 30], alpha=0.5)

    assert (found.total, found.weighted) == (100, 17.8125)
    assert found.per_order == pytest.approx(33.3, abs=0.05)
    assert found.relative == pytest.approx(0.4167, abs=0.00005)


def test_where_there_was_no_order_there_is_nothing_to_divide_by():
    assert instability([0, 0], [5, 0]).per_order is None
    assert instability([0, 0], [5, 0]).relative is None


def test_series_of_different_length_are_no_comparison():
    with pytest.raises(ValueError, match="zip"):
        instability([1], [1, 2])


def test_a_purchase_that_comes_a_week_later_changes_two_weeks():
    """8 of X due Fri 06-12 or a week later: 8 less in week 0, 8 more in week 1; relative 16 / 8."""
    old, new = (
        plan(factory(items=[buy("X")], orders=[order("SO-1", "X", 8, due)])).plan
        for due in ("2026-06-12", "2026-06-19")
    )
    (found,) = item_instability(old, new)

    assert (found.item, found.instability.total, found.instability.relative) == ("X", 16, 2)
    assert found.instability.weighted == 0.5 * 8 + 0.25 * 8
    assert item_instability(old, old) == ()
