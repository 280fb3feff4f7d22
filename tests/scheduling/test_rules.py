"""Dispatching rules rank a queue as their formulas say; one machine, all orders there at once, hours for readability.

d is the due date, t the clock, p the work, RPT the remaining work to delivery, w the weight.
"""

from typing import NamedTuple

import pytest

from pegboard.scheduling.rules import RULES
from tests.factories import NONSTOP, factory, forward, order, sequence, step


class Job(NamedTuple):
    """Hours of work on M, hours from now until due, hours of further work elsewhere, weight and priority."""

    p: float
    d: float
    after: float = 0
    w: float = 1
    priority: int = 100


def queue(rule: str, **jobs: Job) -> str:
    """The order in which jobs that wait for M from Mon 06-08 00:00 on are taken."""
    routing = [step(name, 10, "M", run=job.p * 60) for name, job in jobs.items()]
    routing += [step(name, 20, f"M-{name}", run=job.after * 60) for name, job in jobs.items() if job.after]
    orders = [
        order(
            name,
            name,
            1,
            f"2026-06-{8 + int(job.d // 24):02d} {int(job.d % 24):02d}:00",
            weight=job.w,
            priority=job.priority,
        )
        for name, job in jobs.items()
    ]
    snapshot = factory("2026-06-08 00:00", calendars=NONSTOP, routing=routing, orders=orders)
    return "".join(sequence(forward(snapshot, rule), "M"))


# A is due last but has the most to do elsewhere; B is the longest on M itself.
A, B, C = Job(p=1, d=20, after=10), Job(p=6, d=12), Job(p=1, d=9)


def test_edd_takes_the_earliest_due_date():
    """d: A 20, B 12, C 9."""
    assert queue("edd", A=A, B=B, C=C) == "CBA"


def test_odd_takes_the_earliest_due_date_of_the_operation():
    """D less what comes after: A 10, B 12, C 9."""
    assert queue("odd", A=A, B=B, C=C) == "CAB"


def test_slack_takes_the_least_time_to_spare():
    """D - RPT: A 20 - 11 = 9, B 12 - 6 = 6, C 9 - 1 = 8."""
    assert queue("slack", A=A, B=B, C=C) == "BCA"


def test_cr_takes_the_smallest_ratio_of_time_left_to_work_left():
    """D / RPT: A 20 / 11 = 1.8, B 12 / 6 = 2, C 9 / 1 = 9; at 1, B 11 / 6 = 1.8 and C 8."""
    assert queue("cr", A=A, B=B, C=C) == "ABC"


def test_cr_looks_at_the_clock_again_for_every_decision():
    """At 0: Z 6 / 6 = 1, Y 20 / 8 = 2.5, X 12 / 4 = 3. At 6 X overtakes Y: 6 / 4 = 1.5 before 14 / 8 = 1.75."""
    assert queue("cr", X=Job(p=4, d=12), Y=Job(p=8, d=20), Z=Job(p=6, d=6)) == "ZXY"


def test_atc_takes_the_heaviest_per_hour_of_work_where_all_are_late():
    """W / p: A 1 / 4, B 3 / 4, C 1 / 2."""
    assert queue("atc", A=Job(p=4, d=1), B=Job(p=4, d=2, w=3), C=Job(p=2, d=1)) == "BCA"


def test_atc_discounts_weight_by_the_time_to_spare():
    """Mean p 2: A 0.5 exp(-0 / 6) = 0.5; B 3 / 2 exp(-28 / 6) = 0.014, for all its weight."""
    assert queue("atc", A=Job(p=2, d=2), B=Job(p=2, d=30, w=3)) == "AB"


def test_atc_of_four_jobs_of_a_textbook():
    """P 13, 9, 13, 10; d 12, 37, 21, 22; w 2, 4, 2, 5.

    At 0, mean p 11.25: .154, .444 exp(-28 / 33.75) = .194, .154 exp(-8 / 33.75) = .121, .5 exp(-12 / 33.75) = .350.
    At 10, mean p 11.67: .154, .444 exp(-18 / 35) = .266, .154. Then 1 and 3 are equal, and 1 is due first.
    """
    jobs = {"A": Job(13, 12, w=2), "B": Job(9, 37, w=4), "C": Job(13, 21, w=2), "D": Job(10, 22, w=5)}

    assert queue("atc", **jobs) == "DBAC"


def test_priority_divides_the_slack_by_the_weight():
    """Slack 8 of weight 4 is 2, slack 4 of weight 1 is 4."""
    assert queue("priority", A=Job(p=2, d=10, w=4), B=Job(p=2, d=6)) == "AB"


def test_priority_counts_urgency_as_weight():
    """Priority 1 weighs sqrt(100 / 1) = 10 times as much as 100: 18 / 10 = 1.8 comes before 4."""
    assert queue("priority", A=Job(p=2, d=20, priority=1), B=Job(p=2, d=6)) == "AB"


def test_priority_without_difference_is_slack():
    """Slack 9, 6 and 8."""
    assert queue("priority", A=A, B=B, C=C) == queue("slack", A=A, B=B, C=C)


@pytest.mark.parametrize("rule", sorted(RULES))
def test_equal_orders_are_taken_by_their_ids_whatever_the_order_of_rows(rule):
    same = Job(p=2, d=6)

    assert queue(rule, B=same, A=same, C=same) == queue(rule, C=same, B=same, A=same) == "ABC"
