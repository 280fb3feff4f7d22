"""What comes out of a work order besides its item is a supply; a co-product is even made for its own sake."""

from typing import Any

from pegboard.app.outcome import Outcome
from pegboard.domain.item import BomLine
from tests.factories import (
    at,
    buy,
    completion,
    factory,
    make,
    order,
    part,
    pegged,
    pegs,
    plan,
    said,
    step,
    stock,
    works,
)

DUE = "2026-06-30"


def besides(parent: str, item: str, qty: float, kind: str = "byproduct", **more: Any) -> BomLine:
    """`qty` of an item that come of each started piece of a parent."""
    return BomLine(parent=parent, component=item, qty_per=qty, kind=kind, **more)  # type: ignore[arg-type]


def sawmill(*orders: Any, **more: Any) -> Outcome:
    """A beam takes an hour and leaves half a kilo of chips; chips, else bought within ten days, go into bricks."""
    return plan(
        factory(
            items=[buy("LOG", 1), buy("CHIPS", 10), make("BEAM"), make("BRICK")],
            bom=[part("BEAM", "LOG"), besides("BEAM", "CHIPS", 0.5), part("BRICK", "CHIPS", 2)],
            routing=[step("BEAM", 10, "SAW", run=60), step("BRICK", 10, "PRESS", run=60)],
            orders=orders,
            **more,
        )
    )


def test_a_by_product_serves_other_orders_when_its_work_order_is_complete():
    """Eight beams leave four kilos of chips, enough for two bricks, which wait for the saw."""
    outcome = sawmill(order("SO-1", "BEAM", 8, "2026-06-10"), order("SO-2", "BRICK", 2, DUE))

    assert pegged(outcome, "CHIPS") == {("wo", "SO-2/1-1"): 4}
    (peg,) = pegs(outcome, "CHIPS")
    assert (peg.supply, peg.available) == ("SO-1/1-1", works(outcome, "BEAM")[0].end)
    assert outcome.plan.purchases[0].item == "LOG"


def test_a_by_product_is_rounded_down_and_the_rest_is_bought():
    """Seven beams leave 3.5 kilos, of which three are whole ones."""
    outcome = sawmill(order("SO-1", "BEAM", 7, "2026-06-10"), order("SO-2", "BRICK", 2, DUE))

    assert pegged(outcome, "CHIPS") == {("wo", "SO-2/1-1"): 3, ("purchase", "SO-2/1-1"): 1}


def test_a_by_product_too_late_is_passed_over_where_a_purchase_would_be_sooner():
    """The beams are wanted in September, the bricks in June."""
    outcome = sawmill(order("SO-1", "BEAM", 8, "2026-09-10"), order("SO-2", "BRICK", 2, DUE))

    assert pegged(outcome, "CHIPS") == {("purchase", "SO-2/1-1"): 4}


def test_edge_39_what_a_work_order_yields_never_serves_itself():
    """Glue is boiled of bones and bones come back: the lot of SO-1 serves SO-2, whose own serves nobody."""
    outcome = plan(
        factory(
            items=[buy("BONE", 2), make("GLUE")],
            bom=[part("GLUE", "BONE", 4), besides("GLUE", "BONE", 1)],
            routing=[step("GLUE", 10, "POT", run=60)],
            orders=[order("SO-1", "GLUE", 2, "2026-06-15"), order("SO-2", "GLUE", 2, DUE)],
        )
    )

    assert pegged(outcome, "BONE") == {
        ("purchase", "SO-1/1-1"): 8,
        ("wo", "SO-2/1-1"): 2,
        ("purchase", "SO-2/1-1"): 6,
    }


def test_a_by_product_that_goes_into_what_its_parent_is_made_of_is_remarked_on():
    """Whey comes of cheese; it goes into the culture that cheese is made of."""
    outcome = plan(
        factory(
            items=[buy("MILK", 1), buy("WHEY", 3), make("CULTURE"), make("CHEESE")],
            bom=[part("CHEESE", "CULTURE"), part("CULTURE", "WHEY"), besides("CHEESE", "WHEY", 3)],
            routing=[step("CHEESE", 10, "VAT", run=60), step("CULTURE", 10, "VAT", run=60)],
            orders=[order("SO-1", "CHEESE", 2, "2026-06-15"), order("SO-2", "CHEESE", 2, DUE)],
        )
    )

    assert not said(outcome, "V100")
    assert {(p.supply_kind, p.demand) for p in pegs(outcome, "WHEY")} >= {("purchase", "SO-1/1-2")}


def test_a_co_product_that_is_short_is_made_by_making_its_parent():
    """Cream comes of cheese, two for each three started; five cream take eight cheese, which nobody wants."""
    outcome = plan(
        factory(
            items=[buy("MILK", 1), make("CHEESE")],
            bom=[part("CHEESE", "MILK", 10), besides("CHEESE", "CREAM", 2, "coproduct", per_qty=3)],
            routing=[step("CHEESE", 10, "VAT", run=60)],
            orders=[order("SO-1", "CREAM", 5, DUE)],
        )
    )

    assert [(w.item, w.qty) for w in outcome.plan.work_orders] == [("CHEESE", 8)]
    assert pegged(outcome, "CREAM") == {("wo", "SO-1/1"): 5}
    assert pegged(outcome, "MILK") == {("purchase", "SO-1/1-1"): 80}
    assert completion(outcome, "SO-1") == at(outcome, outcome.plan.work_orders[0].end)


def test_a_co_product_takes_what_is_there_and_what_comes_anyway_first():
    """Six cheese are ordered and leave four cream; two are in stock; of seven one is missing: two cheese more."""
    outcome = plan(
        factory(
            items=[buy("MILK", 1), make("CHEESE")],
            bom=[part("CHEESE", "MILK", 10), besides("CHEESE", "CREAM", 2, "coproduct", per_qty=3)],
            routing=[step("CHEESE", 10, "VAT", run=60)],
            orders=[order("SO-1", "CHEESE", 6, "2026-06-15"), order("SO-2", "CREAM", 7, DUE)],
            stock=[stock("CREAM", 2)],
        )
    )

    assert sorted((w.wo, w.qty) for w in outcome.plan.work_orders) == [("SO-1/1-1", 6), ("SO-2/1-1", 2)]
    assert pegged(outcome, "CREAM") == {("CREAM", "SO-2/1"): 2, ("wo", "SO-2/1"): 5}
