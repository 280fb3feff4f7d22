"""Resources at the edge: breakdowns, alternates, odd durations, capacity, locks and skills (edge cases 26 to 30)."""

from typing import Any

from pegboard.app.outcome import Outcome
from pegboard.domain.resource import Changeover, Resource, Skill
from tests.factories import (
    at,
    closed,
    completion,
    down,
    factory,
    forward,
    line,
    operation,
    or_on,
    order,
    progress,
    said,
    sequence,
    step,
    times,
    with_,
    wo,
)

JUNE = "2026-06-19"


def test_edge_26_a_breakdown_after_the_setup_does_not_ask_for_another():
    """Setup until 09:00, 60 of 180 minutes until 10:00, and the other 120 from 14:30."""
    outcome = forward(
        factory(
            routing=[step("A", 10, "M", setup=60, run=180)],
            downtime=[down("M", "2026-06-08 10:00", "2026-06-08 14:30")],
            orders=[order("SO-1", "A", 1, JUNE)],
        )
    )

    assert times(outcome, "SO-1") == ("Mon 06-08 08:00", "Mon 06-08 16:30")


def two_machines(earliest: str | None = None, **files: Any) -> Outcome:
    """60 minutes on FAST, or twice that on SLOW."""
    return forward(
        factory(
            routing=[step("A", 10, "FAST", run=60)],
            routing_alternates=[or_on("A", 10, "SLOW", run_factor=2, rank=2)],
            orders=[order("SO-1", "A", 1, JUNE, earliest=earliest)],
            **files,
        )
    )


def test_edge_27_the_faster_of_two_free_machines_is_taken():
    assert operation(two_machines(), "SO-1").resource == "FAST"


def test_edge_27_a_slower_machine_is_taken_where_it_ends_sooner():
    """FAST is down until 12:00 and would end at 14:00; SLOW ends at 10:00."""
    outcome = two_machines(downtime=[down("FAST", "2026-06-08 08:00", "2026-06-08 12:00")])

    assert (operation(outcome, "SO-1").resource, completion(outcome, "SO-1")) == ("SLOW", "Mon 06-08 10:00")


def test_edge_27_machines_are_compared_at_the_time_of_the_work_not_at_now():
    """FAST is down today, but the work is for Thursday."""
    outcome = two_machines("2026-06-11", downtime=[down("FAST", "2026-06-08 08:00", "2026-06-08 17:00")])

    assert (operation(outcome, "SO-1").resource, completion(outcome, "SO-1")) == ("FAST", "Thu 06-11 09:00")


def test_edge_27_of_equally_quick_machines_the_one_of_lower_rank_is_taken():
    outcome = forward(
        factory(
            routing=[step("A", 10, "ZEBRA", run=60)],
            routing_alternates=[or_on("A", 10, "APE", rank=2)],
            orders=[order("SO-1", "A", 1, JUNE)],
        )
    )

    assert operation(outcome, "SO-1").resource == "ZEBRA"


def steps_taking(setup: float, run: float) -> Outcome:
    """A step of these minutes between two of 30."""
    between = step("A", 20, "N", setup=setup, run=run)
    return forward(
        factory(
            routing=[step("A", 10, "M", run=30), between, step("A", 30, "M", run=30)],
            orders=[order("SO-1", "A", 1, JUNE)],
        )
    )


def test_edge_28_an_operation_without_duration_takes_no_time_and_keeps_its_place():
    outcome = steps_taking(0, 0)

    assert times(outcome, "SO-1", 20) == ("Mon 06-08 08:30", "Mon 06-08 08:30")
    assert completion(outcome, "SO-1") == "Mon 06-08 09:00"


def test_edge_28_an_operation_of_setup_alone_takes_its_setup():
    outcome = steps_taking(15, 0)

    assert times(outcome, "SO-1", 20) == ("Mon 06-08 08:30", "Mon 06-08 08:45")
    assert completion(outcome, "SO-1") == "Mon 06-08 09:15"


