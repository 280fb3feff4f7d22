"""Variants through all levels: who shares lots and stock, what is drawn, which steps run, which cycles occur."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pegboard.domain.expression import Formula
from pegboard.domain.item import Option, OptionRule
from pegboard.domain.order import OrderLine
from pegboard.domain.record import Options
from pegboard.domain.snapshot import Snapshot
from pegboard.domain.variant import variant_id
from tests.factories import (
    buy,
    factory,
    make,
    operation,
    or_on,
    order,
    part,
    pegged,
    phantom,
    plan,
    purchases,
    said,
    step,
    stock,
    wo,
    works,
)

DUE = "2026-06-19"


def want(name: str, item: str, qty: float = 1, **options: str) -> OrderLine:
    """An order for an item with options."""
    return order(name, item, qty, DUE, options=tuple(sorted(options.items())))


def chosen(**options: str) -> Options:
    """Options as records hold them."""
    return tuple(sorted(options.items()))


def bike(*orders: OrderLine, **more: Any) -> Snapshot:
    """A bike of a frame and a bell; the frame is painted, the bell may be left away, the saddle is always the same."""
    return factory(
        items=[
            make("BIKE"),
            make("FRAME", **more.pop("frame", {})),
            make("SADDLE"),
            buy("TUBE"),
            buy("BELL"),
            buy("PAINT"),
        ],
        bom=[
            part("BIKE", "FRAME"),
            part("BIKE", "SADDLE"),
            part("BIKE", "BELL", condition="BELL=yes"),
            part("FRAME", "TUBE", Formula("SIZE/10")),
            part("FRAME", "PAINT", condition="COLOUR!=raw"),
        ],
        routing=[
            step("BIKE", 10, "BENCH", run=10),
            step("FRAME", 10, "SAW", run=5),
            step("FRAME", 20, "BOOTH", run=5, family="{COLOUR}", condition="COLOUR!=raw"),
            step("SADDLE", 10, "SEW", run=5),
        ],
        orders=orders,
        **more,
    )


def two(item: str, **more: Any) -> list[tuple[Options, float]]:
    """Options and quantities of the work orders for an item of two bikes that differ in the bell alone."""
    yes = want("SO-1", "BIKE", 2, BELL="yes", COLOUR="red", SIZE="50")
    no = want("SO-2", "BIKE", 3, BELL="no", COLOUR="red", SIZE="50")
    return [(w.options, w.qty) for w in works(plan(bike(yes, no, **more)), item)]


# -- what matters ----------------------------------------------------------------------------------------------------


def test_options_are_handed_down_and_those_matter_that_an_item_or_its_parts_ask_for():
    outcome = plan(bike(want("SO-1", "BIKE", 2, BELL="yes", COLOUR="red", SIZE="50", NOTE="gift")))
    assert {w.item: w.options for w in outcome.plan.work_orders} == {
        "BIKE": chosen(BELL="yes", COLOUR="red", SIZE="50"),
        "FRAME": chosen(COLOUR="red", SIZE="50"),
        "SADDLE": (),
    }
    assert [p.qty for p in purchases(outcome, "TUBE")] == [10]  # 2 frames x 50 / 10


def test_equal_variants_share_a_lot_and_different_ones_never_do():
    """The two bikes differ in the bell, which is nothing to the frame: one lot of 5 frames, two lots of bikes."""
    one_lot = {"frame": {"batch_days": 30}}
    assert two("FRAME", **one_lot) == [(chosen(COLOUR="red", SIZE="50"), 5)]
    assert sorted(qty for _, qty in two("BIKE", **one_lot)) == [2, 3]


def test_lots_are_gathered_variant_by_variant_even_where_needs_alternate():
    """Red, raw, red, raw on four days: with batch_days two lots, each of both frames of its colour."""
    orders = [
        order(f"SO-{n}", "FRAME", n, f"2026-06-{15 + n}", options=chosen(COLOUR=colour, SIZE="50"))
        for n, colour in enumerate(("red", "raw", "red", "raw"), start=1)
    ]
    outcome = plan(bike(*orders, frame={"batch_days": 30}))
    assert {(dict(w.options)["COLOUR"], w.qty) for w in works(outcome, "FRAME")} == {("red", 4), ("raw", 6)}


COLOURS = st.lists(st.sampled_from(["red", "Red", "blue", "raw"]), min_size=1, max_size=5)


@settings(max_examples=25)
@given(COLOURS, st.sampled_from([0, 30]), st.sampled_from([0, 4]))
def test_whatever_the_lots_nobody_gets_another_variant(colours: list[str], batch_days: int, multiple: int):
    """Every peg of a frame joins equal options; `Red` and `red` are equal."""
    orders = [want(f"SO-{i}", "FRAME", 1, COLOUR=c, SIZE="50") for i, c in enumerate(colours)]
    outcome = plan(bike(*orders, frame={"batch_days": batch_days, "multiple": multiple}))
    colour = {w.wo: dict(w.options)["COLOUR"].casefold() for w in outcome.plan.work_orders}
    wanted = {o.id: colours[i].casefold() for i, o in enumerate(orders)}
    assert all(colour[p.supply] == wanted[p.demand] for p in outcome.plan.pegs if p.item == "FRAME")
    if batch_days:
        assert len(works(outcome, "FRAME")) == len(set(wanted.values()))


def test_stock_with_options_serves_equal_variants_only():
    red, raw = stock("FRAME", 2, lot="A", options=chosen(COLOUR="RED", SIZE="50.0")), chosen(COLOUR="raw", SIZE="50")
    lines = [want("SO-1", "FRAME", 1, COLOUR="red", SIZE="50"), want("SO-2", "FRAME", 1, COLOUR="raw", SIZE="50")]
    outcome = plan(bike(*lines, stock=[red]))
    assert pegged(outcome, "FRAME") == {("FRAME:A", "SO-1/1"): 1, ("wo", "SO-2/1"): 1}
    assert [w.options for w in works(outcome, "FRAME")] == [raw]


def test_stock_without_options_serves_all_variants_of_an_item_that_only_a_setup_family_tells_apart():
    snapshot = factory(
        routing=[step("DISC", 10, "BOOTH", run=5, family="{COLOUR}")],
        orders=[want("SO-1", "DISC", 1, COLOUR="red"), want("SO-2", "DISC", 1, COLOUR="blue")],
        stock=[stock("DISC", 2)],
    )
    assert pegged(plan(snapshot), "DISC") == {("DISC", "SO-1/1"): 1, ("DISC", "SO-2/1"): 1}


def test_the_id_of_a_variant_depends_on_values_not_on_their_order():
    assert variant_id((("A", "1"), ("B", "2"))) == variant_id((("B", "2"), ("A", "1")))
    assert variant_id((("A", "1"),)) != variant_id((("A", "2"),))
    assert variant_id(()) == ""


# -- steps -----------------------------------------------------------------------------------------------------------


def line_of_steps(*steps: tuple[int, str, tuple[int, ...]]) -> dict[int, tuple[int, ...]]:
    """Steps of an hour with a condition and what they come after; for COLOUR=raw, which end before which start."""
    outcome = plan(
        factory(
            routing=[step("PLATE", n, f"M{n}", run=60, condition=c, after=after) for n, c, after in steps],
            orders=[want("SO-1", "PLATE", 1, COLOUR="raw")],
        ),
        pull=False,
        rule="edd",
    )
    rows = outcome.plan.operations
    return {o.step: tuple(sorted(p.step for p in rows if p.end <= o.setup_start)) for o in rows}


def test_a_missing_step_hands_over_to_its_own_predecessors():
    """10 > 20 > 30 > 40 and 20 and 30 are not done: 40 waits for 10."""
    steps = [(10, "", ()), (20, "COLOUR!=raw", ()), (30, "COLOUR!=raw", ()), (40, "", ())]
    assert line_of_steps(*steps) == {10: (), 40: (10,)}


def test_a_missing_first_step_leaves_those_after_it_free_of_each_other():
    """20 and 30 both come after 10; without it neither waits, least of all 30 for 20."""
    assert line_of_steps((10, "COLOUR!=raw", ()), (20, "", (10,)), (30, "", (10,))) == {20: (), 30: ()}


def test_a_missing_step_of_a_network_hands_over_to_where_it_came_from_not_to_the_number_before_it():
    """20 and 30 come after 10, 40 after 30, which is missing: 40 waits for 10 and not for 20."""
    steps = [(10, "", ()), (20, "", (10,)), (30, "COLOUR!=raw", (10,)), (40, "", (30,))]
    assert line_of_steps(*steps) == {10: (), 20: (10,), 40: (10,)}


def test_a_variant_without_any_step_takes_its_lead_time():
    outcome = plan(
        factory(
            items=[make("PLATE", lead_time_days=2)],
            routing=[step("PLATE", 10, "M", run=60, condition="COLOUR!=raw")],
            orders=[want("SO-1", "PLATE", 1, COLOUR="raw"), want("SO-2", "PLATE", 1, COLOUR="red")],
        )
    )
    assert [o.resource for o in outcome.plan.operations if o.wo == "SO-2/1-1"] == ["M"]
    assert [w.status for w in works(outcome, "PLATE")] == ["planned", "planned"]
    assert "M" not in [o.resource for o in outcome.plan.operations if o.wo == "SO-1/1-1"]


def test_two_rows_of_one_step_that_both_hold_leave_the_variant_out():
    outcome = plan(
        factory(
            routing=[
                step("PLATE", 10, "M", run=60, condition="LEN>=100"),
                step("PLATE", 10, "M", run=90, condition="LEN>=500"),
            ],
            orders=[want("SO-1", "PLATE", 1, LEN="200"), want("SO-2", "PLATE", 1, LEN="500")],
        )
    )
    assert [(o.order, o.status) for o in outcome.plan.orders] == [("SO-1", "on_time"), ("SO-2", "unplanned")]
    assert "step 10 of PLATE stands twice: several of its conditions hold" in said(outcome, "V190")[0].what


def test_times_of_alternates_may_be_formulas():
    """The step takes 60 min a piece; on the other machine 3 min for each 100 mm: 5 pieces of 400 mm run 60 min."""
    outcome = plan(
        factory(
            routing=[step("PLATE", 10, "SLOW", run=60)],
            routing_alternates=[
                or_on("PLATE", 10, "QUICK", run_min=Formula("3*LEN/100"), setup_min=Formula("LEN/40"), rank=0)
            ],
            orders=[want("SO-1", "PLATE", 5, LEN="400")],
        )
    )
    row = operation(outcome, "SO-1")
    assert (row.resource, row.setup_min, row.run_min) == ("QUICK", 10, 60)


# -- bills of material -----------------------------------------------------------------------------------------------


def test_a_formula_without_options_is_a_number_for_every_variant():
    """2 * 3 = 6 min for each of 5 pieces, each of 1 + 1 = 2 boards."""
    snapshot = factory(
        items=[make("PLATE"), buy("BOARD")],
        bom=[part("PLATE", "BOARD", Formula("1+1"))],
        routing=[step("PLATE", 10, "M", run=Formula("2*3"))],
        orders=[want("SO-1", "PLATE", 5)],
        work_orders=[wo("WO-1", "PLATE", 2)],
    )
    outcome = plan(snapshot)
    assert sorted((o.wo, o.run_min) for o in outcome.plan.operations) == [("SO-1/1-1", 18), ("WO-1", 12)]
    assert sum(p.qty for p in purchases(outcome, "BOARD")) == 10


def test_components_of_a_step_that_a_variant_has_not_are_not_drawn():
    def drawn(colour: str) -> dict[str, float]:
        snapshot = factory(
            items=[make("PLATE"), buy("LACQUER"), buy("STEEL")],
            bom=[part("PLATE", "STEEL", step=10), part("PLATE", "LACQUER", step=20)],
            routing=[step("PLATE", 10, "SAW", run=5), step("PLATE", 20, "BOOTH", run=5, condition="COLOUR!=raw")],
            orders=[want("SO-1", "PLATE", 3, COLOUR=colour)],
        )
        return {p.item: p.qty for p in plan(snapshot).plan.purchases}

    assert drawn("red") == {"STEEL": 3, "LACQUER": 3}
    assert drawn("raw") == {"STEEL": 3}


def test_phantoms_are_looked_through_in_the_variant_of_what_is_made():
    snapshot = factory(
        items=[make("DOOR"), phantom("KIT"), buy("HINGE"), buy("LOCK")],
        bom=[
            part("DOOR", "KIT", Formula("LEAVES")),
            part("KIT", "HINGE", Formula("HEIGHT/500")),
            part("KIT", "LOCK", condition="LOCK=yes"),
        ],
        orders=[want("SO-1", "DOOR", 1, LEAVES="2", HEIGHT="1500", LOCK="yes")],
    )
    outcome = plan(snapshot)
    assert {p.item: p.qty for p in outcome.plan.purchases} == {"HINGE": 6, "LOCK": 2}
    assert works(outcome, "DOOR")[0].options == chosen(LEAVES="2", HEIGHT="1500", LOCK="yes")


def test_a_phantom_that_fails_for_a_variant_stops_what_is_made_of_it():
    snapshot = factory(
        items=[make("DOOR"), phantom("KIT"), buy("HINGE")],
        bom=[part("DOOR", "KIT"), part("KIT", "HINGE", Formula("6/LEAVES"))],
        orders=[want("SO-1", "DOOR", 1, LEAVES="0"), want("SO-2", "DOOR", 1, LEAVES="2")],
    )
    outcome = plan(snapshot)
    assert [(o.order, o.status) for o in outcome.plan.orders] == [("SO-1", "unplanned"), ("SO-2", "on_time")]
    assert "qty_per 6/LEAVES of HINGE in KIT divides by zero with LEAVES=0" in outcome.plan.orders[0].reason


def test_per_qty_and_fixed_qty_may_be_formulas():
    """10 shelves from boards of 3 each, and one board for each joint: 10 / 3 + 2 = 5.33, whole boards: 6."""
    snapshot = factory(
        items=[make("RACK"), buy("BOARD")],
        bom=[part("RACK", "BOARD", 1, per_qty=Formula("PER"), fixed_qty=Formula("JOINTS"))],
        orders=[want("SO-1", "RACK", 10, PER="3", JOINTS="2")],
    )
    assert [p.qty for p in purchases(plan(snapshot), "BOARD")] == [6]


# -- cycles ----------------------------------------------------------------------------------------------------------


def loop(*orders: OrderLine) -> Snapshot:
    """A is made of B where X=1, and B of A where X=2; both of C."""
    return factory(
        items=[make("A"), make("B"), buy("C")],
        bom=[part("A", "B", condition="X=1"), part("B", "A", condition="X=2"), part("A", "C"), part("B", "C")],
        orders=orders,
    )


def test_a_cycle_that_contradicting_conditions_never_close_is_none():
    outcome = plan(loop(want("SO-1", "A", 1, X="1"), want("SO-3", "B", 1, X="3")))
    assert said(outcome, "V100") == []
    assert [o.status for o in outcome.plan.orders] == ["on_time", "on_time"]
    assert [w.item for w in sorted(outcome.plan.work_orders, key=lambda w: w.item)] == ["A", "B", "B"]


def test_a_cycle_of_one_variant_leaves_out_its_lines_with_the_path():
    snapshot = factory(
        items=[make("A"), make("B"), buy("C")],
        bom=[part("A", "B", condition="X in 1,2"), part("B", "A", condition="X=2"), part("A", "C"), part("B", "C")],
        orders=[want("SO-1", "A", 1, X="1"), want("SO-2", "A", 1, X="2")],
    )
    outcome = plan(snapshot)
    assert [(o.order, o.status, o.cause) for o in outcome.plan.orders] == [
        ("SO-1", "on_time", ""),
        ("SO-2", "unplanned", "data"),
    ]
    assert "its bill of materials contains itself: A (X=2) > B (X=2) > A (X=2)" in outcome.plan.orders[1].reason


def test_two_variants_that_contain_each_other_the_other_way_round_end_in_a_finding():
    outcome = plan(loop(want("SO-1", "A", 1, X="1"), want("SO-2", "B", 1, X="2")))
    assert [o.status for o in outcome.plan.orders] == ["unplanned", "unplanned"]
    assert "another one the other way round: A > B > A" in outcome.plan.orders[0].reason


# -- a configuration changed after release ---------------------------------------------------------------------------


def test_a_work_order_whose_order_was_configured_anew_is_named_with_what_it_lacks_and_stays_as_it_is():
    """Released raw for 2; now red: 2 paint more and the booth. It is not exploded again, and a new one is made."""
    released = wo("WO-1", "FRAME", 2, order="SO-1", options=chosen(COLOUR="raw", SIZE="50"))
    outcome = plan(bike(want("SO-1", "FRAME", 2, COLOUR="red", SIZE="60"), work_orders=[released]))
    (finding,) = said(outcome, "V192")
    assert finding.subject == "WO-1"
    assert finding.what == (
        "work order WO-1 makes FRAME (COLOUR=raw, SIZE=50), but order SO-1/1 now wants FRAME (COLOUR=red, SIZE=60): "
        "for 2 pieces 2 PAINT more, 2 TUBE more, step 20 more"
    )
    drawn = {p.demand: p.qty for p in outcome.plan.pegs if p.item == "TUBE"}
    assert drawn == {"WO-1": 10, "SO-1/1-1": 12}
    assert pegged(outcome, "FRAME") == {("wo", "SO-1/1"): 2}
    assert [p.supply for p in outcome.plan.pegs if p.item == "FRAME"] == ["SO-1/1-1"]


def test_a_work_order_for_a_part_is_held_against_what_the_order_hands_down_to_it():
    line = want("SO-1", "BIKE", 2, BELL="yes", COLOUR="red", SIZE="50")
    as_wanted = wo("WO-1", "FRAME", 2, order="SO-1", options=chosen(COLOUR="red", SIZE="50"))
    outdated = wo("WO-2", "FRAME", 2, order="SO-1", options=chosen(COLOUR="blue", SIZE="50"))
    assert [f.subject for f in said(plan(bike(line, work_orders=[as_wanted, outdated])), "V192")] == ["WO-2"]


# -- arithmetic ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("qty", "minutes"), [(1, 12), (4, 48)])
def test_conditions_and_rules_may_use_arithmetic(qty: float, minutes: float):
    """A plate of 600 x 200 mm takes a minute for each 10,000 square millimetres: 12 min, and is below the second step.

    One of 500 x 500 would have to be longer than 500.
    """
    steps = [
        step("PLATE", 10, "M", run=Formula("LEN*WID/10000")),
        step("PLATE", 20, "N", run=1, condition="LEN*WID>120000"),
    ]
    sides = [Option(item="PLATE", option=side, values="100..900") for side in ("LEN", "WID")]
    snapshot = factory(
        routing=steps,
        options=sides,
        option_rules=[OptionRule(item="PLATE", when="LEN*WID>200000", require="LEN>500")],
        orders=[want("SO-1", "PLATE", qty, LEN="600", WID="200"), want("SO-2", "PLATE", 1, LEN="500", WID="500")],
    )
    outcome = plan(snapshot)
    assert [(o.step, o.run_min) for o in outcome.plan.operations] == [(10, minutes)]
    assert outcome.plan.orders[1].reason.endswith("when LEN*WID>200000 require LEN>500")
