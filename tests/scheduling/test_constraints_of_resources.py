"""Open time, capacity, changeovers and pins to the referee: just kept, and broken by a second or a unit."""

from dataclasses import replace

from pegboard.app.outcome import Outcome
from pegboard.domain.resource import Changeover, Resource
from pegboard.scheduling.check import check
from tests.factories import STD, down, instant, operation, order, progress, step, times, with_, wo
from tests.scheduling.referee import JUNE, broken, copy_of, moved, op_of, shop, verdict

ONE = "SO-1/1-1.10"
SECOND = 1_000_000  # microseconds of work


def test_calendar_work_ends_with_the_shift():
    """480 minutes fill Monday; a second later, the last second would fall after 17:00."""
    outcome = shop(step("A", 10, "M", run=480), calendars=STD)

    assert times(outcome, "SO-1")[1] == "Mon 06-08 17:00"
    assert broken(outcome, ONE, 1) == [("calendar", ONE)]


def test_calendar_setup_is_done_in_open_time_too():
    """Setup from 10:00, where M comes up again, to 11:00, run to 12:00: a second sooner M is still down."""
    outcome = shop(
        step("A", 10, "M", setup=60, run=60),
        calendars=STD,
        downtime=[down("M", "2026-06-08 08:00", "2026-06-08 10:00")],
    )
    schedule = copy_of(outcome)
    schedule.setup_start[op_of(outcome, ONE)] -= 1

    assert verdict(outcome, outcome.planned.schedule) == []
    assert verdict(outcome, schedule) == [("calendar", ONE)]


def test_calendar_work_is_neither_shortened_nor_stretched():
    """A second less than the work is too little; two more than it are too much."""
    outcome = shop(step("A", 10, "M", run=60))
    shorter, longer = copy_of(outcome), copy_of(outcome)
    shorter.end[op_of(outcome, ONE)] -= 1
    longer.end[op_of(outcome, ONE)] += 2

    assert verdict(outcome, outcome.planned.schedule) == []
    assert verdict(outcome, shorter) == [("calendar", ONE)]
    assert verdict(outcome, longer) == [("calendar", ONE)]


def test_calendar_work_that_may_not_pause_is_not_broken_by_lunch():
    """120 minutes from 10:00 end at noon; from 11:00 they are as many open minutes, but with a pause."""
    outcome = shop(step("A", 10, "M", run=120, pause=False), calendars=STD)
    at_ten, over_lunch = moved(outcome, ONE, 7200), moved(outcome, ONE, 3 * 3600)
    over_lunch.end[op_of(outcome, ONE)] += 3600

    assert verdict(outcome, at_ten) == []
    assert verdict(outcome, over_lunch) == [("calendar", ONE)]


def test_calendar_a_further_resource_must_be_open_too():
    """M is open day and night, its operator until 17:00."""
    outcome = shop(
        step("A", 10, "M", run=540),
        calendars={"ALL": "mon-sun 00:00-24:00", "DAY": "mon-fri 08:00-17:00"},
        resources=[Resource(resource="OP-1", kind="labour", calendar="DAY")],
        routing_needs=[with_("A", 10, "OP-1")],
    )

    assert times(outcome, "SO-1")[1] == "Mon 06-08 17:00"
    assert broken(outcome, ONE, 1) == [("calendar", ONE)]


def two_on(resource: Resource, qty: float = 1) -> Outcome:
    """SO-1 and then SO-2, an hour each on M or with `qty` of the resource."""
    orders = [order("SO-1", "A", 1, "2026-06-12"), order("SO-2", "A", 1, JUNE)]
    if resource.resource == "M":
        return shop(step("A", 10, "M", run=60), resources=[resource], orders=orders)
    endless = Resource(resource="M", finite=False)
    return shop(
        step("A", 10, "M", run=60),
        resources=[resource, endless],
        routing_needs=[with_("A", 10, resource.resource, qty=qty)],
        orders=orders,
    )


def test_capacity_operations_on_a_machine_may_touch_but_not_overlap():
    outcome = two_on(Resource(resource="M"))

    assert times(outcome, "SO-2")[0] == times(outcome, "SO-1")[1]
    assert broken(outcome, "SO-2/1-1.10", -1) == [("capacity", "SO-2/1-1.10")]


def test_capacity_further_resources_are_held_once_too():
    outcome = two_on(Resource(resource="JIG", kind="tool"))

    assert broken(outcome, "SO-2/1-1.10", -1) == [("capacity", "SO-2/1-1.10")]


def test_capacity_counts_units():
    """Two and two of four people work at once; of 3.999 they would be too many."""
    outcome = two_on(Resource(resource="CREW", kind="labour", capacity=4), qty=2)
    problem = outcome.planned.problem
    less = problem.shop.capacity.copy()
    less[problem.res_names.index("CREW")] -= 1
    fewer = replace(problem, shop=problem.shop._replace(capacity=less))

    assert times(outcome, "SO-1") == times(outcome, "SO-2")
    assert verdict(outcome, outcome.planned.schedule) == []
    assert [v.constraint for v in check(fewer, outcome.planned.schedule).violations] == ["capacity"]


