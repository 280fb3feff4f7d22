"""What a buffer orders on a day: net flow, spikes, trigger, lots, percentages and colours."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pegboard.planning.buffers.alerts import on_hand_alert
from pegboard.planning.buffers.netflow import (
    is_triggered,
    order_lots,
    percent,
    planning_colour,
    qualified_demand,
    rounded_to_multiple,
)
from pegboard.planning.buffers.zones import Sizing
from pegboard.planning.lotsize import LotRule


def zones(tor: float, toy: float, tog: float, threshold: float = 0, horizon: int = 10) -> Sizing:
    return Sizing(1.0, float(horizon), tor, toy - tor, tog - toy, threshold, horizon)


PILLOW = zones(104, 219, 277, threshold=25, horizon=5)
OCA = zones(30, 70, 90)
PLAIN = LotRule()


def test_dd_02_a_complete_cycle():
    """18 today, and the 29 and 26 of the next two days are spikes; 20 on the third is none: 18 + 29 + 26 = 73."""
    qualified = qualified_demand({0: 18, 1: 29, 2: 26, 3: 20}, 0, PILLOW.spike_horizon, PILLOW.spike_threshold)
    net_flow = 220 + 0 - qualified

    assert (qualified, net_flow) == (73, 147)
    assert order_lots(net_flow, PILLOW, LotRule(min_qty=10), "at_or_below") == [277 - 147]
    assert percent(net_flow, PILLOW.tog) == 53.07
    assert planning_colour(net_flow, PILLOW) == "yellow"


@pytest.mark.parametrize(
    ("net_flow", "pct", "colour", "order"),
    [(200, 222.22, "green", []), (50, 55.56, "yellow", [40]), (90, 100.0, "green", [])],
)
def test_dd_03_net_flow_before_and_after_a_demand_of_150_and_the_order_it_needs(net_flow, pct, colour, order):
    assert percent(net_flow, OCA.tog) == pct
    assert planning_colour(net_flow, OCA) == colour
    assert order_lots(net_flow, OCA, PLAIN, "at_or_below") == order


@pytest.mark.parametrize(("on_hand", "pct"), [(200, 666.67), (50, 166.67)])
def test_dd_03_on_hand_is_measured_against_top_of_red(on_hand, pct):
    assert percent(on_hand, OCA.tor) == pct
    assert on_hand_alert(on_hand, OCA.tor, 50, 0) == "green"


def test_dd_06_an_order_is_rounded_up_to_the_multiple():
    """500 - 350 = 150 -> 8 x 20."""
    assert order_lots(350, zones(200, 400, 500), LotRule(multiple=20), "at_or_below") == [160]


@pytest.mark.parametrize(
    ("net_flow", "tolerance_pct", "order"),
    [
        (-2, 0, [500]),  # 272 -> 2 x 250
        (-2, 10, [250]),  # 22 above one multiple, and 25 are tolerated
        (-22, 10, [500]),  # 294: 44 above
    ],
)
def test_dd_06_what_a_need_has_above_a_multiple_may_be_tolerated(net_flow, tolerance_pct, order):
    assert order_lots(net_flow, zones(10, 20, 270), LotRule(multiple=250), "at_or_below", tolerance_pct) == order


def test_tolerance_never_goes_below_one_multiple_or_the_minimum():
    """20 needed of 250, 10 % tolerated: nothing at all would be no order; 260 needed, 300 the least."""
    assert rounded_to_multiple(20, LotRule(multiple=250), 10) == 20
    assert rounded_to_multiple(260, LotRule(min_qty=300, multiple=250), 10) == 260


def test_a_minimum_raises_an_order_and_a_maximum_splits_it():
    """90 - 10 = 80: at most 30 each; 90 - 70 = 20: at least 50."""
    assert order_lots(10, OCA, LotRule(max_qty=30), "at_or_below") == [30, 30, 20]
    assert order_lots(70, OCA, LotRule(min_qty=50), "at_or_below") == [50]


ORDERS = {2: 50, 4: 70, 6: 20, 7: 35, 8: 50, 9: 35, 10: 20, 12: 35, 14: 120, 17: 50, 20: 160}
"""Days after 21 June."""


@pytest.mark.parametrize("threshold", [71, 100, 120])
def test_dd_08_only_the_spike_on_the_last_day_of_the_horizon_counts(threshold):
    """120 on day 14 is inside, 160 on day 20 is outside."""
    assert qualified_demand(ORDERS, 0, 14, threshold) == 120


def test_dd_08_a_day_of_exactly_the_threshold_is_a_spike_and_the_day_after_the_horizon_is_not():
    assert qualified_demand(ORDERS, 0, 14, 70) == 120 + 70
    assert qualified_demand(ORDERS, 0, 13, 71) == 0


def test_past_due_demand_counts_whatever_its_size():
    assert qualified_demand({-3: 1, 0: 2, 1: 4}, 0, 5, 100) == 3


def test_edge_43_small_demands_of_one_day_are_one_spike():
    """Three orders of 40 are due on day 4, which is closed or not: 120 in a day."""
    by_day = {4: 40.0 + 40 + 40, 5: 40.0}

    assert qualified_demand(by_day, 0, 10, 100) == 120


def test_dd_09_red_on_hand_and_green_net_flow_mean_to_hurry_and_not_to_order():
    """2 000 of 7 500 on hand is 26.67 %; 2 000 + 17 000 = 19 000 of 20 000 is 95 %."""
    fpa = zones(7500, 15000, 20000)

    assert percent(2000, 7500) == 26.67
    assert on_hand_alert(2000, 7500, 50, 0) == "red"
    assert percent(19000, 20000) == 95.0
    assert planning_colour(19000, fpa) == "green"
    assert order_lots(19000, fpa, PLAIN, "at_or_below") == []


@pytest.mark.parametrize(
    ("on_hand", "due", "colour"),
    [(7500, 0, "green"), (7499, 0, "yellow"), (3750, 0, "yellow"), (3749, 0, "red"), (0, 0, "red"), (0, 1, "dark_red")],
)
def test_the_colour_of_on_hand_changes_at_half_and_at_the_whole_of_top_of_red(on_hand, due, colour):
    assert on_hand_alert(on_hand, 7500, 50, due) == colour


def test_edge_45_at_top_of_yellow_the_setting_decides():
    assert is_triggered(70, 70, "at_or_below")
    assert not is_triggered(70, 70, "below")
    assert is_triggered(69.5, 70, "below")
    assert not is_triggered(0.1 + 0.2, 0.3, "below"), "binary noise is not below"


def test_edge_45_above_top_of_green_nothing_is_ordered():
    assert order_lots(120, OCA, PLAIN, "at_or_below") == []
    assert percent(120, 90) == 133.33


def test_edge_44_without_zones_percentages_are_not_defined_and_just_the_shortage_is_ordered():
    nothing = zones(0, 0, 0)

    assert percent(-5, 0) is None
    assert order_lots(-5, nothing, PLAIN, "at_or_below") == [5]
    assert order_lots(0, nothing, LotRule(min_qty=10), "at_or_below") == []


@pytest.mark.parametrize(
    ("net_flow", "colour"), [(70, "green"), (69, "yellow"), (30, "yellow"), (29, "red"), (0, "dark_red")]
)
def test_the_lower_edge_of_a_zone_belongs_to_it(net_flow, colour):
    assert planning_colour(net_flow, OCA) == colour


qty = st.integers(0, 1000)


@given(on_hand=qty, q=qty, demand=st.dictionaries(st.integers(-5, 20), qty))
def test_p12_supply_raises_net_flow_by_itself(on_hand, q, demand):
    qualified = qualified_demand(demand, 0, 10, 50)

    assert (on_hand + q - qualified) - (on_hand - qualified) == q


@given(
    net_flow=st.integers(-1000, 1000),
    red=qty,
    yellow=qty,
    green=qty,
    minimum=st.integers(0, 300),
    multiple=st.integers(0, 70),
    largest=st.one_of(st.none(), st.integers(1, 400)),
    trigger=st.sampled_from(["at_or_below", "below"]),
)
def test_p12_what_is_ordered_brings_net_flow_to_top_of_green(
    net_flow, red, yellow, green, minimum, multiple, largest, trigger
):
    sizing = zones(red, red + yellow, red + yellow + green)
    lots = order_lots(net_flow, sizing, LotRule(minimum, multiple, largest), trigger)

    if lots:
        assert net_flow + sum(lots) >= sizing.tog
    elif trigger == "at_or_below":
        assert net_flow > sizing.toy or net_flow >= sizing.tog
    else:
        assert net_flow >= sizing.toy
