"""Operations that passed each other, counted."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pegboard.insight.comparing.stability import inverted_pairs


def test_each_pair_that_stands_the_other_way_round_is_counted_once():
    """3 1 2: 3 stands before 1 and before 2; equal numbers are no pair."""
    assert inverted_pairs(np.array([3, 1, 2])) == 2
    assert inverted_pairs(np.array([1, 1, 1])) == 0


@given(st.lists(st.integers(0, 30), max_size=300))
def test_merging_halves_counts_what_comparing_all_pairs_does(values: list[int]):
    by_pairs = sum(a > b for i, a in enumerate(values) for b in values[i + 1 :])
    assert inverted_pairs(np.array(values, np.int64)) == by_pairs
