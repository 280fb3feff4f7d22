"""The load of every row of a board by hour, day or week: how long it is busy, set up, and open."""

from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec
import numpy as np

from pegboard.insight.plan_board import BoardView
from pegboard.scheduling.held import UNIT, holds
from pegboard.scheduling.problem import Ints
from pegboard.scheduling.view import OpenTime

Every = Literal["hour", "day", "week"]


class RowLoad(msgspec.Struct, frozen=True, kw_only=True):
    """A row's seconds in each stretch: at work (setup among it), in setup, and open times its capacity."""

    resource: int
    busy: list[int]
    setup: list[int]
    open: list[int]


class Loads(msgspec.Struct, frozen=True, kw_only=True):
    """Stretches from each start to the next, and what each resource does in them."""

    start: list[int]
    resources: list[RowLoad]


def loads(view: BoardView, every: Every) -> Loads:
    """The load of all resources from now to the end of the plan."""
    p = view.planned
    held = holds(p.problem, p.schedule)
    last = max([p.factory.now + 1, int(held.end.max(initial=0))])
    bounds = _bounds(p.factory.now, last, every, p.factory.zone)
    setup_from = np.where(p.problem.ops.setup_done == 1, p.schedule.start, p.schedule.setup_start)
    found = []
    for r, name in enumerate(p.problem.res_names):
        if name not in p.factory.resources:
            continue
        timeline = OpenTime(p.problem.timeline_rows[int(p.problem.shop.timeline[r])])
        mine = np.flatnonzero(held.res == r)
        units = held.units[mine] / UNIT
        busy = _within(timeline, held.start[mine], held.end[mine], units, bounds)
        run = np.clip(p.schedule.start[held.op[mine]], held.start[mine], held.end[mine])
        begin = np.clip(setup_from[held.op[mine]], held.start[mine], run)
        setup = _within(timeline, begin, run, units, bounds)
        is_open = np.diff(timeline.open_until(bounds)) * p.factory.resources[name].capacity
        lists = [np.round(x).astype(np.int64).tolist() for x in (busy, setup, is_open)]
        found.append(RowLoad(resource=view.row_of[name], busy=lists[0], setup=lists[1], open=lists[2]))
    return Loads(start=bounds[:-1].tolist(), resources=sorted(found, key=lambda x: x.resource))


def _within(timeline: OpenTime, start: Ints, end: Ints, units: np.ndarray, bounds: Ints) -> np.ndarray:
    """Open seconds times units of all stretches within each two bounds."""
    left = _until(timeline, end, units, bounds) - _until(timeline, start, units, bounds)
    found: np.ndarray = -np.diff(left)
    return found


def _until(timeline: OpenTime, at: Ints, units: np.ndarray, bounds: Ints) -> np.ndarray:
    """The sum over instants of the open time between each bound and the instant, where that is later."""
    order = np.argsort(at, kind="stable")
    at, units = at[order], units[order]
    done = timeline.open_until(at) * units
    later = np.searchsorted(at, bounds, side="left")
    work = np.concatenate([np.cumsum(done[::-1])[::-1], [0.0]])[later]
    many = np.concatenate([np.cumsum(units[::-1])[::-1], [0.0]])[later]
    found: np.ndarray = work - many * timeline.open_until(bounds)
    return found


def _bounds(now: int, last: int, every: Every, zone: ZoneInfo) -> Ints:
    """Beginnings of stretches in local time, the last of them behind the end."""
    at = datetime.fromtimestamp(now, zone).replace(minute=0, second=0, microsecond=0)
    if every != "hour":
        at = at.replace(hour=0)
    if every == "week":
        at -= timedelta(days=at.weekday())
    found: list[int] = [int(at.timestamp())]
    while found[-1] < last:
        at = _next(at, every, zone)
        found.append(int(at.timestamp()))
    return np.array(found, np.int64)


def _next(at: datetime, every: Every, zone: ZoneInfo) -> datetime:
    if every == "hour":
        return datetime.fromtimestamp(at.timestamp() + 3600, zone)
    return at + timedelta(days=7 if every == "week" else 1)
