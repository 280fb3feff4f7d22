"""Stock and open orders at the edge: negative, blocked, expiring, left over, fought over (edge cases 31 to 35)."""

from typing import Any

from pegboard.app.outcome import Outcome
from pegboard.domain.supply import StockLot
from tests.factories import (
    buy,
    completion,
    factory,
    forward,
    line,
    order,
    part,
    pegged,
    pegs,
    plan,
    po,
    purchases,
    said,
    step,
    stock,
    wo,
)

JUNE = "2026-06-19"


def wanting(qty: float, *lots: StockLot, lead: float = 1, **files: Any) -> Outcome:
    """SO-1 wants a bought item, of which there are these lots."""
    return plan(factory(items=[buy("X", lead)], stock=lots, orders=[order("SO-1", "X", qty, JUNE)], **files))


def bought(outcome: Outcome, item: str = "X") -> list[float]:
    return [p.qty for p in purchases(outcome, item)]


def test_edge_31_negative_stock_counts_as_none_and_is_reported():
    outcome = wanting(10, stock("X", -5))

    assert bought(outcome) == [10]
    assert said(outcome, "V154")[0].what == "stock of X is -5"


def test_edge_31_a_negative_lot_takes_nothing_from_another():
    outcome = wanting(10, stock("X", -5, lot="L1"), stock("X", 8, lot="L2"))

    assert bought(outcome) == [2]


def test_edge_32_blocked_stock_and_stock_under_inspection_serve_nobody():
    assert bought(wanting(10, stock("X", 6, status="blocked"), stock("X", 3, status="quality"))) == [10]


def test_edge_32_stock_reserved_for_another_order_is_left_alone():
    other = order("SO-2", "X", 6, "2026-06-26")
    outcome = plan(
        factory(
            items=[buy("X")], stock=[stock("X", 6, reserved_for="SO-2")], orders=[order("SO-1", "X", 4, JUNE), other]
        )
    )

    assert pegged(outcome, "X") == {("purchase", "SO-1/1"): 4, ("X", "SO-2/1"): 6}


def test_edge_32_reserved_stock_is_a_hard_peg_of_its_order():
    (peg,) = pegs(wanting(4, stock("X", 4, reserved_for="SO-1")), "X")

    assert (peg.supply_kind, peg.kind) == ("stock", "hard")


def test_edge_32_the_lot_that_expires_first_is_used_first():
    outcome = wanting(
        10, stock("X", 6, lot="AUG", expires="2026-08-01"), stock("X", 6, lot="JUL", expires="2026-07-01")
    )

    assert pegged(outcome, "X") == {("X:JUL", "SO-1/1"): 6, ("X:AUG", "SO-1/1"): 4}


def test_edge_32_a_lot_that_expires_before_it_is_needed_is_not_used():
    """Wanted on the evening of 06-19."""
    assert bought(wanting(6, stock("X", 6, expires="2026-06-19"))) == [6]
    assert bought(wanting(6, stock("X", 6, expires="2026-06-20"))) == []


def test_edge_32_stock_that_is_not_there_in_time_is_passed_over_for_a_purchase():
    assert bought(wanting(6, stock("X", 6, available_from="2026-06-22"))) == [6]


def test_edge_33_what_a_minimum_leaves_over_serves_the_next_demand():
    """16 of 50 for SO-1 leave 34: enough for 30, and nothing is bought for SO-2."""
    outcome = plan(
        factory(
            items=[buy("X", min_qty=50)], orders=[order("SO-1", "X", 16, JUNE), order("SO-2", "X", 30, "2026-06-26")]
        )
    )

    assert bought(outcome) == [50]
    assert sorted(p.qty for p in pegs(outcome, "X")) == [16, 30]


def test_edge_33_the_next_demand_buys_only_what_is_missing():
    """34 left over, 40 wanted: 6 are missing, and the minimum makes them 50."""
    outcome = plan(
        factory(
            items=[buy("X", min_qty=50)], orders=[order("SO-1", "X", 16, JUNE), order("SO-2", "X", 40, "2026-06-26")]
        )
    )

    assert bought(outcome) == [50, 50]
    assert sorted(p.qty for p in pegs(outcome, "X")) == [6, 16, 34]


def inverted(allocation: str) -> Outcome:
    """Ten in stock; SO-LOW wants ten on the 12th, urgent SO-HIGH ten on the 15th, and new ones take 20 days."""
    return plan(
        factory(
            items=[buy("X", 20)],
            stock=[stock("X", 10)],
            orders=[
                order("SO-LOW", "X", 10, "2026-06-12", priority=200),
                order("SO-HIGH", "X", 10, "2026-06-15", priority=1),
            ],
            policy={"allocation": allocation},
        )
    )


def test_edge_34_by_need_the_earlier_order_is_served_first():
    outcome = inverted("need")

    assert (line(outcome, "SO-LOW").status, line(outcome, "SO-HIGH").status) == ("covered", "late")


