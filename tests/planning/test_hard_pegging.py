"""Supplies of items that are pegged hard serve one order alone."""

from tests.factories import buy, factory, make, order, part, pegged, pegs, plan, purchases, step, stock, wo, works

DUE = "2026-06-30"


def test_the_rest_of_a_hard_lot_serves_no_other_order():
    """Lots of ten; each order wants four and buys ten of its own."""
    outcome = plan(
        factory(
            items=[buy("X", 1, pegging="hard", min_qty=10)],
            orders=[order("SO-1", "X", 4, DUE), order("SO-2", "X", 4, DUE)],
        )
    )

    assert [p.qty for p in purchases(outcome, "X")] == [10, 10]
    assert {p.kind for p in pegs(outcome, "X")} == {"hard"}


def test_the_rest_of_a_soft_lot_serves_the_next_order():
    outcome = plan(
        factory(items=[buy("X", 1, min_qty=10)], orders=[order("SO-1", "X", 4, DUE), order("SO-2", "X", 4, DUE)])
    )

    assert [p.qty for p in purchases(outcome, "X")] == [10]
    assert {p.kind for p in pegs(outcome, "X")} == {"soft"}


def test_the_lines_of_one_order_share_a_hard_lot():
    outcome = plan(
        factory(
            items=[buy("X", 1, pegging="hard", min_qty=10)],
            orders=[order("SO-1", "X", 4, DUE), order("SO-1", "X", 4, DUE, line="2")],
        )
    )

    assert [p.qty for p in purchases(outcome, "X")] == [10]


def test_orders_are_not_batched_where_lots_are_pegged_hard():
    """A week of shortages would share a lot; hard ones do not."""
    outcome = plan(
        factory(
            items=[buy("X", 1, pegging="hard", batch_days=7)],
            orders=[order("SO-1", "X", 4, DUE), order("SO-2", "X", 4, DUE)],
        )
    )

    assert [p.qty for p in purchases(outcome, "X")] == [4, 4]


def test_at_every_level_the_parts_of_a_hard_order_are_its_own():
    """B is pegged hard inside A: the rest of the lot of ten for SO-1 does not serve SO-2."""
    outcome = plan(
        factory(
            items=[make("A"), make("B", pegging="hard", min_qty=10)],
            bom=[part("A", "B", 4)],
            routing=[step("A", 10, "M", run=5), step("B", 10, "N", run=5)],
            orders=[order("SO-1", "A", 1, DUE), order("SO-2", "A", 1, DUE)],
        )
    )

    assert [w.qty for w in works(outcome, "B")] == [10, 10]
    assert {p.demand: p.supply for p in pegs(outcome, "B")} == {"SO-1/1-1": "SO-1/1-2", "SO-2/1-1": "SO-2/1-2"}


def test_a_work_order_that_names_an_order_serves_only_that_one():
    """WO-1 is for SO-2; SO-1, due first, has a lot of its own made."""
    outcome = plan(
        factory(
            items=[make("A", pegging="hard")],
            routing=[step("A", 10, "M", run=5)],
            work_orders=[wo("WO-1", "A", 4, order="SO-2", due=DUE)],
            orders=[order("SO-1", "A", 4, "2026-06-12"), order("SO-2", "A", 4, DUE)],
        )
    )

    assert {p.demand: p.supply for p in pegs(outcome, "A")} == {"SO-1/1": "SO-1/1-1", "SO-2/1": "WO-1"}


def test_free_stock_serves_hard_items_first():
    outcome = plan(
        factory(items=[buy("X", 1, pegging="hard")], stock=[stock("X", 3)], orders=[order("SO-1", "X", 4, DUE)])
    )

    assert pegged(outcome, "X") == {("X", "SO-1/1"): 3, ("purchase", "SO-1/1"): 1}


def test_stock_reserved_for_a_customer_serves_that_customers_orders_alone():
    outcome = plan(
        factory(
            items=[buy("X", 1)],
            stock=[stock("X", 4, reserved_for="ACME")],
            orders=[order("SO-1", "X", 4, "2026-06-12", customer="BETA"), order("SO-2", "X", 4, DUE, customer="ACME")],
        )
    )

    assert pegged(outcome, "X") == {("purchase", "SO-1/1"): 4, ("X", "SO-2/1"): 4}


def test_stock_reserved_for_a_customer_serves_the_parts_of_its_orders_too():
    outcome = plan(
        factory(
            items=[buy("X", 1)],
            bom=[part("A", "X", 2)],
            routing=[step("A", 10, "M", run=5)],
            stock=[stock("X", 4, reserved_for="ACME")],
            orders=[order("SO-1", "A", 2, DUE, customer="ACME")],
        )
    )

    assert pegged(outcome, "X") == {("X", "SO-1/1-1"): 4}
