"""Sharing what is too little for all: the same net flow percentage for everybody who gets something."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pegboard.planning.buffers.share import Claim, shared, shared_in_multiples

THREE = [Claim("A", 100, 20), Claim("B", 200, 100), Claim("C", 100, 60)]


@pytest.mark.parametrize(
    ("supply", "expected"),
    [
        (100, [50, 40, 10]),  # to 70 %
        (90, [47.5, 35, 7.5]),  # to 67.5 %
        (60, [40, 20, 0]),  # A and B to 60 %, where C is
        (30, [30, 0, 0]),  # A alone to 50 %, where B is
        (0, [0, 0, 0]),
    ],
)
def test_dd_14_the_share_of_three(supply, expected):
    given_out = shared(supply, THREE)

    assert [given_out[c.item] for c in THREE] == pytest.approx(expected)


def test_supply_for_all_fills_everybody_and_no_more():
    """80 + 100 + 40 = 220 are missing to top of green."""
    assert shared(500, THREE) == {"A": 80, "B": 100, "C": 40}


def test_a_buffer_without_zones_and_one_that_is_full_get_nothing():
    assert shared(10, [Claim("A", 0, -5), Claim("B", 10, 12), Claim("C", 100, 0)]) == {"A": 0, "B": 0, "C": 10}


def test_dd_14_in_multiples_the_neediest_is_served_first_each_time():
    """A 20 %, B 50 %, C 60 % in pallets of 20, 40 and 10.

    100: A 20 -> 40 %, A 20 -> 60 %, B 40 -> 70 %, A 20 -> 80 % (before C by name), and nothing is left.
    """
    claims = [Claim("A", 100, 20, 20), Claim("B", 200, 100, 40), Claim("C", 100, 60, 10)]

    assert shared_in_multiples(100, claims) == {"A": 60, "B": 40, "C": 0}


def test_a_truck_is_filled_beyond_top_of_green_and_with_smaller_multiples_at_the_end():
    """115: 60 + 40 as above; 15 are left: C has 60 %, takes 10; 5 fit nobody."""
    claims = [Claim("A", 100, 20, 20), Claim("B", 200, 100, 40), Claim("C", 100, 60, 10)]

    assert shared_in_multiples(115, claims) == {"A": 60, "B": 40, "C": 10}
    assert shared_in_multiples(50, [Claim("A", 10, 10, 25)]) == {"A": 50}


claims = st.lists(
    st.builds(Claim, st.just("X"), st.integers(1, 500), st.integers(-300, 700)), min_size=1, max_size=8
).map(lambda rows: [Claim(f"I{n}", c.tog, c.net_flow) for n, c in enumerate(rows)])


@given(supply=st.integers(0, 2000), rows=claims)
def test_nobody_is_taken_from_all_is_given_and_the_lowest_percentage_is_the_same(supply, rows):
    given_out = shared(supply, rows)
    missing = sum(max(0.0, c.tog - c.net_flow) for c in rows)
    after = {c.item: (c.net_flow + given_out[c.item]) / c.tog for c in rows}
    served = [after[item] for item, qty in given_out.items() if qty > 1e-6]

    assert min(given_out.values()) >= 0
    assert sum(given_out.values()) == pytest.approx(min(supply, missing), abs=1e-6)
    assert all(p == pytest.approx(min(served), abs=1e-6) for p in served)
    assert all(p >= min(served) - 1e-6 for p in after.values()) if served else True
