"""Hold the lots of work orders against what an oven or a storage takes, and against the hours between maintenances."""

from collections.abc import Iterator

import numpy as np

from pegboard.domain.calendar import PPM
from pegboard.domain.finding import Finding, warning
from pegboard.planning.offset import Batch
from pegboard.tables.process import NO_LIMIT, UNIT, ProcessTable, oven_qty


class LotLimits:
    """The most that can be started at each step of a process table at once, and what sets the limit."""

    def __init__(self, table: ProcessTable) -> None:
        self.table = table
        followed = {p for row in table.rows for p in row.preds}
        self._most = np.full(len(table.rows), np.inf)
        self._by: dict[int, str] = {}
        for i, row in enumerate(table.rows):
            if oven_qty(row.step) > 0:
                ovens = ", ".join(table.res_names[c[0]] for c in row.cands)
                self._limit(i, oven_qty(row.step), f"the oven {ovens} (batch_qty {oven_qty(row.step):g})")
            store = table.res_index.get(row.step.storage) if row.step and row.step.storage else None
            if row.step and store is not None and i in followed and table.capacity[store] < NO_LIMIT:
                capacity = float(table.capacity[store]) / UNIT
                self._limit(i, capacity, f"the storage {row.step.storage} (capacity {capacity:g})")

    def _limit(self, row: int, most: float, by: str) -> None:
        if most < self._most[row]:
            self._most[row], self._by[row] = most, by

    def exceeded(self, batch: Batch) -> Iterator[tuple[int, float, str]]:
        """Operations of a batch that are larger than their limit: `(work order, quantity, why)`."""
        if not self._by:
            return
        for i in np.flatnonzero(batch.qty > self._most[batch.row] + 1e-9).tolist():
            row = int(batch.row[i])
            made = self.table.rows[row]
            what = f"step {made.number} of {made.item} starts {batch.qty[i]:g} at once, more than {self._by[row]} takes"
            yield int(batch.work[i]), float(batch.qty[i]), f"{what}; limit max_qty of {made.item} to have lots divided"


def beyond_maintenance(table: ProcessTable, batch: Batch) -> Iterator[Finding]:
    """Steps of which a lot needs more work than lies between two maintenances of its resource, the largest lot each."""
    largest: dict[int, float] = {}
    resources = table.factory.resources.values()
    names = {r.resource: r for r in resources if r.finite and r.maintenance_hours and r.maintenance_min > 0}
    if not names:
        return
    worn = [i for i, row in enumerate(table.rows) if any(table.res_names[c[0]] in names for c in row.cands)]
    for row, qty in zip(batch.row.tolist(), batch.qty.tolist(), strict=True):
        largest[row] = max(qty, largest.get(row, 0.0))
    for i in worn:
        row = table.rows[i]
        for res, setup, fixed, run, _, _ in row.cands if i in largest else ():
            limit = names.get(table.res_names[res])
            hours = (setup + fixed + run * largest[i]) / PPM / 3600
            if limit and limit.maintenance_hours and hours > limit.maintenance_hours + 1e-9:
                what = f"step {row.number} of {row.item} works {hours:.1f} h on {limit.resource} for {largest[i]:g}"
                what += f", longer than the {limit.maintenance_hours:g} h after which that is maintained"
                advice = "divide the lot, or correct maintenance_hours; it runs right after a maintenance"
                yield warning("P206", f"{row.item}.{row.number}", what, advice, limit.source)
