"""Release, material, order of steps, batches and eligibility to the referee: just kept, and broken by a second.

Shops run day and night here unless closed time is the point, so that an operation moved by a second breaks nothing
but the rule in question.
"""

from typing import Any

import pytest

from pegboard.app.outcome import Outcome
from pegboard.domain.resource import Resource, Skill
from pegboard.scheduling.constraints.material import Material
from pegboard.scheduling.constraints.release import Release
from tests.factories import (
    STD,
    buy,
    instant,
    order,
    part,
    po,
    step,
    stock,
    times,
    with_,
)
from tests.scheduling.referee import JUNE, broken, copy_of, moved, op_of, shop, verdict


def test_release_nothing_starts_before_its_customer_wants_it():
    outcome = shop(step("A", 10, "M", run=60), orders=[order("SO-1", "A", 1, JUNE, earliest="2026-06-10")])

    assert broken(outcome, "SO-1/1-1.10", -1) == [("release", "SO-1/1-1.10")]


def test_release_nothing_starts_before_now():
    outcome = shop(step("A", 10, "M", run=60))

    assert [v.what for v in Release().violations(outcome.planned.problem, moved(outcome, "SO-1/1-1.10", -1))] == [
        "starts 1 s before its release"
    ]


def drawing(at_step: int, **files: Any) -> Outcome:
    """A takes a bought RM at one of its two steps, ten minutes each; RM comes on Tuesday."""
    return shop(
        step("A", 10, "M", run=10),
        step("A", 20, "N", run=10),
        items=[buy("RM", 30)],
        bom=[part("A", "RM", step=at_step)],
        purchase_orders=[po("PO-1", "RM", 1, "2026-06-09")],
        **files,
    )


def test_material_a_first_step_waits_for_what_is_bought_for_it():
    outcome = drawing(at_step=10)
    early = moved(outcome, "SO-1/1-1.10", -1)

    assert verdict(outcome, outcome.planned.schedule) == []
    assert [v.subject for v in Material().violations(outcome.planned.problem, early)] == ["SO-1/1-1.10"]


def test_material_a_later_step_waits_for_what_is_bought_for_it():
    assert broken(drawing(at_step=20), "SO-1/1-1.20", -1) == [("material", "SO-1/1-1.20")]


def test_material_a_step_waits_for_the_work_order_that_supplies_it_its_curing_and_its_move():
    """B ends at 09:00, cures until 09:30 and is moved until 09:45; step 20 of A could begin at 08:10."""
    outcome = shop(
        step("A", 10, "M", run=10),
        step("A", 20, "N", run=10),
        step("B", 10, "K", run=60, wait_min=30, move_min=15),
        bom=[part("A", "B", step=20)],
    )

    assert times(outcome, "SO-1", 20)[0] == "Mon 06-08 09:45"
    assert broken(outcome, "SO-1/1-1.20", -1) == [("material", "SO-1/1-1.20")]


def test_material_a_lot_is_drawn_before_it_expires():
    """The lot is good until Wednesday begins: the last second before is early enough."""
    outcome = shop(
        step("A", 10, "M", run=10),
        items=[buy("RM")],
        bom=[part("A", "RM")],
        stock=[stock("RM", 1, expires="2026-06-10")],
        orders=[order("SO-1", "A", 1, "2026-06-08")],
    )
    left = instant(outcome, "2026-06-10 00:00") - outcome.plan.now

    assert broken(outcome, "SO-1/1-1.10", left - 1) == []
    assert broken(outcome, "SO-1/1-1.10", left) == [("material", "SO-1/1-1.10")]


def two_steps(**first: Any) -> Outcome:
    return shop(step("A", 10, "M", run=60, **first), step("A", 20, "N", run=60))


def test_precedence_a_step_follows_the_end_of_the_one_before():
    assert broken(two_steps(), "SO-1/1-1.20", -1) == [("precedence", "SO-1/1-1.20")]


def test_precedence_a_step_follows_the_move_of_the_one_before():
    outcome = two_steps(move_min=15)

    assert times(outcome, "SO-1", 20)[0] == "Mon 06-08 09:15"
    assert broken(outcome, "SO-1/1-1.20", -1) == [("precedence", "SO-1/1-1.20")]


def test_precedence_a_step_follows_the_wait_of_the_one_before():
    outcome = two_steps(wait_min=25)

    assert times(outcome, "SO-1", 20)[0] == "Mon 06-08 09:25"
    assert broken(outcome, "SO-1/1-1.20", -1) == [("precedence", "SO-1/1-1.20")]


def test_precedence_a_step_follows_its_own_queue():
    outcome = shop(step("A", 10, "M", run=60), step("A", 20, "N", run=60, queue_min=35))

    assert times(outcome, "SO-1", 20)[0] == "Mon 06-08 09:35"
    assert broken(outcome, "SO-1/1-1.20", -1) == [("precedence", "SO-1/1-1.20")]


