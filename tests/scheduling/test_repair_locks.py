"""Locks in a repair: held to the second, or reported with both parties and set free."""

from typing import Any

import pytest

from pegboard.app.repair import LockUnreadableError
from pegboard.domain.finding import Finding
from pegboard.domain.resource import Resource
from pegboard.domain.snapshot import Snapshot
from tests.factories import buy, down, factory, forward, operation, order, part, po, said, step, times
from tests.scheduling.repairs import changes, repair

JUNE = "2026-06-19"
SO_2 = order("SO-2", "B", 1, JUNE)


def shop(*orders: Any, **files: Any) -> Snapshot:
    """M does A for SO-1 on Mon 06-08 at 08:00 and B for SO-2 at 09:00, an hour each."""
    both = orders or (order("SO-1", "A", 1, "2026-06-12"), SO_2)
    return factory(routing=[step("A", 10, "M", run=60), step("B", 10, "M", run=60)], orders=both, **files)


@pytest.mark.parametrize(
    "lock",
    [
        *("operation=SO-2/1-1.10", "order=SO-2", "order=SO-2/1"),
        *("resource=M", "resource=M@2026-06-08..2026-06-08", "resource=M@2026-06-08T09:30.."),
        *("until=2026-06-08", "until=2026-06-08T09:01"),
    ],
)
def test_what_a_lock_holds_stays_where_room_before_it_came_free(lock: str):
    """SO-1 is cancelled; without the lock SO-2 would move up to 08:00."""
    after = repair(forward(shop()), shop(SO_2), "earlier", [lock])

    assert times(after, "SO-2") == ("Mon 06-08 09:00", "Mon 06-08 10:00")
    assert operation(after, "SO-2").locked
    assert said(after, "S340") == []


@pytest.mark.parametrize("lock", ["order=SO-9", "resource=M@2026-06-09..", "until=2026-06-08T09:00"])
def test_a_lock_holds_nothing_else(lock: str):
    after = repair(forward(shop()), shop(SO_2), "earlier", [lock])

    assert times(after, "SO-2")[0] == "Mon 06-08 08:00"
    assert [f.subject for f in said(after, "S341")] == [lock]


def test_the_frozen_zone_is_a_lock():
    """Two hours are frozen: SO-2 starts at 09:00, within them."""
    after = repair(forward(shop()), shop(SO_2, policy={"freeze_minutes": 120}), "earlier")

    assert times(after, "SO-2")[0] == "Mon 06-08 09:00"


def test_others_go_around_a_lock():
    """M is down until 08:30: A takes an hour from then, but 09:00 is locked for B, so A waits until 10:00."""
    early = [down("M", "2026-06-08 08:00", "2026-06-08 08:30")]
    after = repair(forward(shop()), shop(downtime=early), "shift", ["order=SO-2"])

    assert times(after, "SO-2")[0] == "Mon 06-08 09:00"
    assert times(after, "SO-1") == ("Mon 06-08 10:00", "Mon 06-08 11:00")


def clash(after: Any) -> Finding:
    found = said(after, "S340")
    assert len(found) == 1
    return found[0]


def test_a_lock_in_a_new_downtime_is_reported_with_the_machine_and_set_free():
    broken = [down("M", "2026-06-08 09:00", "2026-06-08 11:00")]
    after = repair(forward(shop()), shop(downtime=broken), "shift", ["order=SO-2"])

    assert clash(after).subject == "SO-2/1-1.10"
    assert "lock order=SO-2" in clash(after).what
    assert "M cannot be at it then" in clash(after).what
    assert times(after, "SO-2") == ("Mon 06-08 11:00", "Mon 06-08 12:00")


def test_a_lock_before_its_material_is_reported_with_the_date_and_set_free():
    """RM for B was there; now it comes on Wednesday."""
    files: dict[str, Any] = {"items": [buy("RM", 30)], "bom": [part("B", "RM")]}
    before = forward(shop(**files, purchase_orders=[po("PO-1", "RM", 1, "2026-06-08 08:00")]))
    late = shop(**files, purchase_orders=[po("PO-1", "RM", 1, "2026-06-10 10:00")])
    after = repair(before, late, "shift", ["order=SO-2"])

    assert "comes at 2026-06-10 10:00" in clash(after).what
    assert times(after, "SO-2")[0] == "Wed 06-10 10:00"


def test_a_lock_before_the_operation_it_waits_for_is_reported_with_that():
    """Step 10 on M moves to Tuesday; step 20 was locked on Monday."""
    routing = [step("C", 10, "M", run=60), step("C", 20, "N", run=60)]
    files: dict[str, Any] = {"routing": routing, "orders": [order("SO-1", "C", 1, JUNE)]}
    broken = [down("M", "2026-06-08 08:00", "2026-06-09 08:00")]
    after = repair(forward(factory(**files)), factory(**files, downtime=broken), "shift", ["operation=SO-1/1-1.20"])

    assert "SO-1/1-1.10 before it lets it begin at 2026-06-09 09:00" in clash(after).what
    assert times(after, "SO-1", 20)[0] == "Tue 06-09 09:00"


def test_two_locks_that_no_longer_fit_beside_each_other_are_reported_by_name():
    """M did both at once; now there is one of it. One of the two stays."""
    two, one = [Resource(resource="M", calendar="STD", capacity=2)], [Resource(resource="M", calendar="STD")]
    after = repair(forward(shop(resources=two)), shop(resources=one), "shift", ["resource=M"])

    assert clash(after).subject == "SO-2/1-1.10"
    assert "M has no room for it beside SO-1/1-1.10" in clash(after).what
    assert times(after, "SO-1")[0] == "Mon 06-08 08:00"
    assert times(after, "SO-2")[0] == "Mon 06-08 09:00"


def test_a_lock_holds_in_a_fresh_plan_too():
    """SO-1 is cancelled; a fresh plan would lay SO-2 just in time for its due date, weeks later."""
    after = repair(forward(shop()), shop(SO_2), "free", ["order=SO-2"])

    assert changes(forward(shop()), after).moved == 0


@pytest.mark.parametrize("text", ["SO-1", "order=", "machine=M", "until=soon", "resource=M@", "resource=@..2026-06-08"])
def test_a_lock_that_says_nothing_is_refused(text: str):
    with pytest.raises(LockUnreadableError, match="--lock"):
        repair(forward(shop()), shop(), "shift", [text])
