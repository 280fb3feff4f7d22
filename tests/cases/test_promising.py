"""Available to promise: the published example, and looking ahead (CTP-01)."""

# ruff: noqa: N802 - examples keep the capitals of their names

from pegboard.planning.atp import available_to_promise


def test_CTP_01_available_to_promise_of_eight_periods():
    """On hand 80, 60 in the third and sixth period. 80 - 25 - 30, 60 - 30 - 10, 60 - 35; the forecast never counts."""
    found = available_to_promise(80, [0, 0, 60, 0, 0, 60, 0, 0], [25, 30, 30, 10, 0, 35, 0, 0])

    assert found.discrete == (25, 0, 20, 0, 0, 25, 0, 0)
    assert found.cumulative == (25, 25, 45, 45, 45, 70, 70, 70)


def test_a_period_that_owes_more_than_it_gets_eats_what_came_before():
    """The second receipt of 10 owes 25: 15 of the first period's 20 are gone."""
    found = available_to_promise(20, [0, 10, 10], [0, 25, 0])

    assert found.discrete == (5, 0, 10)
    assert found.cumulative == (5, 5, 15)


def test_what_nothing_before_it_covers_is_owed_from_the_start():
    """50 are owed and 20 + 10 come by then: 20 are missing until more comes."""
    found = available_to_promise(20, [0, 10, 40], [0, 50, 0])

    assert found.discrete == (-20, 0, 40)
    assert found.cumulative == (-20, -20, 20)


def test_commitments_without_a_receipt_of_their_own_lie_on_the_one_before():
    found = available_to_promise(0, [30, 0, 0], [0, 12, 5])

    assert found.discrete == (13, 0, 0)
