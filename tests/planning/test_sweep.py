"""What a sweep changes of a factory, how its ranges are read, and what is said of its points."""

from datetime import date, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from pegboard.domain.item import Item
from pegboard.domain.resource import Resource
from pegboard.domain.snapshot import Snapshot
from pegboard.domain.supply import Forecast, ItemSupplier
from pegboard.insight.sweep import Point, anomalies, bottleneck, how_far
from pegboard.planning.sweep.levers import (
    with_capacity,
    with_dates,
    with_demand,
    with_lead_time,
    with_longer_lead_time,
)
from pegboard.planning.sweep.points import at_point, unknown_names
from pegboard.planning.sweep.scope import settings_of
from tests.factories import buy, factory, make, order


def demanded(item: Item, factor: float, **line: Any) -> float:
    """The quantity of a line of 10, unless said otherwise, in a factory with this item."""
    snapshot = factory(items=[item], orders=[order("SO-1", item.item, **{"qty": 10, "due": "2026-06-12", **line})])
    (found,) = with_demand(snapshot, factor).orders
    return found.qty


def test_demand_is_rounded_half_up_to_the_decimals_of_the_item():
    """10 x 1.25 = 12.5 pieces is 13; 10 x 0.333 = 3.33 kg of one decimal is 3.3."""
    assert demanded(make("A"), 1.25) == 13
    assert demanded(make("A", decimals=1), 0.333) == 3.3


def test_demand_never_falls_to_nought():
    """10 x 0.01 is 0.1: a piece stays, or a tenth of a kilogram; of 0.04 kg that was wanted all stays."""
    assert demanded(make("A"), 0.01) == 1
    assert demanded(make("A", decimals=1), 0.01) == 0.1
    assert demanded(make("A", decimals=1), 0.01, qty=0.04) == 0.04


def test_what_is_shipped_is_not_scaled():
    """4 of 10 are shipped: 6 x 0.5 = 3 more; 10 of 10 stay 10."""
    assert demanded(make("A"), 0.5, shipped_qty=4) == 7
    assert demanded(make("A"), 0.5, shipped_qty=10) == 10


def test_a_factor_of_one_changes_nothing_at_all():
    """Not even a quantity that is finer than the item's decimals."""
    assert demanded(make("A"), 1, qty=2.5) == 2.5


def test_forecasts_are_demand_too():
    snapshot = factory(items=[make("A")], forecast=[Forecast(item="A", date=date(2026, 7, 1), qty=20)])

    assert [row.qty for row in with_demand(snapshot, 1.5).forecast] == [30]


def due(snapshot: Snapshot) -> list[object]:
    return [line.due for line in snapshot.orders]


def test_dates_move_by_days_of_the_calendar():
    """Sun 2026-03-29 the clocks change in Berlin: at noon stays at noon."""
    orders = [order("SO-1", "A", 1, "2026-03-28 12:00"), order("SO-2", "A", 1, "2026-03-28")]
    moved = with_dates(factory("2026-03-02 08:00", timezone="Europe/Berlin", orders=orders), 2)

    assert [str(day)[:16] for day in due(moved)] == ["2026-03-30 12:00", "2026-03-30"]
    assert moved.orders[0].due.utcoffset() == timedelta(hours=2)  # type: ignore[union-attr]
    assert due(with_dates(moved, -2)) == due(factory("2026-03-02 08:00", timezone="Europe/Berlin", orders=orders))


def test_a_date_at_the_end_of_the_calendar_stays():
    snapshot = factory(orders=[replace(order("SO-1", "A", 1, "2026-06-12"), due=date.max)])

    assert due(with_dates(snapshot, 10)) == [date.max]


