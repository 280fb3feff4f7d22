"""Loads of ovens, maintenance and a supplier's week to the referee: just kept, and broken by a second or a unit."""

import pytest

from pegboard.kernels.arrays import BOTH
from tests.laws.tiny import Arc, Job, Machine, tiny
from tests.scheduling.by_hand import Row, put, said

SECOND = 1_000_000  # microseconds of work
MATRIX = ((0, 2, 9), (2, 0, 2), (2, 2, 0))
"""From family 0 to 2 takes 9, by way of 1 only 2 + 2."""


def oven(*lots: float, room: float = 5, keys: tuple[int, ...] = (0, 0, 0), **more):
    """Lots that run 10, 20, ... seconds in M0, or in M1; then a job of another kind that wants M0 for 10."""
    jobs = [
        Job([(0, 0, 10 * (k + 1)), (1, 0, 10 * (k + 1))], qty=qty, key=key, oven=room, **more)
        for k, (qty, key) in enumerate(zip(lots, keys, strict=False))
    ]
    return tiny([*jobs, Job([(0, 0, 10)])], [Machine(), Machine()], unit=1)


def test_a_load_holds_its_oven_once_until_the_last_of_it_ends():
    """Two lots end at 10 and 20; the next job may come at 20, not at 19."""
    problem = oven(2, 3)

    assert said(problem, put(problem, (0, 0, 10), (0, 0, 20), (20, 20, 30), load=(0, 0, -1))) == []
    assert said(problem, put(problem, (0, 0, 10), (0, 0, 20), (19, 19, 29), load=(0, 0, -1))) == [("capacity", "J2")]


def test_a_load_is_led_by_any_of_it():
    """The lot that ends last may lead; a leader may name itself or nobody."""
    problem = oven(2, 3)
    rows: tuple[Row, ...] = (0, 0, 10), (0, 0, 20), (19, 19, 29)

    for load in ((1, 1, -1), (1, -1, -1)):
        assert said(problem, put(problem, *rows, load=load)) == [("capacity", "J2")]


def test_a_load_has_one_leader_that_has_a_place():
    """J1 names J0, which has no place; J2 names J1, which is led itself."""
    jobs = [Job([(0, 0, 10)], key=0, oven=5) for _ in range(3)]
    problem = tiny(jobs, [Machine(2)], unit=1)

    assert said(problem, put(problem, None, (0, 0, 10), (0, 0, 10), load=(-1, 0, -1))) == [("oven", "J1")]
    assert said(problem, put(problem, (0, 0, 10), (0, 0, 10), (0, 0, 10), load=(0, 0, 1))) == [("oven", "J2")]


def test_lots_in_one_oven_that_are_no_load_are_too_many():
    problem = oven(2, 3)

    assert said(problem, put(problem, (0, 0, 10), (0, 0, 20), (20, 20, 30))) == [("capacity", "J1")]


def test_a_load_starts_together():
    """A second later is no load, and the oven is held twice."""
    problem = oven(2, 3)
    found = said(problem, put(problem, (0, 0, 10), (1, 1, 21), (21, 21, 31), load=(0, 0, -1)))

    assert found == [("capacity", "J1"), ("oven", "J1")]


def test_a_load_is_in_one_oven():
    problem = oven(2, 3)
    schedule = put(problem, (0, 0, 10), (0, 0, 20), (20, 20, 30), load=(0, 0, -1), cand=(0, 1, 0))

    assert said(problem, schedule) == [("oven", "J1")]


def test_a_load_has_one_key():
    problem = oven(2, 3, keys=(0, 1))

    assert said(problem, put(problem, (0, 0, 10), (0, 0, 20), (20, 20, 30), load=(0, 0, -1))) == [("oven", "J1")]


def test_a_load_holds_no_more_than_the_oven():
    """2 and 3 fit in 5; 2 and 3.001 do not."""
    full, over = oven(2, 3), oven(2, 3.001)

    assert said(full, put(full, (0, 0, 10), (0, 0, 20), (20, 20, 30), load=(0, 0, -1))) == []
    assert said(over, put(over, (0, 0, 10), (0, 0, 20), (20, 20, 30), load=(0, 0, -1))) == [("oven", "J0")]


