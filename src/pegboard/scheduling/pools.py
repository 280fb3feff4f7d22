"""Pools: sets of resources that operations compete for, and which pools a resource's release wakes."""

from datetime import timedelta

import numpy as np

from pegboard.domain.calendar import DAY, FAR, PPM, bounds, local_day
from pegboard.kernels.arrays import Shop, Steps
from pegboard.scheduling.pins import Reservations
from pegboard.scheduling.problem import Ints
from pegboard.tables.process import UNIT, Families, ProcessTable
from pegboard.tables.supply import spans


def pools_of(steps: Steps, table: ProcessTable, families: Families) -> tuple[Ints, Ints, np.ndarray]:
    """Resources of each pool, and whether changeovers matter in it."""
    n = int(steps.pool.max()) + 1 if steps.pool.size else 0
    members: list[list[int]] = [[] for _ in range(n)]
    changes = np.zeros(n, bool)
    for row, pool in enumerate(steps.pool.tolist()):
        if not members[pool]:
            members[pool] = sorted(c[0] for c in table.rows[row].cands)
        needed = [m for k in range(steps.need_ptr[row], steps.need_ptr[row + 1]) for m in set_members(steps, k)]
        changes[pool] |= any(families.res_matrix[r] >= 0 for r in [*members[pool], *needed])
    return spans([len(m) for m in members]), np.array([r for m in members for r in m], np.int64), changes


def set_members(steps: Steps, need: int) -> list[int]:
    """Resources that can fill a need."""
    s = steps.need_set[need]
    members: list[int] = steps.set_res[steps.set_ptr[s] : steps.set_ptr[s + 1]].tolist()
    return members


def shop_of(
    steps: Steps, table: ProcessTable, families: Families, reserved: Reservations, pool_ptr: Ints, pool_res: Ints
) -> Shop:
    """The resources as the kernels see them."""
    n = len(table.res_names)
    touch: list[set[int]] = [set() for _ in range(n)]
    for pool in range(pool_ptr.size - 1):
        for res in pool_res[pool_ptr[pool] : pool_ptr[pool + 1]].tolist():
            touch[res].add(pool)
    for row, pool in enumerate(steps.pool.tolist()):
        for need in range(steps.need_ptr[row], steps.need_ptr[row + 1]):
            for res in set_members(steps, need):
                touch[res].add(pool)
    ordered = [sorted(t) for t in touch]
    ptr, start, end, units = reserved.by_resource(n)
    return Shop(
        capacity=table.capacity,
        timeline=table.res_timeline,
        matrix=families.res_matrix,
        initial_family=families.initial,
        reserved_ptr=ptr,
        reserved_start=start,
        reserved_end=end,
        reserved_units=units,
        touch_ptr=spans([len(t) for t in ordered]),
        touch_pool=np.array([p for t in ordered for p in t], np.int64),
        **_wear(table),
        **_weekly(table),
    )


def _wear(table: ProcessTable) -> dict[str, Ints]:
    """Travel of tools and maintenance of every resource."""
    own = [table.factory.resources.get(name) for name in table.res_names]
    hours = 3600 * PPM

    def column(values: list[float | None]) -> Ints:
        return np.array([FAR if v is None else round(v) for v in values], np.int64)

    kept = [r if r and r.finite and r.capacity == 1 and r.maintenance_min > 0 else None for r in own]
    return {
        "travel": column(
            [r.travel_min * 60 if r and r.finite and r.capacity == 1 and r.kind == "tool" else 0 for r in own]
        ),
        "maint_work": column([r.maintenance_hours * hours if r and r.maintenance_hours else None for r in kept]),
        "maint_cycles": column([r.maintenance_cycles if r and r.maintenance_cycles else None for r in kept]),
        "maint_time": column([r.maintenance_min * 60 if r else 0 for r in kept]),
        "used_work": column([r.used_hours * hours if r else 0 for r in kept]),
        "used_cycles": column([r.used_cycles if r else 0 for r in kept]),
    }


def _weekly(table: ProcessTable) -> dict[str, Ints]:
    """What may start at each subcontractor in a week, and the Mondays that begin the weeks."""
    factory = table.factory
    most = {s.supplier: s.weekly_qty for s in factory.snapshot.suppliers if s.weekly_qty is not None}
    names = [*[""] * (len(table.res_names) - len(table.suppliers)), *table.suppliers]
    units = [round(most[name] * UNIT) if name in most else FAR for name in names]
    monday = local_day(factory.now, factory.zone)
    monday -= timedelta(days=monday.weekday())
    weeks = (factory.horizon - factory.now) // (7 * DAY) + 3
    mondays = [bounds(monday + timedelta(weeks=w), monday, factory.zone)[0] for w in range(weeks)]
    return {"week_units": np.array(units, np.int64), "week_start": np.array(mondays, np.int64)}
