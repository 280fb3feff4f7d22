"""Sums and maxima of uncertain numbers, worked out by hand, and the lists that numbers are drawn from."""

from math import sqrt
from statistics import NormalDist, fmean, pstdev

import pytest

from pegboard.planning.chances import (
    at_most,
    distribution,
    lognormal,
    mean,
    merging,
    percentile,
    serial,
    sometimes_late,
    standard_error,
)

FIRST, SECOND = {2: 0.6, 3: 0.3, 5: 0.1}, {1: 0.5, 2: 0.5}


def test_two_operations_in_a_row_take_the_convolution_of_their_times():
    assert serial(FIRST, SECOND) == pytest.approx({3: 0.30, 4: 0.45, 5: 0.15, 6: 0.05, 7: 0.05})
    assert mean(serial(FIRST, SECOND)) == pytest.approx(4.1)
    assert at_most(serial(FIRST, SECOND), 4) == pytest.approx(0.75)
    assert percentile(serial(FIRST, SECOND), 80) == 5


def test_where_two_branches_merge_both_must_be_there_and_the_mean_is_later_than_that_of_each():
    both = merging(serial(FIRST, SECOND), serial(FIRST, SECOND))
    assert at_most(both, 4) == pytest.approx(0.75 * 0.75)  # .5625
    assert mean(both) == pytest.approx(4.635)


def test_an_observed_record_is_its_own_distribution():
    assert distribution([2, 2, 2, 2, 2, 2, 3, 3, 3, 5]) == pytest.approx(FIRST)


def test_the_standard_error_of_a_probability_is_that_of_a_share():
    assert standard_error(0.75, 1000) == pytest.approx(sqrt(0.75 * 0.25 / 1000))
    assert round(standard_error(0.75, 1000), 4) == 0.0137


def test_a_lognormal_list_has_the_mean_and_nearly_the_variation_asked_for():
    values = lognormal(1.2, 0.3)
    assert fmean(values) == pytest.approx(1.2)
    assert pstdev(values) / fmean(values) == pytest.approx(0.3, rel=0.02)
    assert list(values) == sorted(values)


def test_without_variation_there_is_one_value():
    assert lognormal(1.1, 0) == (1.1,)
    assert sometimes_late(0, 3) == (0.0,)


def test_of_deliveries_so_many_are_late_by_whole_days():
    values = sometimes_late(20, 3)
    late = [days for days in values if days > 0]
    assert len(late) == 200
    assert len(values) == 1000
    assert min(late) == 1.0
    assert fmean(late) == pytest.approx(
        3.5, abs=0.1
    )  # an exponential mean of 3, rounded up to days: 1 / (1 - e^(-1/3))


def test_a_normal_time_is_on_time_with_its_share_below_the_due_date():
    assert round(NormalDist(10, 2).cdf(12), 4) == 0.8413
    values = [NormalDist(10, 2).inv_cdf((k + 0.5) / 10_000) for k in range(10_000)]
    assert at_most(distribution(values), 12) == pytest.approx(0.8413, abs=1e-4)
