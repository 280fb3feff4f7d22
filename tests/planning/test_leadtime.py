"""Own, cumulative and decoupled lead times: published figures, and what a factory's records make of them."""

# ruff: noqa: N802 - examples keep the capitals of their names

import pytest

from pegboard.domain.item import BomLine
from pegboard.domain.resource import Resource
from pegboard.domain.supply import ItemSupplier
from pegboard.planning.leadtime import LeadTime, chain, decoupled_days, lead_times, longest_ways
from pegboard.planning.making import Days
from pegboard.planning.validate import validate
from pegboard.tables.process import ProcessTable
from tests.factories import NONSTOP, buy, factory, make, or_on, part, phantom, step


def times(**files) -> dict[str, LeadTime]:
    found, _ = validate(factory(**files))
    return {row.item: row for row in lead_times(found, ProcessTable(found))}


def decoupled(**files) -> dict[str, float]:
    found, _ = validate(factory(**files))
    return decoupled_days(found, ProcessTable(found))


def test_MT_09_only_production_levels_count_and_the_longest_way_decides():
    """PBOM1 1 d over PBOM3 3 d over C6 6 d: 10; assembly, phantom and sales levels have no lead time of their own."""
    own = {"PBOM1": 1, "C1": 1, "C4": 4, "C5": 5, "PBOM3": 3, "C6": 6, "C7": 7}
    components = {
        "PBOM1": [("C1", 0), ("ASSEMBLY", 0), ("PHANTOM", 0), ("PBOM3", 0), ("SALES", 0)],
        "ASSEMBLY": [("C4", 0)],
        "PHANTOM": [("C5", 0)],
        "PBOM3": [("C6", 0)],
        "SALES": [("C7", 0)],
    }
    ways = longest_ways(own, components)
    assert (ways["PBOM1"].days, chain(ways, "PBOM1")) == (10, ("PBOM1", "PBOM3", "C6"))


def test_MT_09_a_component_needed_later_lengthens_the_way_by_less():
    """A 10 d; B 15 from 20 %, C 20 from 40 %, D 22 from 80 % of it: 10 + max(13, 16, 14) = 26."""
    own = {"A": 10, "B": 15, "C": 20, "D": 22}
    assert longest_ways(own, {"A": [("B", 2), ("C", 4), ("D", 8)]})["A"].days == 26


FIRST = {"FP-01": 2, "AS-01": 6, "RM-01": 25, "RM-02": 14}
TREE = {"FP-01": [("AS-01", 0)], "AS-01": [("RM-01", 0), ("RM-02", 0)]}


@pytest.mark.parametrize(("buffered", "days"), [({"RM-01"}, 2 + 6 + 14), (set(), 2 + 6 + 25), ({"RM-01", "AS-01"}, 2)])
def test_DD_04a_a_buffer_cuts_the_way_through_it(buffered: set[str], days: float):
    assert longest_ways(FIRST, TREE, buffered)["FP-01"].days == days


SECOND = {"101": 2, "201": 5, "203": 7, "204": 6, "301": 4, "302": 4, "402": 4, "403P": 3, "501P": 11}
EDGES = "101:201 101:203 101:204 201:301 203:302 203:303P 204:304P 301:401P 301:402 302:403P 302:404P 402:501P"


def test_DD_04b_the_tree_of_the_book():
    """101 alone 2; down to 501P 2 + 5 + 4 + 4 + 11; with buffers 101 + 204, 203 + 302 + 403P, 301 + 402."""
    own = SECOND | {"401P": 3, "404P": 7}
    tree: dict[str, list[tuple[str, float]]] = {}
    for edge in EDGES.split():
        parent, component = edge.split(":")
        tree.setdefault(parent, []).append((component, 0))
    everything = longest_ways(own, tree)
    assert (everything["101"].days, chain(everything, "101")) == (26, ("101", "201", "301", "402", "501P"))
    ways = longest_ways(own, tree, {"203", "301", "304P", "404P", "501P"})
    assert [ways[item].days for item in ("101", "203", "301")] == [8, 14, 8]
    assert chain(ways, "101") == ("101", "204")


def test_DD_04c_only_the_thread_is_not_decoupled():
    """Make 3 d, buy thread 2 d, everything else buffered: 5 of 21."""
    own = {"PILLOW": 3, "THREAD": 2, "COVER": 8, "FABRIC": 10, "FILLING": 6}
    tree = {"PILLOW": [("THREAD", 0), ("COVER", 0), ("FILLING", 0)], "COVER": [("FABRIC", 0)]}
    assert longest_ways(own, tree)["PILLOW"].days == 21
    assert longest_ways(own, tree, {"COVER", "FILLING"})["PILLOW"].days == 5


def test_the_buffer_of_an_item_does_not_shorten_its_own_lead_time_but_its_parents():
    found = decoupled(
        items=[make("LAMP", lead_time_days=1), make("ARM", lead_time_days=2, policy="buffer"), buy("TUBE", 7)],
        bom=[part("LAMP", "ARM"), part("ARM", "TUBE")],
    )
    assert found == {"LAMP": 1, "ARM": 9, "TUBE": 7}


def test_a_phantom_is_looked_through_even_if_it_says_buffer():
    found = times(
        items=[make("LAMP", lead_time_days=1), phantom("KIT", policy="buffer", lead_time_days=50), buy("TUBE", 7)],
        bom=[part("LAMP", "KIT"), part("KIT", "TUBE")],
    )
    assert (found["LAMP"].decoupled_days, found["KIT"].own_days) == (8, 0)


