"""Items kept in stock order by a rule of their own, and who draws on them waits for the stock that there will be."""

from typing import Any

from pegboard.app.outcome import Outcome
from pegboard.domain.buffer import Buffer, BufferProfile
from pegboard.domain.plan import BufferPlan
from pegboard.domain.supply import Forecast, ItemSupplier
from tests.factories import (
    NONSTOP,
    at,
    buy,
    completion,
    factory,
    line,
    make,
    order,
    part,
    pegged,
    plan,
    po,
    purchases,
    said,
    step,
    stock,
    works,
)

# -- policy stock ------------------------------------------------------------------------------------------------------


def kept(*orders: Any, safety: float = 15, **more: Any) -> Outcome:
    """X arrives on the day it is ordered; it is Mon 06-01, open day and night."""
    return plan(
        factory(
            "2026-06-01 00:00",
            calendars=NONSTOP,
            items=[buy("X", 0, policy="stock", safety_stock=safety)],
            item_suppliers=[ItemSupplier(item="X", supplier="S", lead_time_days=0)],
            orders=orders,
            **more,
        )
    )


def wanted(outcome: Outcome) -> list[tuple[str, float]]:
    """When each purchase of X is wanted, and how much."""
    return sorted((at(outcome, p.need), p.qty) for p in purchases(outcome, "X"))


def test_mt_13_safety_stock_comes_first():
    """On hand 5, safety stock 15; 6 go on day 3, 10 come on day 7, 12 go on day 14.

    Ten are missing today. On day 3 six leave nine of fifteen: six more. On day 14 the receipt leaves two missing.
    """
    outcome = kept(
        order("SO-1", "X", 6, "2026-06-04 00:00"),
        order("SO-2", "X", 12, "2026-06-15 00:00"),
        stock=[stock("X", 5)],
        purchase_orders=[po("PO-1", "X", 10, "2026-06-08")],
    )

    assert sorted(p.qty for p in purchases(outcome, "X")) == [2, 6, 10]
    assert [line(outcome, name).status for name in ("SO-1", "SO-2")] == ["on_time", "on_time"]


def test_orders_are_served_from_stock_at_once_and_safety_stock_is_filled_up_behind_them():
    """Five are there and five wanted today; they go, and fifteen in all are bought for the shelf."""
    outcome = kept(order("SO-1", "X", 5, "2026-06-01"), stock=[stock("X", 5)])

    assert pegged(outcome, "X") == {("X", "SO-1/1"): 5}
    assert sum(p.qty for p in purchases(outcome, "X")) == 15


def test_what_orders_leave_of_the_forecast_is_kept_ready():
    """Seventy are expected in the week from 06-08; an order of that week uses up twenty."""
    outcome = kept(
        order("SO-1", "X", 20, "2026-06-10 00:00"),
        safety=0,
        forecast=[Forecast(item="X", date="2026-06-08", qty=70), Forecast(item="X", date="2026-06-15", qty=0)],  # type: ignore[arg-type]
    )

    assert sorted(p.qty for p in purchases(outcome, "X")) == [20, 50]


# -- policy buffer -----------------------------------------------------------------------------------------------------

HALF = BufferProfile(profile="M", lead_time_factor=0.5, variability_factor=0.5)


def buffered(*orders: Any, on_hand: float = 0, policy: Any = None, **more: Any) -> Outcome:
    """A of one B each; B is made of C within four days and buffered: TOR 30, TOY 70, TOG 90 with ten days in all.

    It is Mon 06-01, open day and night. C is bought within six days: decoupled lead time of B 4 + 6 = 10 days.
    """
    return plan(
        factory(
            "2026-06-01 00:00",
            calendars=NONSTOP,
            policy=policy,
            **{
                "items": [buy("C", 6), make("B", policy="buffer", lead_time_days=4)],
                "bom": [part("A", "B"), part("B", "C")],
                "routing": [step("A", 10, "M", run=60)],
                "buffers": [Buffer(item="B", profile="M", adu=4)],
                "buffer_profiles": [HALF],
                "stock": [stock("B", on_hand)] if on_hand else [],
                "orders": orders,
                **more,
            },
        )
    )


def board(outcome: Outcome) -> BufferPlan:
    (row,) = outcome.plan.buffers
    return row


def test_dd_03_a_buffer_in_the_plan_has_its_published_zones_and_net_flow():
    """ADU 4, ten days, factors of a half: red 20 + 10, yellow 40, green 20. Of 200 on hand 150 are due today: 50 left,
    of 90 that is 55.56 %; to the top of green 40 are missing.
    """
    outcome = buffered(order("SO-1", "B", 150, "2026-06-01"), on_hand=200)
    row = board(outcome)

    assert (row.adu, row.dlt_days, row.tor, row.toy, row.tog) == (4, 10, 30, 70, 90)
    assert (row.on_hand, row.on_order, row.qualified_demand, row.net_flow) == (200, 0, 150, 50)
    assert (row.priority_pct, row.colour, row.order_qty) == (55.56, "yellow", 40)
    assert (row.on_hand_pct, row.alert) == (666.67, "green")
    assert at(outcome, row.due) == "Thu 06-11 00:00"


