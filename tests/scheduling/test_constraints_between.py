"""Gaps, stretches, blocking, storage and the travel of tools to the referee: just kept, and broken by a second.

Problems are tiny, times are seconds from now, and every operation is `(setup start, start, end)`.
"""

import pytest

from pegboard.kernels.arrays import BOTH, RUN_ONLY, SETUP_ONLY
from tests.laws.tiny import Arc, Job, Machine, tiny
from tests.scheduling.by_hand import Row, put, said


def joined(arc: Arc, *more: Job, machines: int = 3):
    """J0 runs ten seconds on M0, J1 ten on M1, joined by an arc; others after them."""
    jobs = [Job([(0, 0, 10)]), Job([(1, 0, 10)]), *more]
    return tiny(jobs, [Machine() for _ in range(machines)], [arc], unit=1)


@pytest.mark.parametrize("material", [False, True], ids=["maximum wait", "shelf life"])
def test_a_gap_may_be_as_long_as_its_limit_and_not_a_second_longer(material):
    problem = joined(Arc(0, 1, gap=5, material=material))

    assert said(problem, put(problem, (0, 0, 10), (15, 15, 25))) == []
    assert said(problem, put(problem, (0, 0, 10), (16, 16, 26))) == [("gap", "J1")]


def test_a_gap_counts_to_the_setup_of_the_next_step():
    """J1 is set up from 15 to 18: its run, 8 seconds after the end of J0, may be as late as it likes."""
    problem = tiny([Job([(0, 0, 10)]), Job([(1, 3, 10)])], [Machine(), Machine()], [Arc(0, 1, gap=5)], unit=1)

    assert said(problem, put(problem, (0, 0, 10), (15, 18, 28))) == []
    assert said(problem, put(problem, (0, 0, 10), (16, 19, 29))) == [("gap", "J1")]


def test_a_gap_that_allows_no_wait_allows_none():
    problem = joined(Arc(0, 1, gap=0))

    assert said(problem, put(problem, (0, 0, 10), (10, 10, 20))) == []
    assert said(problem, put(problem, (0, 0, 10), (11, 11, 21))) == [("gap", "J1")]


def test_a_gap_includes_wait_move_and_queue():
    """2 + 3 + 4 seconds pass between the steps: a limit of 9 just fits, one of 8 never does."""

    def problem(gap: int):
        jobs = [Job([(0, 0, 10)]), Job([(1, 0, 10)], queue=4)]
        return tiny(jobs, [Machine(), Machine()], [Arc(0, 1, wait=2, move=3, gap=gap)], unit=1)

    assert said(problem(9), put(problem(9), (0, 0, 10), (19, 19, 29))) == []
    assert said(problem(8), put(problem(8), (0, 0, 10), (19, 19, 29))) == [("gap", "J1")]
    assert said(problem(8), put(problem(8), (0, 0, 10), (18, 18, 28))) == [("precedence", "J1")]


def test_a_gap_that_a_lock_makes_too_long_names_the_lock():
    """J0 is locked to 0, and J1 waits for its material until 30: it is J0 that must move."""
    jobs = [Job([(0, 0, 10)], pin=0), Job([(1, 0, 10)], arrival=30)]
    problem = tiny(jobs, [Machine(), Machine()], [Arc(0, 1, gap=5)], unit=1)

    assert said(problem, put(problem, (0, 0, 10), (30, 30, 40))) == [("gap", "J0")]


def test_a_gap_to_a_step_without_a_place_is_none():
    problem = joined(Arc(0, 1, gap=5))

    assert said(problem, put(problem, (0, 0, 10), None)) == []


def test_a_stretch_counts_closed_time_but_not_the_setup():
    """Ten seconds of run over a pause of five: 15 are allowed, 14 are not; two of setup before do not count."""
    calendar = [(0, 7, 10**6), (12, 99, 10**6)]
    kept, broken = (
        tiny([Job([(0, 2, 10)], max_stretch=limit)], [Machine(calendar=calendar)], unit=1) for limit in (15, 14)
    )

    assert said(kept, put(kept, (0, 2, 17))) == []
    assert said(broken, put(broken, (0, 2, 17))) == [("stretch", "J0")]


