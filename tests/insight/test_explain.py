"""The chain of an order: what every stretch of its lead time was spent on, adding up to the second."""

from collections import Counter
from typing import Any

import pytest

from pegboard.app.outcome import Outcome
from pegboard.domain.snapshot import Snapshot
from pegboard.insight.chain import duration
from pegboard.insight.explain import Explainer, Why
from tests.factories import NONSTOP, buy, factory, forward, line, order, part, plan, po, progress, step, stock, wo

JUNE = "2026-06-19"
MON = "2026-06-08"


def one(*routing: Any, **files: Any) -> Snapshot:
    """SO-1 wants one A; it is Mon 06-08 08:00."""
    return factory(routing=routing, **{"orders": [order("SO-1", "A", 1, JUNE)], **files})


def why(outcome: Outcome, name: str = "SO-1") -> Why:
    orders = [o.record.order for o in outcome.planned.supply.lines]
    return Explainer(outcome.planned).why(orders.index(name))


def minutes(found: Why) -> dict[str, float]:
    """Minutes of each kind along the chain."""
    total: Counter[str] = Counter()
    for s in found.chain:
        total[s.kind] += s.seconds
    return {kind: seconds / 60 for kind, seconds in total.items()}


RM = {"items": [buy("RM", 30)], "bom": [part("A", "RM")]}

SHOPS: dict[str, Snapshot] = {
    "material": one(step("A", 10, "M", run=60), **RM, purchase_orders=[po("PO-1", "RM", 1, "2026-06-10")]),
    "purchase": one(step("A", 10, "M", run=60), **RM),
    "resource": one(
        step("A", 10, "M", run=60),
        step("B", 10, "M", run=300),
        orders=[order("SO-1", "A", 1, JUNE), order("SO-2", "B", 1, MON)],
    ),
    "closed": one(step("A", 10, "M", run=1000)),
    "queue": one(step("A", 10, "M", run=60, queue_min=300)),
    "wait": one(step("A", 10, "M", run=60, wait_min=2000), step("A", 20, "N", run=60)),
    "move": one(step("A", 10, "M", run=60, move_min=500), step("A", 20, "N", run=60, move_min=40)),
    "setup": one(step("A", 10, "M", setup=700, run=60)),
    "batches": one(
        step("A", 10, "M", setup=30, run=3, transfer_qty=20),
        step("A", 20, "N", run=2),
        orders=[order("SO-1", "A", 100, JUNE)],
    ),
    "component": one(
        step("A", 10, "M", run=60),
        step("A", 20, "N", run=60),
        step("B", 10, "K", run=700, wait_min=100, move_min=30),
        bom=[part("A", "B", step=20)],
    ),
    "earliest": one(step("A", 10, "M", run=60), orders=[order("SO-1", "A", 1, JUNE, earliest="2026-06-16")]),
    "together": one(
        step("A", 10, "M", run=60),
        step("B", 10, "N", run=900),
        orders=[
            order("SO-1", "A", 1, JUNE, ship_complete=True),
            order("SO-1", "B", 1, JUNE, line="2", ship_complete=True),
        ],
    ),
    "begun": one(
        step("A", 10, "M", setup=30, run=600),
        work_orders=[wo("WO-1", "A", 1, "started", due=JUNE)],
        work_order_steps=[progress("WO-1", 10, "started")],
    ),
    "stock": one(stock=[stock("A", 1, available_from="2026-06-11")], orders=[order("SO-1", "A", 1, JUNE)]),
}


@pytest.mark.parametrize("how", ["early", "just in time"])
@pytest.mark.parametrize("name", SHOPS)
def test_the_chain_adds_up_to_the_lead_time_to_the_second(name, how):
    outcome = forward(SHOPS[name]) if how == "early" else plan(SHOPS[name])

    for i, row in enumerate(outcome.plan.orders):
        found = Explainer(outcome.planned).why(i)
        assert row.completion is not None
        assert sum(s.seconds for s in found.chain) == found.seconds == row.completion - outcome.plan.now


@pytest.mark.parametrize("name", SHOPS)
def test_the_chain_runs_from_now_to_completion(name):
    outcome = plan(SHOPS[name])
    chain = why(outcome).chain

    assert (chain[0].start, chain[-1].end) == (outcome.plan.now, outcome.plan.orders[0].completion)


def test_an_order_bound_by_material_waits_until_it_is_there():
    """PO-1 comes on Wed 08:00, 48 hours from now; then the hour of work."""
    assert minutes(why(forward(SHOPS["material"]))) == {"material": 48 * 60, "run": 60}


