"""`pegboard forecast`: what will be used of buffered and stocked items, with how far off such forecasts were."""

import sys
from pathlib import Path

import msgspec

from pegboard.app.forecast import forecast_factory, save_forecast
from pegboard.cli.console import line, table
from pegboard.cli.findings import show_findings
from pegboard.cli.work import worked
from pegboard.planning.forecasting.forecast import ItemForecast

HEAD = ("item", "method", "history wk", "qty / wk", "mae / wk", "naive mae", "bias / wk", "wape %")
MOST_WEEKS = 104


def run_forecast(factory: Path, items: list[str], weeks: int, out: Path | None, *, json: bool, quiet: bool) -> int:
    """Forecast, show each item's method with its errors, write the rows that planning reads; the exit code."""
    if not 1 <= weeks <= MOST_WEEKS:
        line(f"--weeks {weeks} is no horizon; give 1 to {MOST_WEEKS}")
        return 2
    (found, findings), _ = worked(lambda report: forecast_factory(factory, items, weeks, report), quiet=quiet)
    if found is None:
        show_findings(findings, json=json)
        return 1
    if out is not None:
        save_forecast(found, out)
    if json:
        sys.stdout.buffer.write(msgspec.json.encode(found))
        line()
    else:
        _show(found, weeks)
        show_findings(findings, json=False)
        if out is not None:
            line(f"written  {out}")
        line(f"next     {_next(factory, found, out)}")
    return int(any(f.severity == "error" for f in findings))


def _show(found: list[ItemForecast], weeks: int) -> None:
    if found:
        table(HEAD, [_row(f, weeks) for f in found], right=frozenset(range(2, 8)))
    line(f"forecast {len(found):,} buffered or stocked items, {weeks} weeks from today")


def _row(f: ItemForecast, weeks: int) -> tuple[str, ...]:
    e, naive = f.errors, f.naive
    return (
        f.item,
        f.method,
        f"{f.history_weeks:,}",
        f"{sum(w.qty for w in f.weeks) / weeks:,.2f}",
        "" if e is None else f"{e.mae:,.2f}",
        "" if naive is None else f"{naive.mae:,.2f}",
        "" if e is None else f"{e.bias:+,.2f}",
        "" if e is None or e.wape_pct is None else f"{e.wape_pct:.0f}",
    )


def _next(factory: Path, found: list[ItemForecast], out: Path | None) -> str:
    if not found:
        return "add demand_history.csv (item, date, qty) for items of policy buffer or stock"
    return f"pegboard plan {factory} --out PLAN" if out is not None else f"--out {factory / 'forecast.csv'} keeps it"
