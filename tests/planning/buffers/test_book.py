"""The buffers of a whole factory: which rows count, usage, adjustments, lead times in days, and today's position."""

from datetime import date, timedelta
from typing import Any

import pytest

from pegboard.domain.buffer import Buffer, BufferAdjustment, BufferProfile
from pegboard.domain.supply import DemandHistory, Forecast
from pegboard.planning.buffers.book import BufferBook
from pegboard.planning.lotsize import LotRule
from pegboard.planning.validate import validate
from tests.factories import buy, factory, local, make, order, part, step

HALF = BufferProfile(profile="HALF", lead_time_factor=0.5, variability_factor=0.5)
MONDAY = date(2022, 6, 20).toordinal()
EIGHT = "2022-06-20 08:00"


def book(dlt: dict[str, float], now: str = EIGHT, **files: Any) -> BufferBook:
    files.setdefault("buffer_profiles", [HALF])
    return BufferBook(validate(factory(now, **files))[0], dlt)


def of_x(item: Any = None, dlt: float = 10, adjustments: Any = (), **buffer: Any) -> BufferBook:
    """A factory with one buffer, X: DD-03's, if nothing else is said."""
    row = Buffer(**{"item": "X", "profile": "HALF", "adu": 4.0, **buffer})
    made = item or buy("X", policy="buffer")
    return book({"X": dlt}, items=[made], buffers=[row], buffer_adjustments=adjustments)


def adjusted(kind: str, factor: float, start: str, end: str, **more: Any) -> BufferAdjustment:
    dates = {"start": date.fromisoformat(start), "end": date.fromisoformat(end)}
    return BufferAdjustment(item="X", kind=kind, factor=factor, **dates, **more)  # type: ignore[arg-type]


def test_dd_02_a_made_item_without_routing_is_wanted_after_working_days():
    """Five business days after Monday 20 June are Monday 27 June."""
    profile = BufferProfile(profile="P", lead_time_factor=0.5, variability_factor=0.8)
    pillow = Buffer(item="PILLOW", profile="P", adu=23, moq=10, spike_threshold=25)
    pillows = book({"PILLOW": 5}, items=[make("PILLOW", policy="buffer")], buffers=[pillow], buffer_profiles=[profile])
    demand = {MONDAY: 18.0, MONDAY + 1: 29.0, MONDAY + 2: 26.0, MONDAY + 3: 20.0}
    row, orders = pillows.plan("PILLOW", 220, 0, demand, LotRule(), MONDAY)

    assert (row.tor, row.toy, row.tog) == (104, 219, 277)
    assert (row.qualified_demand, row.net_flow, row.order_qty) == (73, 147, 130)
    assert (row.priority_pct, row.colour) == (53.07, "yellow")
    assert [date.fromordinal(o.due_day) for o in orders] == [date(2022, 6, 27)]
    assert local(row.due or 0) == "Mon 06-27 08:00"
    assert local(row.order_by or 0) == "Mon 06-20 08:00"


def test_a_made_item_with_routing_and_a_bought_one_are_wanted_after_calendar_days():
    """Two and a half days count as three: Monday to Thursday; five lead over the weekend to Saturday."""
    routed = book(
        {"X": 2.5},
        items=[make("X", policy="buffer")],
        routing=[step("X", 10, "M")],
        buffers=[Buffer(item="X", profile="HALF", adu=4)],
    )
    assert routed.plan("X", 0, 0, {}, LotRule(), MONDAY)[1][0].due_day == MONDAY + 3
    assert of_x(dlt=5).plan("X", 0, 0, {}, LotRule(), MONDAY)[1][0].due_day == MONDAY + 5


def test_dd_03_the_position_of_a_buffer_that_needs_nothing():
    row, orders = of_x().plan("X", 200, 0, {}, LotRule(), MONDAY + 30)

    assert (row.net_flow, row.priority_pct, row.colour, row.on_hand_pct) == (200, 222.22, "green", 666.67)
    assert (row.order_qty, row.order_by, row.due, orders) == (0, None, None, [])