def test_the_explosion_stops_at_the_buffer_which_orders_its_own_parts():
    """Eighty on hand are above the top of yellow: nothing is ordered, and no C is bought for the ten that go."""
    outcome = buffered(order("SO-1", "A", 10, "2026-06-05"), on_hand=81)

    assert pegged(outcome, "B") == {("B", "SO-1/1-1"): 10}
    assert not outcome.plan.purchases


def test_replenishments_are_work_orders_that_add_up_to_what_is_ordered():
    """Net flow 60: thirty are missing to the top of green, in lots of twenty, and as much C is bought."""
    outcome = buffered(order("SO-1", "A", 10, "2026-06-05"), on_hand=60)

    assert board(outcome).order_qty == 30
    assert sum(w.good_qty for w in works(outcome, "B")) == 30
    assert sum(p.qty for p in purchases(outcome, "C")) == 30


def test_edge_41_a_draw_waits_for_the_projected_stock():
    """Five on hand, twelve wanted: the first replenishment is there on Thu 06-11, and A takes an hour for each."""
    outcome = buffered(order("SO-1", "A", 12, "2026-06-05"), on_hand=5)

    assert completion(outcome, "SO-1") == "Thu 06-11 12:00"
    row = line(outcome, "SO-1")
    assert row.cause == "buffer"
    assert "the buffer of B has enough" in row.reason
    assert "Thu 2026-06-11 00:00" in row.reason


def test_later_days_replenish_too():
    """Eighty on hand; fifty go on the 20th, which leaves thirty: sixty are ordered then and there on the 30th."""
    outcome = buffered(order("SO-1", "A", 50, "2026-06-20"), order("SO-2", "A", 60, "2026-07-05"), on_hand=80)

    assert board(outcome).order_qty == 0
    assert {o.status for o in outcome.plan.orders} == {"on_time"}
    assert sum(w.good_qty for w in works(outcome, "B")) >= 60


def test_edge_42_what_is_reserved_is_on_neither_side():
    """Of 200 on hand 150 are kept for SO-1, who wants as many: 50 on hand, nothing due."""
    outcome = buffered(
        order("SO-1", "B", 150, "2026-06-01"), stock=[stock("B", 50), stock("B", 150, lot="L", reserved_for="SO-1")]
    )

    assert (board(outcome).on_hand, board(outcome).qualified_demand) == (50, 0)
    assert pegged(outcome, "B") == {("B:L", "SO-1/1"): 150}


def test_a_draw_larger_than_green_and_yellow_is_remarked_on():
    """Green and yellow are sixty."""
    assert [m.subject for m in said(buffered(order("SO-1", "B", 61, "2026-06-25"), on_hand=90), "B204")] == ["SO-1/1"]
    assert not said(buffered(order("SO-1", "B", 60, "2026-06-25"), on_hand=90), "B204")


def test_by_policy_a_large_draw_gets_a_supply_of_its_own():
    """The hundred of SO-1 are made for it alone; the buffer knows nothing of them."""
    outcome = buffered(order("SO-1", "B", 100, "2026-06-25"), on_hand=80, policy={"large_demand": "dedicate"})

    assert board(outcome).order_qty == 0
    assert pegged(outcome, "B") == {("wo", "SO-1/1"): 100}
    assert [p.kind for p in outcome.plan.pegs if p.item == "B"] == ["hard"]


def test_a_bought_buffer_orders_purchases():
    """RM: four a day, six days, factors of a half: red 12 + 6, yellow 24, green 12; nothing on hand: 54 to buy."""
    outcome = plan(
        factory(
            "2026-06-01 00:00",
            calendars=NONSTOP,
            items=[buy("RM", 6, policy="buffer")],
            buffers=[Buffer(item="RM", profile="M", adu=4)],
            buffer_profiles=[HALF],
            orders=[order("SO-1", "RM", 5, "2026-06-03")],
        )
    )

    (row,) = outcome.plan.purchases
    assert (row.qty, at(outcome, row.due)) == (54, "Sun 06-07 00:00")
    assert completion(outcome, "SO-1") == "Sun 06-07 00:00"


def test_a_buffer_that_cannot_be_replenished_says_so_and_the_rest_is_planned():
    """Nobody sells C; what is on hand serves SO-1, and SO-2 goes without."""
    outcome = buffered(
        order("SO-1", "A", 5, "2026-06-05"),
        order("SO-2", "A", 5, "2026-06-06"),
        on_hand=5,
        items=[buy("C", 0), make("B", policy="buffer", lead_time_days=4)],
    )

    assert [m.subject for m in said(outcome, "P205")] == ["B"]
    assert [line(outcome, name).status for name in ("SO-1", "SO-2")] == ["on_time", "unplanned"]
    assert line(outcome, "SO-2").cause == "buffer"


def test_an_unsized_buffer_orders_nothing():
    outcome = buffered(order("SO-1", "A", 5, "2026-06-05"), buffers=[Buffer(item="B", profile="NONE", adu=4)])

    assert not outcome.plan.buffers
    assert line(outcome, "SO-1").cause == "buffer"
