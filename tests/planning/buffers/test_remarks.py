"""What a planner is told about buffers, and that nothing is said of sound ones."""

from datetime import date
from typing import Any

from pegboard.domain.buffer import Buffer, BufferProfile
from pegboard.domain.supply import DemandHistory
from pegboard.planning.buffers.book import BufferBook
from pegboard.planning.buffers.remarks import out_of_step
from pegboard.planning.validate import validate
from tests.factories import buy, factory, po

HALF = BufferProfile(profile="HALF", lead_time_factor=0.5, variability_factor=0.5)
TODAY = date(2026, 6, 8).toordinal()


def of_x(dlt: float = 10, history: Any = (), **buffer: Any) -> BufferBook:
    """One buffer, X, of four a day: tops 30, 70 and 90."""
    row = Buffer(**{"item": "X", "profile": "HALF", "adu": 4.0, "source": "buffers.csv:2", **buffer})
    items = [buy("X", policy="buffer")]
    snapshot = factory(items=items, buffers=[row], buffer_profiles=[HALF], demand_history=history)
    return BufferBook(validate(snapshot)[0], {"X": dlt})


def codes(book: BufferBook, on_hand: float = 80, receipts: Any = None, demand: Any = None) -> list[str]:
    return [f.code for f in book.remarks("X", on_hand, receipts or {}, demand or {})]


def test_nothing_is_said_of_a_sound_buffer():
    assert codes(of_x()) == []
    assert codes(of_x(spike_horizon_days=10)) == []


def test_a_buffer_that_nothing_is_used_of_is_named_with_its_place():
    (said,) = of_x(adu=None, moq=50.0).remarks("X", 10, {}, {})

    assert (said.code, said.source) == ("B200", "buffers.csv:2")
    assert "its zones end at 50" in said.what


def test_a_spike_horizon_below_the_lead_time_and_no_lead_time_at_all_are_named():
    assert codes(of_x(spike_horizon_days=9)) == ["B201"]
    assert codes(of_x(dlt=0)) == ["B202"]


def test_usage_that_has_changed_by_more_than_half_is_named():
    """28 x 6.5 a day against 4 is 62 % more, 28 x 6 is 50 %."""
    days = [date.fromordinal(TODAY - n) for n in range(1, 29)]

    assert codes(of_x(history=[DemandHistory(item="X", date=d, qty=6.5) for d in days])) == ["B203"]
    assert codes(of_x(history=[DemandHistory(item="X", date=d, qty=6) for d in days])) == []


def test_edge_45_supply_beyond_top_of_green_may_be_put_off():
    """80 + 40 - 20 due = 100 of 90."""
    (said,) = of_x().remarks("X", 80, {TODAY + 5: 40}, {TODAY: 20})

    assert said.code == "B205"
    assert "cancel up to 10 of" in said.advice


def test_stock_that_runs_low_within_the_lead_time_is_named_with_day_and_depth():
    """50 - 4 a day is below half of red, 15, on day 8 (50 - 36 = 14) and at 10 on day 9, the last."""
    (said,) = of_x().remarks("X", 50, {}, {})

    assert (said.code, said.what) == ("B206", "X falls below 15 on 2026-06-16 and down to 10 within its lead time")


def test_supply_that_comes_after_the_need_is_named_with_both_days():
    (said,) = out_of_step("X", 10, {TODAY + 6: 20}, {TODAY + 3: 12}, TODAY, TODAY + 10)

    assert said.what == "2 X are missing on 2026-06-11, and supply comes on 2026-06-14"


def test_supply_of_a_long_lead_time_is_followed_up_in_its_last_third():
    """Of 60 days: 14 before it is due it is yellow, 15 before it is green still. 20 days are no long lead time."""
    items = [buy("X", 60), buy("SHORT", 20), buy("BUFFER", 60, policy="buffer")]
    orders = [po("P1", "X", 5, "2026-06-22"), po("P2", "X", 5, "2026-06-23"), po("P3", "SHORT", 5, "2026-06-09")]
    orders.append(po("P4", "BUFFER", 5, "2026-06-10"))
    found = validate(factory(items=items, purchase_orders=orders))[1]

    (said,) = [f for f in found if f.code == "B208"]
    assert said.what == "P1 brings X in 14 days, of 60 in all: yellow"
