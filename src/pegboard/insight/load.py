"""How loaded resources are: what a plan lets them do week by week, and what is wanted of them by when.

The load of a resource is the work wanted of it until the end of a week, over the open time it has until then, at the
week where that is most. Work is wanted by the latest end that would keep the due dates were all machines free. Above
100 % some of it must be late, in whatever sequence; the resource that gets there first is the bottleneck.
"""

from collections import Counter

import msgspec
import numpy as np

from pegboard.domain.calendar import DAY
from pegboard.insight.planned import Planned
from pegboard.scheduling.held import UNIT, Holds, holds
from pegboard.scheduling.problem import Ints
from pegboard.scheduling.view import OpenTime

WEEK = 7 * DAY


class WeekLoad(msgspec.Struct, frozen=True, gc=False):
    """Seven days of a resource, counted from now: hours that it is open and held, times its units, and for whom.

    `orders` are those it works for, the longest first.
    """

    start: int
    open_hours: float
    held_hours: float
    orders: tuple[str, ...]


class Load(msgspec.Struct, frozen=True, gc=False):
    """The load of a resource in per cent, and the instant by which that work is wanted."""

    resource: str
    load_pct: float
    until: int


def loads(p: Planned) -> list[Load]:
    """The load of every finite resource that is ever open, the highest first."""
    held = holds(p.problem, p.schedule)
    if not held.op.size:
        return []
    now = p.factory.now
    latest = np.clip(p.supply.latest_end[held.op], now + 1, max(p.factory.horizon, now + 1))
    week = (latest - now - 1) // WEEK
    n_week = int(week.max()) + 1
    wanted = np.zeros((len(p.problem.res_names), n_week))
    np.add.at(wanted, (held.res, week), held_seconds(p, held) * held.units / UNIT)
    ends = now + WEEK * np.arange(1, n_week + 1)
    found = []
    for r, name in enumerate(p.problem.res_names):
        if name in p.factory.resources and p.factory.resources[name].finite:
            until = OpenTime(p.problem.timeline_rows[int(p.problem.shop.timeline[r])]).open_until
            room = (until(ends) - until(np.array([now]))) * p.factory.resources[name].capacity
            share = np.divide(np.cumsum(wanted[r]), room, out=np.zeros(n_week), where=room > 0)
            at = int(np.argmax(share))
            if room[-1] > 0:
                found.append(Load(name, round(100 * float(share[at]), 2), int(ends[at])))
    return sorted(found, key=lambda load: (-load.load_pct, load.resource))


def weeks_of(p: Planned, resource: str) -> tuple[WeekLoad, ...]:
    """What a resource does in every seven days from now to its last operation."""
    r = p.problem.res_names.index(resource)
    held = holds(p.problem, p.schedule)
    mine = np.flatnonzero(held.res == r)
    if not mine.size:
        return ()
    row = p.problem.timeline_rows[int(p.problem.shop.timeline[r])]
    capacity = p.factory.resources[resource].capacity
    found = []
    for start in range(p.factory.now, int(held.end[mine].max()), WEEK):
        worked: Counter[str] = Counter()
        for k in mine.tolist():
            first, last = max(int(held.start[k]), start), min(int(held.end[k]), start + WEEK)
            if last > first:
                seconds = (row.open_until(last) - row.open_until(first)) * int(held.units[k]) // UNIT
                worked[p.order_of(int(held.op[k]))] += seconds
        open_hours = (row.open_until(start + WEEK) - row.open_until(start)) / 3600 * capacity
        names = sorted(worked, key=lambda order: (-worked[order], order))
        found.append(WeekLoad(start, round(open_hours, 2), round(worked.total() / 3600, 2), tuple(names)))
    return tuple(found)


def held_seconds(p: Planned, held: Holds) -> Ints:
    """Open time of the resource in each hold."""
    timeline = p.problem.shop.timeline[held.res]
    seconds = np.zeros(held.op.size, np.int64)
    for t, row in enumerate(p.problem.timeline_rows):
        mine = timeline == t
        until = OpenTime(row).open_until
        seconds[mine] = until(held.end[mine]) - until(held.start[mine])
    return seconds
