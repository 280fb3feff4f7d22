"""Quantities at the edge: negative, zero, fractions, units, and items that lack something (edge cases 2 to 7)."""

from pegboard.app.outcome import Outcome
from pegboard.domain.item import Item
from pegboard.domain.supply import ItemSupplier
from pegboard.planning.validate import validate
from tests.factories import (
    buy,
    factory,
    forward,
    line,
    make,
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
)

JUNE = "2026-06-19"


def test_edge_02_a_negative_demand_is_no_supply():
    """10 wanted, 5 in stock: 5 are bought, whatever a line of -5 says."""
    outcome = plan(
        factory(
            items=[buy("X")],
            stock=[stock("X", 5)],
            orders=[order("SO-MINUS", "X", -5, "2026-06-10"), order("SO-1", "X", 10, JUNE)],
        )
    )

    assert [p.qty for p in purchases(outcome, "X")] == [5]


def test_edge_02_a_demand_that_is_no_number_is_not_planned():
    outcome = plan(factory(items=[buy("X")], orders=[order("SO-1", "X", float("nan"), JUNE)]))

    assert not outcome.plan.purchases
    assert not outcome.plan.pegs


def test_edge_03_a_component_of_quantity_zero_is_named_but_not_wanted():
    outcome = plan(
        factory(
            items=[buy("RM"), buy("NOTE")],
            bom=[part("A", "RM", 2), part("A", "NOTE", 0)],
            orders=[order("SO-1", "A", 1, JUNE)],
        )
    )

    assert [p.item for p in outcome.plan.purchases] == ["RM"]


def boxes(**terms) -> Outcome:
    """12 pieces wanted of an item that its supplier sells in boxes."""
    return plan(
        factory(
            items=[buy("X", uom="pcs")],
            item_suppliers=[ItemSupplier(item="X", supplier="S", lead_time_days=1, uom="box", **terms)],
            orders=[order("SO-1", "X", 12, JUNE)],
        )
    )


def test_edge_04_a_purchase_is_rounded_up_to_whole_units_of_the_supplier():
    """12 pieces are 1.2 boxes of 10, so two boxes are bought: 20 pieces, not 12 and not 12 boxes."""
    assert [p.qty for p in purchases(boxes(uom_factor=10), "X")] == [20]


def test_edge_04_a_purchase_in_a_unit_without_a_conversion_is_a_fault_not_one_to_one():
    outcome = boxes()

    assert [m for m in outcome.plan.messages if m.severity == "error" and "box" in m.what]


def test_edge_05_binary_fractions_do_not_round_up():
    """3 x 0.1 is 0.30000000000000004 in floating point and 0.3 in life: the stock of 0.3 kg is enough."""
    outcome = plan(
        factory(
            items=[buy("RM", uom="kg", decimals=1)],
            bom=[part("A", "RM", 0.1)],
            stock=[stock("RM", 0.3)],
            orders=[order("SO-1", "A", 3, JUNE)],
        )
    )

    assert pegged(outcome, "RM") == {("RM", "SO-1/1-1"): 0.3}


def test_edge_05_a_ratio_that_is_whole_in_life_is_whole():
    """3 x 0.1 / 0.1 is 3."""
    outcome = plan(
        factory(
            items=[buy("RM")],
            bom=[part("A", "RM", 0.1, per_qty=0.1)],
            stock=[stock("RM", 3)],
            orders=[order("SO-1", "A", 3, JUNE)],
        )
    )

    assert pegged(outcome, "RM") == {("RM", "SO-1/1-1"): 3}


def test_edge_05_a_fraction_of_a_whole_unit_is_rounded_up():
    """10 x 0.25 = 2.5 sheets are 3."""
    outcome = plan(factory(bom=[part("A", "RM", 0.25)], items=[buy("RM")], orders=[order("SO-1", "A", 10, JUNE)]))

    assert [p.qty for p in purchases(outcome, "RM")] == [3]


def test_edge_06_a_made_item_without_routing_takes_its_lead_time_in_working_days_and_says_so():
    """Three open days from Mon 06-08: it is there when Thursday begins."""
    outcome = forward(
        factory("2026-06-08 00:00", items=[make("A", lead_time_days=3)], orders=[order("SO-1", "A", 1, JUNE)])
    )

    assert (line(outcome, "SO-1").completion or 0) - outcome.plan.now == 3 * 86_400
    assert "no capacity" in said(outcome, "V106")[0].what


def test_edge_06_a_made_item_without_components_is_planned_with_a_remark():
    outcome = plan(factory(routing=[step("A", 10, "M", run=5)], orders=[order("SO-1", "A", 1, JUNE)]))

    assert line(outcome, "SO-1").status == "on_time"
    assert said(outcome, "V107")[0].subject == "A"


def test_edge_06_a_bought_item_without_supplier_leaves_its_demand_short_with_the_reason():
    outcome = plan(factory(items=[buy("RM", 0)], bom=[part("A", "RM", 2)], orders=[order("SO-1", "A", 5, JUNE)]))

    assert line(outcome, "SO-1").status == "unplanned"
    assert line(outcome, "SO-1").reason == "10 RM short: RM is bought, but has no supplier and no lead time"


def test_edge_06_stock_of_a_bought_item_without_supplier_serves_as_long_as_it_lasts():
    outcome = plan(
        factory(
            items=[buy("RM", 0)],
            bom=[part("A", "RM", 2)],
            stock=[stock("RM", 10)],
            orders=[order("SO-1", "A", 5, JUNE)],
        )
    )

    assert line(outcome, "SO-1").status == "on_time"


def test_edge_07_one_item_twice_in_an_order_with_two_dates_stays_two_demands():
    outcome = plan(
        factory(items=[buy("X")], orders=[order("SO-1", "X", 5, "2026-06-12"), order("SO-1", "X", 5, JUNE, line="2")])
    )

    assert sorted((p.demand, p.qty) for p in pegs(outcome, "X")) == [("SO-1/1", 5), ("SO-1/2", 5)]


def test_what_names_an_unknown_item_is_left_out_with_a_finding():
    snapshot = factory(
        items=[Item(item="A")],
        bom=[part("A", "GHOST")],
        orders=[order("SO-1", "PHANTASM", 1, JUNE)],
        purchase_orders=[po("PO-1", "SPECTRE", 1, JUNE)],
        complete=False,
    )

    assert sorted((f.code, f.subject) for f in validate(snapshot)[1] if f.severity == "error") == [
        ("V101", "A"),
        ("V150", "SO-1/1"),
        ("V157", "SPECTRE"),
    ]
