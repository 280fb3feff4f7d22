"""Limits of steps and resources that contradict each other are found before anything is planned."""

from typing import Any

import pytest

from pegboard.app.outcome import Outcome
from pegboard.domain.resource import Resource, Skill
from pegboard.domain.supply import Supplier
from tests.factories import factory, forward, line, make, order, said, step, with_

LATE = "2026-07-31"


def shop(first: dict[str, Any] | None = None, second: dict[str, Any] | None = None, **files: Any) -> Outcome:
    """A runs on M and then on N; B, which nothing is wrong with, on O."""
    routing = [
        step("A", 10, "M", **({"run": 1} | (first or {}))),
        step("A", 20, "N", **({"run": 1} | (second or {}))),
        step("B", 10, "O", run=1),
    ]
    orders = [order("SO-A", "A", files.pop("qty", 60), LATE), order("SO-B", "B", 1, LATE)]
    return forward(factory(routing=routing, orders=orders, **files))


def blocks(outcome: Outcome, code: str) -> str:
    """What is said of A, which is not planned, while B is."""
    assert (line(outcome, "SO-A").status, line(outcome, "SO-B").status) == ("unplanned", "on_time")
    return said(outcome, code)[0].what


def remarks(outcome: Outcome, code: str) -> str:
    """What is said, although everything is planned."""
    assert {o.status for o in outcome.plan.orders} == {"on_time"}
    return said(outcome, code)[0].what


def test_a_gap_that_its_wait_move_and_queue_exceed_blocks_the_item():
    """20 of wait, 10 of move and 5 of queue are 35 minutes, and 30 are allowed; 35 would do."""
    tight = shop({"wait_min": 20, "move_min": 10, "max_wait_min": 30}, {"queue_min": 5})

    assert blocks(tight, "V170") == (
        "step 20 of A must begin within 30 min (max_wait_min) of the end of step 10, "
        "but wait_min 20, move_min 10 and queue_min 5 take 35 min"
    )
    assert not said(shop({"wait_min": 20, "move_min": 10, "max_wait_min": 35}, {"queue_min": 5}), "V170")


@pytest.mark.parametrize("limit", [{"max_wait_min": 5}, {"blocking": True}, {"storage": "YARD"}])
def test_a_last_step_hands_nothing_over(limit: dict[str, Any]):
    yard = [Resource(resource="YARD", kind="space", capacity=100)]

    assert remarks(shop(None, limit, resources=yard), "V171") == (
        f"step 20 of A has {next(iter(limit))}, but no step follows it"
    )


def test_a_storage_that_is_no_resource_is_left_out():
    assert remarks(shop({"storage": "YARD"}), "V112") == "step 10 of A is stored on YARD, which is no usable resource"


def test_a_lot_larger_than_its_storage_is_left_out():
    yard = [Resource(resource="YARD", kind="space", capacity=50)]
    outcome = shop({"storage": "YARD"}, resources=yard)

    assert line(outcome, "SO-A").reason.startswith(
        "step 10 of A starts 60 at once, more than the storage YARD (capacity 50) takes"
    )
    assert line(outcome, "SO-B").status == "on_time"


def test_a_lot_larger_than_its_oven_is_left_out_until_a_lot_rule_divides_it():
    oven = {"batch_key": "HOT", "batch_qty": 50}
    outcome = shop(oven)

    assert line(outcome, "SO-A").reason == (
        "step 10 of A starts 60 at once, more than the oven M (batch_qty 50) takes; "
        "limit max_qty of A to have lots divided"
    )
    assert line(outcome, "SO-B").status == "on_time"
    assert line(shop(oven, items=[make("A", max_qty=50)]), "SO-A").status == "on_time"


@pytest.mark.parametrize(
    ("given", "what"),
    [
        ({"batch_key": "HOT"}, "has batch_key but no batch_qty"),
        ({"batch_qty": 50}, "has batch_qty but no batch_key"),
        ({"batch_wait_min": 5}, "has batch_min_qty or batch_wait_min, but is no oven"),
    ],
)
def test_an_oven_needs_key_and_quantity(given: dict[str, Any], what: str):
    assert remarks(shop(given), "V131") == f"step 10 of A {what}"