def test_dd_03_after_the_order_exists_nothing_more_is_ordered():
    """150 of 200 are shipped: 50 on hand want 40; with these on order, 90."""
    assert of_x().plan("X", 50, 0, {}, LotRule(), MONDAY)[0].order_qty == 40
    assert of_x().plan("X", 50, 40, {}, LotRule(), MONDAY)[0].order_qty == 0


def test_dd_09_the_alert_begins_where_the_profile_says():
    """27 of top of red 30 are 90 %: yellow, and red for a profile that wants 95 %."""
    wary = BufferProfile(profile="HALF", lead_time_factor=0.5, variability_factor=0.5, alert_pct=95)
    row = Buffer(item="X", profile="HALF", adu=4)
    strict = book({"X": 10}, items=[buy("X", policy="buffer")], buffers=[row], buffer_profiles=[wary])

    assert of_x().plan("X", 27, 60, {}, LotRule(), MONDAY)[0].alert == "yellow"
    assert strict.plan("X", 27, 60, {}, LotRule(), MONDAY)[0].alert == "red"


@pytest.mark.parametrize(("trigger", "qty"), [("at_or_below", 20), ("below", 0)])
def test_edge_45_the_setting_of_the_trigger_decides_at_top_of_yellow(trigger, qty):
    row = Buffer(item="X", profile="HALF", adu=4)
    files: Any = {"items": [buy("X", policy="buffer")], "buffers": [row], "policy": {"buffer_trigger": trigger}}

    assert book({"X": 10}, **files).plan("X", 70, 0, {}, LotRule(), MONDAY)[0].order_qty == qty


def test_the_minimum_of_the_buffer_raises_that_of_the_lot_rule_in_green_and_in_orders():
    """Green max(20, 45): top of green 115. At 70: 45."""
    row, _ = of_x(moq=45.0).plan("X", 70, 0, {}, LotRule(min_qty=5), MONDAY)

    assert (row.tog, row.order_qty) == (115, 45)


def test_the_minimum_of_the_buffer_raises_orders_that_its_zones_do_not():
    """Overridden zones: 30 - 20 = 10 is missing, 25 the least."""
    given = {"kind": "override", "tor": 10.0, "toy": 20.0, "tog": 30.0, "moq": 25.0}

    assert of_x(**given).plan("X", 20, 0, {}, LotRule(min_qty=5), MONDAY)[0].order_qty == 25


def test_nothing_on_hand_is_dark_red_with_something_due():
    """Due today or before; tomorrow is not yet due."""
    assert of_x().plan("X", 0, 90, {MONDAY: 1.0}, LotRule(), MONDAY)[0].alert == "dark_red"
    assert of_x().plan("X", 0, 90, {MONDAY + 1: 1.0}, LotRule(), MONDAY)[0].alert == "red"


def test_beyond_the_end_of_the_calendar_every_day_counts_as_open():
    """It ends within 60 days: 400 working days from Monday end later than 400 days, and later ones one by one."""
    row = Buffer(item="X", profile="HALF", adu=4)
    made = book({"X": 1}, items=[make("X", policy="buffer")], buffers=[row], horizon_days=30)
    due = [made.due_day("X", MONDAY, days) for days in (400, 401)]

    assert due[0] > MONDAY + 400
    assert due[1] == due[0] + 1


def test_a_buffer_is_not_sized_without_a_row_a_profile_or_the_policy():
    items = [buy(i, policy="buffer") for i in "ABCD"] + [buy("E")]
    rows = [
        Buffer(item="A", profile="HALF", kind="override", tor=1),
        Buffer(item="B", profile="NONE"),
        Buffer(item="C", kind="override", tor=1, toy=2, tog=3),
        Buffer(item="E", profile="HALF"),
    ]
    found = book({}, items=items, buffers=rows)

    assert [i for i in "ABCDE" if found.is_sized(i)] == ["A", "C"]


