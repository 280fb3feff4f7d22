"""Operations that passed each other, counted."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pegboard.domain.plan import Places
from pegboard.insight.comparing.stability import inverted_pairs, stability


def test_each_pair_that_stands_the_other_way_round_is_counted_once():
    """3 1 2: 3 stands before 1 and before 2; equal numbers are no pair."""
    assert inverted_pairs(np.array([3, 1, 2])) == 2
    assert inverted_pairs(np.array([1, 1, 1])) == 0


@given(st.lists(st.integers(0, 30), max_size=300))
def test_merging_halves_counts_what_comparing_all_pairs_does(values: list[int]):
    by_pairs = sum(a > b for i, a in enumerate(values) for b in values[i + 1 :])
    assert inverted_pairs(np.array(values, np.int64)) == by_pairs


def places(*rows: tuple[str, int, str, int]) -> Places:
    """Operations of step 10 given by work order, their start, resource and length in minutes."""
    return Places(
        wo=[wo for wo, *_ in rows],
        step=[10] * len(rows),
        resource=[resource for _, _, resource, _ in rows],
        also=[()] * len(rows),
        setup_start=[60 * start for _, start, *_ in rows],
        start=[60 * start for _, start, *_ in rows],
        end=[60 * (start + minutes) for _, start, _, minutes in rows],
        status=["planned"] * len(rows),
        works={},
        orders={},
    )


def test_operations_are_matched_by_name_whatever_comes_between():
    """A stays, B moves by 20 min, C goes, D is new."""
    before = places(("A", 0, "M", 10), ("B", 10, "M", 10), ("C", 20, "M", 10))
    found = stability(before, places(("A", 0, "M", 10), ("D", 10, "M", 10), ("B", 30, "M", 10)), 0)

    assert (found.kept, found.moved, found.later, found.new, found.gone) == (1, 1, 1, 1, 1)
    assert (found.deviation_min, found.mean_deviation_min) == (20, 10)
    assert [(m.operation, m.later_min) for m in found.moves] == [("B.10", 20)]


def test_the_parts_of_a_split_lot_are_matched_one_by_one():
    """Parts at 0 and 10, then at 0, 15 and 50: the first stays, the second is 5 later, the third is new."""
    before = places(("A", 0, "M", 10), ("A", 10, "N", 10))
    found = stability(before, places(("A", 0, "M", 10), ("A", 15, "N", 10), ("A", 50, "N", 10)), 0)

    assert (found.kept, found.moved, found.new, found.gone) == (1, 1, 1, 0)
    assert found.moves[0].later_min == 5


def test_what_moves_into_or_out_of_the_frozen_zone_is_counted_and_another_resource_is():
    """Frozen until 60: A leaves it, B enters it, C was and is behind it."""
    before = places(("A", 0, "M", 5), ("B", 100, "M", 5), ("C", 200, "M", 5))
    found = stability(before, places(("A", 90, "N", 5), ("B", 20, "M", 5), ("C", 300, "M", 5)), 60 * 60)

    assert (found.frozen, found.other_resource, found.later, found.earlier) == (2, 1, 2, 1)


@given(st.lists(st.tuples(st.integers(0, 30), st.sampled_from("MN"), st.integers(0, 30)), max_size=40))
def test_inversions_are_counted_resource_by_resource(rows: list[tuple[int, str, int]]):
    names = [f"W{i:02}" for i in range(len(rows))]
    before = places(*((name, was, res, 5) for name, (was, res, _) in zip(names, rows, strict=True)))
    after = places(*((name, now, res, 5) for name, (_, res, now) in zip(names, rows, strict=True)))
    by_pairs = {
        res: sum(a[0] < b[0] and a[2] > b[2] for a in rows for b in rows if a[1] == b[1] == res)
        + sum(a[0] == b[0] and a[2] > b[2] for i, a in enumerate(rows) for b in rows[i + 1 :] if a[1] == b[1] == res)
        for res in "MN"
    }

    assert stability(before, after, 0).inversions == {res: n for res, n in by_pairs.items() if n}


def test_operations_that_stood_together_keep_the_order_of_their_names():
    """Six from 0 on, who now start in the order of their names, or against it: 0 or 15 pairs; another one is new."""
    names = "ABCDEF"
    before = places(*((name, 0, "M", 5) for name in names))
    along = places(*((name, 10 + i, "M", 5) for i, name in enumerate(names)), ("G", 90, "M", 5))
    against = places(*((name, 20 - i, "M", 5) for i, name in enumerate(names)), ("G", 90, "M", 5))

    assert (stability(before, along, 0).inversions, stability(before, against, 0).inversions) == ({}, {"M": 15})
