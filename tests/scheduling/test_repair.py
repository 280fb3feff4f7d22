"""The four degrees of repair, on factories small enough to follow by hand."""

from typing import Any

import pytest

from pegboard.domain.snapshot import Snapshot
from pegboard.scheduling.check import check
from pegboard.scheduling.downtime import Closed, with_downtime
from pegboard.scheduling.engines.repair import DEGREES, Degree
from pegboard.scheduling.engines.repair import repair as repair_arrays
from tests.factories import (
    buy,
    completion,
    down,
    factory,
    forward,
    instant,
    line,
    or_on,
    order,
    part,
    po,
    progress,
    said,
    step,
    times,
    wo,
)
from tests.scheduling.repairs import changes, repair

JUNE = "2026-06-19"
HOUR_EACH = [step("A", 10, "M", run=60), step("B", 10, "M", run=60)]
"""A and B take M for an hour each."""


def shop(*orders: Any, routing: Any = HOUR_EACH, **files: Any) -> Snapshot:
    """M, and SO-1 for an A, due before SO-2 for a B: on Mon 06-08 M does A at 08:00 and B at 09:00."""
    both = orders or (order("SO-1", "A", 1, "2026-06-12"), order("SO-2", "B", 1, JUNE))
    return factory(routing=routing, orders=both, **files)


@pytest.mark.parametrize("degree", DEGREES[:3])
def test_a_plan_that_nothing_disturbs_stays_as_it_is(degree: Degree):
    before = forward(shop())
    after = repair(before, shop(), degree)

    assert changes(before, after).moved == 0
    assert changes(before, after).kept == 2


def test_a_breakdown_interrupts_an_operation_that_may_pause():
    """MT-12: 360 min from Thu 08:00, down 10:30 to 14:30: 150 min before, 150 min after, 60 min on Friday."""
    work = [step("A", 10, "M", run=360)]
    thursday = "2026-06-11 08:00"
    before = forward(factory(thursday, routing=work, orders=[order("SO-1", "A", 1, JUNE)]))
    broken = [down("M", "2026-06-11 10:30", "2026-06-11 14:30")]
    after = repair(before, factory(thursday, routing=work, orders=[order("SO-1", "A", 1, JUNE)], downtime=broken))

    assert times(before, "SO-1") == ("Thu 06-11 08:00", "Thu 06-11 15:00")
    assert times(after, "SO-1") == ("Thu 06-11 08:00", "Fri 06-12 09:00")


def test_a_right_shift_around_a_downtime_makes_the_second_order_an_hour_late():
    """MT-04: A 360 min and B 300 min from Thu 13:00; M is down Fri 08 to 10, so A ends Fri 12:00, B Mon 09:00."""
    files: dict[str, Any] = {
        "routing": [step("A", 10, "M", run=360), step("B", 10, "M", run=300)],
        "orders": [order("SO-A", "A", 1, "2026-06-12 12:00"), order("SO-B", "B", 1, "2026-06-12 17:00")],
    }
    before = forward(factory("2026-06-11 13:00", **files))
    down_on_friday = [down("M", "2026-06-12 08:00", "2026-06-12 10:00")]
    after = repair(before, factory("2026-06-11 13:00", **files, downtime=down_on_friday))

    assert (completion(before, "SO-A"), completion(before, "SO-B")) == ("Fri 06-12 10:00", "Fri 06-12 16:00")
    assert (completion(after, "SO-A"), completion(after, "SO-B")) == ("Fri 06-12 12:00", "Mon 06-15 09:00")
    assert changes(before, after).became_late == ("SO-B/1",)
    assert (changes(before, after).worst, changes(before, after).worst_min) == ("SO-B/1", 65 * 60)


LATE_RM: dict[str, Any] = {"items": [buy("RM", 30)], "bom": [part("A", "RM")]}


def test_a_shift_waits_behind_an_operation_whose_material_is_late():
    """RM for A comes on Wednesday instead of Monday; B keeps its place after A."""
    before = forward(shop(**LATE_RM, purchase_orders=[po("PO-1", "RM", 1, "2026-06-08 08:00")]))
    after = repair(before, shop(**LATE_RM, purchase_orders=[po("PO-1", "RM", 1, "2026-06-10 08:00")]), "shift")

    assert times(after, "SO-1") == ("Wed 06-10 08:00", "Wed 06-10 09:00")
    assert times(after, "SO-2") == ("Wed 06-10 09:00", "Wed 06-10 10:00")
    assert changes(before, after).inversions == {}