def test_edge_34_by_priority_the_more_urgent_order_is_served_first():
    outcome = inverted("priority")

    assert (line(outcome, "SO-LOW").status, line(outcome, "SO-HIGH").status) == ("late", "covered")


def test_edge_34_an_urgent_order_that_lost_its_material_to_a_less_urgent_one_is_reported():
    words = [m.what for m in inverted("need").plan.messages]

    assert [w for w in words if "SO-HIGH" in w and "SO-LOW" in w]


def test_edge_34_a_released_work_order_keeps_its_material_from_a_new_one():
    """WO-1 is on the shop floor for SO-1; SO-2 wants B, of the same material, a week sooner, and buys its own."""
    outcome = forward(
        factory(
            items=[buy("RM")],
            bom=[part("A", "RM"), part("B", "RM")],
            routing=[step("A", 10, "M", run=6), step("B", 10, "M", run=6)],
            stock=[stock("RM", 10)],
            work_orders=[wo("WO-1", "A", 10, "released", order="SO-1", due=JUNE)],
            orders=[order("SO-1", "A", 10, JUNE), order("SO-2", "B", 10, "2026-06-12")],
        )
    )

    assert pegged(outcome, "RM") == {("RM", "WO-1"): 10, ("purchase", "SO-2/1-1"): 10}


def test_edge_34_a_work_order_made_for_an_order_serves_it_before_an_earlier_one():
    """WO-1 is for SO-1 by name; SO-2, due sooner, gets a work order of its own."""
    outcome = forward(
        factory(
            routing=[step("A", 10, "M", run=6)],
            work_orders=[wo("WO-1", "A", 10, "released", order="SO-1", due="2026-06-12")],
            orders=[order("SO-1", "A", 10, JUNE), order("SO-2", "A", 10, "2026-06-15")],
        )
    )
    given = {p.demand: p.supply for p in outcome.plan.pegs}

    assert given == {"SO-1/1": "WO-1", "SO-2/1": "SO-2/1-1"}


def late_order(lead: float) -> Outcome:
    """PO-1 brings ten on 06-30; SO-1 wants them on 06-19, and a new purchase takes so many days from 06-08."""
    return wanting(10, lead=lead, purchase_orders=[po("PO-1", "X", 10, "2026-06-30")])


def test_edge_35_a_late_order_is_passed_over_where_a_new_one_is_there_in_time():
    """06-10 is before 06-19."""
    assert pegged(late_order(2), "X") == {("purchase", "SO-1/1"): 10}


def test_edge_35_a_late_order_is_passed_over_where_a_new_one_is_late_too_but_sooner():
    """06-26 is before 06-30."""
    outcome = late_order(18)

    assert pegged(outcome, "X") == {("purchase", "SO-1/1"): 10}
    assert completion(outcome, "SO-1") == "Fri 06-26 08:00"


def test_edge_35_a_late_order_is_waited_for_where_a_new_one_would_be_later_still():
    """07-08 is after 06-30."""
    outcome = late_order(30)

    assert pegged(outcome, "X") == {("PO-1", "SO-1/1"): 10}
    assert completion(outcome, "SO-1") == "Tue 06-30 08:00"


def test_edge_35_an_early_demand_is_not_starved_by_a_receipt_for_a_later_one():
    """SO-1 buys for the 10th, though PO-1 comes on the 12th; SO-2 on the 15th takes PO-1."""
    outcome = plan(
        factory(
            items=[buy("X", 1)],
            purchase_orders=[po("PO-1", "X", 10, "2026-06-12")],
            orders=[order("SO-1", "X", 10, "2026-06-10"), order("SO-2", "X", 10, "2026-06-15")],
        )
    )

    assert pegged(outcome, "X") == {("purchase", "SO-1/1"): 10, ("PO-1", "SO-2/1"): 10}


def test_stock_that_is_released_after_the_need_waits_its_turn_among_open_orders():
    """Wanted on Wednesday: the lot is released on Friday though it expires first, and PO-1 comes on Thursday."""
    late = stock("A", 5, available_from="2026-06-12", expires="2026-06-20")
    items, orders = [buy("A", lead=30)], [order("SO-1", "A", 5, "2026-06-10")]
    outcome = plan(
        factory(items=items, stock=[late], purchase_orders=[po("PO-1", "A", 5, "2026-06-11")], orders=orders)
    )

    assert pegged(outcome, "A") == {("PO-1", "SO-1/1"): 5}


def test_stock_that_is_released_before_the_need_goes_first():
    """Wanted on the 19th, the lot of Friday expires first and is taken; PO-1 is left over."""
    late = stock("A", 5, available_from="2026-06-12", expires="2026-06-25")
    items, orders = [buy("A", lead=30)], [order("SO-1", "A", 5, JUNE)]
    outcome = plan(
        factory(items=items, stock=[late], purchase_orders=[po("PO-1", "A", 5, "2026-06-11")], orders=orders)
    )

    assert pegged(outcome, "A") == {("A", "SO-1/1"): 5}