SHOP = factory(
    resources=[
        Resource(resource="M1", group=("MILL",)),
        Resource(resource="M2", group=("MILL",), capacity=2),
        Resource(resource="SUN", finite=False),
    ],
    items=[buy("BOLT", 3), buy("NUT", 5)],
    item_suppliers=[
        ItemSupplier(item="BOLT", supplier="ACME", lead_time_days=10),
        ItemSupplier(item="NUT", supplier="ACME"),
        ItemSupplier(item="BOLT", supplier="OTTO", lead_time_days=2),
    ],
)


def test_units_of_a_resource_and_of_each_of_a_group():
    assert [r.capacity for r in with_capacity(SHOP, "M1", 3).resources] == [3, 2, 1]
    assert [r.capacity for r in with_capacity(SHOP, "MILL", 3).resources] == [3, 3, 1]


def leads(snapshot: Snapshot) -> list[float | None]:
    return [row.lead_time_days for row in snapshot.item_suppliers]


def test_the_lead_time_of_a_supplier_is_that_of_all_it_delivers():
    """ACME's nuts take the 5 days of the item, as nothing else is said of them."""
    assert leads(with_lead_time(SHOP, "ACME", 7)) == [7, 7, 2]
    assert leads(with_longer_lead_time(SHOP, "ACME", 7)) == [17, 12, 2]
    assert leads(with_longer_lead_time(SHOP, "ACME", -7)) == [3, 0, 2]


def test_the_lead_time_of_an_item_is_that_from_everybody():
    changed = with_lead_time(SHOP, "BOLT", 7)

    assert leads(changed) == [7, None, 7]
    assert [i.lead_time_days for i in changed.items if i.item == "BOLT"] == [7]


@pytest.mark.parametrize(
    ("lever", "text", "steps", "values"),
    [
        ("demand", "0.8..1.4", None, [0.8, 0.9, 1.0, 1.1, 1.2, 1.3, 1.4]),
        ("demand", "1..2", 3, [1, 1.5, 2]),
        ("dates", "-2..2", None, [-2, -1, 0, 1, 2]),
        ("dates", "0..60", None, [0, 10, 20, 30, 40, 50, 60]),
        ("capacity", "M1=1..3", None, [1, 2, 3]),
        ("capacity", "M1=1..3", 9, [1, 2, 3]),
        ("lead-time", "ACME=0..14", 3, [0, 7, 14]),
    ],
)
def test_a_range_is_divided_into_its_points(lever: str, text: str, steps: int | None, values: list[float]):
    """Evenly, ends included; units and days are whole and none comes twice."""
    settings, findings = settings_of([(lever, text)], steps)

    assert (list(settings[0].values), findings) == (values, [])


def test_a_lead_time_with_a_sign_is_a_change():
    assert settings_of([("lead-time", "ACME=+7"), ("demand", "1..2")], None)[0][0].is_change
    assert not settings_of([("lead-time", "ACME=7"), ("demand", "1..2")], None)[0][0].is_change


@pytest.mark.parametrize(
    ("lever", "text", "code"),
    [
        ("demand", "much", "C520"),
        ("demand", "nan..1", "C520"),
        ("demand", "0.8..", "C520"),
        ("demand", "0.8...1.4", "C520"),
        ("demand", "", "C520"),
        ("capacity", "1..3", "C520"),
        ("capacity", "=1..3", "C520"),
        ("demand", "1.4..0.8", "C521"),
        ("demand", "1..1", "C521"),
        ("demand", "0..1", "C524"),
        ("demand", "-1..1", "C524"),
        ("demand", "1..1e999", "C524"),
        ("dates", "0.5..2", "C524"),
        ("dates", "0..99999", "C524"),
        ("capacity", "M1=0..3", "C524"),
        ("capacity", "M1=1.5..3", "C524"),
        ("lead-time", "ACME=0..99999", "C524"),
    ],
)
def test_a_range_that_makes_no_sense_is_a_finding(lever: str, text: str, code: str):
    assert [f.code for f in settings_of([(lever, text)], None)[1]] == [code]


@pytest.mark.parametrize("steps", [-1, 0, 1, 201, 1_000_000])
def test_so_many_steps_make_no_sense(steps: int):
    assert [f.code for f in settings_of([("demand", "1..2")], steps)[1]] == ["C522"]


