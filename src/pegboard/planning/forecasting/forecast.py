"""The forecast of a factory's buffered and stocked items, in weeks from today on.

A week of history is seven days that end before today, so that none is begun only. Items that are made or bought to
order have no forecast: their orders are what is known of them.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date, timedelta
from itertools import pairwise

import msgspec
import numpy as np

from pegboard.domain.calendar import local_day
from pegboard.domain.factory import Factory
from pegboard.domain.finding import Finding, error, info, warning
from pegboard.domain.quantity import round_up
from pegboard.planning.buffers.usage import day_of
from pegboard.planning.forecasting.backtest import LEAST_WEEKS, Errors, choose, errors
from pegboard.planning.forecasting.methods import METHODS, Weeks, last, mean

MOST_WEEKS = 208
"""Older history is not looked at: four years."""
GAP_WEEKS = 13

Used = tuple[int, float]
"""A day, counted from today on, and what was used on it."""


class WeekQty(msgspec.Struct, frozen=True, gc=False):
    """Usage expected in the week that begins on a day."""

    date: date
    qty: float


class ItemForecast(msgspec.Struct, frozen=True, gc=False):
    """The forecast of an item: how it came about, how far off it and the naive one were in tests, and its weeks."""

    item: str
    method: str
    history_weeks: int
    errors: Errors | None
    naive: Errors | None
    weeks: tuple[WeekQty, ...]


def forecast(factory: Factory, items: Collection[str], weeks: int) -> tuple[list[ItemForecast], list[Finding]]:
    """Forecasts of these items, of all buffered and stocked ones if none is named, by item; and what is doubtful."""
    today = local_day(factory.now, factory.zone)
    history: dict[str, list[Used]] = defaultdict(list)
    for row in factory.snapshot.demand_history:
        history[row.item].append((day_of(row.date, factory) - today.toordinal(), row.qty))
    found: list[ItemForecast] = []
    told: list[Finding] = []
    for item in sorted(items or [i for i in factory.items if _is_kept(factory, i)]):
        if item not in factory.items or not _is_kept(factory, item):
            told.append(_not_kept(factory, item))
            continue
        usage, doubts = weekly(item, history[item])
        told.extend(doubts)
        if usage.size:
            found.append(_forecast(factory, item, usage, today, weeks))
    return found, told


def weekly(item: str, rows: Sequence[Used]) -> tuple[Weeks, list[Finding]]:
    """Usage per whole week up to yesterday, from the first row on, and what is doubtful about it."""
    told: list[Finding] = []
    past = [(-1 - day) // 7 for day, _ in rows if day < 0]
    if len(past) < len(rows):
        what = f"{len(rows) - len(past)} rows of demand_history.csv about {item} are of today or later"
        told.append(warning("V223", item, f"{what}: they are not used", "mend their dates, or set now"))
    weeks = min(max(past, default=-1) + 1, MOST_WEEKS)
    usage = np.zeros(weeks)
    for ago, qty in zip(past, (qty for day, qty in rows if day < 0), strict=True):
        if ago < weeks:
            usage[weeks - 1 - ago] += qty
    told.extend(_doubts(item, usage))
    return np.maximum(usage, 0.0), told


def _doubts(item: str, usage: Weeks) -> list[Finding]:
    told: list[Finding] = []
    if usage.size < LEAST_WEEKS + 1:
        what = f"{item} has {usage.size} weeks of history, too few to test a forecast"
        consequence = "their mean is taken" if usage.size else "it has no forecast"
        told.append(warning("V221", item, f"{what}: {consequence}", "add to demand_history.csv"))
    if usage.size and not usage.any():
        told.append(warning("V222", item, f"the history of {item} is all zero, and so is its forecast", "check it"))
    if (usage < 0).any():
        what = f"corrections make the usage of {item} negative in {np.count_nonzero(usage < 0)} weeks"
        told.append(warning("V224", item, f"{what}: they count as zero", "book corrections on the day they correct"))
    used = np.flatnonzero(usage)
    gap = int(np.diff(np.append(used, usage.size)).max()) - 1 if used.size else 0
    if gap >= GAP_WEEKS:
        what = f"the history of {item} has {gap} weeks in a row without usage: they count as zero"
        told.append(info("V226", item, what, "add what is missing, if something is"))
    return told


def _forecast(factory: Factory, item: str, usage: Weeks, today: date, weeks: int) -> ItemForecast:
    method, found = choose(METHODS, usage, weeks)
    decimals = factory.items[item].decimals
    ahead = METHODS[method](usage, weeks)
    if ahead is None:  # it had a say until the last weeks came in
        method, ahead = "mean", mean(usage, weeks)
    # Whole pieces are kept on the running sum: a third of a piece a week is a piece in three weeks, not one each.
    sums = [0.0, *(round_up(float(total), decimals) for total in np.cumsum(ahead))]
    return ItemForecast(
        item,
        method,
        usage.size,
        found,
        errors(last, usage, weeks),
        tuple(
            WeekQty(today + timedelta(weeks=k), round(after - before, decimals))
            for k, (before, after) in enumerate(pairwise(sums))
        ),
    )


def _is_kept(factory: Factory, item: str) -> bool:
    return factory.items[item].policy != "mto" and factory.supply[item] != "phantom"


def _not_kept(factory: Factory, item: str) -> Finding:
    if item not in factory.items:
        return error("V225", item, f"there is no item {item} to forecast", "check the name")
    what = f"{item} is made or bought to order: it has no forecast"
    return error("V225", item, what, "set its policy to buffer or stock to keep some of it")