def test_a_stretch_is_not_asked_of_what_was_begun_before_now():
    problem = tiny([Job([(0, 0, 10)], max_stretch=3, begun=True)], [Machine()], unit=1)

    assert said(problem, put(problem, (0, 0, 10))) == []


def blocked(blocking: bool = True):
    """J0 on M0 and then J1 on M1; J2 wants M0 too."""
    return joined(Arc(0, 1, blocking=blocking), Job([(0, 0, 10)]))


def test_blocking_keeps_the_machine_until_the_next_step_sets_up():
    """J0 ends at 10 and is taken over at 14: J2 may begin at 14, not at 13; without blocking at 10."""
    problem, free = blocked(), blocked(blocking=False)

    assert said(problem, put(problem, (0, 0, 10), (14, 14, 24), (14, 14, 24))) == []
    assert said(problem, put(problem, (0, 0, 10), (14, 14, 24), (13, 13, 23))) == [("blocking", "J2")]
    assert said(free, put(free, (0, 0, 10), (14, 14, 24), (10, 10, 20))) == []


def test_blocking_is_told_from_plain_overlap():
    problem = blocked()

    assert said(problem, put(problem, (0, 0, 10), (10, 10, 20), (9, 9, 19))) == [("capacity", "J2")]


def test_blocking_lasts_until_the_latest_next_step():
    """J0 is taken over by J1 at 10 and by J2 at 14; J3 on M0 must wait for both."""
    jobs = [Job([(res, 0, 10)]) for res in (0, 1, 2, 0)]
    arcs = [Arc(0, 1, blocking=True), Arc(0, 2, blocking=True)]
    problem = tiny(jobs, [Machine(), Machine(), Machine()], arcs, unit=1)
    before = (0, 0, 10), (10, 10, 20), (14, 14, 24)

    assert said(problem, put(problem, *before, (14, 14, 24))) == []
    assert said(problem, put(problem, *before, (13, 13, 23))) == [("blocking", "J3")]


def test_blocking_ends_with_the_operation_where_nothing_follows_that_has_a_place():
    problem = blocked()

    assert said(problem, put(problem, (0, 0, 10), None, (10, 10, 20))) == []
    assert said(problem, put(problem, (0, 0, 10), None, (9, 9, 19))) == [("capacity", "J2")]


def test_blocking_two_steps_on_one_machine_hand_over_to_themselves():
    """The next step runs on the same machine: it takes over when it begins."""
    problem = tiny([Job([(0, 0, 10)]), Job([(0, 0, 10)])], [Machine()], [Arc(0, 1, blocking=True)], unit=1)

    assert said(problem, put(problem, (0, 0, 10), (12, 12, 22))) == []


def stored(room: float):
    """Lots of 3 and 2 wait on M2 for their next steps; a crane on M1 takes them one after the other."""
    jobs = [Job([(0, 0, 10)], qty=3), Job([(3, 0, 10)], qty=2), Job([(1, 0, 10)]), Job([(1, 0, 10)])]
    arcs = [Arc(0, 2, store=2), Arc(1, 3, store=2)]
    return tiny(jobs, [Machine(), Machine(), Machine(room), Machine()], arcs, unit=1)


def test_storage_has_room_for_what_waits_at_once():
    """From 12 to 15 both lots wait: 5 fit where there is room for 5, and not where there is for 4.999."""
    rows: tuple[Row, ...] = (0, 0, 10), (2, 2, 12), (15, 15, 25), (25, 25, 35)

    assert said(stored(5), put(stored(5), *rows)) == []
    assert said(stored(4.999), put(stored(4.999), *rows)) == [("storage", "J1")]


def test_storage_is_free_again_when_the_next_step_sets_up():
    """The second lot comes at 12: the first one, picked up at 12, is gone by then; at 13 it is not."""
    problem = stored(3)

    assert said(problem, put(problem, (0, 0, 10), (2, 2, 12), (12, 12, 22), (22, 22, 32))) == []
    assert said(problem, put(problem, (0, 0, 10), (2, 2, 12), (13, 13, 23), (23, 23, 33))) == [("storage", "J1")]


