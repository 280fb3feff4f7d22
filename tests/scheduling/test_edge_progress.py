"""What is past due, begun, paused, partly done, scrapped or over-delivered (edge cases 17 to 19)."""

from typing import Any

import pytest

from pegboard.app.outcome import Outcome
from tests.factories import (
    at,
    buy,
    completion,
    factory,
    forward,
    line,
    operation,
    or_on,
    order,
    part,
    pegged,
    plan,
    po,
    progress,
    sequence,
    step,
    stock,
    times,
    wo,
    works,
)

JUNE = "2026-06-19"


def started(work: dict[str, Any] | None = None, qty: float = 10, **done: Any) -> Outcome:
    """WO-1 makes 10 A for SO-1: setup 30, 6 minutes each; it is Mon 06-08 08:00, and step 10 has got so far."""
    return forward(
        factory(
            routing=[step("A", 10, "M", setup=30, run=6)],
            work_orders=[wo("WO-1", "A", 10, "started", order="SO-1", due=JUNE, **(work or {}))],
            work_order_steps=[progress("WO-1", 10, **done)] if done else [],
            orders=[order("SO-1", "A", qty, JUNE)],
        )
    )


def overdue() -> Outcome:
    """An hour of work that was due three days before now."""
    return plan(factory(routing=[step("A", 10, "M", run=60)], orders=[order("SO-1", "A", 1, "2026-06-05")]))


def test_edge_17_a_past_due_order_is_made_forward_from_now():
    assert times(overdue(), "SO-1") == ("Mon 06-08 08:00", "Mon 06-08 09:00")


def test_edge_17_a_past_due_order_keeps_its_due_date_for_the_figures():
    """From Fri 17:00 to Mon 09:00 are 7 + 48 + 9 = 64 hours."""
    row = line(overdue(), "SO-1")

    assert (row.status, row.lateness_min, row.cause) == ("late", 64 * 60, "past_due")


def test_edge_17_a_need_far_in_the_past_is_no_hindrance():
    outcome = plan(factory(routing=[step("A", 10, "M", run=60)], orders=[order("SO-1", "A", 1, "2020-01-01")]))

    assert completion(outcome, "SO-1") == "Mon 06-08 09:00"


def test_edge_18_a_work_order_whose_start_has_passed_is_shifted_to_now():
    """It was to start on Friday and did not: setup 30 + 60 minutes from now."""
    assert times(started(status="waiting", start="2026-06-05 08:00"), "WO-1") == ("Mon 06-08 08:00", "Mon 06-08 09:30")


def test_edge_18_a_started_operation_runs_what_is_left_without_another_setup():
    """10 - 4 good are 6 pieces of 6 minutes."""
    assert times(started(status="started", good_qty=4), "WO-1") == ("Mon 06-08 08:00", "Mon 06-08 08:36")


def test_edge_18_a_paused_operation_goes_on_as_a_started_one():
    assert times(started(status="paused", good_qty=4), "WO-1") == ("Mon 06-08 08:00", "Mon 06-08 08:36")


def test_edge_18_scrapped_pieces_are_not_made_again_by_the_same_work_order():
    """10 - 4 good - 2 scrapped are 4 pieces of 6 minutes."""
    outcome = started(status="started", good_qty=4, scrapped_qty=2)

    assert times(outcome, "WO-1") == ("Mon 06-08 08:00", "Mon 06-08 08:24")


def test_edge_18_what_was_scrapped_is_made_by_a_new_work_order():
    """WO-1 yields 8 of the 10 wanted, so 2 are made anew."""
    outcome = started(status="started", good_qty=4, scrapped_qty=2)

    assert pegged(outcome, "A") == {("wo", "SO-1/1"): 10}
    assert [(w.wo, w.good_qty) for w in works(outcome, "A")] == [("SO-1/1-1", 2), ("WO-1", 8)]


def test_edge_18_the_operators_estimate_comes_before_the_arithmetic():
    assert times(started(status="started", good_qty=4, remaining_min=50), "WO-1")[1] == "Mon 06-08 08:50"


