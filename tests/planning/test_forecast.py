"""Forecasts: each method wins where it should, the test of a method sees no future, and doubtful history is told."""

from datetime import date, timedelta

import numpy as np
import pytest

from pegboard.domain.supply import DemandHistory, Forecast
from pegboard.planning.forecasting.backtest import choose, errors, horizon, origins
from pegboard.planning.forecasting.forecast import forecast, weekly
from pegboard.planning.forecasting.methods import METHODS, aggregated, damped, last, mean, season_of, seasonal, smoothed
from pegboard.planning.validate import validate
from tests.factories import buy, factory, make


def steady(random: np.random.Generator) -> np.ndarray:
    return 100 + random.normal(0, 10, 80)


def drifting(random: np.random.Generator) -> np.ndarray:
    """A level that walks: the last weeks tell more than the mean."""
    return np.maximum(300 + np.cumsum(random.normal(0, 20, 80)), 0)


def growing(random: np.random.Generator) -> np.ndarray:
    return 50 + 8 * np.arange(80) + random.normal(0, 3, 80)


def wavy(random: np.random.Generator) -> np.ndarray:
    """A season of 13 weeks."""
    return 200 + 80 * np.sin(2 * np.pi * np.arange(104) / 13) + random.normal(0, 5, 104)


def seldom(random: np.random.Generator) -> np.ndarray:
    """Used each third to sixth week, and five times as much in the last 30 of 160."""
    weeks = np.cumsum(random.choice([3, 4, 5, 6], 60))
    used = np.zeros(160)
    used[weeks[weeks < 160]] = 20
    used[130:] *= 5
    return used


@pytest.mark.parametrize(
    ("usage", "method"),
    [(steady, "mean"), (drifting, "smoothed"), (growing, "damped"), (wavy, "seasonal"), (seldom, "aggregated")],
)
def test_each_method_wins_where_it_should(usage, method: str):
    name, found = choose(METHODS, usage(np.random.default_rng(7)), 8)
    assert name == method
    assert found is not None


def test_a_method_is_told_nothing_of_the_weeks_it_is_tested_on():
    """One that always forecasts the largest week it was told of cannot forecast the peak of the last week."""
    usage = np.ones(30)
    usage[-1] = 1000.0
    found = errors(lambda past, ahead: np.full(ahead, past.max()), usage, 1)
    assert found is not None
    assert found.mae == 999 / 8  # seven origins are right, the last one knows nothing of what comes


def test_changing_the_future_changes_no_forecast_of_the_past():
    told: list[list[float]] = []

    def remembers(past: np.ndarray, ahead: int) -> np.ndarray:
        told.append(past.tolist())
        past[:] = -1  # nor may a method spoil what the next one is told
        return np.zeros(ahead)

    usage = np.arange(40.0)
    errors(remembers, usage, 4)
    assert told == [list(map(float, range(n))) for n in origins(40, 4)]
    assert [len(t) + horizon(40, 4) for t in told][-1] == 40
    assert usage.tolist() == list(map(float, range(40)))


def test_the_errors_are_those_of_the_textbook():
    """Two weeks ahead, forecast 10, 10; used 8, 16: errors 2, -6. Sums 2, -4: (2 / 1 + 4 / 2) / 2."""
    usage = np.array([10.0] * 8 + [8.0, 16.0])
    found = errors(lambda past, ahead: np.full(ahead, 10.0), usage, 2)
    assert found is not None
    assert list(origins(10, 2)) == [8]
    assert (found.score, found.mae, found.bias) == (2.0, 4.0, -2.0)
    assert found.wape_pct == pytest.approx(100 * 8 / 24)


def test_too_few_weeks_are_not_tested():
    name, found = choose(METHODS, np.ones(8), 4)
    assert (name, found) == ("mean", None)


def test_no_method_forecasts_less_than_nothing():
    falling = np.maximum(100 - 5 * np.arange(40.0), 0)
    for method in METHODS.values():
        found = method(falling, 20)
        assert found is None or (found >= 0).all()