def test_edge_28_a_resource_of_capacity_two_takes_two_at_once_and_the_third_after_them():
    outcome = forward(
        factory(
            resources=[Resource(resource="M", capacity=2)],
            routing=[step("A", 10, "M", run=60)],
            orders=[order(f"SO-{n}", "A", 1, f"2026-06-1{n}") for n in (1, 2, 5)],
        )
    )

    assert [times(outcome, f"SO-{n}")[0] for n in (1, 2, 5)] == [
        "Mon 06-08 08:00",
        "Mon 06-08 08:00",
        "Mon 06-08 09:00",
    ]


def test_edge_28_part_of_a_capacity_is_left_to_others():
    """Three people: one order holds two of them, another the third, and a third order waits for two."""
    outcome = forward(
        factory(
            resources=[Resource(resource="CREW", kind="labour", capacity=3)],
            routing=[step("A", 10, "M1", run=60), step("B", 10, "M2", run=60), step("C", 10, "M3", run=60)],
            routing_needs=[with_("A", 10, "CREW", qty=2), with_("B", 10, "CREW", qty=1), with_("C", 10, "CREW", qty=2)],
            orders=[
                order("SO-A", "A", 1, "2026-06-11"),
                order("SO-B", "B", 1, "2026-06-12"),
                order("SO-C", "C", 1, JUNE),
            ],
        )
    )

    assert [times(outcome, f"SO-{i}")[0] for i in "ABC"] == ["Mon 06-08 08:00", "Mon 06-08 08:00", "Mon 06-08 09:00"]


def test_edge_28_an_oven_without_a_quantity_is_no_oven():
    outcome = forward(
        factory(routing=[step("A", 10, "OVEN", run=60, batch_key="T200")], orders=[order("SO-1", "A", 1, JUNE)])
    )

    assert [m.what for m in said(outcome, "V131")] == ["step 10 of A has batch_key but no batch_qty"]
    assert outcome.plan.certificate.ignored == ()


def painted(initial: str, now: str = "2026-06-08 08:00", first: float = 60) -> Outcome:
    """SO-1 in red, then SO-2 in blue; red to blue takes 40 minutes, any other change 10."""
    return forward(
        factory(
            now,
            resources=[Resource(resource="BOOTH", changeover="PAINT", initial_family=initial)],
            changeovers=[
                Changeover(changeover="PAINT", from_="RED", to="RED", minutes=0),
                Changeover(changeover="PAINT", from_="RED", to="BLUE", minutes=40),
                Changeover(changeover="PAINT", from_="*", to="*", minutes=10),
            ],
            routing=[step("R", 10, "BOOTH", run=first, family="RED"), step("B", 10, "BOOTH", run=60, family="BLUE")],
            orders=[order("SO-1", "R", 1, "2026-06-12"), order("SO-2", "B", 1, JUNE)],
        )
    )


def test_edge_28_the_first_operation_changes_over_from_what_the_resource_is_set_up_for():
    """GREEN to RED is any change: 10 minutes, and an hour of run."""
    assert times(painted("GREEN"), "SO-1") == ("Mon 06-08 08:00", "Mon 06-08 09:10")


def test_edge_28_the_first_operation_of_the_same_family_or_without_one_known_changes_nothing():
    assert times(painted("RED"), "SO-1") == times(painted(""), "SO-1") == ("Mon 06-08 08:00", "Mon 06-08 09:00")


def test_edge_28_the_most_specific_changeover_wins():
    """RED to BLUE 40 minutes, and not the 10 of any change: 09:00 + 40 + 60."""
    assert times(painted("RED"), "SO-2") == ("Mon 06-08 09:00", "Mon 06-08 10:40")


def test_edge_28_a_changeover_goes_on_after_an_idle_weekend():
    """Red ends on Fri 06-12 16:40; 20 of 40 minutes are done by 17:00, 20 on Monday, then the hour of blue."""
    outcome = painted("RED", now="2026-06-12 08:00", first=460)

    assert times(outcome, "SO-2") == ("Fri 06-12 16:40", "Mon 06-15 09:20")