def test_storage_is_not_asked_of_what_goes_on_at_once():
    """Lots of 3 and 2 on a storage that has no room at all, taken over as they end; a second later they need some."""
    problem = stored(0)

    assert said(problem, put(problem, (0, 0, 10), (10, 10, 20), (10, 10, 20), (20, 20, 30))) == []
    found = said(problem, put(problem, (0, 0, 10), (10, 10, 20), (11, 11, 21), (21, 21, 31)))
    assert found == [("storage", "J0"), ("storage", "J1")]


def carried(units: float = 1, phase: int = BOTH, setup: int = 0, n: int = 2):
    """Operations of ten seconds on M1, M2, ..., each with the tool M0, which travels for five."""
    jobs = [Job([(k + 1, setup, 10)], needs=[([0], 1, phase)]) for k in range(n)]
    return tiny(jobs, [Machine(units, travel=5), *(Machine() for _ in range(n))], unit=1)


def test_travel_lies_between_uses_on_different_machines():
    problem = carried()

    assert said(problem, put(problem, (0, 0, 10), (15, 15, 25))) == []
    assert said(problem, put(problem, (0, 0, 10), (14, 14, 24))) == [("travel", "J1")]
    assert said(problem, put(problem, (0, 0, 10), (9, 9, 19))) == [("capacity", "J1")]


def test_travel_is_nothing_on_the_same_machine():
    jobs = [Job([(1, 0, 10)], needs=[([0], 1, BOTH)]) for _ in range(2)]
    problem = tiny(jobs, [Machine(travel=5), Machine()], unit=1)

    assert said(problem, put(problem, (0, 0, 10), (10, 10, 20))) == []


@pytest.mark.parametrize(("phase", "second"), [(SETUP_ONLY, (8, 11, 21)), (RUN_ONLY, (15, 18, 28))])
def test_travel_counts_from_the_end_of_one_hold_to_the_beginning_of_the_next(phase, second):
    """Setups take 3: a setter's tool is free at 3 and at the next machine at 8; one of the run goes from 13 to 18."""
    problem = carried(phase=phase, setup=3)
    early = (second[0] - 1, second[1] - 1, second[2] - 1)

    assert said(problem, put(problem, (0, 3, 13), second)) == []
    assert said(problem, put(problem, (0, 3, 13), early)) == [("travel", "J1")]


def test_travel_each_of_two_tools_goes_its_own_way():
    """Two tools serve two machines at once; a third machine gets the first of them at 15."""
    problem = carried(units=2, n=3)

    assert said(problem, put(problem, (0, 0, 10), (2, 2, 12), (15, 15, 25))) == []
    assert said(problem, put(problem, (0, 0, 10), (2, 2, 12), (14, 14, 24))) == [("travel", "J2")]


def test_travel_a_tool_stays_where_it_is_wanted_again():
    """At 12 M1 goes on with the tool it had until 10, so that the one M2 had until 5 is there for M3: both begin."""
    jobs = [Job([(res, 0, run)], needs=[([0], 1, BOTH)]) for res, run in ((1, 10), (2, 5), (1, 10), (3, 10))]
    problem = tiny(jobs, [Machine(2, travel=5), Machine(), Machine(), Machine()], unit=1)

    assert said(problem, put(problem, (0, 0, 10), (0, 0, 5), (12, 12, 22), (12, 12, 22))) == []
    assert said(problem, put(problem, (0, 0, 10), (0, 0, 5), (12, 12, 22), (9, 9, 19))) == [("travel", "J3")]


def test_travel_of_two_tools_beside_a_machine_the_one_put_down_last_is_taken_up_again():
    """M1 had two until 10 and 12. At 13 it takes the later one, and the other has travelled to M2 by 15."""
    jobs = [Job([(res, 0, run)], needs=[([0], 1, BOTH)]) for res, run in ((1, 10), (1, 12), (1, 10), (2, 10))]
    problem = tiny(jobs, [Machine(2, travel=5), Machine(2), Machine()], unit=1)

    assert said(problem, put(problem, (0, 0, 10), (0, 0, 12), (13, 13, 23), (15, 15, 25))) == []
    assert said(problem, put(problem, (0, 0, 10), (0, 0, 12), (13, 13, 23), (14, 14, 24))) == [("travel", "J3")]
