"""Worked examples of workload control and of a rule with setups (WL-01 to WL-04)."""

# ruff: noqa: N802 - examples keep the capitals of their names

import pytest

from pegboard.domain.resource import Changeover, Resource
from pegboard.insight.release import Waiting, due_date, flow_time, polca_cards, released
from pegboard.scheduling.rules.atcs import parameters
from tests.factories import NONSTOP, completion, factory, forward, order, sequence, step

NORMS = {"W1": 15, "W2": 12}
LOADS = {"W1": 9, "W2": 8}
POOL = [
    Waiting("J1", 1, (("W1", 4), ("W2", 6))),
    Waiting("J2", 2, (("W2", 3), ("W1", 2))),
    Waiting("J3", 3, (("W1", 2), ("W2", 2))),
    Waiting("J4", 4, (("W1", 1),)),
]


def test_WL_01_flow_time_is_work_in_progress_over_output():
    """45 orders at 3 a day take 15 days; capped at 30 they take 10."""
    assert (flow_time(45, 3), flow_time(30, 3)) == (15, 10)


def test_WL_02_an_order_is_released_where_its_corrected_load_fits_every_norm():
    """J1: W1 9 + 4 = 13, W2 8 + 6/2 = 11. J2: W2 11 + 3 = 14 > 12. J3: W1 15, W2 11 + 1 = 12. J4: W1 16 > 15."""
    assert released(POOL, LOADS, NORMS) == ["J1", "J3"]


def test_WL_02_by_planned_release_not_by_the_order_of_rows():
    assert released(POOL[::-1], LOADS, NORMS) == ["J1", "J3"]


def test_a_starving_station_gets_the_first_order_that_begins_there_norm_or_not():
    """J2 is the first of the pool that begins on W2."""
    assert released(POOL, LOADS, NORMS, direct={"W1": 3, "W2": 0}) == ["J1", "J3", "J2"]


def test_a_station_that_has_just_got_work_is_not_starving():
    assert released(POOL, LOADS, NORMS, direct={"W1": 0, "W2": 3}) == ["J1", "J3"]


def test_WL_03_cards_of_a_loop_are_its_lead_times_times_the_rate_of_orders():
    """(2 + 3) days x 100 orders / 20 days = 25."""
    assert polca_cards(2, 3, 100, 20) == 25


def test_cards_are_rounded_up():
    """(2 + 3) x 101 / 20 = 25.25; 0.1 x 3 is not above 0.3."""
    assert (polca_cards(2, 3, 101, 20), polca_cards(0.1, 0.2, 10, 1)) == (26, 3)


@pytest.mark.parametrize(
    ("method", "factor", "due"), [("CON", 20, 20), ("SLK", 8, 20), ("TWK", 2, 24), ("NOP", 5, 15), ("PPW", 3, 21)]
)
def test_due_dates_of_work_4_6_2_by_every_method(method: str, factor: float, due: float):
    """Sum p = 12, n = 3."""
    assert due_date(method, (4, 6, 2), factor) == due


# -- WL-04: apparent tardiness cost with setups, four jobs of a textbook, in hours ------------------------------------

WORK, DUE, WEIGHT = (13, 9, 13, 10), (12, 37, 21, 22), (2, 4, 2, 5)
SETUP = {"0": (1, 1, 3, 4), "1": (0, 4, 1, 3), "2": (0, 0, 1, 0), "3": (1, 2, 0, 3), "4": (4, 3, 1, 0)}


def test_WL_04_parameters_from_due_dates_work_and_setups():
    """Mean p 11.25, mean s 32 / 16 = 2, Cmax 45 + 4 x 2 = 53; tau 1 - 23/53 = .566, R 25/53 = .472, eta 2/11.25."""
    k1, k2 = parameters(sum(DUE) / 4, max(DUE) - min(DUE), 53, 2 / 11.25)

    assert (round(k1, 2), round(k2, 2)) == (4.97, 0.67)


def test_WL_04_atcs_takes_2_4_3_1_and_is_98_weighted_hours_late():
    """Setups 1, 0, 1, 1: done at 10, 20, 34, 48; late 0, 0, 13 x 2 = 26 and 36 x 2 = 72."""
    names = "1234"
    outcome = forward(
        factory(
            "2026-06-08 00:00",
            calendars=NONSTOP,
            resources=[Resource(resource="M", changeover="S", initial_family="0")],
            changeovers=[
                Changeover(changeover="S", from_=a, to=b, minutes=60 * hours)
                for a, row in SETUP.items()
                for b, hours in zip(names, row, strict=True)
                if a != b
            ],
            routing=[step(name, 10, "M", run=60 * p, family=name) for name, p in zip(names, WORK, strict=True)],
            orders=[
                order(name, name, 1, f"2026-06-{8 + due // 24:02d} {due % 24:02d}:00", weight=w)
                for name, due, w in zip(names, DUE, WEIGHT, strict=True)
            ],
        ),
        "atcs",
    )

    assert sequence(outcome, "M") == ["2", "4", "3", "1"]
    assert [completion(outcome, name) for name in "2431"] == [
        "Mon 06-08 10:00",
        "Mon 06-08 20:00",
        "Tue 06-09 10:00",
        "Wed 06-10 00:00",
    ]
    assert outcome.plan.kpis.weighted_tardiness_days * 24 == pytest.approx(98)