def test_edge_28_what_was_set_up_on_friday_is_set_up_on_monday():
    """Red ends on Fri 17:00; blue on Monday still changes over from red."""
    assert times(painted("RED", now="2026-06-12 08:00", first=480), "SO-2") == ("Mon 06-15 08:00", "Mon 06-15 09:40")


def test_edge_28_a_tool_shared_by_two_machines_is_on_one_of_them_at_a_time():
    outcome = forward(
        factory(
            resources=[Resource(resource="JIG", kind="tool")],
            routing=[step("A", 10, "M1", run=60), step("B", 10, "M2", run=60)],
            routing_needs=[with_("A", 10, "JIG"), with_("B", 10, "JIG")],
            orders=[order("SO-A", "A", 1, "2026-06-12"), order("SO-B", "B", 1, JUNE)],
        )
    )

    assert [times(outcome, f"SO-{i}")[0] for i in "AB"] == ["Mon 06-08 08:00", "Mon 06-08 09:00"]


def locked(*starts: str, **files: Any) -> Outcome:
    """Work orders of an hour on M, each locked to its start."""
    return forward(
        factory(
            routing=[step("A", 10, "M", run=60)],
            work_orders=[wo(f"WO-{n}", "A", 1, due=JUNE) for n in range(len(starts))],
            work_order_steps=[progress(f"WO-{n}", 10, locked=True, start=start) for n, start in enumerate(starts)],
            orders=[order("SO-1", "A", len(starts), JUNE)],
            **files,
        )
    )


def test_edge_29_a_lock_on_a_new_holiday_is_reported():
    outcome = locked("2026-06-11 10:00", calendar_exceptions=[closed("M", "2026-06-11", "2026-06-11")])

    assert [m.subject for m in said(outcome, "S301")] == ["WO-0.10"]


def test_edge_29_of_two_locks_that_overlap_the_later_one_is_reported():
    outcome = locked("2026-06-11 10:00", "2026-06-11 10:30")

    assert times(outcome, "WO-0") == ("Thu 06-11 10:00", "Thu 06-11 11:00")
    assert [m.subject for m in said(outcome, "S301")] == ["WO-1.10"]


def welder(valid_to: str, earliest: str = "2026-06-11", others: int = 1, run: float = 60) -> Outcome:
    """OP-1 may weld until a day, OP-2 for ever (if there is one); the work may begin on Thu 06-11."""
    skills = [Skill(resource="OP-1", skill="WELD", valid_to=valid_to), Skill(resource="OP-2", skill="WELD")]  # type: ignore[arg-type]
    return forward(
        factory(
            resources=[Resource(resource="OP-1", kind="labour"), Resource(resource="OP-2", kind="labour")],
            skills=skills[: 1 + others],
            routing=[step("A", 10, "M", run=run)],
            routing_needs=[with_("A", 10, "WELD")],
            orders=[order("SO-1", "A", 1, JUNE, earliest=earliest)],
        )
    )


def test_edge_30_an_operator_whose_skill_has_run_out_is_replaced_by_one_who_has_it():
    assert operation(welder("2026-06-10"), "SO-1").also == ("OP-2",)


def test_edge_30_a_skill_holds_on_its_last_day():
    assert operation(welder("2026-06-11"), "SO-1").also == ("OP-1",)


def test_edge_30_work_that_would_outlast_the_only_skill_is_left_out():
    """600 minutes from Thu 08:00 end on Fri 10:00; the skill ends with Thursday."""
    assert line(welder("2026-06-11", others=0, run=600), "SO-1").status == "unplanned"


def test_edge_30_work_that_ends_with_the_skill_is_done():
    outcome = welder("2026-06-11", others=0, run=480)

    assert at(outcome, operation(outcome, "SO-1").end) == "Thu 06-11 17:00"
    assert sequence(outcome, "M") == ["SO-1"]
