"""Pulling right: everything as late as its successors and its promise allow, and nothing later than promised."""

from typing import Any

from pegboard.app.outcome import Outcome
from pegboard.domain.snapshot import Snapshot
from tests.factories import (
    at,
    completion,
    factory,
    order,
    part,
    plan,
    progress,
    step,
    stock,
    times,
    wo,
    works,
)

MON, JUNE = "2026-06-08", "2026-06-19"


def early(snapshot: Snapshot) -> Outcome:
    return plan(snapshot, rule="edd", pull=False)


def pulled(snapshot: Snapshot) -> Outcome:
    return plan(snapshot, rule="edd", pull=True)


def bottleneck(**files: Any) -> Snapshot:
    """Three orders saw for an hour and then mill for four: the mill is what they wait for."""
    return factory(
        routing=[step("A", 10, "SAW", run=60), step("A", 20, "MILL", run=240)],
        orders=[order(f"SO-{n}", "A", 1, f"2026-06-1{n}") for n in (1, 2, 5)],
        **files,
    )


def work_in_progress(outcome: Outcome) -> int:
    """Seconds between start and end, over all work orders."""
    return sum(w.end - w.start for w in outcome.plan.work_orders)


def test_a_step_that_would_wait_for_the_next_one_is_begun_later():
    """The mill is taken from Mon 09:00 to Tue 09:00 by the other two; SO-5 saws in the hour before that."""
    snapshot = bottleneck()

    assert times(early(snapshot), "SO-5", 10) == ("Mon 06-08 10:00", "Mon 06-08 11:00")
    assert (
        times(pulled(snapshot), "SO-5", 20)
        == times(early(snapshot), "SO-5", 20)
        == ("Tue 06-09 09:00", "Tue 06-09 14:00")
    )
    assert times(pulled(snapshot), "SO-5", 10) == ("Tue 06-09 08:00", "Tue 06-09 09:00")


def test_no_order_is_complete_later_than_before():
    snapshot = bottleneck()

    assert [o.completion for o in pulled(snapshot).plan.orders] == [o.completion for o in early(snapshot).plan.orders]


def test_there_is_less_work_in_progress():
    snapshot = bottleneck()

    assert work_in_progress(pulled(snapshot)) < work_in_progress(early(snapshot))


def test_nothing_moves_earlier():
    snapshot = bottleneck()
    before, after = early(snapshot).plan.operations, pulled(snapshot).plan.operations

    assert all(b.setup_start <= a.setup_start for b, a in zip(before, after, strict=True))


def test_the_order_of_work_on_a_resource_stays():
    """SO-5 saws last before and after."""
    snapshot = bottleneck()

    def by_start(outcome: Outcome) -> list[str]:
        rows = [o for o in outcome.plan.operations if o.resource == "SAW"]
        return [o.wo for o in sorted(rows, key=lambda o: o.setup_start)]

    assert by_start(early(snapshot)) == by_start(pulled(snapshot))


def test_a_component_is_made_just_before_its_parent_draws_it():
    """B is needed on Monday 12:00, when the four hours of step 10 are over; its hour begins at 11:00."""
    snapshot = factory(
        bom=[part("A", "B", step=20)],
        routing=[step("A", 10, "M", run=240), step("A", 20, "N", run=60), step("B", 10, "K", run=60)],
        orders=[order("SO-1", "A", 1, JUNE)],
    )
    (b,) = works(early(snapshot), "B")

    assert times(early(snapshot), b.wo)[1] == "Mon 06-08 09:00"
    assert times(pulled(snapshot), b.wo) == ("Mon 06-08 11:00", "Mon 06-08 12:00")


def test_waits_and_moves_before_the_successor_are_kept():
    """SO-2 takes the mill until Mon 17:00; before Tue 08:00 a move of 30 min and a wait of 60 leave Mon 15:30."""
    snapshot = factory(
        routing=[
            step("A", 10, "SAW", run=60, wait_min=60, move_min=30),
            step("A", 20, "MILL", run=480),
            step("B", 10, "MILL", run=480),
        ],
        orders=[order("SO-1", "A", 1, JUNE), order("SO-2", "B", 1, "2026-06-08")],
    )

    assert times(pulled(snapshot), "SO-1", 20)[0] == "Tue 06-09 08:00"
    assert times(pulled(snapshot), "SO-1", 10)[1] == "Mon 06-08 15:30"


def test_material_is_drawn_before_it_expires():
    """SO-2 takes the mill until Tue 10:00, SO-1 until 11:00, SO-3 until 12:00. SO-3 drills in the hour before that;
    SO-1 saws on Monday, for the material it draws is good until midnight."""
    snapshot = factory(
        bom=[part("A", "RM", step=10)],
        routing=[
            step("A", 10, "SAW", run=60),
            step("A", 20, "MILL", run=60),
            step("B", 10, "MILL", run=600),
            step("C", 10, "DRILL", run=60),
            step("C", 20, "MILL", run=60),
        ],
        stock=[stock("RM", 1, expires="2026-06-09")],
        orders=[
            order("SO-1", "A", 1, "2026-06-09 09:00"),
            order("SO-2", "B", 1, MON),
            order("SO-3", "C", 1, JUNE),
        ],
    )
    outcome = pulled(snapshot)

    assert times(outcome, "SO-1", 20)[0] == "Tue 06-09 10:00"
    assert times(outcome, "SO-1", 10)[0][:9] == "Mon 06-08"
    assert times(outcome, "SO-3", 10)[0] == "Tue 06-09 10:00"


def test_begun_and_locked_operations_stay():
    snapshot = factory(
        routing=[step("A", 10, "SAW", run=60), step("A", 20, "MILL", run=60)],
        work_orders=[wo("WO-1", "A", 1, "started", due=JUNE), wo("WO-2", "A", 1, due=JUNE)],
        work_order_steps=[
            progress("WO-1", 10, "started"),
            progress("WO-1", 20, locked=True, start="2026-06-10 10:00"),
            progress("WO-2", 10, locked=True, start="2026-06-09 10:00"),
        ],
        orders=[order("SO-1", "A", 2, JUNE)],
    )
    outcome = pulled(snapshot)

    assert times(outcome, "WO-1", 10)[0] == "Mon 06-08 08:00"
    assert times(outcome, "WO-1", 20)[0] == "Wed 06-10 10:00"
    assert times(outcome, "WO-2", 10)[0] == "Tue 06-09 10:00"


def test_the_plan_in_usual_settings_is_just_in_time():
    """An hour of work for Friday evening is not begun on Monday."""
    outcome = plan(
        factory(routing=[step("A", 10, "M", run=60)], orders=[order("SO-1", "A", 1, "2026-06-12")]), allowance_days=0
    )

    assert completion(outcome, "SO-1") == "Fri 06-12 17:00"
    assert at(outcome, outcome.plan.work_orders[0].start) == "Fri 06-12 16:00"
