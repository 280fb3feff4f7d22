"""Orders fitted into a plan, squeezed in, and given the room of others: one machine, by hand.

The machine M works Monday to Friday 08-12 and 13-17. It is Monday 8 June 2026, 08:00. A takes 240 min and is due Monday
at noon, C takes 240 min and is due Tuesday at noon. The plan is laid backward, so M is free on Monday afternoon.
"""

import msgspec
import pytest

from pegboard.app.evaluate import evaluate
from pegboard.app.live import LivePlan
from pegboard.app.moving import ways
from pegboard.domain.change import Lock
from pegboard.domain.order import OrderLine
from pegboard.domain.resource import CalendarException
from pegboard.domain.snapshot import Snapshot
from pegboard.planning.changing import apply
from pegboard.planning.validate import validate
from tests.factories import at, factory, order, plan, step, times

NOW = "2026-06-08 08:00"


def shop(*more: OrderLine, c_due: str = "2026-06-09 12:00", opened: tuple[str, ...] = ()) -> Snapshot:
    evening = CalendarException(calendar="M", start=opened[0], end=opened[1], open=True) if opened else None  # type: ignore[arg-type]
    return factory(
        NOW,
        calendar_exceptions=[evening] if evening else [],
        routing=[step(item, 10, "M", run=run) for item, run in (("A", 240), ("B", 240), ("C", 240), ("L", 300))],
        orders=[order("SO-A", "A", 1, "2026-06-08 12:00"), order("SO-C", "C", 1, c_due), *more],
    )


@pytest.fixture(scope="module")
def live() -> LivePlan:
    return LivePlan(plan(shop(), direction="backward"))


def asked(live: LivePlan, item: str, due: str = NOW) -> str:
    """When an order would be complete that nobody makes room for."""
    record = shop(order("Q", item, 1, due)).orders[-1]
    fitted = live.fitted(live.room, live.planned.factory, [record], live.planned.factory.now)
    assert not isinstance(fitted, list)
    return at(live.outcome, fitted.completion[0])


def test_what_fits_a_gap_takes_it(live: LivePlan):
    """240 min are free on Monday from 13:00 to 17:00."""
    assert asked(live, "B") == "Mon 06-08 17:00"


def test_what_does_not_fit_a_gap_waits_for_the_next_one(live: LivePlan):
    """300 min do not fit before C takes M on Tuesday at 08:00: Tuesday 13:00 to 17:00 and one hour on Wednesday."""
    assert asked(live, "L") == "Wed 06-10 09:00"


def test_squeezed_in_others_begin_earlier_and_nobody_is_late(live: LivePlan):
    """L is due Tuesday 17:00, and begins 300 min before, at 11:00; C ends by then: Monday 16:00 to Tuesday 11:00."""
    snapshot = shop(order("SO-L", "L", 1, "2026-06-09 17:00"))
    now, _ = validate(snapshot)
    fitted = live.fitted(live.room, now, [snapshot.orders[-1]], now.now)
    assert not isinstance(fitted, list)
    after = live.squeezed(live.room, fitted, now, "", 0.0)
    assert after.is_certified
    assert times(after, "SO-L") == ("Tue 06-09 11:00", "Tue 06-09 17:00")
    assert times(after, "SO-C") == ("Mon 06-08 16:00", "Tue 06-09 11:00")
    assert times(after, "SO-A") == ("Mon 06-08 08:00", "Mon 06-08 12:00")


def test_a_named_order_that_moves_makes_room(live: LivePlan):
    """L due Tuesday noon needs C's place: it takes Monday 13:00 to Tuesday 09:00, and C follows until 14:00."""
    snapshot = shop(order("SO-L", "L", 1, "2026-06-09 12:00"))
    now, _ = validate(snapshot)
    alone, moved = ways(live, (), now, [snapshot.orders[-1]], frozenset({0, 1}))
    assert at(live.outcome, alone.completion["SO-L/1"]) == "Wed 06-10 09:00"
    assert moved.moved == ("SO-C/1",)
    assert at(live.outcome, moved.completion["SO-L/1"]) == "Tue 06-09 09:00"
    assert at(live.outcome, moved.completion["SO-C/1"]) == "Tue 06-09 14:00"


def test_a_repair_moves_the_changed_order_alone(live: LivePlan):
    """C is wanted on Wednesday evening: it moves there, just in time, and A stays."""
    after = evaluate(live, shop(c_due="2026-06-10 17:00"), "repair", [], "", lambda *_: None)
    assert times(after, "SO-C") == ("Wed 06-10 13:00", "Wed 06-10 17:00")
    assert times(after, "SO-A") == ("Mon 06-08 08:00", "Mon 06-08 12:00")


def test_a_change_and_its_inverse_give_back_the_plan(live: LivePlan):
    """What is equal to the base is the base, byte for byte."""
    assert evaluate(live, shop(), "repair", [], "", lambda *_: None).plan == live.outcome.plan
    again = evaluate(live, shop(), "replan", [], live.outcome.terms.factory_hash, lambda *_: None)
    assert again.plan == live.outcome.plan


def test_opened_hours_move_nobody_but_those_who_are_to_gain():
    """L runs on Monday from 13:00 and for an hour on Tuesday; with the evening open it is done at 18:00, and C stays
    where it was unless it is to gain: then it has M on Tuesday from 08:00, and is on time.
    """
    late = order("SO-L", "L", 1, "2026-06-08 17:00")
    base = LivePlan(plan(shop(late), direction="backward"))
    assert times(base.outcome, "SO-L") == ("Mon 06-08 13:00", "Tue 06-09 09:00")
    assert times(base.outcome, "SO-C") == ("Tue 06-09 09:00", "Tue 06-09 14:00")
    snapshot = shop(late, opened=("2026-06-08 17:00", "2026-06-08 18:00"))
    still = evaluate(base, snapshot, "repair", [], "", lambda *_: None)
    assert still.is_certified
    assert times(still, "SO-L") == ("Mon 06-08 13:00", "Mon 06-08 18:00")
    assert times(still, "SO-C") == ("Tue 06-09 09:00", "Tue 06-09 14:00")
    gained = evaluate(base, snapshot, "repair", [], "", lambda *_: None, frozenset({"SO-C/1"}))
    assert gained.is_certified
    assert times(gained, "SO-L") == ("Mon 06-08 13:00", "Mon 06-08 18:00")
    assert times(gained, "SO-C") == ("Tue 06-09 08:00", "Tue 06-09 12:00")


def test_a_lock_among_the_changes_holds_what_the_plan_has(live: LivePlan):
    """C is wanted on Wednesday, as above, but its order is locked: it stays on Tuesday."""
    locked = apply(live.planned.factory.snapshot, Lock(order="SO-C")).snapshot
    snapshot = msgspec.structs.replace(shop(c_due="2026-06-10 17:00"), locks=locked.locks)
    after = evaluate(live, snapshot, "repair", [], "", lambda *_: None)
    assert after.is_certified
    assert times(after, "SO-C") == ("Tue 06-09 08:00", "Tue 06-09 12:00")
