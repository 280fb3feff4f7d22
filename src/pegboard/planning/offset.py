"""Work orders become operations with latest dates, backward from when their output is needed.

Capacity is not looked at here: a latest date says when an operation must start at the latest, not that it can.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pegboard.domain.supply import WorkOrderStep
from pegboard.kernels.latest import latest_dates
from pegboard.planning.split import Splitter
from pegboard.tables.process import ProcessTable
from pegboard.tables.supply import Work, spans

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Progress = Mapping[tuple[str, int], WorkOrderStep]


@dataclass(frozen=True)
class Batch:
    """The operations of some work orders as columns; operation `base + i` stands at place `i`.

    `part` numbers the operations of a divided step from 1, 0 is a whole step; `issued` marks those whose material has
    been drawn already. Latest `arrival`, setup `start` and `end` hold at infinite capacity. Predecessors are places.
    """

    base: int
    work: Ints
    row: Ints
    qty: Floats
    part: Ints
    issued: NDArray[Any]
    arrival: Ints
    start: Ints
    end: Ints
    pred_ptr: Ints
    pred_op: Ints


class _Layout:
    """The rows and processes of a table as arrays."""

    def __init__(self, table: ProcessTable) -> None:
        self.norm = table.steps()._replace(queue=table.queue_norm)
        self.preferred = table.preferred()
        self.tails = table.tail_yields()
        self.pred_ptr = spans([len(r.preds) for r in table.rows])
        self.pred_row = np.array([p for r in table.rows for p in r.preds], np.int64)
        self.scale = np.array([10.0 ** table.factory.items[r.item].decimals for r in table.rows])
        self.first = np.array([p.first for p in table.processes], np.int64)
        self.count = np.array([p.end - p.first for p in table.processes], np.int64)
        self.start = np.array([p.start for p in table.processes], np.int64)
        self.splitter = Splitter(table, self.scale)


class Offset:
    """Lays out operations for batches of work orders; one for each run over the levels."""

    def __init__(self, table: ProcessTable) -> None:
        self.table = table
        self.batches: list[Batch] = []
        self.n_op = 0
        layout = table.derived(_Layout)
        self._norm, self._preferred = layout.norm, layout.preferred
        self._tails, self._scale, self._splitter = layout.tails, layout.scale, layout.splitter
        self._pred_ptr, self._pred_row = layout.pred_ptr, layout.pred_row
        self._first, self._count, self._start = layout.first, layout.count, layout.start

    def column(self, name: str) -> NDArray[Any]:
        """A column over all batches."""
        columns = [getattr(b, name) for b in self.batches]
        return np.concatenate(columns) if columns else np.empty(0, np.int64)

    def predecessors(self) -> tuple[Ints, Ints]:
        """The predecessors of all operations: `(ptr, operation)`."""
        counts = [np.diff(b.pred_ptr) for b in self.batches]
        ops = [b.pred_op + b.base for b in self.batches]
        if not ops:
            return spans([]), np.empty(0, np.int64)
        return spans(np.concatenate(counts)), np.concatenate(ops)

    def add(self, works: Sequence[Work], fresh: Sequence[int], progress: Progress) -> Batch:
        """Append the operations of the `fresh` work orders and time them backward from their need."""
        rows, owner, qty, issued = self._operations(works, fresh, progress)
        whole = _reported(works, fresh, rows, owner, self.table, progress)
        rows, owner, qty, issued, part = self._splitter.split(rows, owner, qty, issued, whole)
        first = np.searchsorted(owner, np.arange(len(fresh) + 1)).astype(np.int64)
        pred_ptr, pred_op = self._predecessors(rows, owner)
        out = np.empty((3, rows.size), np.int64)
        table = self.table
        latest_dates(
            table.timelines.arrays,
            self._norm,
            table.factory_tl,
            table.res_timeline,
            self._preferred,
            first,
            rows,
            qty,
            pred_ptr,
            pred_op,
            np.array([works[w].need for w in fresh], np.int64),
            np.array([works[w].cures for w in fresh], np.int64),
            out,
        )
        at = (first + self.n_op).tolist()
        for w, begin, end in zip(fresh, at, at[1:], strict=False):
            works[w].first_op, works[w].n_op = begin, end - begin
        work = np.asarray(fresh, np.int64)[owner]
        batch = Batch(self.n_op, work, rows, qty, part, issued, out[0], out[1], out[2], pred_ptr, pred_op)
        self.batches.append(batch)
        self.n_op += rows.size
        return batch

    def _predecessors(self, rows: Ints, owner: Ints) -> tuple[Ints, Ints]:
        """For each operation of a batch the places of those of its own work order that come before it.

        A predecessor step that is not in the batch, because it is done, hands over to its own predecessors.
        """
        counts = self._pred_ptr[rows + 1] - self._pred_ptr[rows]
        op = np.repeat(np.arange(rows.size), counts)
        pred_row = self._pred_row[np.repeat(self._pred_ptr[rows], counts) + _within(counts)]
        key = owner * len(self.table.rows) + rows  # ascending: batches are laid out by work order and row
        wanted = owner[op] * len(self.table.rows) + pred_row
        at = np.searchsorted(key, wanted)
        found = np.searchsorted(key, wanted, side="right") - at
        if not (found > 0).all():
            return self._past_done_steps(rows, owner, key)
        ptr = spans(np.bincount(op, weights=found, minlength=rows.size).astype(np.int64))
        return ptr, (np.repeat(at, found) + _within(found)).astype(np.int64)

    def _past_done_steps(self, rows: Ints, owner: Ints, key: Ints) -> tuple[Ints, Ints]:
        where: dict[int, list[int]] = {}
        for i, k in enumerate(key.tolist()):
            where.setdefault(k, []).append(i)
        n = len(self.table.rows)
        lists: list[list[int]] = []
        for i in range(rows.size):
            todo, found, seen = list(self.table.rows[rows[i]].preds), [], set()
            while todo:
                row = todo.pop()
                if row in seen:
                    continue
                seen.add(row)
                ops = where.get(int(owner[i]) * n + row)
                if ops is None:
                    todo.extend(self.table.rows[row].preds)
                else:
                    found.extend(ops)
            lists.append(sorted(found))
        return spans([len(x) for x in lists]), np.array([o for x in lists for o in x], np.int64)

    def _operations(
        self, works: Sequence[Work], fresh: Sequence[int], progress: Progress
    ) -> tuple[Ints, Ints, Floats, NDArray[Any]]:
        """Row, owner, started quantity and whether material is issued, for all steps that are still to be done."""
        process = np.array([works[w].process for w in fresh], np.int64)
        counts = self._count[process]
        ptr = spans(counts)
        owner = np.repeat(np.arange(len(fresh)), counts)
        rows = np.repeat(self._first[process], counts) + _within(counts)
        good = np.array([works[w].good for w in fresh])[owner]
        lot = np.array([works[w].qty for w in fresh])[owner]
        scaled = good / self._tails[rows] * self._scale[rows]
        qty = np.ceil(scaled - 1e-9 - 1e-14 * scaled) / self._scale[rows]
        lossless = np.isclose(
            self._tails[rows], self._tails[np.repeat(self._start[process], counts)], rtol=1e-12, atol=0
        )
        qty = np.where(lossless, lot, qty)
        keep = np.ones(rows.size, bool)
        issued = np.zeros(rows.size, np.int8)
        for k, w in enumerate(fresh):
            record = works[w].record
            if record is not None and works[w].qty <= 0:
                self._unless_begun(record.wo, progress, int(ptr[k]), int(ptr[k + 1]), rows, keep)
            if record is not None:
                for i in range(int(ptr[k]), int(ptr[k + 1])):
                    self._progress(works[w], progress, i, rows, qty, lossless, keep, issued)
        return rows[keep], owner[keep], qty[keep], issued[keep]

    def _unless_begun(
        self, wo: str, progress: Progress, first: int, end: int, rows: Ints, keep: NDArray[np.bool_]
    ) -> None:
        """Of a work order with no piece left to make no step is planned that is not under way."""
        for i in range(first, end):
            row = progress.get((wo, self.table.rows[rows[i]].number))
            keep[i] = row is not None and row.status in ("started", "paused")

    def _progress(
        self,
        work: Work,
        progress: Progress,
        i: int,
        rows: Ints,
        qty: Floats,
        lossless: NDArray[np.bool_],
        keep: NDArray[np.bool_],
        issued: NDArray[Any],
    ) -> None:
        """What remains of one step of a work order that exists: done steps vanish, begun ones keep their rest."""
        assert work.record is not None
        record, step = work.record, self.table.rows[rows[i]].step
        row = progress.get((record.wo, step.step)) if step else None
        if row is None:
            return
        before = sum(p.scrapped_qty for (wo, number), p in progress.items() if wo == record.wo and number < row.step)
        total = record.qty - before if lossless[i] else qty[i]
        if row.status == "done":
            keep[i] = False
        elif row.status in ("started", "paused"):
            qty[i] = max(0.0, total - row.good_qty - row.scrapped_qty)
            issued[i] = 1
        else:
            qty[i] = max(0.0, min(qty[i], total - row.good_qty - row.scrapped_qty))


def _reported(
    works: Sequence[Work], fresh: Sequence[int], rows: Ints, owner: Ints, table: ProcessTable, progress: Progress
) -> NDArray[np.bool_]:
    """Operations of which something is known, such as progress or a lock: they stay whole."""
    found = np.zeros(rows.size, bool)
    exists = np.array([works[w].record is not None for w in fresh], bool)
    for i in np.flatnonzero(exists[owner]).tolist():
        found[i] = (works[fresh[owner[i]]].wo, table.rows[rows[i]].number) in progress
    return found


def _within(counts: Ints) -> Ints:
    """0, 1, ... within each run of `counts`."""
    ends = np.cumsum(counts)
    found: Ints = np.arange(ends[-1] if ends.size else 0) - np.repeat(ends - counts, counts)
    return found