def test_in_the_third_degree_others_pass_an_operation_whose_material_is_late():
    """B was to follow A at 09:00, and does not wait for it now."""
    before = forward(shop(**LATE_RM, purchase_orders=[po("PO-1", "RM", 1, "2026-06-08 08:00")]))
    after = repair(before, shop(**LATE_RM, purchase_orders=[po("PO-1", "RM", 1, "2026-06-10 08:00")]), "sequence")

    assert times(after, "SO-1") == ("Wed 06-10 08:00", "Wed 06-10 09:00")
    assert times(after, "SO-2") == ("Mon 06-08 09:00", "Mon 06-08 10:00")
    assert changes(before, after).inversions == {"M": 1}


def test_a_cancelled_order_leaves_room_that_only_the_second_degree_uses():
    """SO-1 held M from 08:00 to 09:00, and SO-2 waited for it."""
    before = forward(shop())
    left = shop(order("SO-2", "B", 1, JUNE))

    assert times(repair(before, left, "shift"), "SO-2")[0] == "Mon 06-08 09:00"
    assert times(repair(before, left, "earlier"), "SO-2")[0] == "Mon 06-08 08:00"


def test_who_waited_for_nobody_does_not_move_into_room_that_came_free():
    """SO-2 was not to start before Tue 13:00, long after SO-1; now it may, but SO-1 has left it no room."""
    before = forward(
        shop(order("SO-1", "A", 1, "2026-06-12"), order("SO-2", "B", 1, JUNE, earliest="2026-06-09 13:00"))
    )
    after = repair(before, shop(order("SO-2", "B", 1, JUNE)), "earlier")

    assert times(after, "SO-2")[0] == "Tue 06-09 13:00"


def test_an_order_that_grew_pushes_those_after_it():
    """SO-1 wants three As now, until 11:00; SO-2 follows."""
    after = repair(forward(shop()), shop(order("SO-1", "A", 3, "2026-06-12"), order("SO-2", "B", 1, JUNE)))

    assert times(after, "SO-1") == ("Mon 06-08 08:00", "Mon 06-08 11:00")
    assert times(after, "SO-2") == ("Mon 06-08 11:00", "Mon 06-08 12:00")


def test_a_new_order_fills_what_the_old_ones_leave():
    """SO-0 is due first, but it came last: 10:00 is free."""
    before = forward(shop())
    new = (order("SO-0", "A", 1, "2026-06-08"), order("SO-1", "A", 1, "2026-06-12"), order("SO-2", "B", 1, JUNE))
    for degree in DEGREES[:3]:
        after = repair(before, shop(*new), degree)

        assert times(after, "SO-0")[0] == "Mon 06-08 10:00"
        assert (changes(before, after).new, changes(before, after).moved) == (1, 0)
        assert "SO-0/1-1.10" in said(after, "S345")[0].what


def test_a_vanished_operation_is_dropped_and_said_so():
    before = forward(shop())
    after = repair(before, shop(order("SO-2", "B", 1, JUNE)))

    assert changes(before, after).gone == 1
    assert "SO-1/1-1.10" in said(after, "S344")[0].what


def test_an_operation_whose_resource_is_gone_takes_another_and_it_is_said():
    """A ran on M; now only N does it."""
    routing = [step("A", 10, "N", run=60), step("B", 10, "M", run=60)]
    before = forward(shop())
    after = repair(before, shop(routing=routing))

    assert changes(before, after).other_resource == 1
    assert [(f.subject, f.severity) for f in said(after, "S342")] == [("SO-1/1-1.10", "warning")]
    assert times(after, "SO-2")[0] == "Mon 06-08 09:00"


def test_in_the_third_degree_a_late_operation_takes_a_free_machine():
    """M is down all week and N can do A: a shift waits until next Monday, beyond the due date; passing goes to N."""
    files: dict[str, Any] = {"routing_alternates": [or_on("A", 10, "N", rank=2)]}
    due = [order("SO-1", "A", 1, "2026-06-08 12:00")]
    before = forward(shop(*due, **files))
    broken = [down("M", "2026-06-08", "2026-06-12")]

    assert completion(repair(before, shop(*due, **files, downtime=broken), "shift"), "SO-1") == "Mon 06-15 09:00"
    assert completion(repair(before, shop(*due, **files, downtime=broken), "sequence"), "SO-1") == "Mon 06-08 09:00"