def test_precedence_a_first_step_queues_from_now():
    outcome = shop(step("A", 10, "M", run=60, queue_min=20))

    assert times(outcome, "SO-1")[0] == "Mon 06-08 08:20"
    assert broken(outcome, "SO-1/1-1.10", -1) == [("precedence", "SO-1/1-1.10")]


def test_precedence_a_first_step_queues_from_the_arrival_of_its_material():
    """RM comes when Tuesday begins; 20 minutes of queue after that."""
    outcome = shop(
        step("A", 10, "M", run=60, queue_min=20),
        items=[buy("RM", 30)],
        bom=[part("A", "RM")],
        purchase_orders=[po("PO-1", "RM", 1, "2026-06-09")],
    )

    assert times(outcome, "SO-1")[0] == "Tue 06-09 00:20"
    assert broken(outcome, "SO-1/1-1.10", -1) == [("precedence", "SO-1/1-1.10")]


def test_precedence_waits_run_day_and_night_moves_and_queues_in_open_time():
    """Ends 16:00; wait 120 until 18:00; move 30 is Tue 08:30; queue 60 is 09:30."""
    outcome = shop(
        step("A", 10, "M", run=420, wait_min=120, move_min=30), step("A", 20, "N", run=10, queue_min=60), calendars=STD
    )

    assert times(outcome, "SO-1", 20)[0] == "Tue 06-09 09:30"
    assert broken(outcome, "SO-1/1-1.20", -1) == [("precedence", "SO-1/1-1.20")]


def batches(second: float) -> Outcome:
    """100 pieces in batches of 20, three minutes each, then `second` minutes each."""
    return shop(
        step("A", 10, "M", run=3, transfer_qty=20),
        step("A", 20, "N", run=second),
        orders=[order("SO-1", "A", 100, JUNE)],
    )


def test_overlap_the_first_batch_must_be_through():
    """After 60 minutes; the slower second step ends long after the last batch."""
    outcome = batches(second=4)

    assert times(outcome, "SO-1", 20)[0] == "Mon 06-08 09:00"
    assert broken(outcome, "SO-1/1-1.20", -1) == [("overlap", "SO-1/1-1.20")]


def test_overlap_the_last_batch_must_still_be_run():
    """The first step ends at 13:00, and 20 x 2 minutes later is 13:40."""
    outcome = batches(second=2)

    assert times(outcome, "SO-1", 20)[1] == "Mon 06-08 13:40"
    assert broken(outcome, "SO-1/1-1.20", -1) == [("overlap", "SO-1/1-1.20")]


@pytest.mark.parametrize(("mine", "other"), [("SO-1/1-1.10", "SO-2/1-1.10"), ("SO-2/1-1.10", "SO-1/1-1.10")])
def test_eligibility_a_step_runs_on_its_own_candidates_alone(mine, other):
    """A and B run for an hour, on M and on N; two hours later, either is put on the other's machine, which is free."""
    outcome = shop(
        step("A", 10, "M", run=60),
        step("B", 10, "N", run=60),
        orders=[order("SO-1", "A", 1, JUNE), order("SO-2", "B", 1, JUNE)],
    )
    schedule = moved(outcome, mine, 7200)
    schedule.cand[op_of(outcome, mine)] = schedule.cand[op_of(outcome, other)]

    assert broken(outcome, mine, 7200) == []
    assert verdict(outcome, schedule) == [("eligibility", mine)]


def test_eligibility_a_need_is_filled_by_its_own_members_alone():
    outcome = shop(
        step("A", 10, "M", run=60),
        resources=[Resource(resource="OP-1", kind="labour", group=("OPS",)), Resource(resource="CAT", kind="labour")],
        routing_needs=[with_("A", 10, "OPS")],
    )
    schedule = copy_of(outcome)
    schedule.need_res[0] = outcome.planned.problem.res_names.index("CAT")

    assert verdict(outcome, outcome.planned.schedule) == []
    assert verdict(outcome, schedule) == [("eligibility", "SO-1/1-1.10")]


def test_eligibility_a_skill_holds_until_the_end_of_its_last_day():
    """Welding begins on Mon 08:00 for 16 hours and ends at midnight, with the skill."""
    outcome = shop(
        step("A", 10, "M", run=960),
        resources=[Resource(resource="OP-1", kind="labour")],
        skills=[Skill(resource="OP-1", skill="WELD", valid_to="2026-06-08")],  # type: ignore[arg-type]
        routing_needs=[with_("A", 10, "WELD")],
    )

    assert broken(outcome, "SO-1/1-1.10", 1) == [("eligibility", "SO-1/1-1.10")]