def test_a_load_holds_no_more_than_the_least_of_its_lots_allows():
    """Each lot names what may be in the oven with it: 6 for the first, 5 for the second; together they are 5.001."""
    jobs = [Job([(0, 0, 10)], qty=2.001, key=0, oven=6), Job([(0, 0, 10)], qty=3, key=0, oven=5)]
    problem = tiny(jobs, [Machine()], unit=1)

    assert said(problem, put(problem, (0, 0, 10), (0, 0, 10), load=(0, 0))) == [("oven", "J0")]


def test_a_lot_that_is_more_than_the_oven_holds_runs_alone():
    problem = oven(7)

    assert said(problem, put(problem, (0, 0, 10), (10, 10, 20))) == []


def test_a_load_that_was_begun_takes_nothing_more_in():
    jobs = [Job([(0, 0, 10)], key=0, oven=5, begun=begun) for begun in (True, False, True)]
    problem = tiny(jobs, [Machine()], unit=1)

    assert said(problem, put(problem, (0, 0, 10), (0, 0, 10), (0, 0, 10), load=(0, 0, 0))) == [("oven", "J1")]
    assert said(problem, put(problem, (0, 0, 10), (10, 10, 20), (0, 0, 10), load=(0, -1, 0))) == []


def test_a_load_keeps_its_oven_until_all_of_it_has_been_taken_over():
    """The lots end at 10, the blocking one is taken over at 13: the next job may come then."""
    jobs = [Job([(0, 0, 10)], key=0, oven=5), Job([(0, 0, 10)], key=0, oven=5), Job([(0, 0, 10)]), Job([(1, 0, 10)])]
    problem = tiny(jobs, [Machine(), Machine()], [Arc(1, 3, blocking=True)], unit=1)
    load = (0, 0, -1, -1)

    assert said(problem, put(problem, (0, 0, 10), (0, 0, 10), (13, 13, 23), (13, 13, 23), load=load)) == []
    found = said(problem, put(problem, (0, 0, 10), (0, 0, 10), (12, 12, 22), (13, 13, 23), load=load))
    assert found == [("blocking", "J2")]


def changing(families: tuple[int, ...], first: int = -1):
    """Jobs of ten seconds on M0 in these families; the last two may share a load."""
    n = len(families)
    jobs = [Job([(0, 0, 10)], family=f, key=0 if k >= n - 2 else -1, oven=5) for k, f in enumerate(families)]
    return tiny(jobs, [Machine(matrix=0, family=first)], changes=MATRIX, unit=1)


def with_changes(schedule, *seconds: int):
    schedule.changeover[:] = [s * SECOND for s in seconds]
    return schedule


def test_all_of_a_load_change_over_from_what_ran_before_it():
    """Family 0 until 10, then 2 seconds to family 1 for both lots: the second does not come after the first."""
    problem = changing((0, 1, 1))
    rows: tuple[Row, ...] = (0, 0, 10), (10, 12, 22), (10, 12, 22)

    assert said(problem, with_changes(put(problem, *rows, load=(-1, 1, 1)), 0, 2, 2)) == []
    assert said(problem, with_changes(put(problem, *rows[:2], (10, 10, 20), load=(-1, 1, 1)), 0, 2, 0)) == [
        ("changeover", "J2")
    ]


def test_what_follows_a_load_changes_over_from_it():
    """The load of family 1 until 10, then 2 seconds to family 0; what it was before does not count."""
    jobs = [Job([(0, 0, 10)], family=1, key=0, oven=5), Job([(0, 0, 10)], family=1, key=0, oven=5)]
    problem = tiny([*jobs, Job([(0, 0, 10)], family=2)], [Machine(matrix=0)], changes=MATRIX, unit=1)
    rows: tuple[Row, ...] = (0, 0, 10), (0, 0, 10), (10, 12, 22)

    assert said(problem, with_changes(put(problem, *rows, load=(0, 0, -1)), 0, 0, 2)) == []
    assert said(problem, with_changes(put(problem, *rows, load=(0, 0, -1)), 0, 0, 1)) == [("changeover", "J2")]


