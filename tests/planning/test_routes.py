"""Alternate routes: which one a work order takes, and what of routing and bill of materials belongs to it."""

from typing import Any

from pegboard.app.outcome import Outcome
from pegboard.domain.record import Record
from pegboard.domain.routing import Route
from tests.factories import (
    buy,
    factory,
    forward,
    line,
    make,
    operation,
    order,
    part,
    pegged,
    progress,
    said,
    step,
    wo,
    works,
)

LATE = "2026-07-31"
SHARED = [step("A", 30, "PACK", run=1)]
"""Packing comes last, whatever the route."""


def route(name: str, rank: int = 1, item: str = "A", **more: Any) -> Route:
    return Route(item=item, route=name, rank=rank, **more)


def sawn_or_cast(routes: list[Route], qty: float = 10, due: str = LATE, **files: Any) -> Outcome:
    """A is sawn of a bar each and then drilled, or cast of half a kilogram each; both ways it is packed in a box."""
    rows: dict[str, list[Record]] = {
        "items": [make("A"), buy("BAR"), buy("IRON", decimals=1), buy("BOX")],
        "routing": [
            step("A", 10, "SAW", run=1, route="sawn"),
            step("A", 20, "DRILL", run=1, route="sawn"),
            step("A", 10, "MOULD", run=5, route="cast"),
            *SHARED,
        ],
        "bom": [
            part("A", "BAR", 1, route="sawn"),
            part("A", "IRON", 0.5, route="cast"),
            part("A", "BOX", 1, step=30),
        ],
        "orders": [order("SO-1", "A", qty, due)],
    }
    return forward(factory(routes=routes, **(rows | files)))


def path(outcome: Outcome) -> list[str]:
    """The resources of all operations, by work order and step."""
    return [o.resource for o in outcome.plan.operations]


def test_the_route_of_least_rank_decides_steps_and_components():
    outcome = sawn_or_cast([route("sawn", 2), route("cast", 1)])

    assert path(outcome) == ["MOULD", "PACK"]
    assert pegged(outcome, "IRON") == {("purchase", "SO-1/1-1"): 5.0}
    assert pegged(outcome, "BOX") == {("purchase", "SO-1/1-1"): 10.0}
    assert not pegged(outcome, "BAR")


def test_of_equal_rank_the_first_name_wins():
    assert path(sawn_or_cast([route("sawn"), route("cast")])) == ["MOULD", "PACK"]


def test_a_route_must_be_in_force_on_the_local_day_of_the_need():
    """The need is the evening of Friday 07-31: casting ends the day before, or that very day."""
    ended = [route("sawn", 2), route("cast", 1, valid_to="2026-07-30")]
    holds = [route("sawn", 2), route("cast", 1, valid_to="2026-07-31")]

    assert path(sawn_or_cast(ended)) == ["SAW", "DRILL", "PACK"]
    assert path(sawn_or_cast(holds)) == ["MOULD", "PACK"]


def test_a_route_is_open_to_a_range_of_quantities():
    routes = [route("sawn", 2), route("cast", 1, min_qty=11)]

    assert path(sawn_or_cast(routes, qty=10)) == ["SAW", "DRILL", "PACK"]
    assert path(sawn_or_cast(routes, qty=11)) == ["MOULD", "PACK"]


def test_the_quantity_of_a_route_is_that_of_good_pieces():
    """Ten good ones are twenty started at a yield of a half, and casting is open to twelve at most."""
    items = [make("A", yield_=0.5), buy("BAR"), buy("IRON", decimals=1), buy("BOX")]

    assert path(sawn_or_cast([route("sawn", 2), route("cast", 1, max_qty=12)], items=items)) == ["MOULD", "PACK"]


def test_each_lot_takes_its_own_route():
    """Lots of at most 8: one of 8 may be cast, the 2 that are left are too few."""
    items = [make("A", max_qty=8), buy("BAR"), buy("IRON", decimals=1), buy("BOX")]
    outcome = sawn_or_cast([route("sawn", 2), route("cast", 1, min_qty=5)], qty=10, items=items)

    assert sorted((w.qty, operation(outcome, w.wo).resource) for w in works(outcome, "A")) == [
        (2.0, "SAW"),
        (8.0, "MOULD"),
    ]


def test_without_an_open_route_the_line_is_left_out_and_the_others_are_planned():
    outcome = sawn_or_cast(
        [route("cast", valid_from="2026-07-01")],
        routing=[step("A", 10, "MOULD", run=5, route="cast"), *SHARED],
        bom=[],
        orders=[order("SO-1", "A", 10, "2026-06-30"), order("SO-2", "A", 10, LATE)],
    )

    assert line(outcome, "SO-1").reason == "10 A short: no route of A is open on 2026-06-30 to a lot for 10"
    assert line(outcome, "SO-2").status == "on_time"


def test_a_work_order_under_way_keeps_the_route_that_has_its_steps():
    """Step 20 is reported of WO-1: only sawing has it, though casting has the least rank."""
    outcome = sawn_or_cast(
        [route("sawn", 2), route("cast", 1)],
        work_orders=[wo("WO-1", "A", 10, order="SO-1")],
        work_order_steps=[progress("WO-1", 10, "done"), progress("WO-1", 20, "started", good_qty=4)],
    )

    assert path(outcome) == ["DRILL", "PACK"]


def test_routes_that_cannot_be_used_are_reported_and_the_rest_is_planned():
    outcome = sawn_or_cast(
        [route("sawn", 2), route("cast", 1), route("glued", 0), route("X", item="NONE"), route("Y", item="BAR")],
        routing=[
            step("A", 10, "SAW", run=1, route="sawn"),
            step("A", 10, "MOULD", run=1, route="cast"),
            step("A", 40, "PAINT", run=1, route="painted"),
        ],
        bom=[],
    )

    assert [(m.code, m.what) for m in outcome.plan.messages if m.severity == "error"] == [
        ("V161", "route Y is for item BAR, which is not made"),
        ("V161", "route X is for item NONE, which does not exist"),
        ("V162", "route glued of A has no steps"),
        ("V163", "step 40 of A is of route painted, which is not in routes.csv"),
    ]
    assert path(outcome) == ["MOULD"]


def test_a_route_column_without_routes_blocks_the_item():
    outcome = sawn_or_cast([])

    assert {m.subject for m in said(outcome, "V163")} == {"A"}
    assert line(outcome, "SO-1").status == "unplanned"


def test_one_number_names_one_step_of_a_route():
    rows = [step("A", 30, "PACK", run=1), step("A", 30, "WRAP", run=1, route="cast")]
    outcome = sawn_or_cast([route("cast")], routing=rows, bom=[])

    assert said(outcome, "V164")[0].what == "route cast of A has step 30 twice: of its own and of every route"
    assert line(outcome, "SO-1").status == "unplanned"


def test_a_component_of_every_route_needs_its_step_on_each():
    """The box is taken at step 20, which only sawing has."""
    outcome = sawn_or_cast([route("sawn", 1), route("cast", 2)], bom=[part("A", "BOX", 1, step=20)])

    assert said(outcome, "V125")[0].what == "A takes BOX at step 20, which is not in its route cast"


def test_a_route_open_to_no_quantity_is_left_out():
    outcome = sawn_or_cast([route("sawn", 2), route("cast", 1, min_qty=20, max_qty=10)])

    assert "min_qty 20 is above max_qty 10" in said(outcome, "V165")[0].what
    assert path(outcome) == ["SAW", "DRILL", "PACK"]
