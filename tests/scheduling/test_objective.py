"""What a schedule is worth: each goal in days late of one average line, times its weight."""

import msgspec
import pytest

from pegboard.app.outcome import Outcome
from pegboard.domain.resource import Changeover, Resource
from pegboard.domain.snapshot import ObjectiveWeights
from tests.factories import NONSTOP, factory, forward, make, order, step

NOTHING = dict.fromkeys(ObjectiveWeights.__struct_fields__, 0.0)


def shop(**weights: float) -> Outcome:
    """On M one after the other: LATE, a day of setup and a day of run, then SOON, a day of changeover and one of run.

    LATE (weight 3, worth 30) is due after 1 day and done after 2; SOON (weight 1, worth 2 x 5) is due after 7, done
    after 4. So LATE is 1 day late, SOON 3 days early; both flow for 2 days; mean weight 2, mean value 20.
    """
    day = 24 * 60
    snapshot = factory(
        "2026-06-08 00:00",
        calendars=NONSTOP,
        items=[make("X", unit_cost=30), make("Y", unit_cost=5)],
        resources=[Resource(resource="M", changeover="PAINT")],
        changeovers=[Changeover(changeover="PAINT", from_="red", to="blue", minutes=day)],
        routing=[step("X", 10, "M", setup=day, run=day, family="red"), step("Y", 10, "M", run=day / 2, family="blue")],
        orders=[
            order("LATE", "X", 1, "2026-06-09 00:00", weight=3),
            order("SOON", "Y", 2, "2026-06-15 00:00", weight=1),
        ],
    )
    settings = msgspec.structs.replace(snapshot.settings, objective=ObjectiveWeights(**weights))
    return forward(msgspec.structs.replace(snapshot, settings=settings))


@pytest.mark.parametrize(
    ("goal", "worth"),
    [
        ("tardiness", 3 * 1),
        ("late_lines", 3),
        ("flow", 2 * (2 + 2)),
        ("earliness", 2 * 3),
        ("setup", 2 * (1 + 1)),
        ("wip", 2 * (2 * 30 / 20 + 2 * 10 / 20)),
    ],
)
def test_a_goal_counts_in_days_late_of_an_average_line(goal: str, worth: float):
    assert shop(**{**NOTHING, goal: 10}).plan.kpis.objective == pytest.approx(10 * worth)


def test_goals_add_up():
    """3 x 1 + 0.5 x 4."""
    assert shop(**{**NOTHING, "tardiness": 1, "setup": 0.5}).plan.kpis.objective == pytest.approx(3 + 2)


def test_without_weights_it_is_on_time_first_and_lean_second():
    """Tardiness 3, a late line 3, and a two-hundredth of the flow, 8."""
    assert shop().plan.kpis.objective == pytest.approx(3 + 3 + 0.005 * 8)


def test_the_bound_counts_what_no_schedule_can_avoid():
    """Even alone on M LATE is done after 2 days all the same: 2 x 3 x 1 and 5 x 3 for being late."""
    assert shop(**{**NOTHING, "tardiness": 2, "late_lines": 5, "flow": 1}).plan.kpis.bound == pytest.approx(6 + 15)


def test_a_line_without_cost_counts_as_average():
    """Only X has a cost, so both lines are worth as much as the mean."""
    snapshot = factory(
        "2026-06-08 00:00",
        calendars=NONSTOP,
        items=[make("X", unit_cost=30)],
        routing=[step("X", 10, "M", run=1440), step("Y", 10, "N", run=1440)],
        orders=[order("A", "X", 1, "2026-06-15"), order("B", "Y", 1, "2026-06-15")],
    )
    settings = msgspec.structs.replace(snapshot.settings, objective=ObjectiveWeights(**{**NOTHING, "wip": 1}))

    assert forward(msgspec.structs.replace(snapshot, settings=settings)).plan.kpis.objective == pytest.approx(2)
