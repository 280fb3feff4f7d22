"""Orders on one machine: laid out at infinite and finite capacity, with a breakdown, and in transfer batches.

MT-04, MT-12 and MT-14.
"""

# ruff: noqa: N802 - examples keep the capitals of their names

from collections.abc import Sequence

import numpy as np

from pegboard.app.outcome import Outcome
from pegboard.domain.resource import Downtime, Resource
from pegboard.domain.snapshot import Snapshot
from pegboard.scheduling.engines.dispatch import Dispatcher
from tests.factories import (
    NONSTOP,
    at,
    down,
    factory,
    forward,
    line,
    operation,
    or_on,
    order,
    step,
    times,
)

FRIDAY_8_TO_10 = [down("M", "2026-06-12 08:00", "2026-06-12 10:00")]


def two_orders(now: str = "2026-06-11 08:00", downtime: Sequence[Downtime] = ()) -> Snapshot:
    """A takes 360 min and is due on Friday at noon, B takes 300 and is due on Friday evening."""
    return factory(
        now,
        routing=[step("A", 10, "M", run=360), step("B", 10, "M", run=300)],
        orders=[order("SO-A", "A", 1, "2026-06-12 12:00"), order("SO-B", "B", 1, "2026-06-12 17:00")],
        downtime=downtime,
    )


def reverse_starts(snapshot: Snapshot) -> list[str]:
    outcome = forward(snapshot)
    dispatcher = Dispatcher(outcome.planned.problem, np.ones(2, bool))
    return [at(outcome, int(t)) for t in dispatcher.reverse_start()]


def test_MT_04_at_infinite_capacity_both_take_their_latest_times_and_overlap_by_an_hour():
    outcome = forward(two_orders())
    supply = outcome.planned.supply

    assert [(at(outcome, a), at(outcome, b)) for a, b in zip(supply.latest_start, supply.latest_end, strict=True)] == [
        ("Thu 06-11 15:00", "Fri 06-12 12:00"),
        ("Fri 06-12 11:00", "Fri 06-12 17:00"),
    ]


def test_MT_04_finite_backward_moves_the_earlier_due_order_ahead_by_the_overlap():
    """B stays at Fri 11:00; A ends when B starts, so 360 min before Fri 11:00: Thu 14:00."""
    assert reverse_starts(two_orders()) == ["Thu 06-11 14:00", "Fri 06-12 11:00"]


def test_MT_04_finite_backward_works_around_downtime():
    """Two hours of Friday morning are lost before 11:00: A must start on Thu 11:00, and B stays."""
    assert reverse_starts(two_orders(downtime=FRIDAY_8_TO_10)) == ["Thu 06-11 11:00", "Fri 06-12 11:00"]


def test_MT_04_forward_by_earliest_due_date():
    """From Thu 13:00, A works 240 min on Thursday and 120 on Friday; B follows and ends 300 min later, over lunch."""
    outcome = forward(two_orders("2026-06-11 13:00"))

    assert [times(outcome, name)[1] for name in ("SO-A", "SO-B")] == ["Fri 06-12 10:00", "Fri 06-12 16:00"]


def test_MT_04_forward_with_downtime_ends_one_on_time_and_the_other_an_hour_of_work_late():
    """A ends at noon; B works 240 min on Friday and the last 60 on Monday from 08:00."""
    outcome = forward(two_orders("2026-06-11 13:00", FRIDAY_8_TO_10))

    assert [times(outcome, name)[1] for name in ("SO-A", "SO-B")] == ["Fri 06-12 12:00", "Mon 06-15 09:00"]
    assert [line(outcome, name).status for name in ("SO-A", "SO-B")] == ["on_time", "late"]


def breakdown(now: str = "2026-06-11 08:00", run: float = 360, pause: str = "yes", other: float = 0) -> Outcome:
    """One order of `run` minutes on M, which is down on Thursday from 10:30 to 14:30; `other` is M2's efficiency."""
    return forward(
        factory(
            now,
            resources=[Resource(resource="M2", efficiency=other)] if other else [],
            routing=[step("A", 10, "M", run=run, pause=pause == "yes")],
            routing_alternates=[or_on("A", 10, "M2", rank=2)] if other else [],
            downtime=[down("M", "2026-06-11 10:30", "2026-06-11 14:30")],
            orders=[order("SO-1", "A", 1, "2026-06-12")],
        )
    )


def test_MT_12_work_that_may_pause_stops_over_a_breakdown_and_goes_on_after_it():
    """150 min before 10:30, 150 from 14:30 to 17:00, and the last 60 on Friday morning."""
    assert times(breakdown(), "SO-1") == ("Thu 06-11 08:00", "Fri 06-12 09:00")


def test_MT_12_another_machine_at_80_percent_is_taken_when_it_ends_sooner():
    """From 11:00, 360 / 0.8 = 450 min are 60 + 240 on Thursday and 150 on Friday; M itself would end at 11:30."""
    outcome = breakdown(now="2026-06-11 11:00", other=0.8)

    assert operation(outcome, "SO-1").resource == "M2"
    assert times(outcome, "SO-1") == ("Thu 06-11 11:00", "Fri 06-12 10:30")


def test_MT_12_work_that_may_not_pause_waits_for_one_stretch_that_holds_it_all():
    """180 min fit neither the 150 before the breakdown nor the 150 after it: Friday from 08:00 to 11:00."""
    assert times(breakdown(run=180, pause="no"), "SO-1") == ("Fri 06-12 08:00", "Fri 06-12 11:00")


def test_MT_12_work_that_may_not_pause_and_fits_no_stretch_is_left_out_with_the_longest_one_named():
    row = line(breakdown(run=360, pause="no"), "SO-1")

    assert row.status == "unplanned"
    assert "needs 6.0 h, but the longest open stretch of M is 4.0 h" in row.reason


def in_batches(transfer: float | None, second: float = 2, setup: float = 0) -> tuple[float, float]:
    """Start and end of the second step's run, in minutes from now: 100 pieces, first step setup 30 and 3 each."""
    outcome = forward(
        factory(
            "2026-06-08 00:00",
            calendars=NONSTOP,
            routing=[
                step("A", 10, "M1", setup=30, run=3, transfer_qty=transfer),
                step("A", 20, "M2", setup=setup, run=second),
            ],
            orders=[order("SO-1", "A", 100, "2026-06-12")],
        )
    )
    row = operation(outcome, "SO-1", 20)
    return (row.start - outcome.plan.now) / 60, (row.end - outcome.plan.now) / 60


def test_MT_14_a_faster_second_step_ends_with_the_run_of_the_last_batch():
    """The first ends at 330; the last 20 pieces take 40 more, to 370; 100 x 2 before that is 170."""
    assert in_batches(transfer=20) == (170, 370)


def test_MT_14_without_transfer_batches_the_second_step_waits_for_the_whole_lot():
    """330 + 200, with the setup of the second machine done before."""
    assert in_batches(transfer=None) == (330, 530)


def test_MT_14_a_setup_of_15_is_done_before_the_batches_come():
    """The run stays at 170; its setup lies from 155 to 170, after the first batch is through at 30 + 20 x 3 = 90."""
    assert in_batches(transfer=20, setup=15) == (170, 370)


def test_MT_14_a_slower_second_step_starts_after_the_first_batch():
    """The first 20 pieces are through at 90; 100 x 4 later is 490, long after the last batch came at 330."""
    assert in_batches(transfer=20, second=4) == (90, 490)
