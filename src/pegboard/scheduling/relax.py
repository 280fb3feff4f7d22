"""Plans without limits: capacity, material or both set aside, to see what is asked before what is possible."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from pegboard.domain.calendar import DAY, FAR
from pegboard.kernels.arrays import Schedule, Shop
from pegboard.scheduling.held import holds
from pegboard.scheduling.problem import Problem
from pegboard.scheduling.view import OpenTime

Limit = Literal["capacity", "material"]
ENDLESS = 1 << 50


@dataclass(frozen=True)
class Overload:
    """A day (from `start`) on which a resource is asked for more hours than it is open, times its capacity."""

    resource: str
    start: int
    asked_hours: float
    open_hours: float


def relaxed(problem: Problem, limits: Collection[Limit]) -> Problem:
    """The problem without these limits: every resource endless, or everything bought there as soon as it is wanted."""
    if "capacity" in limits:
        shop = without_past(problem.shop)
        shop.capacity[shop.capacity > 0] = ENDLESS
        problem = replace(problem, shop=shop)
    if "material" in limits:
        now = np.full(problem.n_op, problem.now, np.int64)
        line = np.minimum(problem.line_dated, np.maximum(problem.line_due, problem.now))
        problem = replace(problem, arrival=now, dated=now.copy(), line_dated=line)
    return problem


def without_past(shop: Shop) -> Shop:
    """The resources without pins, changeovers, maintenance, tools' ways and weekly limits."""
    return shop._replace(
        capacity=shop.capacity.copy(),
        matrix=np.full_like(shop.matrix, -1),
        reserved_ptr=np.zeros_like(shop.reserved_ptr),
        travel=np.zeros_like(shop.travel),
        maint_work=np.full_like(shop.maint_work, FAR),
        maint_cycles=np.full_like(shop.maint_cycles, FAR),
        week_units=np.full_like(shop.week_units, FAR),
    )


def spread(problem: Problem, schedule: Schedule) -> None:
    """Share the work of a schedule without limits among resources that are alike, day by day, in place.

    Endless resources are all taken by the first of a group; whoever looks for overloads wants to see the group's.
    """
    S, timeline = problem.steps, problem.shop.timeline
    alike: dict[int, list[int]] = {}
    for step in np.unique(problem.ops.step).tolist():
        kinds: dict[tuple[int, ...], list[int]] = {}
        for cand in range(int(S.cand_ptr[step]), int(S.cand_ptr[step + 1])):
            times = (S.cand_setup[cand], S.cand_fixed[cand], S.cand_run[cand], S.cand_stretch[cand])
            kinds.setdefault((int(timeline[S.cand_res[cand]]), *times), []).append(cand)
        alike.update({cand: cands for cands in kinds.values() if len(cands) > 1 for cand in cands})
    asked: dict[tuple[int, int], int] = {}
    res = S.cand_res.tolist()
    order = np.flatnonzero(schedule.end >= 0)
    order = order[np.argsort(schedule.setup_start[order], kind="stable")]
    for op, cand, start, end in zip(
        order.tolist(),
        schedule.cand[order].tolist(),
        schedule.setup_start[order].tolist(),
        schedule.end[order].tolist(),
        strict=True,
    ):
        day = start // DAY
        least = min(alike.get(cand, (cand,)), key=lambda c: asked.get((res[c], day), 0))
        asked[res[least], day] = asked.get((res[least], day), 0) + end - start
        schedule.cand[op] = least


def overloads(problem: Problem, schedule: Schedule, days: list[int]) -> list[Overload]:
    """Where a schedule asks more of a resource in a day than it has; `days` are the midnights, one more at last."""
    held = holds(problem, schedule)
    capacity = problem.shop.capacity
    finite = capacity < 1 << 40
    found = []
    edges = np.array(days, np.int64)
    for res in np.unique(held.res[finite[held.res]]).tolist():
        mine = held.res == res
        open_time = OpenTime(problem.timeline_rows[int(problem.shop.timeline[res])])
        asked = np.zeros(edges.size - 1)
        first = np.searchsorted(edges, held.start[mine], side="right") - 1
        last = np.searchsorted(edges, held.end[mine], side="left")
        rows = zip(held.start[mine], held.end[mine], held.units[mine], first, last, strict=True)
        for start, end, units, a, b in rows:
            inner = np.clip(edges[max(a, 0) : b + 1], start, end)
            asked[max(a, 0) : max(a, 0) + inner.size - 1] += np.diff(open_time.open_until(inner)) * units / 1000
        there = np.diff(open_time.open_until(edges)) * capacity[res] / 1000
        for day in np.flatnonzero(asked > there + 1).tolist():
            hours = float(asked[day]) / 3600, float(there[day]) / 3600
            found.append(Overload(problem.res_names[res], int(edges[day]), *hours))
    return sorted(found, key=lambda o: (o.start, o.resource))
