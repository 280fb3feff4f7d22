"""Latest dates at infinite capacity: curing, batches and queues between a due date and the latest start."""

from typing import Any

from pegboard.app.outcome import Outcome
from tests.factories import NONSTOP, at, completion, factory, forward, operation, order, part, step, times, works

FRIDAY_NOON = "2026-06-12 12:00"


def shop(*routing: Any, due: str = FRIDAY_NOON, qty: float = 1, **files: Any) -> Outcome:
    """SO-1 wants A; everything is open day and night, and it is Mon 06-08 00:00."""
    return forward(
        factory("2026-06-08 00:00", calendars=NONSTOP, routing=routing, orders=[order("SO-1", "A", qty, due)], **files)
    )


def latest_start(outcome: Outcome, work: str, number: int = 10) -> str:
    return at(outcome, operation(outcome, work, number).latest_start)


def test_a_component_must_have_cured_and_moved_before_its_parent_draws_it():
    """A starts on Fri 11:00 at the latest; move 30, cure 120 and run 60 minutes before that: 07:30."""
    outcome = shop(
        step("A", 10, "M", run=60), step("B", 10, "N", run=60, wait_min=120, move_min=30), bom=[part("A", "B")]
    )

    assert latest_start(outcome, works(outcome, "B")[0].wo) == "Fri 06-12 07:30"


def test_a_customer_waits_for_the_move_but_not_for_the_curing():
    """Run 60 and move 30 before Fri 12:00; and from Mon 00:00 they end at 01:30."""
    outcome = shop(step("A", 10, "M", run=60, wait_min=120, move_min=30))

    assert latest_start(outcome, "SO-1") == "Fri 06-12 10:30"
    assert completion(outcome, "SO-1") == "Mon 06-08 01:30"


def test_a_component_of_a_later_step_is_wanted_when_that_step_starts():
    """Step 20 starts on Fri 11:00 at the latest, step 10 six hours before; B is wanted by the second."""
    outcome = shop(
        step("A", 10, "M", run=360),
        step("A", 20, "M2", run=60),
        step("B", 10, "N", run=60),
        bom=[part("A", "B", step=20)],
    )

    assert latest_start(outcome, works(outcome, "B")[0].wo) == "Fri 06-12 10:00"


def test_in_batches_the_step_before_ends_a_batch_before_the_next_one():
    """100 pieces, setup 30 and 3 each, then 2 each in batches of 20: due at minute 370, begun at minute 0."""
    outcome = shop(
        step("A", 10, "M", setup=30, run=3, transfer_qty=20),
        step("A", 20, "N", run=2),
        qty=100,
        due="2026-06-08 06:10",
    )

    assert latest_start(outcome, "SO-1", 20) == "Mon 06-08 02:50"
    assert latest_start(outcome, "SO-1", 10) == "Mon 06-08 00:00"


def queued(how: str) -> Outcome:
    return shop(step("A", 10, "M", run=60), step("A", 20, "N", run=60, queue_min=240), policy={"queue_time": how})


def test_a_queue_that_is_a_minimum_is_kept_in_the_schedule():
    """01:00 and 240 minutes."""
    assert times(queued("minimum"), "SO-1", 20)[0] == "Mon 06-08 05:00"


def test_a_queue_that_is_a_norm_counts_in_need_dates_alone():
    """It does not hold the work back, and still sets the first step 240 minutes ahead: 12:00 - 60 - 240 - 60."""
    outcome = queued("norm")

    assert times(outcome, "SO-1", 20)[0] == "Mon 06-08 01:00"
    assert latest_start(outcome, "SO-1", 10) == "Fri 06-12 06:00"
