"""What a buffer orders from day to day."""

from collections.abc import Mapping

from hypothesis import given, settings
from hypothesis import strategies as st

from pegboard.planning.buffers.netflow import order_lots, qualified_demand
from pegboard.planning.buffers.replenish import Replenishment, replenishments
from pegboard.planning.buffers.zones import Sizing
from pegboard.planning.lotsize import LotRule

TODAY = 100


def zones(tor: float, toy: float, tog: float, threshold: float, horizon: int) -> Sizing:
    return Sizing(4.0, 10.0, tor, toy - tor, tog - toy, threshold, horizon)


OCA = zones(30, 70, 90, threshold=15, horizon=10)


def ordered(
    supply: float, demand: Mapping[int, float], until: int = 200, *, later: Sizing = OCA, change: int | None = None
) -> list[tuple[int, float, int]]:
    """Day, quantity and due day of each order; from the day of `change` on the zones are others."""

    def order(day: int, net_flow: float, sizing: Sizing) -> list[Replenishment]:
        return [Replenishment(day, q, day + 10) for q in order_lots(net_flow, sizing, LotRule(), "at_or_below")]

    def sizing_on(day: int) -> Sizing:
        return OCA if change is None or day < change else later

    changes = () if change is None else (change,)
    found = replenishments(supply, demand, sizing_on, changes, order, TODAY, until)
    return [(r.day, r.qty, r.due_day) for r in found]


def test_nothing_is_ordered_while_net_flow_stays_above_top_of_yellow():
    assert ordered(90, {105: 10, 110: 9}) == []


def test_each_order_follows_the_demand_that_takes_net_flow_to_top_of_yellow():
    """90 - 10 = 80, - 10 = 70: order 20 on day 110. 90 - 12 - 12 = 66: order 24 on day 130."""
    assert ordered(90, {105: 10, 110: 10, 120: 12, 130: 12}) == [(110, 20, 120), (130, 24, 140)]


def test_a_spike_is_ordered_for_on_the_day_that_it_enters_the_horizon():
    """50 on day 140 is seen on day 130: 90 - 50 = 40, order 50. When it falls due it changes nothing."""
    assert ordered(90, {140: 50}) == [(130, 50, 140)]


def test_past_due_demand_is_ordered_for_today():
    assert ordered(90, {90: 25}) == [(100, 25, 110)]


def test_nothing_is_ordered_after_the_last_day():
    """90 - 14 = 76, and on the day after 62: order 28."""
    assert ordered(90, {105: 14, 106: 14}, until=105) == []
    assert ordered(90, {105: 14, 106: 14}, until=106) == [(106, 28, 116)]


def test_edge_46_a_buffer_whose_zones_grow_orders_for_them_on_that_day():
    """90 is enough up to day 119; then zones 60/140/180 want 90 more."""
    assert ordered(90, {}, later=zones(60, 140, 180, 30, 10), change=120) == [(120, 90, 130)]


def test_a_longer_horizon_sees_a_spike_earlier():
    """With 10 days the 50 of day 150 would be seen on day 140; with 30 days it is on day 120, when they begin."""
    assert ordered(90, {150: 50}, later=zones(30, 70, 90, 15, 30), change=110) == [(120, 50, 130)]


@settings(max_examples=60)
@given(
    supply=st.integers(0, 300),
    demand=st.dictionaries(st.integers(TODAY - 3, TODAY + 40), st.integers(1, 60), max_size=12),
    tor=st.integers(0, 60),
    yellow=st.integers(0, 60),
    green=st.integers(0, 60),
    horizon=st.integers(0, 15),
    change=st.integers(TODAY - 2, TODAY + 45),
)
def test_looking_at_days_of_change_alone_finds_the_orders_of_looking_at_every_day(
    supply, demand, tor, yellow, green, horizon, change
):
    """The plain loop over all days, each with net flow written out, is the definition."""
    later = zones(tor, tor + yellow, tor + yellow + green, tor / 2, horizon)
    expected, have = [], float(supply)
    for day in range(TODAY, TODAY + 41):
        sizing = later if day >= change else OCA
        net_flow = have - qualified_demand(demand, day, sizing.spike_horizon, sizing.spike_threshold)
        for lot in order_lots(net_flow, sizing, LotRule(), "at_or_below"):
            expected.append((day, lot, day + 10))
            have += lot

    assert ordered(supply, demand, TODAY + 40, later=later, change=change) == expected
