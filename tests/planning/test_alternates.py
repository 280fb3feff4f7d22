"""Of alternate components a work order takes one: what is there, else what can be had in time, else the soonest."""

from typing import Any

from pegboard.app.outcome import Outcome
from pegboard.domain.item import Substitute
from tests.factories import buy, factory, order, part, pegged, plan, po, said, step, stock

WOOD = [
    part("A", "OAK", 2, alternate_group="WOOD", rank=1),
    part("A", "PINE", 3, alternate_group="WOOD", rank=2),
]


def shelf(oak: float = 5, pine: float = 5, due: str = "2026-06-30", **more: Any) -> Outcome:
    """Four A of two OAK or three PINE each; these take so many days to buy. It is Mon 06-08."""
    return plan(
        factory(
            items=[buy("OAK", oak), buy("PINE", pine)],
            routing=[step("A", 10, "M", run=5)],
            **{"bom": WOOD, "orders": [order("SO-1", "A", 4, due)], **more},
        )
    )


def test_what_is_in_stock_is_taken_before_the_first_in_rank_is_bought():
    """Twelve PINE are there, OAK would have to be bought."""
    assert pegged(shelf(stock=[stock("PINE", 12)]), "PINE") == {("PINE", "SO-1/1-1"): 12}


def test_alternates_are_not_mixed_in_one_work_order():
    """Eleven PINE are one short of twelve: eight OAK are bought, and the PINE stays."""
    outcome = shelf(stock=[stock("PINE", 11)])

    assert pegged(outcome, "OAK") == {("purchase", "SO-1/1-1"): 8}
    assert pegged(outcome, "PINE") == {}


def test_an_open_order_in_time_counts_as_there():
    assert pegged(shelf(purchase_orders=[po("PO-1", "PINE", 12, "2026-06-15")]), "PINE") == {("PO-1", "SO-1/1-1"): 12}


def test_the_first_in_rank_that_can_be_bought_in_time_is_bought():
    """Due on Fri 06-12; OAK takes 30 days, PINE two."""
    assert pegged(shelf(oak=30, pine=2, due="2026-06-12"), "PINE") == {("purchase", "SO-1/1-1"): 12}


def test_where_none_is_in_time_the_soonest_is_bought():
    assert pegged(shelf(oak=30, pine=20, due="2026-06-12"), "PINE") == {("purchase", "SO-1/1-1"): 12}


def test_what_one_work_order_took_is_not_there_for_the_next():
    """Twelve PINE serve one of two orders; the other one, later by its number, buys OAK."""
    outcome = shelf(
        stock=[stock("PINE", 12)], orders=[order("SO-1", "A", 4, "2026-06-30"), order("SO-2", "A", 4, "2026-06-30")]
    )

    assert pegged(outcome, "PINE") == {("PINE", "SO-1/1-1"): 12}
    assert pegged(outcome, "OAK") == {("purchase", "SO-2/1-1"): 8}


def test_only_alternates_in_force_are_looked_at():
    """PINE may be used until May."""
    until_may = [WOOD[0], part("A", "PINE", 3, alternate_group="WOOD", rank=2, valid_to="2026-05-31")]

    assert pegged(shelf(bom=until_may, stock=[stock("PINE", 12)]), "PINE") == {}


def test_a_substitute_stands_in_with_its_factor():
    """Each OAK may be replaced by one and a half PINE: 8 x 1.5 = 12, which are there."""
    outcome = shelf(
        bom=[part("A", "OAK", 2)],
        substitutes=[Substitute(item="OAK", substitute="PINE", factor=1.5)],
        stock=[stock("PINE", 12)],
    )

    assert pegged(outcome, "PINE") == {("PINE", "SO-1/1-1"): 12}


def test_substitutes_in_a_circle_are_remarked_on_and_each_serves_the_others_lines():
    both = [Substitute(item="OAK", substitute="PINE"), Substitute(item="PINE", substitute="OAK")]
    outcome = shelf(bom=[part("A", "OAK", 2)], substitutes=both, stock=[stock("PINE", 8)])

    assert [m.subject for m in said(outcome, "V247")] == ["OAK"]
    assert pegged(outcome, "PINE") == {("PINE", "SO-1/1-1"): 8}


def test_a_substitute_that_the_item_goes_into_is_left_out():
    """BOARD is made of OAK; it cannot stand in for OAK in itself."""
    outcome = shelf(
        bom=[part("A", "BOARD"), part("BOARD", "OAK", 2)],
        substitutes=[Substitute(item="OAK", substitute="BOARD")],
    )

    assert [m.subject for m in said(outcome, "V248")] == ["BOARD"]
    assert pegged(outcome, "OAK") == {("purchase", "SO-1/1-2"): 8}


def test_what_does_not_exist_cannot_stand_in():
    outcome = shelf(bom=[part("A", "OAK", 2)], substitutes=[Substitute(item="OAK", substitute="ELM")])

    assert [m.subject for m in said(outcome, "V245")] == ["ELM"]
