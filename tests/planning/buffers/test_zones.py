"""How large zones are: published parts to the piece, given zones, and buffers nobody draws from."""

from typing import Any

import pytest

from pegboard.domain.buffer import Buffer, BufferProfile
from pegboard.domain.quantity import half_up
from pegboard.planning.buffers.adjust import Adjustments, Window
from pegboard.planning.buffers.zones import Sizing, size


def sized(adu: float, dlt: float, ltf: float, vf: float, *, decimals: int = 0, **buffer: Any) -> Sizing:
    profile = BufferProfile(profile="P", lead_time_factor=ltf, variability_factor=vf)
    return size(Buffer(item="X", profile="P", **buffer), profile, adu, dlt, decimals)


def tops(s: Sizing) -> tuple[float, float, float]:
    return s.tor, s.toy, s.tog


def test_dd_01_a_purchased_part_whose_green_is_its_minimum():
    """17 x 21 = 357; red base 178.5 -> 179, safety 179 x 0.3 = 53.7 -> 54; green max(178.5, 300).

    Without rounding zone by zone top of red would be 232.05.
    """
    s = sized(17, 21, 0.5, 0.3, moq=300)

    assert (s.yellow, s.red, s.green) == (357, 179 + 54, 300)
    assert tops(s) == (233, 590, 890)


def test_dd_01_a_made_part():
    """6 x 13 = 78; red base 35.1 -> 35, safety 35 x 0.5 = 17.5 -> 18; green 35.1 -> 35; of whole pieces 27 are the
    least that is half of red, 26.5."""
    s = sized(6, 13, 0.45, 0.5)

    assert tops(s) == (53, 131, 166)
    assert s.spike_threshold == 26.5


def test_dd_01_a_distributed_part():
    """40 x 28 = 1120; red base 336, safety 201.6 -> 202; green max(336, 1000)."""
    s = sized(40, 28, 0.3, 0.6, moq=1000)

    assert tops(s) == (538, 1658, 2658)
    assert s.spike_threshold == 269


def test_red_safety_is_taken_from_the_rounded_red_base():
    """1 x 5: base 2.5 -> 3, safety 3 x 0.5 = 1.5 -> 2; of 2.5 it would be 1.25 -> 1."""
    assert sized(1, 5, 0.5, 0.5).red == 3 + 2


def test_a_part_of_a_day_makes_the_spike_horizon_a_day_longer():
    assert sized(1, 2.1, 0.5, 0.5).spike_horizon == 3
    assert sized(1, 2.1, 0.5, 0.5, spike_horizon_days=4.0).spike_horizon == 4


def test_dd_02_halves_are_rounded_up():
    """23 x 5 = 115; 57.5 -> 58, safety 58 x 0.8 = 46.4 -> 46; green 57.5 -> 58."""
    assert tops(sized(23, 5, 0.5, 0.8, moq=10)) == (104, 219, 277)


@pytest.mark.parametrize(
    ("adu", "ltf", "vf", "moq", "expected"),
    [
        (4, 0.5, 0.5, 0, (30, 70, 90)),  # 20 + 10 | 40 | 20
        (4, 1.0, 0.5, 0, (60, 100, 140)),  # 40 + 20 | 40 | 40
        (4, 1.0, 1.0, 0, (80, 120, 160)),  # 40 + 40 | 40 | 40
        (2, 1.0, 1.0, 0, (40, 60, 80)),  # 20 + 20 | 20 | 20
        (2, 1.0, 0.5, 40, (30, 50, 90)),  # 20 + 10 | 20 | minimum 40
    ],
)
def test_dd_03_each_factor_moves_the_zones_that_it_should(adu, ltf, vf, moq, expected):
    assert tops(sized(adu, 10, ltf, vf, moq=moq)) == expected


def test_dd_04_a_the_zones_of_an_assembly_with_22_unprotected_days():
    """60 x 22 = 1320; red 660 + 330; green 660."""
    s = sized(60, 22, 0.5, 0.5, moq=5)

    assert (s.red, s.yellow, s.green, s.tog) == (990, 1320, 660, 2970)


def test_dd_07_extra_lead_time_enlarges_the_zones_and_not_the_lead_time():
    """5 days: red 12.5 + 6.25, yellow 25, green 12.5. With 2 more: 17.5 + 8.75, 35 and 17.5."""
    plain = sized(5, 5, 0.5, 0.5, decimals=2)
    lumpy = sized(5, 5, 0.5, 0.5, decimals=2, extra_lead_time_days=2)

    assert (plain.red, plain.yellow, plain.green) == (18.75, 25, 12.5)
    assert (lumpy.red, lumpy.yellow, lumpy.green) == (26.25, 35, 17.5)
    assert lumpy.dlt_days == 5
    assert lumpy.spike_horizon == 5


@pytest.mark.parametrize(("dlt", "red", "yellow", "toy"), [(20, 75, 100, 175), (30, 112.5, 150, 262.5)])
def test_dd_15_a_longer_lead_time_enlarges_red_and_yellow(dlt, red, yellow, toy):
    s = sized(5, dlt, 0.5, 0.5, decimals=1)

    assert (s.red, s.yellow, s.toy) == (red, yellow, toy)


def test_the_order_cycle_sets_green_where_it_is_longest():
    """10 a day: lead time 10 x 4 x 0.5 = 20, minimum 25, cycle 10 x 5 = 50."""
    assert sized(10, 4, 0.5, 0.5, moq=25, order_cycle_days=5).green == 50


def test_overridden_zones_need_no_profile_and_no_usage():
    nothing = BufferProfile(profile="", lead_time_factor=0, variability_factor=0)
    s = size(Buffer(item="X", kind="override", tor=10, toy=20, tog=270), nothing, 0, 3, 0)

    assert (s.red, s.yellow, s.green) == (10, 10, 250)


def test_a_min_max_buffer_has_no_yellow():
    """Given: order up to 40 as soon as it is at 15. Computed: red 30 and green 20 of DD-03."""
    assert tops(sized(4, 10, 0.5, 0.5, kind="min_max", tor=15, tog=40)) == (15, 15, 40)
    assert tops(sized(4, 10, 0.5, 0.5, kind="min_max")) == (30, 30, 50)


def test_edge_44_a_buffer_that_nobody_draws_from_has_its_minimum_as_green():
    assert tops(sized(0, 10, 0.5, 0.5, moq=40)) == (0, 0, 40)


def test_a_zone_is_adjusted_by_its_own_factor_alone():
    """Red 30 x 1.5 = 45, yellow 40 x 0.5 = 20, green stays 20."""
    windows = (Window("red", 100, 110, 1.5, 1.5), Window("yellow", 100, 110, 0.5, 0.5))
    profile = BufferProfile(profile="P", lead_time_factor=0.5, variability_factor=0.5)
    s = size(Buffer(item="X"), profile, 4, 10, 0, 105, Adjustments(windows))

    assert (s.red, s.yellow, s.green) == (45, 20, 20)


def test_binary_fractions_do_not_push_a_half_down():
    """1.005 is a little less in binary; 2.5 must not go to the even neighbour."""
    assert half_up(1.005, 2) == 1.01
    assert half_up(2.5, 0) == 3


def test_what_the_zones_say_of_stock_and_draws():
    """DD-03: stock swings around 30 + 20 / 2; 40 + 20 is the largest draw."""
    s = sized(4, 10, 0.5, 0.5)

    assert (s.target_on_hand, s.largest_draw) == (40, 60)