# -- usage -----------------------------------------------------------------------------------------------------------


def used(*rows: tuple[int, float]) -> list[DemandHistory]:
    return [DemandHistory(item="X", date=date.fromordinal(MONDAY - ago), qty=q) for ago, q in rows]


def adu(buffer: Buffer, history: Any = (), forecast: Any = (), demand: Any = None) -> float:
    items = [buy("X", policy="buffer")]
    made = book({"X": 1}, items=items, buffers=[buffer], demand_history=history, forecast=forecast)
    return made.size("X", demand or {}).adu


def test_dd_05_the_past_ends_yesterday():
    """20 + 20 + 10 over six days; what was used seven days ago and today does not count."""
    history = used((1, 20), (4, 20), (6, 10), (7, 12), (0, 20))

    assert adu(Buffer(item="X", profile="HALF", adu_past_days=6), history) == 8.3333


def test_dd_05_past_forward_and_blended_over_three_days():
    """(29 + 11 + 23) / 3 = 21; (18 + 18 + 29) / 3 = 21.67; half of each 21.33."""
    history, demand = used((1, 29), (2, 11), (3, 23)), {MONDAY: 18.0, MONDAY + 1: 18.0, MONDAY + 2: 29.0}
    past, forward = {"adu_past_days": 3.0}, {"adu_forward_days": 3.0}

    assert adu(Buffer(item="X", profile="HALF", **past), history, demand=demand) == 21
    assert adu(Buffer(item="X", profile="HALF", **forward), history, demand=demand) == 21.6667
    assert adu(Buffer(item="X", profile="HALF", **past, **forward), history, demand=demand) == 21.3333


def test_dd_05_weights_are_those_of_the_row():
    """0.75 x 21 + 0.25 x 21.667 = 21.1667."""
    history, demand = used((1, 29), (2, 11), (3, 23)), {MONDAY: 18.0, MONDAY + 1: 18.0, MONDAY + 2: 29.0}
    row = Buffer(item="X", profile="HALF", adu_past_days=3, adu_forward_days=3, adu_past_weight=0.75)

    assert adu(row, history, demand=demand) == 21.1667


def test_usage_that_is_given_stands_before_all_history():
    assert adu(Buffer(item="X", profile="HALF", adu=7, adu_past_days=3), used((1, 300))) == 7


def test_without_any_window_the_past_of_90_days_counts():
    """180 used 90 days ago are in, those 91 days ago are out."""
    assert adu(Buffer(item="X", profile="HALF"), used((90, 180), (91, 500))) == 2


def test_edge_44_an_item_without_a_past_is_sized_by_what_is_planned():
    """270 due within 90 days. Where a past window is asked for, nothing was used in it and nothing is counted."""
    demand = {MONDAY + 89: 270.0, MONDAY + 90: 900.0, MONDAY - 1: 50.0}

    assert adu(Buffer(item="X", profile="HALF"), demand=demand) == 3
    assert adu(Buffer(item="X", profile="HALF"), used((91, 500)), demand=demand) == 3
    assert adu(Buffer(item="X", profile="HALF", adu_past_days=10), demand=demand) == 0


def test_orders_use_up_the_forecast_of_their_time():
    """100 are expected over 10 days, from today. 30 are ordered: 100 in all. 130 ordered: 130."""
    rows = [
        Forecast(item="X", date=date.fromordinal(MONDAY), qty=100),
        Forecast(item="X", date=date.fromordinal(MONDAY + 10), qty=0),
    ]
    forward = Buffer(item="X", profile="HALF", adu_forward_days=10)

    assert adu(forward, forecast=rows, demand={MONDAY + 2: 30.0}) == 10
    assert adu(forward, forecast=rows, demand={MONDAY + 2: 130.0}) == 13


# -- adjustments -----------------------------------------------------------------------------------------------------


