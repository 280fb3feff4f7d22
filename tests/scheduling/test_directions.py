"""Forward, backward and around a bottleneck; and plans that set capacity or material aside."""

from typing import Any

import pytest

from pegboard.domain.resource import Resource
from pegboard.domain.snapshot import Snapshot
from pegboard.scheduling.rules import RuleError
from tests.factories import buy, factory, line, order, part, plan, said, step, times


def two_steps() -> Snapshot:
    """An hour on M, then two on N, for two orders; it is Monday 08:00, and days are 08:00-12:00 and 13:00-17:00."""
    return factory(
        routing=[step("A", 10, "M", run=60), step("A", 20, "N", run=120)],
        orders=[order("SO-1", "A", 1, "2026-06-10 17:00"), order("SO-2", "A", 1, "2026-06-12 17:00")],
    )


def test_forward_starts_everything_at_once():
    """SO-1 on N from 09:00 to 11:00, SO-2 behind it from 11:00 with lunch between."""
    outcome = plan(two_steps(), direction="forward")

    assert times(outcome, "SO-1", 10) == ("Mon 06-08 08:00", "Mon 06-08 09:00")
    assert times(outcome, "SO-2", 10) == ("Mon 06-08 09:00", "Mon 06-08 10:00")
    assert times(outcome, "SO-2", 20) == ("Mon 06-08 11:00", "Mon 06-08 14:00")


def test_backward_starts_everything_as_late_as_its_due_date_allows():
    """Two hours on N before 17:00 on Wednesday and on Friday, an hour on M before that."""
    outcome = plan(two_steps(), direction="backward")

    assert times(outcome, "SO-1", 10) == ("Wed 06-10 14:00", "Wed 06-10 15:00")
    assert times(outcome, "SO-1", 20) == ("Wed 06-10 15:00", "Wed 06-10 17:00")
    assert times(outcome, "SO-2", 10) == ("Fri 06-12 14:00", "Fri 06-12 15:00")


def test_around_a_bottleneck_what_comes_before_waits_for_it_and_what_comes_after_starts_at_once():
    """Of M, N and P, N has the most work: 240 minutes each time. It is never idle from the first hand-over at 09:00.

    SO-2 is wanted on N at 14:00: M does not begin it when it is free at 09:00, but by the calendar's mean share of open
    time before 14:00 (a quarter of the week is open, so an hour of work counts for some four by the clock).
    """
    snapshot = factory(
        routing=[step("A", 10, "M", run=60), step("A", 20, "N", run=240), step("A", 30, "P", run=60)],
        orders=[order("SO-1", "A", 1, "2026-06-10 17:00"), order("SO-2", "A", 1, "2026-06-12 17:00")],
    )
    outcome = plan(snapshot, direction="bottleneck", allowance_days=0.0)

    assert outcome.plan.kpis.engine == "dispatch from the bottleneck"
    assert times(outcome, "SO-1", 20) == ("Mon 06-08 09:00", "Mon 06-08 14:00")
    assert "Mon 06-08 09:00" < times(outcome, "SO-2", 10)[0] < times(outcome, "SO-2", 10)[1] <= "Mon 06-08 14:00"
    assert times(outcome, "SO-2", 20) == ("Mon 06-08 14:00", "Tue 06-09 09:00")
    assert times(outcome, "SO-1", 30) == ("Mon 06-08 14:00", "Mon 06-08 15:00")


def test_a_bottleneck_that_does_not_exist_is_refused_by_name():
    with pytest.raises(RuleError) as refused:
        plan(two_steps(), direction="bottleneck", bottleneck="LASER")
    assert refused.value.finding.what == "there is no resource LASER"


def test_without_capacity_work_runs_at_its_latest_times_and_the_overload_is_told_by_day():
    """Two orders of 300 minutes on one machine, due on Friday evening: both run from 11:00, and Friday has 8 hours."""
    snapshot = factory(
        routing=[step("A", 10, "M", run=300)],
        orders=[order(name, "A", 1, "2026-06-12 17:00") for name in ("SO-1", "SO-2")],
    )
    outcome = plan(snapshot, relax=("capacity",))

    assert times(outcome, "SO-1") == times(outcome, "SO-2") == ("Fri 06-12 11:00", "Fri 06-12 17:00")
    assert [i.constraint for i in outcome.plan.certificate.ignored] == ["capacity"]
    assert [f.what for f in said(outcome, "S331")] == ["M is overloaded on Fri 2026-06-12: 10.0 h of 8.0 h"]


def test_without_capacity_the_work_of_a_group_is_shared_before_anything_is_called_an_overload():
    """The same two orders on a group of two machines take one each."""
    snapshot = factory(
        resources=[Resource(resource=name, group=("G",)) for name in ("M1", "M2")],
        routing=[step("A", 10, "G", run=300)],
        orders=[order(name, "A", 1, "2026-06-12 17:00") for name in ("SO-1", "SO-2")],
    )
    outcome = plan(snapshot, relax=("capacity",))

    assert {o.resource for o in outcome.plan.operations} == {"M1", "M2"}
    assert said(outcome, "S331") == []


def test_without_material_a_late_purchase_holds_nothing_up_but_is_told():
    """RM takes ten days, the order is due in two: made in time, with one purchase called impossible."""
    files: dict[str, Any] = {
        "items": [buy("RM", lead=10)],
        "bom": [part("A", "RM")],
        "routing": [step("A", 10, "M", run=60)],
        "orders": [order("SO-1", "A", 1, "2026-06-10 17:00")],
    }
    bound, free = plan(factory(**files)), plan(factory(**files), relax=("material",))

    assert line(bound, "SO-1").status == "late"
    assert line(free, "SO-1").status == "on_time"
    (told,) = said(free, "S332")
    assert told.what == "the plan takes for granted that 1 purchases arrive earlier than they can"