def test_edge_18_pieces_scrapped_at_a_done_step_do_not_come_to_the_next():
    """8 of 10 came through step 10: step 20 runs 8 x 6 minutes, and 2 of SO-1's 10 are made anew."""
    outcome = forward(
        factory(
            routing=[step("A", 10, "M", run=6), step("A", 20, "N", run=6)],
            work_orders=[wo("WO-1", "A", 10, "started", due=JUNE)],
            work_order_steps=[progress("WO-1", 10, "done", good_qty=8, scrapped_qty=2)],
            orders=[order("SO-1", "A", 10, JUNE)],
        )
    )

    assert [(w.wo, w.good_qty) for w in works(outcome, "A")] == [("SO-1/1-1", 2), ("WO-1", 8)]
    assert times(outcome, "WO-1", 20) == ("Mon 06-08 08:00", "Mon 06-08 08:48")


@pytest.mark.parametrize("status", ["hold", "closed", "cancelled", "done"])
def test_edge_18_a_work_order_that_is_held_or_over_supplies_nothing(status):
    outcome = forward(
        factory(
            routing=[step("A", 10, "M", run=6)],
            work_orders=[wo("WO-1", "A", 10, status, order="SO-1", due=JUNE)],
            orders=[order("SO-1", "A", 10, JUNE)],
        )
    )

    assert [w.wo for w in works(outcome, "A")] == ["SO-1/1-1"]


def with_fixed_work(good: float, done_before: str = "done", first_yield: float = 1) -> Outcome:
    """Step 20 of WO-1 is begun: fixed work of 20 minutes, and 6 for each of 10 pieces."""
    return forward(
        factory(
            routing=[step("A", 10, "M", run=6, yield_=first_yield), step("A", 20, "N", run=6, fixed_min=20)],
            work_orders=[wo("WO-1", "A", 10, "started", due=JUNE)],
            work_order_steps=[progress("WO-1", 10, done_before), progress("WO-1", 20, "started", good_qty=good)],
            orders=[order("SO-1", "A", 9, JUNE)],
        )
    )


def test_edge_18_fixed_work_is_over_once_there_are_good_pieces():
    """6 pieces of 6 minutes are left."""
    assert times(with_fixed_work(good=4), "WO-1", 20)[1] == "Mon 06-08 08:36"


def test_edge_18_fixed_work_is_still_to_be_done_where_no_piece_is_good_yet():
    """20 + 10 x 6 minutes."""
    assert times(with_fixed_work(good=0), "WO-1", 20)[1] == "Mon 06-08 09:20"


def test_edge_18_fixed_work_does_not_vanish_with_what_the_step_before_has_lost():
    """Step 10 yields 0.9, so 9 of the 10 come to step 20, and none is good yet: 20 + 9 x 6 minutes."""
    assert times(with_fixed_work(good=0, first_yield=0.9), "WO-1", 20)[1] == "Mon 06-08 09:14"


def test_edge_18_more_good_pieces_than_wanted_leave_nothing_to_run():
    assert times(started(status="started", good_qty=12), "WO-1") == ("Mon 06-08 08:00", "Mon 06-08 08:00")


def test_edge_18_completed_pieces_of_the_work_order_are_not_made_again():
    """4 of 10 are done and in stock: 30 + 6 x 6 minutes for the rest."""
    outcome = started(work={"completed_qty": 4}, qty=6, status="waiting")

    assert times(outcome, "WO-1") == ("Mon 06-08 08:00", "Mon 06-08 09:06")


def test_edge_18_a_done_step_is_over_and_the_next_one_begins():
    outcome = forward(
        factory(
            routing=[step("A", 10, "M", run=60), step("A", 20, "N", run=6)],
            work_orders=[wo("WO-1", "A", 10, "started", due=JUNE)],
            work_order_steps=[progress("WO-1", 10, "done", good_qty=10)],
            orders=[order("SO-1", "A", 10, JUNE)],
        )
    )

    assert [(o.step, at(outcome, o.end)) for o in outcome.plan.operations] == [(20, "Mon 06-08 09:00")]