def test_a_component_of_a_later_step_is_needed_when_its_setup_starts():
    """Open day and night: 1 d setup and run, 1 d wait, then 1 d queue; the part of step 20 may come 3 d later."""
    routing = [
        step("LAMP", 10, "M", setup=480, run=960, wait_min=1440),
        step("LAMP", 20, "M", run=1440, queue_min=1440),
    ]
    files = {"calendars": NONSTOP, "routing": routing, "items": [buy("TUBE", 5)]}
    assert decoupled(bom=[part("LAMP", "TUBE", step=20)], **files)["LAMP"] == 4 + (5 - 3)
    assert decoupled(bom=[part("LAMP", "TUBE", step=10)], **files)["LAMP"] == 4 + 5
    assert decoupled(bom=[part("LAMP", "TUBE")], **files)["LAMP"] == 4 + 5


def test_the_queue_of_the_first_step_begins_when_its_material_is_there():
    files = {"calendars": NONSTOP, "routing": [step("LAMP", 10, "M", run=1440, queue_min=1440)]}
    assert decoupled(bom=[part("LAMP", "TUBE", step=10)], items=[buy("TUBE", 5)], **files)["LAMP"] == 2 + 5


def test_of_alternate_components_that_of_the_lowest_rank_counts():
    found = decoupled(
        items=[make("LAMP"), buy("OAK", 30), buy("PINE", 4)],
        bom=[
            part("LAMP", "OAK", alternate_group="WOOD", rank=2),
            part("LAMP", "PINE", alternate_group="WOOD", rank=1),
        ],
    )
    assert found["LAMP"] == 4


def test_what_comes_out_beside_the_item_is_no_component():
    chips = BomLine(parent="LAMP", component="CHIPS", qty_per=1, kind="byproduct")
    found = decoupled(items=[make("LAMP"), buy("CHIPS", 30), buy("TUBE", 2)], bom=[part("LAMP", "TUBE"), chips])
    assert found["LAMP"] == 2


def test_a_component_that_is_no_longer_in_force_does_not_count():
    found = decoupled(
        now="2026-06-08 08:00",
        items=[make("LAMP"), buy("OLD", 30), buy("NEW", 4)],
        bom=[part("LAMP", "OLD", valid_to="2026-05-31"), part("LAMP", "NEW", valid_from="2026-06-01")],
    )
    assert found["LAMP"] == 4


def test_a_purchase_takes_as_long_as_its_first_supplier():
    rows = [
        ItemSupplier(item="TUBE", supplier="FAR", lead_time_days=40, rank=2),
        ItemSupplier(item="TUBE", supplier="NEAR", lead_time_days=3, rank=1),
    ]
    assert decoupled(items=[buy("TUBE", 9)], item_suppliers=rows)["TUBE"] == 3


def test_of_alternate_resources_the_preferred_one_counts():
    files = {"calendars": NONSTOP, "routing": [step("LAMP", 10, "FAST", run=1440)]}
    assert decoupled(routing_alternates=[or_on("LAMP", 10, "SLOW", run_factor=9.0)], **files)["LAMP"] == 1


def test_working_days_of_an_item_without_routing_are_added_as_they_are():
    """Five working days are five days, though the factory is closed on weekends."""
    assert decoupled(items=[make("LAMP", lead_time_days=5)])["LAMP"] == 5


def test_working_time_is_stretched_by_closed_time():
    """40 of 168 hours are open: 8 hours of work take 1.4 days."""
    assert decoupled(routing=[step("LAMP", 10, "M", run=480)])["LAMP"] == 1.4


def test_the_smallest_lot_is_made():
    files = {"calendars": NONSTOP, "routing": [step("LAMP", 10, "M", run=72)]}
    assert decoupled(items=[make("LAMP", min_qty=20)], **files)["LAMP"] == 1


def test_days_are_rounded_to_two_decimals():
    """100 min are 0.0694 days."""
    assert decoupled(calendars=NONSTOP, routing=[step("LAMP", 10, "M", run=100)])["LAMP"] == 0.07


def test_items_in_a_circle_end_no_pass():
    found = decoupled(
        items=[make("A", lead_time_days=1), make("B", lead_time_days=1)], bom=[part("A", "B"), part("B", "A")]
    )
    assert found == {"A": 1, "B": 1}


def test_what_is_left_of_a_making_keeps_its_total_even_on_another_way():
    """The longest way queues for 4 days, the component's step lies on a way with 2 days of touch."""
    left = Days(touch=1, queue=4).without(Days(touch=2))
    assert (left.total, left.touch) == (3, pytest.approx(0.6))
    assert Days(touch=2, queue=4).without(Days(touch=2)) == Days(queue=4)


def test_a_step_that_nothing_can_do_takes_no_time():
    """Its item is blocked, and named so elsewhere; the step before it takes half a day."""
    routing = [step("LAMP", 10, "M", run=720), step("LAMP", 20, "GONE", run=720)]
    files = {"items": [make("LAMP")], "resources": [Resource(resource="M")], "routing": routing}
    assert decoupled(calendars=NONSTOP, complete=False, **files) == {"LAMP": 0.5}
