"""Dispatching rules rank a queue as their formulas say; one machine, all orders there at once, hours for readability.

d is the due date, t the clock, p the work, RPT the remaining work to delivery, w the weight.
"""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec
import pytest

from pegboard.domain.resource import Changeover, Resource
from pegboard.domain.snapshot import RuleLink, Snapshot
from pegboard.scheduling.rules import RULES
from tests.factories import NONSTOP, buy, factory, forward, line, order, said, sequence, step


class Job(NamedTuple):
    """Hours of work on M, hours from now until due, hours of further work elsewhere, weight and priority.

    Hours of work `before` M are done on a machine of the job's own; what comes `after` as well, unless a shared one is
    named in `on`.
    """

    p: float
    d: float
    after: float = 0
    w: float = 1
    priority: int = 100
    before: float = 0
    on: str = ""
    family: str = ""


def queue(rule: str, *, links: Sequence[RuleLink] = (), **jobs: Job) -> str:
    """The order in which jobs that wait for M from Mon 06-08 00:00 on are taken; M has just run red."""
    return "".join(sequence(forward(shop(links, **jobs), rule), "M"))


def shop(links: Sequence[RuleLink] = (), **jobs: Job) -> Snapshot:
    """One machine M for all jobs; a change between two of its families takes an hour."""
    routing = [step(name, 10, "M", run=job.p * 60, family=job.family) for name, job in jobs.items()]
    routing += [step(name, 5, f"B-{name}", run=job.before * 60) for name, job in jobs.items() if job.before]
    routing += [step(name, 20, job.on or f"M-{name}", run=job.after * 60) for name, job in jobs.items() if job.after]
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
    families = sorted({job.family for job in jobs.values() if job.family})
    changeovers = [
        Changeover(changeover="PAINT", from_=a, to=b, minutes=60) for a in families for b in families if a != b
    ]
    resources = [Resource(resource="M", changeover="PAINT", initial_family="red")] if families else []
    found = factory(
        "2026-06-08 00:00",
        calendars=NONSTOP,
        routing=routing,
        orders=orders,
        resources=resources,
        changeovers=changeovers,
    )
    return msgspec.structs.replace(found, settings=msgspec.structs.replace(found.settings, rules=tuple(links)))


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


def test_atc_expects_a_wait_of_twice_the_work_before_what_comes_downstream():
    """At 0: A 13 - 2 - (4 + 2) = 5 to spare, B 8 - 2 = 6. Without the wait A had 9 and B came first."""
    assert queue("atc", A=Job(p=2, d=13, after=2), B=Job(p=2, d=8)) == "AB"


def test_spt_takes_the_shortest_work():
    assert queue("spt", A=Job(p=3, d=1), B=Job(p=1, d=9), C=Job(p=2, d=5)) == "BCA"


def test_wspt_takes_the_least_work_for_its_weight():
    """P / w: A 4 / 4 = 1, B 4 / 2 = 2, C 3 / 2 = 1.5."""
    assert queue("wspt", A=Job(p=4, d=9, w=4), B=Job(p=4, d=1, w=2), C=Job(p=3, d=5, w=2)) == "ACB"


def test_lpt_takes_the_longest_work():
    assert queue("lpt", A=Job(p=3, d=9), B=Job(p=1, d=1), C=Job(p=2, d=5)) == "ACB"


def test_lwkr_takes_the_least_work_remaining():
    """RPT: A 1 + 10 = 11, B 6, C 1, whatever the dates."""
    assert queue("lwkr", A=Job(p=1, d=5, after=10), B=Job(p=6, d=12), C=Job(p=1, d=9)) == "CBA"


def test_fifo_takes_what_came_first_into_the_queue():
    """Z holds M from 0 to 10; B comes at 3, A at 5, though A is due first and its order comes first too."""
    assert queue("fifo", A=Job(p=1, d=11, before=5), B=Job(p=1, d=40, before=3), Z=Job(p=10, d=50)) == "ZBA"


def test_s_opn_divides_the_slack_by_the_operations_that_remain():
    """Slack / OPN: A 9 / 2 = 4.5, B 6 / 1, C 8 / 1."""
    assert queue("s_opn", A=A, B=B, C=C) == "ABC"