def test_one_thing_is_not_set_twice():
    assert [f.code for f in settings_of([("demand", "1..2"), ("demand", "3")], None)[1]] == ["C524"]


def test_names_that_the_factory_does_not_have_are_findings_all_at_once():
    asked = [("capacity", "M3=1..3"), ("capacity", "SUN=2"), ("lead-time", "ACMY=3"), ("capacity", "MILL=2")]
    found = unknown_names(SHOP, settings_of(asked, None)[0])

    assert [(f.code, f.subject) for f in found] == [("C525", "M3"), ("C525", "SUN"), ("C525", "ACMY")]
    assert "M1" in found[0].advice


def test_a_point_has_its_value_of_the_range_and_all_that_is_fixed():
    settings, _ = settings_of([("capacity", "M1=1..3"), ("lead-time", "ACME=4")], None)
    found = at_point(SHOP, settings, 2)

    assert ([r.capacity for r in found.resources], leads(found)) == ([3, 2, 1], [4, 4, 2])


# -- what is said of the points --------------------------------------------------------------------------------------


def point(value: float, late: int, load: float = 50.0, most: str = "M") -> Point:
    return Point(
        value=value,
        lines=20,
        lines_late=late,
        lines_unplanned=0,
        on_time_pct=100 - 5 * late,
        total_tardiness_days=late,
        weighted_tardiness_days=late,
        mean_lead_time_days=1,
        mean_load_pct=load,
        most_loaded=most,
        load_pct=load,
        purchases=0,
        purchase_cost=None,
        errors=0,
        warnings=0,
        infos=0,
        certified=True,
    )


UP = [point(0.9, 1, 80), point(1.0, 1, 90), point(1.1, 3, 99), point(1.2, 9, 108, "N")]


def test_a_factory_holds_until_it_loses_more_than_a_point_of_its_share_on_time():
    """95 % at 0.9, 94.5 % is within a point of it, 85 % is not."""
    almost = replace(UP[1], on_time_pct=94.5, lines_late=2)
    found = how_far([UP[0], almost, *UP[2:]], gentler_up=False)

    assert found == "holds to 1: 94.5 % on time; at 1.1 it is 85.0 %, and no resource is fully loaded (M most, 99.0 %)"


def test_with_later_dates_gentler_it_is_the_other_way_round():
    """The same points as days: 1.2 is the gentlest with 55 % on time, and from there it gets better all the way."""
    assert how_far(UP, gentler_up=True) == "holds to 0.9: 55.0 % on time"


def test_where_nothing_changes_it_is_said():
    assert how_far([point(1, 5), point(2, 5)], gentler_up=True) == "the same from 1 to 2: 75.0 % on time"


def test_a_factory_that_holds_at_the_gentlest_point_only():
    found = how_far([point(1, 0), point(2, 4, 120)], gentler_up=False)

    assert (
        found == "holds at 1 only: 100.0 % on time; at 2 it is 80.0 %, and M is the bottleneck with a load of 120.0 %"
    )


def test_the_first_bottleneck_is_the_first_that_is_fully_loaded():
    assert bottleneck(UP, gentler_up=False) == "N is the first bottleneck: at 1.2 its load is 108.0 %"
    assert bottleneck(UP[:3], gentler_up=False) == "none: no resource is fully loaded; the most is M with 99.0 %"


def test_where_easier_is_worse_it_is_said():
    """Units 1, 2, 3 with 5, 7 and 6 late: the second unit made two more late."""
    (found,) = anomalies([point(1, 5), point(2, 7), point(3, 6)], what="capacity M", gentler_up=True)

    assert (found.code, found.severity) == ("C527", "info")
    assert "capacity M 1 to 2 makes it easier, and yet 7 lines are late or unplanned instead of 5" in found.what
    assert anomalies(UP, what="demand", gentler_up=False) == ()
