"""What an average piece is made of, through all levels."""

from typing import Any

import pytest

from pegboard.planning.buffers.bill import Use, below, bill
from pegboard.planning.validate import validate
from tests.factories import buy, factory, make, part, phantom, step


def parts_of(**files: Any) -> dict[str, dict[str, float]]:
    return bill(validate(factory(**files))[0])


def test_a_good_piece_needs_what_lines_steps_and_items_lose_too():
    """2 / 0.8 of a line; half of the pieces are lost at the step, and half of what is left with the item: x 4."""
    parts = parts_of(
        items=[make("A", yield_=0.5)], bom=[part("A", "X", 2, yield_=0.8)], routing=[step("A", 10, "M", yield_=0.5)]
    )

    assert parts["A"] == {"X": pytest.approx(10)}


def test_what_comes_out_is_no_component():
    assert parts_of(items=[make("A"), buy("OUT")], bom=[part("A", "X"), part("A", "OUT", kind="byproduct")]) == {
        "A": {"X": 1}
    }


def test_a_bill_that_contains_itself_is_left_out():
    assert parts_of(items=[make("A"), make("B"), make("C")], bom=[part("A", "B"), part("B", "A"), part("C", "X")]) == {
        "C": {"X": 1}
    }


PARTS = {"TOP": {"LEFT": 2, "RIGHT": 3, "X": 1}, "LEFT": {"X": 5}, "RIGHT": {"X": 7}, "X": {"DEEP": 1}}
LEVEL = {"TOP": 0, "LEFT": 1, "RIGHT": 1, "X": 2, "DEEP": 3}


def uses(days: dict[str, int], passes: bool = True) -> list[Use]:
    return list(below("TOP", PARTS, LEVEL, lambda i: passes or i != "X", lambda i: days.get(i, 0)))


def test_ways_of_one_length_are_added_and_others_come_apart():
    """Through LEFT 2 x 5 and RIGHT 3 x 7, as long as each other: 31, three days before. By itself: 1, a day before."""
    found = [u for u in uses({"TOP": 1, "LEFT": 2, "RIGHT": 2}) if u.component == "X"]

    assert found == [Use("X", 1, 1), Use("X", 31, 3)]


def test_what_does_not_pass_is_told_and_not_looked_beneath():
    assert [u.component for u in uses({}, passes=False)] == ["LEFT", "RIGHT", "X"]
    assert Use("DEEP", 32, 0) in uses({})


def test_phantoms_are_looked_through():
    known = validate(factory(items=[make("A"), phantom("KIT")], bom=[part("A", "KIT", 2), part("KIT", "X", 3)]))[0]
    found = below("A", bill(known), known.level, lambda _: True, lambda _: 0)

    assert Use("X", 6, 0) in list(found)