def test_an_order_bound_by_a_purchase_waits_for_its_lead_time():
    """30 calendar days."""
    assert minutes(why(forward(SHOPS["purchase"]))) == {"material": 30 * 1440, "run": 60}


def test_an_order_bound_by_a_resource_waits_behind_another():
    """SO-2 takes M for 300 open minutes, over an hour of lunch."""
    outcome = forward(SHOPS["resource"])
    (behind,) = [s for s in why(outcome).chain if s.kind == "resource"]

    assert minutes(why(outcome)) == {"resource": 300, "closed": 60, "run": 60}
    assert "waits for M behind SO-2/1-1.10" in behind.what


def test_an_order_bound_by_closed_time_shows_how_much_of_it():
    """1000 minutes are 480 + 480 + 40: Wed 08:40, 48 h 40 min from now, of which 2920 - 1000 are closed."""
    assert minutes(why(forward(SHOPS["closed"]))) == {"run": 1000, "closed": 1920}


def test_an_order_bound_by_a_queue_shows_it():
    """300 minutes from 08:00 end at 14:00, over lunch."""
    assert minutes(why(forward(SHOPS["queue"]))) == {"queue": 300, "closed": 60, "run": 60}


def test_an_order_bound_by_a_wait_shows_it_as_elapsed_time():
    """Mon 09:00 and 2000 minutes is Tue 18:20; the next step starts on Wed 08:00, after 820 closed minutes."""
    assert minutes(why(forward(SHOPS["wait"]))) == {"run": 120, "wait": 2000, "closed": 820}


def test_an_order_bound_by_moves_shows_them_in_open_time():
    """500 minutes between the steps and 40 at the end; Mon 09:00 + 500 is Tue 09:20, over lunch and a night of 960."""
    assert minutes(why(forward(SHOPS["move"]))) == {"run": 120, "move": 540, "closed": 960}


def test_an_order_bound_by_a_component_goes_on_with_what_made_it():
    """K runs 700 minutes to Tue 11:40 (closed 960); waits 100, of which lunch is a part; moves 30; then N runs 60."""
    found = minutes(why(forward(SHOPS["component"])))

    assert {kind: found[kind] for kind in ("run", "wait", "move")} == {"run": 760, "wait": 100, "move": 30}


def test_time_held_back_on_purpose_is_told_from_waiting():
    """Just in time for Friday 17:00, day and night: an hour of work, and the rest is held."""
    snapshot = one(step("A", 10, "M", run=60), calendars=NONSTOP, orders=[order("SO-1", "A", 1, "2026-06-12 17:00")])
    outcome = plan(snapshot, allowance_days=0)

    assert minutes(why(outcome)) == {"held": 4 * 1440 + 480, "run": 60}


def test_a_line_that_ships_with_a_later_one_says_so():
    outcome = forward(SHOPS["together"])
    (first, second) = outcome.plan.orders

    assert first.completion == second.completion
    assert "together" in minutes(why(outcome))


LATE = {
    "material": one(
        step("A", 10, "M", run=60),
        **RM,
        purchase_orders=[po("PO-1", "RM", 1, "2026-06-10")],
        orders=[order("SO-1", "A", 1, "2026-06-09")],
    ),
    "capacity": one(
        step("A", 10, "M", run=60),
        step("B", 10, "M", run=480),
        orders=[order("SO-1", "A", 1, "2026-06-08 16:00"), order("SO-2", "B", 1, "2026-06-08 15:00")],
    ),
    "lead_time": one(step("A", 10, "M", run=600), orders=[order("SO-1", "A", 1, MON)]),
    "past_due": one(step("A", 10, "M", run=60), orders=[order("SO-1", "A", 1, "2026-06-05")]),
}


@pytest.mark.parametrize("cause", LATE)
def test_a_late_order_names_its_first_cause(cause):
    assert line(forward(LATE[cause]), "SO-1").cause == cause


def test_an_order_on_time_names_no_cause():
    assert (line(forward(SHOPS["setup"]), "SO-1").cause, line(forward(SHOPS["setup"]), "SO-1").reason) == ("", "")


def test_an_order_left_out_names_the_reason():
    row = line(forward(one(step("A", 10, "M", run=60), items=[buy("RM", 0)], bom=[part("A", "RM")])), "SO-1")

    assert (row.status, row.completion, row.cause) == ("unplanned", None, "material")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(2700, "45 min"), (3600, "1 h"), (5400, "1 h 30 min"), (36 * 3600, "1 d 12 h"), (48 * 3600, "2 d")],
)
def test_durations_are_said_as_people_do(seconds, words):
    assert duration(seconds) == words