@pytest.mark.parametrize("method", [mean, smoothed, damped, last])
def test_a_constant_is_forecast_as_it_is(method):
    assert method(np.full(30, 7.0), 3).tolist() == [7, 7, 7]


def test_what_is_used_each_week_without_a_season_needs_neither_blocks_nor_seasons():
    assert seasonal(steady(np.random.default_rng(7)), 3) is None
    assert aggregated(np.arange(1.0, 31.0), 3) is None


def test_a_season_must_be_seen_twice():
    wave = np.sin(2 * np.pi * np.arange(60) / 13)
    assert (season_of(wave), season_of(wave[:20])) == (13, 0)


TODAY = date(2026, 6, 1)


def used(item: str, days_ago: int, qty: float) -> DemandHistory:
    return DemandHistory(item=item, date=TODAY - timedelta(days=days_ago), qty=qty)


def shop(history: list[DemandHistory], **more):
    items = [buy("TUBE", policy="buffer"), buy("BULB", policy="stock"), make("LAMP")]
    return validate(factory("2026-06-01 08:00", items=items, demand_history=history, **more))


def test_weeks_end_yesterday_and_begin_with_the_first_row():
    """Day -1 to -7 are the last week, -8 the one before; today is not over."""
    usage, told = weekly("TUBE", [(-8, 5.0), (-7, 1.0), (-1, 2.0), (0, 99.0)])
    assert usage.tolist() == [5, 3]
    assert {f.code for f in told} == {"V221", "V223"}


def test_weeks_without_rows_count_as_zero_and_long_gaps_are_told():
    usage, told = weekly("TUBE", [(-7 * 20, 5.0), (-1, 5.0)])
    assert (usage.size, usage.sum()) == (20, 10)
    assert [f.code for f in told] == ["V226"]


def test_corrections_below_zero_count_as_zero():
    usage, told = weekly("TUBE", [(-70, 1.0), (-15, 3.0), (-1, -4.0)])
    assert usage[-1] == 0
    assert [f.code for f in told] == ["V224"]


def test_what_was_never_used_is_forecast_as_nothing():
    found, told = forecast(shop([used("TUBE", d, 0) for d in range(1, 100)])[0], ["TUBE"], 4)
    assert [w.qty for w in found[0].weeks] == [0, 0, 0, 0]
    assert [f.code for f in told] == ["V222"]


def test_only_kept_items_are_forecast():
    history = [used(item, 7 * k + 1, 10) for item in ("TUBE", "BULB", "LAMP") for k in range(20)]
    found, told = forecast(shop(history)[0], [], 4)
    assert ([f.item for f in found], told) == (["BULB", "TUBE"], [])
    found, told = forecast(shop(history)[0], ["LAMP", "NONE"], 4)
    assert (found, [f.code for f in told]) == ([], ["V225", "V225"])


def test_whole_pieces_are_shared_out_over_the_weeks():
    """A piece each third week on average: 1 in the first week, then none until the sum passes the next whole one."""
    history = [used("TUBE", 7 * k + 1, 1.0 if k % 3 == 0 else 0.0) for k in range(30)]
    found, _ = forecast(shop(history)[0], ["TUBE"], 6)
    quantities = [w.qty for w in found[0].weeks]
    assert quantities == [1, 0, 0, 1, 0, 0]
    assert [w.date for w in found[0].weeks][:2] == [TODAY, TODAY + timedelta(weeks=1)]


def test_without_history_there_is_no_forecast():
    found, told = forecast(shop([])[0], ["TUBE"], 4)
    assert (found, [f.code for f in told]) == ([], ["V221"])


def test_rows_that_nobody_looks_at_are_told():
    rows = [Forecast(item=i, date=TODAY, qty=5) for i in ("LAMP", "LAMP", "TUBE")]
    assert [f.subject for f in shop([], forecast=rows)[1] if f.code == "V220"] == ["LAMP"]


def test_the_same_history_gives_the_same_forecast_whatever_the_order_of_its_rows():
    history = [used("TUBE", d, float(d * 7919 % 13)) for d in range(1, 200)]
    assert forecast(shop(history)[0], [], 8) == forecast(shop(history[::-1])[0], [], 8)
