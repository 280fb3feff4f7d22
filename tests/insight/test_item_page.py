"""The page of an item: its place in the bills of material, what comes and goes, and its stock over time."""

from pathlib import Path

import pytest

from pegboard.app.files import read
from pegboard.app.materials import item_columns, purchase_columns
from pegboard.app.outcome import Outcome
from pegboard.domain.finding import Finding
from pegboard.insight.item_page import ItemPage, item_page
from tests.factories import at, buy, factory, forward, make, order, part, plan, po, step, stock
from tests.laws.random_factory import random_factory


def shop() -> Outcome:
    """Monday 08:00. A takes 2 X each, B 1; 5 X are there, 3 come on Wednesday, the rest is bought, five days."""
    return forward(
        factory(
            items=[make("A", name="Chair"), make("B"), buy("X", 5, uom="m", name="Tube"), buy("Y", 1)],
            bom=[part("A", "X", 2, step=10), part("B", "X", 3, per_qty=3)],
            routing=[step("A", 10, "SAW", run=60), step("B", 10, "SAW", run=60)],
            stock=[stock("X", 3, lot="L1"), stock("X", 2)],
            purchase_orders=[po("PO-1", "X", 3, "2026-06-10 08:00")],
            orders=[order("SO-1", "A", 2, "2026-06-12"), order("SO-2", "B", 6, "2026-06-26")],
        )
    )


def page(outcome: Outcome, item: str) -> ItemPage:
    found = item_page(outcome.planned.factory, outcome.plan, item)
    assert isinstance(found, ItemPage)
    return found


def test_an_item_is_told_at_a_glance():
    head = page(shop(), "X").item
    assert (head.description, head.unit, head.kind, head.sellable) == ("Tube", "m", "buy", False)
    assert (head.on_hand, head.on_order, head.planned, head.demand) == (5, 3, 2, 10)


def test_what_it_goes_into_and_what_is_made_from_it():
    outcome = shop()
    assert [(c.parent, c.qty, c.step) for c in page(outcome, "X").where_used] == [("A", 2, 10), ("B", 1, None)]
    assert [(c.component, c.description, c.unit) for c in page(outcome, "A").made_from] == [("X", "Tube", "m")]
    assert (page(outcome, "A").where_used, page(outcome, "X").made_from) == ([], [])


def test_stock_falls_when_the_plan_takes_and_rises_when_it_receives():
    """5 X; A takes 4 at once. B takes 6 from Monday on, when the 2 that are still wanting can be there."""
    outcome = shop()
    stock = page(outcome, "X").stock
    assert [(at(outcome, t), qty) for t, qty in zip(stock.t, stock.qty, strict=True)] == [
        ("Mon 06-08 08:00", 1),
        ("Wed 06-10 08:00", 4),
        ("Mon 06-15 08:00", 0),
    ]


def test_supplies_say_what_of_them_is_promised_and_to_whom():
    found = {s.name: (s.kind, s.qty, s.pegged, s.orders) for s in page(shop(), "X").supplies if s.kind == "po"}
    assert found == {"PO-1": ("po", 3, 3, ("SO-2/1",))}


def test_demands_gather_the_pegs_of_one_step():
    outcome = shop()
    found = [(d.name, d.step, d.qty) for d in page(outcome, "X").demands]
    assert found == [("SO-1/1-1", 10, 4), ("SO-2/1-1", 10, 6)]


def test_an_unknown_item_is_a_finding():
    outcome = shop()
    found = item_page(outcome.planned.factory, outcome.plan, "Z")
    assert isinstance(found, Finding)


def test_items_are_searched_by_name_and_description_and_come_in_pages():
    outcome = shop()
    args = outcome.planned.factory, outcome.plan
    assert item_columns(*args, "TUBE", 10, 0, sellable=False).columns["item"] == ["X"]
    first = item_columns(*args, "", 3, 0, sellable=False)
    assert (first.columns["item"], first.n, first.of, first.next) == (["A", "B", "X"], 3, 4, 3)
    last = item_columns(*args, "", 3, 3, sellable=False)
    assert (last.columns["item"], last.next) == (["Y"], None)
    assert item_columns(*args, "", 10, 0, sellable=True).columns["item"] == ["A", "B", "Y"]


def test_purchases_name_the_orders_that_wait_for_them():
    found = purchase_columns(shop().plan, 10, 0).columns
    assert (found["item"], found["qty"], found["for_orders"]) == (["X"], [2], [("SO-2/1",)])


@pytest.mark.parametrize("seed", range(6))
def test_the_stock_of_no_item_is_ever_below_zero_in_a_certified_plan(seed: int, tmp_path: Path):
    snapshot = read(random_factory(seed).write(tmp_path / "factory")).snapshot
    assert snapshot is not None
    outcome = plan(snapshot)
    for item in outcome.planned.factory.items:
        found = page(outcome, item)
        assert min(found.stock.qty) >= 0, (item, found.stock, found.supplies, found.demands)
