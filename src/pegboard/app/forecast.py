"""The use case of a forecast: from a factory to the usage expected of what it keeps in stock."""

from collections.abc import Collection
from pathlib import Path

from pegboard.app.files import Report, read
from pegboard.domain.finding import Finding, in_order
from pegboard.exchange import write_forecast
from pegboard.planning.forecasting.forecast import ItemForecast, forecast
from pegboard.planning.validate import validate


def forecast_factory(
    path: Path, items: Collection[str], weeks: int, report: Report
) -> tuple[list[ItemForecast] | None, list[Finding]]:
    """Forecasts of these items, of all buffered and stocked ones if none is named; None where nothing can be read."""
    report("reading", 0.0)
    reading = read(path)
    if reading.snapshot is None:
        return None, in_order(reading.findings)
    factory, _ = validate(reading.snapshot)
    report("testing forecasts on the past", 0.1)
    found, told = forecast(factory, items, weeks)
    return found, in_order(told)


def save_forecast(found: Collection[ItemForecast], out: Path) -> None:
    """Write `forecast.csv`, whole or not at all."""
    write_forecast([(f.item, week.date, week.qty) for f in found for week in f.weeks], out)
