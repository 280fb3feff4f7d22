"""Who waits for a resource or a purchase, who loses by it, and how loaded resources are."""

import pytest

from pegboard.app.outcome import Outcome
from pegboard.domain.finding import Finding
from pegboard.insight.explain import Explainer
from pegboard.insight.load import loads, weeks_of
from pegboard.insight.waiting import Asked, Asking, Waiting, waiting_for
from tests.factories import NONSTOP, buy, factory, forward, order, part, plan, po, step, stock

HOUR = 3600


def queue() -> Outcome:
    """From Mon 08:00, day and night, M works 5 h for SO-3, then 5 h for SO-2, then 1 h for SO-1, which is due at 12:00.

    SO-3 is due at 11:00 and 2 h late, SO-2 at 11:30 and 6 h 30 min late, SO-1 7 h late.
    """
    return forward(
        factory(
            calendars=NONSTOP,
            routing=[step("A", 10, "M", run=60), step("B", 10, "M", run=300), step("C", 10, "N", run=60)],
            orders=[
                order("SO-1", "A", 1, "2026-06-08 12:00"),
                order("SO-2", "B", 1, "2026-06-08 11:30"),
                order("SO-3", "B", 1, "2026-06-08 11:00"),
                order("SO-4", "C", 1, "2026-06-08 12:00"),
            ],
        )
    )


def waiting(outcome: Outcome, kind: Asking, name: str) -> Waiting:
    found = waiting_for(Explainer(outcome.planned), outcome.plan, Asked(kind, name))
    assert isinstance(found, Waiting)
    return found


def test_those_who_lose_most_come_first():
    """SO-1 waits 10 h and is 7 h late by it; SO-2 waits 5 h and is 6.5 h late: 5 h by it, 1.5 h by its own run."""
    found = waiting(queue(), "resource", "M")

    assert [(w.id, w.waited / HOUR, w.late / HOUR, w.lost / HOUR, w.behind) for w in found.waiters] == [
        ("SO-1/1", 10, 7, 7, ("SO-2", "SO-3")),
        ("SO-2/1", 5, 6.5, 5, ("SO-3",)),
    ]
    assert (found.waited / HOUR, found.lost / HOUR) == (15, 12)


def test_those_waited_for_are_named_with_how_long():
    """Two lines wait 5 h each behind SO-3, one of them 5 h more behind SO-2."""
    found = waiting(queue(), "resource", "M")

    assert [(h.order, h.seconds / HOUR) for h in found.holders] == [("SO-3", 10), ("SO-2", 5)]


def test_nobody_waits_for_a_machine_that_is_free():
    assert waiting(queue(), "resource", "N").waiters == ()


BOUGHT = factory(
    calendars=NONSTOP,
    routing=[step("A", 10, "M", run=60)],
    items=[buy("RM", 30), buy("BOLT", 1)],
    bom=[part("A", "RM"), part("A", "BOLT")],
    purchase_orders=[po("PO-1", "RM", 1, "2026-06-10")],
    stock=[stock("BOLT", 9)],
    orders=[order("SO-1", "A", 1, "2026-06-09 16:00"), order("SO-2", "A", 1, "2026-07-30")],
)


def test_who_waits_for_an_open_purchase_order():
    """PO-1 comes on Wed 00:00, 40 h from now; SO-1 is done an hour later, 9 h after Tue 16:00."""
    found = waiting(forward(BOUGHT), "purchase", "PO-1")

    assert [(w.id, w.waited / HOUR, w.lost / HOUR) for w in found.waiters] == [("SO-1/1", 40, 9)]


def test_an_item_is_waited_for_wherever_it_comes_from():
    """SO-2 waits for RM too, bought anew; nobody waits for BOLT, which is there."""
    outcome = forward(BOUGHT)

    assert [w.id for w in waiting(outcome, "item", "RM").waiters] == ["SO-1/1", "SO-2/1"]
    assert waiting(outcome, "item", "BOLT").waiters == ()


@pytest.mark.parametrize(("kind", "name", "near"), [("resource", "MM", "M"), ("purchase", "PO-11", "PO-1")])
def test_what_the_plan_does_not_know_is_a_finding_with_what_is_near(kind: Asking, name: str, near: str):
    outcome = forward(BOUGHT)
    found = waiting_for(Explainer(outcome.planned), outcome.plan, Asked(kind, name))

    assert isinstance(found, Finding)
    assert (found.code, near in found.advice) == ("C528", True)


def test_the_weeks_of_a_resource_say_what_it_does_for_whom():
    """Open 40 h a week; 30 h for SO-1 and 20 h for SO-2, one after the other: 40 h and 10 h."""
    outcome = forward(
        factory(
            routing=[step("A", 10, "M", run=60)],
            orders=[order("SO-1", "A", 30, "2026-06-19"), order("SO-2", "A", 20, "2026-06-26")],
        )
    )
    weeks = [(w.open_hours, w.held_hours, w.orders) for w in weeks_of(outcome.planned, "M")]

    assert weeks == [(40, 40, ("SO-1", "SO-2")), (40, 10, ("SO-2",))]


def test_the_load_is_the_work_wanted_over_the_time_until_then():
    """N has 30 h wanted by Fri 06-12 of 40 h: 75 %. M has 20 h by then and 40 h more by Fri 06-19 of 80 h: 75 % too."""
    outcome = plan(
        factory(
            routing=[step("A", 10, "M", run=60), step("B", 10, "N", run=60)],
            orders=[
                order("SO-1", "A", 20, "2026-06-12"),
                order("SO-2", "A", 40, "2026-06-19"),
                order("SO-3", "B", 30, "2026-06-12"),
            ],
        )
    )

    assert [(load.resource, load.load_pct) for load in loads(outcome.planned)] == [("M", 75), ("N", 75)]


def test_more_wanted_than_there_is_time_is_more_than_all_of_it():
    """50 h by Fri 06-12, of 40 h: 125 %, however late the plan is; much later work does not make it less."""
    outcome = plan(
        factory(
            routing=[step("A", 10, "M", run=60)],
            orders=[order("SO-1", "A", 50, "2026-06-12"), order("SO-2", "A", 1, "2026-07-31")],
        )
    )

    assert [(load.resource, load.load_pct) for load in loads(outcome.planned)] == [("M", 125)]
