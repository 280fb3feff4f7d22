"""Conditions and formulas: what is read, what it means, what is refused and where."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pegboard.domain.expression import (
    Arithmetic,
    Comparison,
    Condition,
    Joined,
    Negated,
    Negation,
    Number,
    Option,
    Term,
    UnanswerableError,
)
from pegboard.planning.language import UnreadableError, read_condition, read_formula

CHAIR = {"fabric": "Leather", "arms": "yes", "len": "750", "shelves": "0"}


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("FABRIC=leather", True),  # text compares without regard to case
        ("fabric = LEATHER", True),
        ("FABRIC!=leather", False),
        ("LEN=750.0", True),  # numbers compare as numbers
        ("LEN>=750", True),
        ("LEN>750", False),
        ("LEN<1000", True),  # as text "750" would come after "1000"
        ("LEN<=749.5", False),
        ("LEN in 600,750", True),
        ('FABRIC in cloth, "leather"', True),
        ("FABRIC in cloth,RAL-9005", False),
        ("LEN*2-500=1000", True),
        ("LEN>=-1", True),
        ("GLASS=red", False),  # an absent option equals nothing
        ("GLASS!=red", True),
        ("GLASS<1", False),
        ("not GLASS=red", True),
        ("FABRIC=750", False),  # a number and a text differ, and neither is the smaller one
        ("FABRIC!=750", True),
        ("FABRIC<750", False),
        ("ARMS=no or FABRIC=leather AND LEN=750", True),  # and binds closer than or
        ("(ARMS=no or FABRIC=leather) and LEN=1", False),
        ("NOT (ARMS=yes And LEN=750)", False),
        ("not ARMS=no and not LEN=1", True),
    ],
)
def test_a_condition_holds_as_it_says(text: str, holds: bool):
    assert read_condition(text).holds(CHAIR) is holds


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.8*LEN/600", 2.25),
        ("LEN", 750),
        ("2+3*4", 14),
        ("(2+3)*4", 20),
        ("10-3-2", 5),
        ("10-(3-2)", 9),
        ("12/3/2", 2),
        ("-LEN + 800", 50),
        ("2*-3", -6),
        (".5*len", 375),
    ],
)
def test_a_formula_is_worked_out_as_at_school(text: str, value: float):
    assert read_formula(text).value(CHAIR) == value


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("1/SHELVES", "divides by zero"),
        ("2*GLASS", "needs GLASS, which is not chosen"),
        ("2*ARMS", "needs a number, but ARMS is yes"),
    ],
)
def test_a_formula_without_a_value_says_why(text: str, why: str):
    with pytest.raises(UnanswerableError, match=why):
        read_formula(text).value(CHAIR)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "at its end, not, a number, the name of an option or ( is expected"),
        ("COLOUR", "at its end, one of = != < <= > >=, in, + or - is expected"),
        ("COLOUR=", "at its end, a value is expected"),
        ("COLOUR==red", "at column 8, before '=red', a value is expected"),
        ("COLOUR=dark red", "at column 13, before 'red', and, or or its end is expected"),
        ("A=1 and", "at its end, not, a number, the name of an option or ( is expected"),
        ("(A=1", "at its end, ) is expected"),
        ("A=1;B=2", "at column 4, before ';B=2'"),
        ("__import__('os')", "at column 11, before \"('os')\""),
        ("not " * 200 + "A=1", "nested more than 100 deep"),
    ],
)
def test_what_is_no_condition_is_refused_with_the_place_and_what_was_expected(text: str, why: str):
    with pytest.raises(UnreadableError, match=re.escape(why)):
        read_condition(text)


@pytest.mark.parametrize("text", ["", "1,8*LEN", "12 kg", "2*(A+1", "=B2*2", "1e5*A", "A*", "A=1", "1" + "+1" * 300])
def test_what_is_no_formula_is_refused(text: str):
    with pytest.raises(UnreadableError):
        read_formula(text)


NAMES = st.sampled_from(["LEN", "Farbe", "A_1", "ÄRMEL"])
VALUES = st.sampled_from(["red", "750", "-1.5", "RAL-9005", "dark red", "and", 'the "big" one', "it's", "ä;b"])
NUMBERS = st.floats(0, 1e9).map(Number) | st.integers(0, 100).map(lambda n: Number(float(n)))
TERMS: st.SearchStrategy[Term] = st.recursive(
    NUMBERS | NAMES.map(Option),
    lambda t: t.map(Negated) | st.builds(Arithmetic, t, st.sampled_from("+-*/"), t),
    max_leaves=8,
)
COMPARISONS = st.builds(
    lambda term, how, values: Comparison(term, how, tuple(values if how == "in" else values[:1])),
    TERMS,
    st.sampled_from(["=", "!=", "<", "<=", ">", ">=", "in"]),
    st.lists(VALUES, min_size=1, max_size=3),
)
CONDITIONS: st.SearchStrategy[Condition] = st.recursive(
    COMPARISONS,
    lambda c: c.map(Negation) | st.builds(Joined, st.sampled_from(["and", "or"]), st.lists(c, min_size=2).map(tuple)),
    max_leaves=6,
)
CHOSEN = st.dictionaries(NAMES.map(str.casefold), VALUES | st.integers(-3, 900).map(str))


def answer(tree: Condition | Term, chosen: dict[str, str]) -> object:
    """What a tree says, the reason included where it has no answer."""
    try:
        return tree.holds(chosen) if isinstance(tree, Comparison | Negation | Joined) else tree.value(chosen)
    except UnanswerableError as why:
        return str(why)


@given(CONDITIONS, CHOSEN)
def test_a_condition_that_is_printed_and_read_again_says_the_same(tree: Condition, chosen: dict[str, str]):
    assert answer(read_condition(str(tree)), chosen) == answer(tree, chosen)


@given(TERMS, CHOSEN)
def test_a_formula_that_is_printed_and_read_again_has_the_same_value(tree: Term, chosen: dict[str, str]):
    again = read_formula(str(tree))
    assert again == tree
    assert repr(answer(again, chosen)) == repr(answer(tree, chosen))


@given(st.text(st.sampled_from("AB=<>!,.+-*/()'\" 0519andorti"), max_size=30))
def test_any_text_is_read_or_refused(text: str):
    for read in (read_condition, read_formula):
        try:
            said = str(read(text))
        except UnreadableError as why:
            said = str(why)
        assert said