def test_s_opn_multiplies_a_negative_slack():
    """Slack x OPN: A (7 - 11) x 2 = -8, B (0 - 6) x 1 = -6. Divided, A had -2 and came last."""
    assert queue("s_opn", A=Job(p=1, d=7, after=10), B=Job(p=6, d=0)) == "AB"


def test_s_rpt_divides_the_slack_by_the_work_that_remains():
    """Slack / RPT: A 9 / 11 = 0.8, B 6 / 6 = 1, C 8 / 1 = 8."""
    assert queue("s_rpt", A=A, B=B, C=C) == "ABC"


def test_mdd_gives_a_lost_order_the_date_it_can_still_make():
    """Max(d, t + RPT): A max(2, 5) = 5, B max(4, 1) = 4; edd takes A."""
    jobs = {"A": Job(p=5, d=2), "B": Job(p=1, d=4)}

    assert (queue("mdd", **jobs), queue("edd", **jobs)) == ("BA", "AB")


def test_mod_looks_at_the_operation_where_mdd_looks_at_the_order():
    """MOD max(odd, t + p): A max(9 - 10, 1) = 1, B max(8, 2) = 8. MDD max(d, t + RPT): A max(9, 11) = 11, B 8."""
    jobs = {"A": Job(p=1, d=9, after=10), "B": Job(p=2, d=8)}

    assert (queue("mod", **jobs), queue("mdd", **jobs)) == ("AB", "BA")


def test_mod_takes_the_shortest_of_what_is_lost():
    """Max(odd, t + p): A max(1, 3) = 3, B max(2, 2) = 2; odd takes A."""
    jobs = {"A": Job(p=3, d=1), "B": Job(p=2, d=2)}

    assert (queue("mod", **jobs), queue("odd", **jobs)) == ("BA", "AB")


def test_cr_spt_takes_the_shortest_of_what_is_late_and_the_critical_of_the_rest():
    """Max(t + p, t + p CR). At 0: A 2 x 12 / 6 = 4, B 1 x 9 / 1 = 9, C max(6, 1) = 6. At 2: B 2 + 7 = 9, C 8.

    By cr C came first, by spt B.
    """
    assert queue("cr_spt", A=Job(p=2, d=12, after=4), B=Job(p=1, d=9), C=Job(p=6, d=1)) == "ACB"


def test_covert_discounts_weight_by_slack_over_expected_waits():
    """W/p [1 - slack / (2 W)], W 4. At 0: A 0.5, B 1.5 (1 - 4/8) = 0.75, C 1.5 (1 - 8/8) = 0; at 2: A 0.5, C 0.375."""
    assert queue("covert", A=Job(p=2, d=2), B=Job(p=2, d=6, w=3), C=Job(p=2, d=10, w=3)) == "BAC"


def test_covert_takes_what_nothing_threatens_by_its_slack():
    """Slack 30 - 1 = 29 and 31 - 4 = 27, beyond twice the waits of 2 and 8: no index; B, though A is due first."""
    assert queue("covert", A=Job(p=1, d=30), B=Job(p=4, d=31)) == "BA"


def test_least_wip_finishes_what_is_begun_before_it_begins_more():
    """Z holds M from 0 to 5. C would take 6 and be done, but A with its 8 has been begun; lwkr takes C."""
    jobs = {"A": Job(p=8, d=9, before=2), "C": Job(p=6, d=9), "Z": Job(p=5, d=9)}

    assert (queue("least_wip", **jobs), queue("lwkr", **jobs)) == ("ZAC", "ZCA")


def test_least_setup_takes_the_shortest_changeover_whatever_the_dates():
    """M has run red: B needs no change, A an hour."""
    assert queue("least_setup", A=Job(p=1, d=9, family="white"), B=Job(p=1, d=40, family="red")) == "BA"


def test_a_campaign_stays_in_its_family_while_work_of_it_waits():
    """Red first, A before C by date, then white; edd goes to white as soon as it is due first by 4 hours of setup."""
    jobs = {
        "A": Job(p=1, d=5, family="red"),
        "B": Job(p=1, d=6, family="white"),
        "C": Job(p=1, d=60, family="red"),
    }

    assert (queue("campaign", **jobs), queue("edd", **jobs)) == ("ACB", "ABC")