def test_the_fourth_degree_is_a_fresh_plan():
    """The new order is due first and goes first; nothing is kept for its own sake."""
    new = (order("SO-0", "A", 1, "2026-06-08 09:00"), order("SO-1", "A", 1, "2026-06-12"))
    after = repair(forward(shop()), shop(*new), "free")

    assert line(after, "SO-0").status == "on_time"


def test_a_successor_moves_with_what_it_waits_for():
    """A then N: M is down until Tue 08:00, so A ends Tue 09:00 and its second step follows."""
    routing = [step("A", 10, "M", run=60), step("A", 20, "N", run=60)]
    one = [order("SO-1", "A", 1, JUNE)]
    after = repair(
        forward(shop(*one, routing=routing)),
        shop(*one, routing=routing, downtime=[down("M", "2026-06-08 08:00", "2026-06-09 08:00")]),
    )

    assert times(after, "SO-1", 10) == ("Tue 06-09 08:00", "Tue 06-09 09:00")
    assert times(after, "SO-1", 20) == ("Tue 06-09 09:00", "Tue 06-09 10:00")


def test_what_has_been_begun_since_goes_on_now():
    """B was to follow A at 09:00, but it has been begun first: it has its hour from 08:00, and A follows."""
    before = forward(shop(work_orders=[wo("WO-2", "B", 1, order="SO-2")]))
    begun = [progress("WO-2", 10, "started", resource="M", started="2026-06-08 08:00")]
    after = repair(before, shop(work_orders=[wo("WO-2", "B", 1, order="SO-2")], work_order_steps=begun))

    assert times(before, "WO-2")[0] == "Mon 06-08 09:00"
    assert times(after, "WO-2") == ("Mon 06-08 08:00", "Mon 06-08 09:00")
    assert times(after, "SO-1")[0] == "Mon 06-08 09:00"


def test_lots_of_one_oven_load_stay_together_when_it_moves():
    """Both lots bake from 08:00 to 09:00; the oven is down until 10:00, and then takes both at once again."""
    files: dict[str, Any] = {"routing": [step("A", 10, "M", fixed_min=60, batch_key="BAKE", batch_qty=2)]}
    orders = [order("SO-1", "A", 1, JUNE), order("SO-2", "A", 1, JUNE)]
    before = forward(shop(*orders, **files))
    after = repair(before, shop(*orders, **files, downtime=[down("M", "2026-06-08 08:00", "2026-06-08 10:00")]))

    assert times(before, "SO-1") == times(before, "SO-2") == ("Mon 06-08 08:00", "Mon 06-08 09:00")
    assert times(after, "SO-1") == times(after, "SO-2") == ("Mon 06-08 10:00", "Mon 06-08 11:00")


def test_who_may_not_wait_long_is_delayed_with_what_comes_after():
    """No wait is allowed between M and N; N is down until 10:00, so M waits too and ends at 10:00."""
    files: dict[str, Any] = {"routing": [step("A", 10, "M", run=60, max_wait_min=0), step("A", 20, "N", run=60)]}
    one = [order("SO-1", "A", 1, JUNE)]
    broken = [down("N", "2026-06-08 08:00", "2026-06-08 10:00")]
    after = repair(forward(shop(*one, **files)), shop(*one, **files, downtime=broken))

    assert times(after, "SO-1", 10) == ("Mon 06-08 09:00", "Mon 06-08 10:00")
    assert times(after, "SO-1", 20) == ("Mon 06-08 10:00", "Mon 06-08 11:00")
    assert changes(forward(shop(*one, **files)), after).moved == 2


def test_a_downtime_can_be_put_into_a_problem_without_planning_again():
    """M is down from 08:00 to 10:00: the same repair as from a factory with that downtime."""
    before = forward(shop())
    monday = instant(before, "2026-06-08 08:00")
    problem = with_downtime(before.planned.problem, [Closed("M", monday, monday + 2 * 3600)])
    done = repair_arrays(problem, before.planned.schedule, "shift")
    after = repair(before, shop(downtime=[down("M", "2026-06-08 08:00", "2026-06-08 10:00")]))

    assert check(problem, done.result.schedule).violations == ()
    assert done.result.schedule.setup_start.tolist() == after.planned.schedule.setup_start.tolist()
    assert times(after, "SO-1")[0] == "Mon 06-08 10:00"
