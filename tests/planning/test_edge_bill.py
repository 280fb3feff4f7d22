"""Bills of materials at the edge: loops, dates, levels and phantoms (edge cases 1 and 8 to 10)."""

from pegboard.app.outcome import Outcome
from tests.factories import (
    buy,
    factory,
    line,
    make,
    order,
    part,
    pegged,
    pegs,
    phantom,
    plan,
    progress,
    purchases,
    said,
    step,
    stock,
    wo,
    works,
)

JUNE = "2026-06-19"


def looping(*bom, items=()) -> Outcome:
    """SO-A wants A, whose bill of materials is given; SO-GOOD has nothing to do with it."""
    return plan(
        factory(
            items=items,
            bom=bom,
            routing=[step("GOOD", 10, "M", run=5)],
            orders=[order("SO-A", "A", 1, JUNE), order("SO-GOOD", "GOOD", 1, JUNE)],
        )
    )


def test_edge_01_a_loop_is_reported_with_its_path():
    outcome = looping(part("A", "B"), part("B", "C"), part("C", "A"))

    assert "A > B > C > A" in said(outcome, "V100")[0].what


def test_edge_01_an_order_for_a_looping_item_is_left_out_and_others_keep_planning():
    outcome = looping(part("A", "B"), part("B", "A"))

    assert (line(outcome, "SO-A").status, line(outcome, "SO-GOOD").status) == ("unplanned", "on_time")


def test_edge_01_an_item_that_contains_itself_is_a_loop():
    assert "A > A" in said(looping(part("A", "A")), "V100")[0].what


def test_edge_01_a_loop_through_a_phantom_is_found():
    outcome = looping(part("A", "PH"), part("PH", "A"), items=[phantom("PH")])

    assert "A > PH > A" in said(outcome, "V100")[0].what


def test_edge_01_a_loop_through_the_alternate_in_use_is_found():
    outcome = looping(
        part("A", "B", alternate_group="G", rank=1), part("A", "RM", alternate_group="G", rank=2), part("B", "A")
    )

    assert line(outcome, "SO-A").status == "unplanned"


def dated(*bom) -> Outcome:
    return plan(
        factory(
            items=[buy("OLD"), buy("NEW")],
            bom=bom,
            routing=[step("A", 10, "M", run=5)],
            orders=[order("SO-1", "A", 4, JUNE)],
        )
    )


def test_edge_08_lines_are_chosen_by_the_date_of_need():
    """Wanted on 06-19: OLD ended on the 18th, NEW began on the 19th."""
    outcome = dated(part("A", "OLD", valid_to="2026-06-18"), part("A", "NEW", valid_from="2026-06-19"))

    assert [p.item for p in outcome.plan.purchases] == ["NEW"]


def test_edge_08_a_line_is_in_force_on_its_first_and_its_last_day():
    """Wanted on 06-19, which is both."""
    outcome = dated(part("A", "OLD", valid_to="2026-06-19"), part("A", "NEW", valid_from="2026-06-19"))

    assert [p.item for p in outcome.plan.purchases] == ["NEW", "OLD"]


def test_edge_08_a_gap_between_effective_lines_is_remarked_on():
    """On 06-19 neither line is in force: A is made without either, which nobody may have meant."""
    outcome = dated(part("A", "OLD", valid_to="2026-06-15"), part("A", "NEW", valid_from="2026-06-25"))

    assert [m for m in outcome.plan.messages if m.subject == "A" and m.severity == "warning"]


def test_edge_08_overlapping_lines_are_chosen_alike_whatever_their_order():
    old, new = (
        part("A", "OLD", alternate_group="G", valid_to=JUNE),
        part("A", "NEW", alternate_group="G", valid_from=JUNE),
    )

    assert dated(old, new).plan.purchases == dated(new, old).plan.purchases


def test_edge_08_a_change_of_lines_does_not_explode_a_started_work_order_again():
    """WO-1 was begun with what was in force then; the new line is drawn by nobody."""
    outcome = plan(
        factory(
            items=[buy("NEW")],
            bom=[part("A", "NEW", 2, valid_from="2026-06-08")],
            routing=[step("A", 10, "M", run=5)],
            work_orders=[wo("WO-1", "A", 10, "started", due=JUNE)],
            work_order_steps=[progress("WO-1", 10, "started", good_qty=3)],
            orders=[order("SO-1", "A", 7, JUNE)],
        )
    )

    assert pegs(outcome, "NEW") == []


def test_edge_09_one_component_at_two_levels_is_summed_over_both():
    """2 SA x 15 + 3 directly = 33 (and not 15 + 3 = 18)."""
    outcome = plan(
        factory(
            items=[buy("RM")],
            bom=[part("FG", "SA", 2), part("FG", "RM", 3), part("SA", "RM", 15)],
            orders=[order("SO-1", "FG", 1, JUNE)],
        )
    )

    assert sum(p.qty for p in purchases(outcome, "RM")) == 33


def test_edge_09_a_component_is_netted_after_all_its_parents():
    """The stock of 10 goes to the deeper parent, which wants it sooner; the 3 for FG are bought with the rest."""
    outcome = plan(
        factory(
            items=[buy("RM"), make("FG", lead_time_days=1), make("SA", lead_time_days=1)],
            bom=[part("FG", "SA", 2), part("FG", "RM", 3), part("SA", "RM", 15)],
            stock=[stock("RM", 10)],
            orders=[order("SO-1", "FG", 1, JUNE)],
        )
    )
    (deep,) = works(outcome, "SA")

    assert pegged(outcome, "RM") == {("RM", deep.wo): 10, ("purchase", deep.wo): 20, ("purchase", "SO-1/1-1"): 3}


def test_edge_10_a_phantoms_own_stock_is_not_counted_with_that_of_its_components():
    """10 A take 10 PH, which are 20 RM: all 20 of the stock, and 5 loose PH change nothing."""
    outcome = plan(
        factory(
            items=[phantom("PH"), buy("RM")],
            bom=[part("A", "PH", 1), part("PH", "RM", 2)],
            stock=[stock("PH", 5), stock("RM", 20)],
            orders=[order("SO-1", "A", 10, JUNE)],
        )
    )

    assert pegged(outcome, "RM") == {("RM", "SO-1/1-1"): 20}
    assert pegs(outcome, "PH") == []


def test_edge_10_a_phantom_cannot_be_delivered():
    outcome = plan(
        factory(
            items=[phantom("PH")],
            bom=[part("PH", "RM", 2)],
            stock=[stock("PH", 5)],
            orders=[order("SO-1", "PH", 1, JUNE)],
        )
    )

    assert line(outcome, "SO-1").reason == "item PH is a phantom and cannot be delivered"
