"""What is wrong with the files about buffers is named, and the rest is planned."""

from datetime import date
from typing import Any

from pegboard.domain.buffer import Buffer, BufferAdjustment, BufferProfile
from pegboard.domain.finding import Finding
from pegboard.domain.supply import DemandHistory, Forecast
from pegboard.planning.validate import validate
from tests.factories import buy, factory

HALF = BufferProfile(profile="HALF", lead_time_factor=0.5, variability_factor=0.5)
X = buy("X", policy="buffer")
GOOD = Buffer(item="X", profile="HALF", adu=4)


def found(**files: Any) -> list[Finding]:
    """What is said of buffers in a factory with item X, profile HALF and these files."""
    given = {"items": [X], "buffer_profiles": [HALF], **files}
    return [f for f in validate(factory(**given))[1] if f.code.startswith("V2")]


def codes(**files: Any) -> list[str]:
    return [f.code for f in found(**files)]


def adjusted(item: str = "X", kind: str = "adu", factor: float = 1.5, first: int = 1, last: int = 30, **more: Any):
    span = {"start": date(2026, 6, first), "end": date(2026, 6, last)}
    return BufferAdjustment(item=item, kind=kind, factor=factor, **span, **more)


def test_a_sound_buffer_is_not_remarked_on():
    assert codes(buffers=[GOOD], buffer_adjustments=[adjusted()]) == []


def test_rows_of_items_that_do_not_exist_are_named_once_for_each_file():
    day = date(2026, 5, 1)
    gone = found(
        buffers=[GOOD, Buffer(item="GONE", profile="HALF")],
        buffer_adjustments=[adjusted("GONE")],
        demand_history=[DemandHistory(item="GONE", date=day, qty=1)] * 2,
        forecast=[Forecast(item="GONE", date=day, qty=1)],
    )

    assert [f.code for f in gone] == ["V200"] * 4
    assert "2 rows of demand_history.csv are of item GONE, which does not exist" in {f.what for f in gone}


def test_a_profile_that_is_missing_is_told_from_one_that_does_not_exist():
    assert codes(buffers=[Buffer(item="X", profile="NONE")]) == ["V201"]
    assert codes(buffers=[Buffer(item="X")]) == ["V202"]


def test_policy_and_row_need_each_other():
    assert codes() == ["V203"]
    assert codes(items=[buy("X")], buffers=[GOOD]) == ["V204"]


def test_an_override_without_all_three_tops_is_computed():
    (doubt,) = found(buffers=[Buffer(item="X", profile="HALF", kind="override", tor=1, toy=2)])

    assert "tog is not given" in doubt.what
    assert codes(buffers=[Buffer(item="X", kind="override")]) == ["V202", "V205"]
    assert codes(buffers=[Buffer(item="X", kind="override", tor=1, toy=2, tog=3)]) == []


def test_a_min_max_buffer_with_one_top_is_computed():
    assert codes(buffers=[Buffer(item="X", profile="HALF", kind="min_max", tor=5)]) == ["V205"]
    assert codes(buffers=[Buffer(item="X", profile="HALF", kind="min_max")]) == []
    assert codes(buffers=[Buffer(item="X", kind="min_max", tor=5, tog=9)]) == []


def test_usage_of_zero_and_windows_without_days_are_doubted():
    assert codes(buffers=[Buffer(item="X", profile="HALF", adu=0)]) == ["V206"]
    assert codes(buffers=[Buffer(item="X", profile="HALF", adu_past_days=0, adu_forward_days=0.5)]) == ["V207"] * 2


def test_a_factor_of_zero_is_doubted():
    assert codes(buffers=[GOOD], buffer_adjustments=[adjusted(factor=0)]) == ["V208"]
    assert codes(buffers=[GOOD], buffer_adjustments=[adjusted(end_factor=0.0)]) == ["V208"]


def test_edge_47_windows_of_one_kind_that_overlap_are_remarked_on():
    """1-30 holds all of 10-12 and of 20-22; usage and lead time do not meet; the 12th and 13th are different days."""
    both = [adjusted(), adjusted(factor=1.2, first=10, last=12), adjusted(factor=1.1, first=20, last=22)]
    (first, second) = found(buffers=[GOOD], buffer_adjustments=both)

    assert (first.code, first.severity) == ("V209", "info")
    assert {first.what[-11:], second.what[-11:]} == {"1.5 and 1.1", "1.5 and 1.2"}
    assert codes(buffers=[GOOD], buffer_adjustments=[adjusted(), adjusted(kind="lead_time")]) == []
    apart = [adjusted(last=12), adjusted(first=13)]
    assert codes(buffers=[GOOD], buffer_adjustments=apart) == []


def test_an_adjusted_zone_needs_a_buffer_and_adjusted_usage_does_not():
    """A promotion of an item made to order moves its buffered components."""
    items = [X, buy("Y")]

    assert codes(items=items, buffers=[GOOD], buffer_adjustments=[adjusted("Y", "red")]) == ["V210"]
    assert codes(items=items, buffers=[GOOD], buffer_adjustments=[adjusted("Y", "adu")]) == []
