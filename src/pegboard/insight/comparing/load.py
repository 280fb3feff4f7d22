"""How long each resource is busy in a plan, and how much of that in overtime, before and after.

Busy is open time between the start and the end of what holds a resource: a person needed for the setup alone is busy
for the setup. Overtime is what of it falls into stretches that calendar exceptions open.
"""

from collections import defaultdict
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from pegboard.domain.calendar import Timeline, bounds, union
from pegboard.domain.factory import Factory
from pegboard.domain.plan import OperationPlan, Plan, Row
from pegboard.domain.routing import Phase
from pegboard.scheduling.view import OpenTime

Ints = NDArray[np.int64]


class Busy(Row, frozen=True, kw_only=True):
    """Hours that a resource is held, each unit of labour or space counted by itself; those in overtime among them."""

    hours: float
    overtime: float


class LoadChange(Row, frozen=True, kw_only=True):
    """The hours of one resource in two plans; 0 where it does nothing."""

    resource: str
    hours_before: float
    hours: float
    overtime_before: float
    overtime: float


def load_changes(before: dict[str, Busy], after: dict[str, Busy]) -> tuple[LoadChange, ...]:
    """All resources of either plan, those whose hours changed most first."""
    idle = Busy(hours=0.0, overtime=0.0)
    found = [
        LoadChange(
            resource=name,
            hours_before=before.get(name, idle).hours,
            hours=after.get(name, idle).hours,
            overtime_before=before.get(name, idle).overtime,
            overtime=after.get(name, idle).overtime,
        )
        for name in {**before, **after}
    ]
    return tuple(sorted(found, key=lambda c: (-abs(c.hours - c.hours_before), c.resource)))


def busy(plan: Plan, factory: Factory) -> dict[str, Busy]:
    """By name how long each of the factory's resources is busy. On one of capacity 1, work at one time counts once."""
    rows: dict[str, list[tuple[int, int, float]]] = defaultdict(list)
    items = {w.wo: w.item for w in plan.work_orders}
    for op in plan.operations:
        rows[op.resource].append((op.setup_start, op.end, 1.0))
        if op.also:
            for name, phase, units in _needs(op, items.get(op.wo, ""), factory):
                start = op.start if phase == "run" else op.setup_start
                rows[name].append((start, op.start if phase == "setup" else op.end, units))
    return {name: _busy(name, held, factory) for name, held in sorted(rows.items()) if name in factory.resources}


def bottleneck(plan: Plan, factory: Factory | None) -> str:
    """The resource with the highest utilisation, of the finite ones where the factory is known; blank for none."""
    used = plan.kpis.utilisation
    if factory is not None:
        used = {name: pct for name, pct in used.items() if name in factory.resources and factory.resources[name].finite}
    return max(sorted(used), key=lambda name: used[name], default="")


def _needs(op: OperationPlan, item: str, factory: Factory) -> Iterator[tuple[str, Phase, float]]:
    """The further resources of an operation, each with the phase and the units of the first need that it can fill."""
    needs = list(factory.needs.get((item, op.step), ()))
    for name in op.also:
        need = next((n for n in needs if name in factory.candidates(n.resource)), None)
        if need is None:
            yield name, "both", 1.0
        else:
            needs.remove(need)
            yield name, need.phase, need.qty


def _busy(name: str, held: list[tuple[int, int, float]], factory: Factory) -> Busy:
    resource = factory.resources[name]
    if resource.capacity == 1:
        held = [
            (start, end, 1.0) for start, end, _ in union([(start, end, 1) for start, end, _ in held if end > start])
        ]
    start, end = (np.array([row[i] for row in held], np.int64) for i in (0, 1))
    units = np.array([row[2] for row in held])
    timeline = factory.timelines.get(name, factory.always)
    overtime = sum(
        (
            _hours(timeline, np.maximum(start, first), np.minimum(end, last), units)
            for first, last in _opened(name, factory)
        ),
        0.0,
    )
    return Busy(hours=round(_hours(timeline, start, end, units), 4), overtime=round(overtime, 4))


def _hours(timeline: Timeline, start: Ints, end: Ints, units: NDArray[np.float64]) -> float:
    """Open hours of all stretches that end after they start."""
    open_time, real = OpenTime(timeline), end > start
    seconds = open_time.open_until(end[real]) - open_time.open_until(start[real])
    return float((seconds * units[real]).sum()) / 3600


def _opened(name: str, factory: Factory) -> list[tuple[int, int]]:
    """The stretches that exceptions of a resource or of its calendar open."""
    calendars = {name, factory.resources[name].calendar} - {""}
    rows = [e for e in factory.snapshot.calendar_exceptions if e.open and e.calendar in calendars]
    stretches = [(*bounds(e.start, e.end, factory.zone), 1) for e in rows]
    return [(start, end) for start, end, _ in union(stretches)] if stretches else []