def test_a_changeover_is_from_the_one_before_even_where_a_detour_is_shorter():
    """0 to 2 takes 9, though 0 to 1 and 1 to 2 take 4 together; with J1 between, the 2 seconds of each are right."""
    jobs = [Job([(0, 0, 10)], family=f) for f in (0, 1, 2)]
    problem = tiny(jobs, [Machine(matrix=0)], changes=MATRIX, unit=1)

    assert said(problem, with_changes(put(problem, (0, 0, 10), (40, 42, 52), (10, 19, 29)), 0, 2, 9)) == []
    assert said(problem, with_changes(put(problem, (0, 0, 10), (40, 42, 52), (10, 14, 24)), 0, 2, 4)) == [
        ("changeover", "J2")
    ]
    assert said(problem, with_changes(put(problem, (0, 0, 10), (10, 12, 22), (22, 24, 34)), 0, 2, 2)) == []


def maintained(n: int = 3, calendar=((-9, 999, 10**6),), begun: int = -1, **limits):
    """Jobs of ten seconds on M0, which is maintained for four."""
    jobs = [Job([(0, 0, 10)], begun=k == begun) for k in range(n)]
    return tiny(jobs, [Machine(calendar=calendar, maint_time=4, **limits)], unit=1)


@pytest.mark.parametrize("limits", [{"maint_cycles": 2}, {"maint_work": 20}], ids=["cycles", "hours"])
def test_maintenance_lies_before_the_operation_that_would_be_too_many(limits):
    """Two operations, or 20 seconds of work, are allowed: the third begins 4 seconds after the second."""
    problem = maintained(**limits)

    assert said(problem, put(problem, (0, 0, 10), (10, 10, 20), (24, 24, 34))) == []
    assert said(problem, put(problem, (0, 0, 10), (10, 10, 20), (23, 23, 33))) == [("maintenance", "J2")]


def test_maintenance_counts_to_the_second():
    """A limit of 20 seconds allows two jobs; one of 19 wants maintenance between them."""
    problem = maintained(2, maint_work=19)

    assert said(problem, put(problem, (0, 0, 10), (14, 14, 24))) == []
    assert said(problem, put(problem, (0, 0, 10), (10, 10, 20))) == [("maintenance", "J1")]


def test_maintenance_counts_what_was_used_before_now():
    """One of two cycles has passed: the second operation from now is too many; the maintenance may lie at once."""
    problem = maintained(2, maint_cycles=2, used_cycles=2)

    assert said(problem, put(problem, (4, 4, 14), (14, 14, 24))) == []
    assert said(problem, put(problem, (3, 3, 13), (14, 14, 24))) == [("maintenance", "J0")]


def test_maintenance_begins_the_counts_at_zero():
    """With one operation allowed each must be preceded by 4 seconds, but not the first."""
    problem = maintained(maint_cycles=1)

    assert said(problem, put(problem, (0, 0, 10), (14, 14, 24), (28, 28, 38))) == []
    assert said(problem, put(problem, (0, 0, 10), (14, 14, 24), (27, 27, 37))) == [("maintenance", "J2")]


def test_maintenance_is_not_asked_before_one_operation_that_is_too_long_alone():
    problem = maintained(1, maint_work=9)

    assert said(problem, put(problem, (0, 0, 10))) == []


def test_maintenance_is_done_in_open_time():
    """Closed from 12 to 20: two seconds before it and two after are enough."""
    problem = maintained(2, calendar=[(0, 12, 10**6), (20, 99, 10**6)], maint_cycles=1)

    assert said(problem, put(problem, (0, 0, 10), (22, 22, 32))) == []
    assert said(problem, put(problem, (0, 0, 10), (21, 21, 31))) == [("maintenance", "J1")]


def test_maintenance_counts_from_the_end_of_a_blocking_operation():
    """J0 ends at 10 and is kept until 13; four seconds of maintenance may pass in that time and end at 14."""
    jobs = [Job([(0, 0, 10)]), Job([(1, 0, 10)]), Job([(0, 0, 10)])]
    machines = [Machine(maint_cycles=1, maint_time=4), Machine()]
    problem = tiny(jobs, machines, [Arc(0, 1, blocking=True)], unit=1)

    assert said(problem, put(problem, (0, 0, 10), (13, 13, 23), (14, 14, 24))) == []
    assert said(problem, put(problem, (0, 0, 10), (13, 13, 23), (13, 13, 23))) == [("maintenance", "J2")]


