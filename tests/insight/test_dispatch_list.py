"""A dispatch list tells a resource what to do in which order, for whom, and what to fetch."""

import msgspec
import pytest

from pegboard.app.dispatch_list import dispatch_lists, printed
from pegboard.app.outcome import Outcome
from pegboard.domain.finding import Finding
from pegboard.domain.resource import Resource
from pegboard.insight.dispatch_list import Dispatched, dispatch_list
from tests.factories import at, buy, factory, forward, instant, make, order, part, po, step, stock, with_


def shop() -> Outcome:
    """Monday 08:00. A takes 60 minutes of SAW apiece after 30 of setup, with ANN; B 60 minutes apiece.

    X, of which two go into each A, is in stock for A's four and comes on Tuesday for B's one.
    """
    return forward(
        factory(
            items=[make("A", name="Stuhl mit Öhren"), make("B"), buy("X", 5, uom="m")],
            bom=[part("A", "X", 2), part("B", "X", 1)],
            routing=[
                step("A", 10, "SAW", setup=30, run=60, name="Sägen", user=(("Note", "wear gloves"),)),
                step("B", 10, "SAW", run=60),
            ],
            routing_needs=[with_("A", 10, "ANN")],
            stock=[stock("X", 4, lot="L1")],
            purchase_orders=[po("PO-1", "X", 1, "2026-06-09 08:00")],
            orders=[
                order("SO-1", "A", 2, "2026-06-09", customer="Müller"),
                order("SO-2", "B", 1, "2026-06-12", customer="Ohm"),
            ],
        )
    )


def rows(outcome: Outcome, resource: str, until: int | None = None) -> list[Dispatched]:
    found = dispatch_list(outcome.planned.factory, outcome.plan, resource, until)
    assert isinstance(found, list)
    return found


def test_the_operations_stand_in_the_order_in_which_they_are_set_up():
    outcome = shop()
    found = [(r.wo, *(at(outcome, t) for t in (r.setup_start, r.start, r.end))) for r in rows(outcome, "SAW")]
    assert found == [
        ("SO-1/1-1", "Mon 06-08 08:00", "Mon 06-08 08:30", "Mon 06-08 10:30"),
        ("SO-2/1-1", "Tue 06-09 08:00", "Tue 06-09 08:00", "Tue 06-09 09:00"),
    ]


def test_a_row_tells_for_whom_and_on_what():
    first = rows(shop(), "SAW")[0]
    assert (first.item, first.item_name, first.name, first.qty) == ("A", "Stuhl mit Öhren", "Sägen", 2)
    assert (first.order, first.customer, first.orders) == ("SO-1/1", "Müller", ("SO-1/1",))
    assert (first.setup_min, first.run_min, first.note, first.with_) == (30, 120, "wear gloves", ("ANN",))


def test_what_to_fetch_names_lot_quantity_and_whether_it_is_there():
    outcome = shop()
    a, b = rows(outcome, "SAW")
    assert [(f.qty, f.uom, f.item, f.supply, f.is_there) for f in a.fetch] == [(4, "m", "X", "X:L1", True)]
    assert [(f.qty, f.supply, f.is_there, at(outcome, f.available)) for f in b.fetch] == [
        (1, "PO-1", False, "Tue 06-09 08:00")
    ]


def test_who_helps_has_a_list_too_and_the_machine_stands_on_it():
    (row,) = rows(shop(), "ANN")
    assert (row.wo, row.resource, row.with_) == ("SO-1/1-1", "SAW", ("SAW",))


def test_a_list_ends_at_the_instant_asked_for():
    outcome = shop()
    assert [r.wo for r in rows(outcome, "SAW", instant(outcome, "2026-06-09 07:59"))] == ["SO-1/1-1"]
    assert [r.wo for r in rows(outcome, "SAW", instant(outcome, "2026-06-09 08:00"))] == ["SO-1/1-1", "SO-2/1-1"]


def test_the_parts_of_a_divided_step_share_its_material_by_what_they_start():
    outcome = forward(
        factory(
            items=[buy("X", 1)],
            bom=[part("A", "X", 3)],
            routing=[step("A", 10, "SAWS", run=60, max_split=2)],
            resources=[Resource(resource="S1", group=("SAWS",)), Resource(resource="S2", group=("SAWS",))],
            stock=[stock("X", 30)],
            orders=[order("SO-1", "A", 10, "2026-06-09")],
        )
    )
    first, second = rows(outcome, "S1"), rows(outcome, "S2")
    assert [(r.part, r.qty, [f.qty for f in r.fetch]) for r in (*first, *second)] == [(0, 5, [15]), (1, 5, [15])]


def test_an_unknown_resource_is_a_finding_that_names_the_nearest():
    outcome = shop()
    found = dispatch_list(outcome.planned.factory, outcome.plan, "SWA", None)
    assert isinstance(found, Finding)
    assert (found.code, found.advice) == ("C683", "near it: SAW")


def test_all_lists_are_those_of_resources_with_something_to_do():
    outcome = shop()
    lists = dispatch_lists(outcome.planned.factory, outcome.plan, "", None)
    assert isinstance(lists, dict)
    assert {name: len(found) for name, found in lists.items()} == {"ANN": 1, "SAW": 2}


def test_the_print_is_the_same_bytes_each_time_and_a_page_for_each_resource():
    pytest.importorskip("fpdf")
    outcome = shop()
    lists = dispatch_lists(outcome.planned.factory, outcome.plan, "", None)
    assert isinstance(lists, dict)
    paper = printed(outcome.planned.factory, outcome.plan, lists)
    assert paper.startswith(b"%PDF-")
    assert paper.count(b"/Type /Page\n") == 2
    assert printed(outcome.planned.factory, outcome.plan, lists) == paper


def test_very_long_names_and_any_letter_print():
    pytest.importorskip("fpdf")
    outcome = shop()
    (row, _) = rows(outcome, "SAW")
    long = msgspec.structs.replace(row, item_name="Łódź Ωμέγα Жук ß " * 60, note="x" * 500, customer="漢字 🙂 " * 20)
    paper = printed(outcome.planned.factory, outcome.plan, {"ÄÖÜ" * 60: [long] * 40})
    assert paper.count(b"/Type /Page\n") > 2