def test_a_preferred_sequence_goes_round_its_families_from_the_present_one():
    """White, red, black, and white again: M has run red, so C, then B, then A; D is due beyond the window of 3 days."""
    jobs = {
        "A": Job(p=1, d=30, family="white"),
        "B": Job(p=1, d=40, family="black"),
        "C": Job(p=1, d=50, family="red"),
        "D": Job(p=1, d=24 * 9, family="red"),
    }

    assert queue("preferred_sequence:white,red,black", **jobs) == "CBAD"
    assert queue("preferred_sequence", **jobs) == "CABD"  # by name: black, red, white


# X and Y need 10 hours of N after an hour of M, both by 24; Z is done on M by 10.
DRUM = {"X": Job(p=1, d=24, after=10, on="N"), "Y": Job(p=1, d=24, after=10, on="N"), "Z": Job(p=1, d=10)}


@pytest.mark.parametrize("rule", ["selective_bottleneck:N", "dynamic_bottleneck"])
def test_a_bottleneck_laid_back_from_the_dates_sets_the_pace_before_it(rule: str):
    """N does Y from 14 to 24 and X from 4 to 14, so M must start X by 3, Y by 13, Z by 9. N has 20 hours, M 3."""
    assert queue(rule, **DRUM) == "XZY"


def test_without_the_bottleneck_slack_sees_no_hurry():
    """D - RPT: X and Y 24 - 11 = 13, Z 9."""
    assert queue("slack", **DRUM) == "ZXY"


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


@pytest.mark.parametrize("rule", [*RULES, "best"])
def test_a_rule_with_nothing_to_rank_plans_what_is_bought(rule: str):
    snapshot = factory(items=[buy("X", 1)], orders=[order("SO-1", "X", 1, "2026-06-19")])

    assert line(forward(snapshot, rule), "SO-1").status == "on_time"


def test_a_bottleneck_where_nothing_runs_leaves_the_latest_starts():
    """N idles: A must start by 20 - 3, B by 12 - 1."""
    jobs = {"A": Job(p=3, d=20), "B": Job(p=1, d=12)}
    snapshot = shop(**jobs)
    resources = (*snapshot.resources, Resource(resource="N"))

    assert sequence(forward(msgspec.structs.replace(snapshot, resources=resources), "selective_bottleneck:N"), "M") == [
        "B",
        "A",
    ]


# -- chains ----------------------------------------------------------------------------------------------------------


def test_a_link_of_a_chain_ranks_its_resource_alone():
    """On M the shortest first, B 1 then A 6; on N, where both meet at 20 and later, the main rule: A is due first."""
    jobs = {"A": Job(p=6, d=20, after=3, on="N"), "B": Job(p=1, d=40, after=9, on="N"), "C": Job(p=9, d=90)}
    snapshot = shop([RuleLink(rule="spt", group="M")], **jobs)

    assert sequence(forward(snapshot, "edd"), "M") == ["B", "A", "C"]
    assert sequence(forward(shop([], **jobs), "edd"), "M") == ["A", "B", "C"]


def test_what_must_start_within_the_horizon_of_a_link_goes_before_all_else():
    """Within a day: A (latest start 16 - 4 = 12) and B (20 - 1 = 19), the shortest first; then C and D by slack.

    By edd A, B, D, C; by spt D, B, C, A.
    """
    jobs = {"A": Job(p=4, d=16), "B": Job(p=1, d=20), "C": Job(p=2, d=90), "D": Job(p=0.5, d=80)}

    assert queue("edd", links=[RuleLink(rule="spt", until_days=1)], **jobs) == "BADC"


def test_the_first_link_that_covers_an_operation_ranks_it():
    jobs = {"A": Job(p=3, d=9), "B": Job(p=1, d=20), "C": Job(p=2, d=15)}

    assert queue("edd", links=[RuleLink(rule="lpt", group="M"), RuleLink(rule="spt")], **jobs) == "ACB"


def test_a_link_to_a_rule_or_group_that_does_not_exist_is_named_and_has_no_effect():
    links = [RuleLink(rule="spd", group="M"), RuleLink(rule="spt", group="LATHES"), RuleLink(rule="jit")]
    outcome = forward(shop(links, A=Job(p=3, d=9), B=Job(p=1, d=20)), "edd")

    assert sequence(outcome, "M") == ["A", "B"]
    assert [(f.subject, f.what) for f in said(outcome, "S322")] == [
        ("rules.1", "there is no rule spd"),
        ("rules.2", "there is no resource or group LATHES"),
        ("rules.3", "there is no rule jit"),
    ]