def test_maintenance_is_due_for_a_tool_too():
    jobs = [Job([(res, 0, 10)], needs=[([0], 1, BOTH)]) for res in (1, 2)]
    problem = tiny(jobs, [Machine(maint_cycles=1, maint_time=4), Machine(), Machine()], unit=1)

    assert said(problem, put(problem, (0, 0, 10), (14, 14, 24))) == []
    assert said(problem, put(problem, (0, 0, 10), (13, 13, 23))) == [("maintenance", "J1")]


def test_maintenance_a_load_is_one_cycle_with_the_work_of_its_longest_lot():
    """A load of 10 and 20 seconds, then a job of 10: two cycles, 30 seconds of work."""
    jobs = [Job([(0, 0, 10)], key=0, oven=5), Job([(0, 0, 20)], key=0, oven=5), Job([(0, 0, 10)])]
    rows: tuple[Row, ...] = (0, 0, 10), (0, 0, 20), (20, 20, 30)
    for limits in ({"maint_cycles": 2}, {"maint_work": 30}):
        problem = tiny(jobs, [Machine(maint_time=4, **limits)], unit=1)
        assert said(problem, put(problem, *rows, load=(0, 0, -1))) == []
    for limits in ({"maint_cycles": 1}, {"maint_work": 29}):
        problem = tiny(jobs, [Machine(maint_time=4, **limits)], unit=1)
        assert said(problem, put(problem, *rows, load=(0, 0, -1))) == [("maintenance", "J2")]


def test_maintenance_lets_what_was_begun_go_on():
    """J0 was begun with the count already full; it goes on, and the next one is maintained for."""
    problem = maintained(2, maint_cycles=1, used_cycles=1, begun=0)

    assert said(problem, put(problem, (0, 0, 10), (14, 14, 24))) == []
    assert said(problem, put(problem, (0, 0, 10), (13, 13, 23))) == [("maintenance", "J1")]


def test_maintenance_is_not_asked_of_a_resource_with_room_for_several():
    problem = tiny([Job([(0, 0, 10)]), Job([(0, 0, 10)])], [Machine(2, maint_cycles=1, maint_time=4)], unit=1)

    assert said(problem, put(problem, (0, 0, 10), (10, 10, 20))) == []


def sent(*lots: float, begun: int = -1):
    """Lots for a supplier that takes 5 in a week; a new week begins at 100."""
    jobs = [Job([(0, 0, 10)], qty=qty, begun=k == begun) for k, qty in enumerate(lots)]
    return tiny(jobs, [Machine(99, week=5)], mondays=(-500, 100), unit=1)


def test_a_supplier_takes_so_much_in_a_week():
    full, over = sent(2, 3), sent(2, 3.001)

    assert said(full, put(full, (0, 0, 10), (20, 20, 30))) == []
    assert said(over, put(over, (0, 0, 10), (20, 20, 30))) == [("weekly", "J1")]


def test_a_suppliers_week_ends_when_monday_begins():
    """What starts its setup at 100 belongs to the new week, at 99 to the old one; when it ends does not matter."""
    problem = sent(2, 4)

    assert said(problem, put(problem, (95, 95, 105), (100, 100, 110))) == []
    assert said(problem, put(problem, (95, 95, 105), (99, 99, 109))) == [("weekly", "J1")]


def test_a_lot_that_is_more_than_a_week_has_the_week_to_itself():
    problem = sent(7, 1)

    assert said(problem, put(problem, (0, 0, 10), (100, 100, 110))) == []
    assert said(problem, put(problem, (0, 0, 10), (99, 99, 109))) == [("weekly", "J1")]


def test_a_supplier_has_taken_what_was_begun_before():
    problem = sent(4, 4, begun=0)

    assert said(problem, put(problem, (0, 0, 10), (0, 0, 10))) == []