def test_a_load_cannot_hold_less_than_its_least():
    given = {"batch_key": "HOT", "batch_qty": 80, "batch_min_qty": 90}

    assert "waits for loads of 90" in remarks(shop(given), "V172")


def test_a_supplier_that_takes_nothing_a_week_blocks_what_it_works_on():
    outcome = shop({"supplier": "ACME", "lead_time_days": 3}, suppliers=[Supplier(supplier="ACME", weekly_qty=0)])

    assert blocks(outcome, "V174") == "step 10 of A is done by ACME, whose weekly_qty is 0"


def test_a_stretch_shorter_than_the_smallest_lot_blocks_the_item():
    """Lots are of 10 at least, a minute a piece at efficiency 2: five minutes."""
    given = {"resources": [Resource(resource="M", efficiency=2)], "items": [make("A", min_qty=10)]}

    assert "its smallest lot runs 5 min" in blocks(shop({"max_stretch_min": 4}, **given), "V175")
    assert not said(shop({"max_stretch_min": 5}, qty=10, **given), "V175")


def test_a_stretch_that_the_shifts_do_not_allow_is_named_with_the_resource():
    """Ten hours of run within twelve of the clock hold at most eight of M's, from 08:00 with the hour of the break."""
    outcome = shop({"run": 10, "max_stretch_min": 720})

    assert line(outcome, "SO-B").status == "on_time"
    assert line(outcome, "SO-A").reason == (
        "operation SO-A/1-1.10 must end within 12.0 h of its start (max_stretch_min) and runs 10.0 h, "
        "but that holds at most 8.0 h of the open time of M"
    )


def test_only_tools_travel():
    outcome = shop(resources=[Resource(resource="M", travel_min=5)])

    assert remarks(outcome, "V176") == "machine M has travel_min 5, but only tools travel"


@pytest.mark.parametrize(
    ("given", "what"),
    [
        ({"maintenance_hours": 8}, "a limit of hours or cycles, but no maintenance_min"),
        ({"maintenance_min": 30}, "maintenance_min 30, but no maintenance_hours or maintenance_cycles"),
    ],
)
def test_maintenance_needs_a_limit_and_a_duration(given: dict[str, Any], what: str):
    assert remarks(shop(resources=[Resource(resource="M", **given)]), "V177") == f"resource M has {what}"


def test_maintenance_belongs_to_one_unit():
    given = {"maintenance_cycles": 8, "maintenance_min": 30, "capacity": 2}

    assert "has capacity 2" in remarks(shop(resources=[Resource(resource="M", **given)]), "V178")


def test_a_lot_longer_than_the_hours_between_maintenances_is_remarked_on():
    """120 pieces of a minute are two hours; maintenance is due after one and a half."""
    outcome = shop(qty=120, resources=[Resource(resource="M", maintenance_hours=1.5, maintenance_min=30)])

    assert remarks(outcome, "P206") == (
        "step 10 of A works 2.0 h on M for 120, longer than the 1.5 h after which that is maintained"
    )


def test_a_level_of_skill_that_nobody_has_blocks_the_item():
    anna = [Resource(resource="ANNA", kind="labour"), Resource(resource="BO", kind="labour")]
    skills = [Skill(resource="ANNA", skill="WELDING", level=2), Skill(resource="BO", skill="WELDING")]
    outcome = shop(resources=anna, skills=skills, routing_needs=[with_("A", 10, "WELDING", min_level=3)])

    assert blocks(outcome, "V179") == (
        "step 10 of A needs WELDING at level 3, which nobody has; the best is ANNA with 2"
    )


def test_a_level_of_skill_keeps_those_below_it_away():
    people = [Resource(resource="ANNA", kind="labour"), Resource(resource="BO", kind="labour")]
    skills = [Skill(resource="ANNA", skill="WELDING", level=1), Skill(resource="BO", skill="WELDING", level=2)]
    needs = [with_("A", 10, "WELDING", min_level=2), with_("A", 20, "WELDING", min_level=1)]
    outcome = shop(resources=people, skills=skills, routing_needs=needs)

    assert [o.also for o in outcome.plan.operations if o.wo == "SO-A/1-1"] == [("BO",), ("ANNA",)]