def test_dd_12_factors_on_usage_and_lead_time():
    """4 x 1.5 = 6 a day; 10 x 2 = 20 days."""
    assert of_x(adjustments=[adjusted("adu", 1.5, "2022-06-20", "2022-06-30")]).size("X", {}).adu == 6
    assert of_x(adjustments=[adjusted("lead_time", 2, "2022-06-20", "2022-06-30")]).size("X", {}).dlt_days == 20


def test_a_longer_lead_time_puts_the_wanted_day_off_too():
    longer = of_x(adjustments=[adjusted("lead_time", 2, "2022-06-20", "2022-06-30")])

    assert longer.plan("X", 0, 0, {}, LotRule(), MONDAY)[1][0].due_day == MONDAY + 20


def test_dd_12_a_factor_may_run_straight_from_one_value_to_another():
    """110 % on 31 May, 130 % on 30 June: 15 June is half way."""
    rising = adjusted("adu", 1.1, "2022-05-31", "2022-06-30", end_factor=1.3)
    row = Buffer(item="X", profile="HALF", adu=100)
    made = book(
        {"X": 1},
        "2022-06-15 08:00",
        items=[buy("X", policy="buffer")],
        buffers=[row],
        buffer_adjustments=[rising],
    )

    assert made.size("X", {}).adu == 120


def test_edge_47_overlapping_factors_multiply():
    """1.5 x 1.2 x 4 = 7.2 a day."""
    both = [adjusted("adu", 1.5, "2022-06-01", "2022-06-30"), adjusted("adu", 1.2, "2022-06-20", "2022-07-20")]

    assert of_x(adjustments=both).size("X", {}).adu == 7.2


def test_edge_47_a_window_shorter_than_the_lead_time_sizes_its_own_days_alone():
    """Two days of 1.5 in a lead time of ten: 90 on hand are enough today, 45 + 60 + 30 = 135 are wanted on Thursday.

    90 <= top of yellow 105, so 45 are ordered; from Saturday on net flow 135 is above all zones.
    """
    short = of_x(adjustments=[adjusted("adu", 1.5, "2022-06-23", "2022-06-24")])
    row, orders = short.plan("X", 90, 0, {}, LotRule(), MONDAY + 60)

    assert row.order_qty == 0
    assert [(o.day - MONDAY, o.qty) for o in orders] == [(3, 45)]


def test_an_adjustment_ends_with_its_last_day():
    ended = [adjusted("adu", 1.5, "2022-06-01", "2022-06-19")]
    last = [adjusted("adu", 1.5, "2022-06-01", "2022-06-20")]

    assert of_x(adjustments=ended).size("X", {}).adu == 4
    assert of_x(adjustments=last).size("X", {}).adu == 6


@pytest.mark.parametrize(("day", "extra"), [("06-22", 0), ("06-23", 30), ("07-23", 30), ("07-24", 0)])
def test_dd_12_usage_of_a_parent_is_exploded_to_its_buffered_component(day, extra):
    """60 a day x (1.5 - 1) = 30 from 1 to 31 July, 2 + 6 days earlier: 23 June to 23 July."""
    promotion = BufferAdjustment(item="FP", kind="adu", factor=1.5, start=date(2022, 7, 1), end=date(2022, 7, 31))
    chain = book(
        {"FP": 22, "AS": 20, "RM-01": 25, "RM-02": 14},
        f"2022-{day} 08:00",
        items=[make("FP", policy="buffer"), make("AS"), buy("RM-01", policy="buffer"), buy("RM-02")],
        bom=[part("FP", "AS"), part("AS", "RM-01"), part("AS", "RM-02")],
        buffers=[Buffer(item="FP", profile="HALF", adu=60), Buffer(item="RM-01", profile="HALF", adu=60)],
        buffer_adjustments=[promotion],
    )

    assert chain.size("RM-01", {}).adu == 60 + extra