def rivals(status: str) -> Outcome:
    """WO-1 is due last and stands on M or waits for it; SO-2 is due at once and wants M too."""
    return forward(
        factory(
            routing=[step("A", 10, "M", run=6), step("B", 10, "M", run=60)],
            routing_alternates=[or_on("A", 10, "N")],
            work_orders=[wo("WO-1", "A", 10, "started", due=JUNE)],
            work_order_steps=[progress("WO-1", 10, status, resource="M", good_qty=0)],
            orders=[order("SO-1", "A", 10, JUNE), order("SO-2", "B", 1, "2026-06-08")],
        )
    )


def test_edge_18_a_started_operation_stays_on_its_resource_and_goes_on_first():
    outcome = rivals("started")

    assert sequence(outcome, "M") == ["WO-1", "SO-2"]
    assert times(outcome, "WO-1") == ("Mon 06-08 08:00", "Mon 06-08 09:00")


def test_edge_18_a_waiting_operation_gives_way_to_a_more_urgent_one():
    outcome = rivals("waiting")

    assert sequence(outcome, "M") == ["SO-2"]
    assert operation(outcome, "WO-1").resource == "N"


@pytest.mark.parametrize("status", ["started", "paused"])
def test_edge_18_a_begun_operation_draws_its_material_no_second_time(status):
    outcome = forward(
        factory(
            items=[buy("RM")],
            bom=[part("A", "RM", 3)],
            routing=[step("A", 10, "M", run=6)],
            work_orders=[wo("WO-1", "A", 10, "started", due=JUNE)],
            work_order_steps=[progress("WO-1", 10, status, good_qty=4)],
            orders=[order("SO-1", "A", 6, JUNE)],
        )
    )

    assert not outcome.plan.purchases


def test_edge_19_a_work_order_that_made_too_many_supplies_nothing_more():
    """12 of 10 are done; SO-1 is served by the 12 in stock, and nothing runs."""
    outcome = forward(
        factory(
            routing=[step("A", 10, "M", run=6)],
            work_orders=[wo("WO-1", "A", 10, "started", completed_qty=12, due=JUNE)],
            stock=[stock("A", 12)],
            orders=[order("SO-1", "A", 14, JUNE)],
        )
    )

    assert pegged(outcome, "A") == {("A", "SO-1/1"): 12, ("wo", "SO-1/1"): 2}
    assert [(w.wo, w.good_qty) for w in works(outcome, "A")] == [("SO-1/1-1", 2), ("WO-1", 0)]


def test_edge_19_a_purchase_received_in_excess_brings_nothing_more_and_takes_nothing_back():
    outcome = plan(
        factory(
            items=[buy("X")],
            purchase_orders=[po("PO-1", "X", 10, "2026-06-10", received_qty=12)],
            stock=[stock("X", 12)],
            orders=[order("SO-1", "X", 12, JUNE)],
        )
    )

    assert pegged(outcome, "X") == {("X", "SO-1/1"): 12}


def test_edge_19_what_an_order_needs_no_more_serves_another():
    """WO-1 makes 10 for SO-1, which now wants 6: the other 4 go to SO-2, which needs 1 more."""
    outcome = forward(
        factory(
            routing=[step("A", 10, "M", run=6)],
            work_orders=[wo("WO-1", "A", 10, "started", order="SO-1", due=JUNE)],
            orders=[order("SO-1", "A", 6, JUNE), order("SO-2", "A", 5, "2026-06-26")],
        )
    )
    given = {(p.supply, p.demand): p.qty for p in outcome.plan.pegs}

    assert given == {("WO-1", "SO-1/1"): 6, ("WO-1", "SO-2/1"): 4, ("SO-2/1-1", "SO-2/1"): 1}


def test_edge_19_what_nobody_needs_is_remarked_on():
    outcome = started(qty=6)

    assert [m.what for m in outcome.plan.messages if m.code == "P202"] == [
        "work order WO-1 yields 4 A that no order needs"
    ]