def test_capacity_is_not_asked_of_an_endless_resource():
    outcome = two_on(Resource(resource="M", finite=False))

    assert times(outcome, "SO-1") == times(outcome, "SO-2")
    assert verdict(outcome, outcome.planned.schedule) == []


def held_in(phase: str) -> Outcome:
    """Each order is set up for an hour and runs for one on a machine of its own; the fitter is one man."""
    return shop(
        step("A", 10, "M1", setup=60, run=60),
        step("B", 10, "M2", setup=60, run=60),
        resources=[Resource(resource="FITTER", kind="labour")],
        routing_needs=[with_(item, 10, "FITTER", phase=phase) for item in "AB"],
        orders=[order("SO-1", "A", 1, "2026-06-12"), order("SO-2", "B", 1, JUNE)],
    )


def test_capacity_a_setter_is_free_again_when_the_run_starts():
    """The second setup begins at 09:00, where the first run does; a second sooner he is wanted twice."""
    outcome = held_in("setup")

    assert times(outcome, "SO-2")[0] == "Mon 06-08 09:00"
    assert broken(outcome, "SO-2/1-1.10", -1) == [("capacity", "SO-2/1-1.10")]


def test_capacity_one_who_is_needed_for_the_run_is_not_held_by_the_setup():
    """With runs from 09:00 to 10:00 and from 10:00 to 11:00, the second setup, from 09:00, is nobody's business."""
    outcome = held_in("run")
    to_nine = instant(outcome, "2026-06-08 09:00") - operation(outcome, "SO-2").setup_start

    assert broken(outcome, "SO-2/1-1.10", to_nine) == []
    assert broken(outcome, "SO-2/1-1.10", to_nine - 1) == [("capacity", "SO-2/1-1.10")]


def painted() -> Outcome:
    """Red from 08:00 to 09:00, then 40 minutes of changeover and an hour of blue."""
    return shop(
        step("A", 10, "BOOTH", run=60, family="RED"),
        step("B", 10, "BOOTH", run=60, family="BLUE"),
        resources=[Resource(resource="BOOTH", changeover="PAINT")],
        changeovers=[Changeover(changeover="PAINT", from_="RED", to="BLUE", minutes=40)],
        orders=[order("SO-1", "A", 1, "2026-06-12"), order("SO-2", "B", 1, JUNE)],
    )


def test_changeover_is_what_the_family_before_asks_for():
    """A second less of changeover, begun a second later, is too little: nothing else is wrong with it."""
    outcome = painted()
    schedule, op = copy_of(outcome), op_of(outcome, "SO-2/1-1.10")
    schedule.changeover[op] -= SECOND
    schedule.setup_start[op] += 1

    assert verdict(outcome, outcome.planned.schedule) == []
    assert verdict(outcome, schedule) == [("changeover", "SO-2/1-1.10")]


def test_changeover_depends_on_who_comes_before():
    """Blue before red, with nothing to change over from: the 40 minutes that blue still takes are too many."""
    outcome = painted()
    schedule = moved(outcome, ONE, 4 * 3600)

    assert verdict(outcome, schedule) == [("changeover", "SO-2/1-1.10")]


def locked() -> Outcome:
    return shop(
        step("A", 10, "M", run=60),
        work_orders=[wo("WO-1", "A", 1, due=JUNE)],
        work_order_steps=[progress("WO-1", 10, locked=True, start="2026-06-10 10:00")],
    )


def test_pinned_operations_start_to_the_second_where_they_are_locked():
    outcome = locked()

    assert times(outcome, "WO-1")[0] == "Wed 06-10 10:00"
    assert broken(outcome, "WO-1.10", 1) == [("pinned", "WO-1.10")]
    assert broken(outcome, "WO-1.10", -1) == [("pinned", "WO-1.10")]


def test_pinned_operations_may_not_be_left_out():
    outcome = locked()
    schedule, op = copy_of(outcome), op_of(outcome, "WO-1.10")
    for column in (schedule.setup_start, schedule.start, schedule.end, schedule.cand):
        column[op] = -1

    assert verdict(outcome, schedule) == [("pinned", "WO-1.10")]


def test_pinned_begun_operations_are_not_set_up_again():
    outcome = shop(
        step("A", 10, "M", setup=30, run=60, family="RED"),
        work_orders=[wo("WO-1", "A", 1, "started", due=JUNE)],
        work_order_steps=[progress("WO-1", 10, "started")],
    )
    schedule = copy_of(outcome)
    schedule.changeover[op_of(outcome, "WO-1.10")] = SECOND

    assert verdict(outcome, outcome.planned.schedule) == []
    assert ("pinned", "WO-1.10") in verdict(outcome, schedule)