def test_usage_of_a_parent_is_exploded_from_before_its_adjustment_with_quantities_and_yields():
    """Today is in the window: 60 x 0.5 x 3 per piece / yield 0.75 = 120 on top of 10."""
    day = {"start": date(2022, 6, 20), "end": date(2022, 7, 31)}
    chain = book(
        {},
        items=[make("FP", policy="buffer"), buy("RM", policy="buffer")],
        bom=[part("FP", "RM", 3, yield_=0.75)],
        buffers=[Buffer(item="FP", profile="HALF", adu=60), Buffer(item="RM", profile="HALF", adu=10)],
        buffer_adjustments=[BufferAdjustment(item="FP", kind="adu", factor=1.5, **day)],
    )

    assert (chain.size("FP", {}).adu, chain.size("RM", {}).adu) == (90, 130)


def test_the_usage_of_a_parent_without_buffer_is_counted_from_its_open_lines():
    """180 in 90 days are 2 a day; what is on hold does not count. Half as much again of three each: 3 a day more."""
    day = {"start": date(2022, 6, 20), "end": date(2022, 7, 31)}
    chain = book(
        {},
        items=[make("LAMP"), buy("RM", policy="buffer")],
        bom=[part("LAMP", "RM", 3)],
        buffers=[Buffer(item="RM", profile="HALF", adu=10)],
        orders=[
            order("SO-1", "LAMP", 200, "2022-07-01", shipped_qty=20),
            order("SO-2", "LAMP", 90, "2022-07-01", status="hold"),
        ],
        buffer_adjustments=[BufferAdjustment(item="LAMP", kind="adu", factor=1.5, **day)],
    )

    assert chain.size("RM", {}).adu == 13


def test_usage_before_adjustments_is_found_again_from_that_after_them():
    """(60 x 2 + 60 x 3 x 0.5): the factor of two is its own, the extra comes from its parent."""
    day = {"start": date(2022, 6, 20), "end": date(2022, 7, 31)}
    chain = book(
        {},
        items=[make("FP", policy="buffer"), buy("RM", policy="buffer"), buy("OFF", policy="buffer")],
        bom=[part("FP", "RM", 3)],
        buffers=[Buffer(item=i, profile="HALF", adu=60) for i in ("FP", "RM", "OFF")],
        buffer_adjustments=[
            BufferAdjustment(item="FP", kind="adu", factor=1.5, **day),
            BufferAdjustment(item="RM", kind="adu", factor=2, **day),
            BufferAdjustment(item="OFF", kind="adu", factor=0, **day),
        ],
    )

    assert chain.size("RM", {}).adu == 210
    assert chain.before_adjustment("RM", 210) == 60
    assert chain.before_adjustment("OFF", 0) == 0


def test_the_orders_of_a_long_horizon_follow_its_demand():
    """20 every fifth day for 300 days; green is 20, so each takes net flow from 90 to 70, and is made up for."""
    demand = {MONDAY + 5 * i: 20.0 for i in range(1, 61)}
    calm = of_x(spike_threshold=1000.0)
    _, orders = calm.plan("X", 90, 0, demand, LotRule(), MONDAY + 300)

    assert [(o.day, o.qty) for o in orders] == list(demand.items())


def test_days_are_those_of_the_factorys_time_zone():
    """20:00 in UTC on Sunday is Monday in Sydney: that day's usage is today's, and not yet past."""
    from datetime import UTC, datetime

    sunday_evening = datetime(2022, 6, 19, 20, tzinfo=UTC)
    made = book(
        {"X": 1},
        timezone="Australia/Sydney",
        items=[buy("X", policy="buffer")],
        buffers=[Buffer(item="X", profile="HALF", adu_past_days=1)],
        demand_history=[
            DemandHistory(item="X", date=sunday_evening, qty=5),
            DemandHistory(item="X", date=sunday_evening - timedelta(days=1), qty=3),
        ],
        orders=[order("SO-1", "X", 1, "2022-07-01")],
    )

    assert made.size("X", {}).adu == 3
