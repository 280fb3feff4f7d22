"""Work orders become operations with latest dates, backward from when their output is needed.

Capacity is not looked at here: a latest date says when an operation must start at the latest, not that it can.
"""

from array import array
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pegboard.domain.supply import WorkOrderStep
from pegboard.kernels.latest import latest_dates
from pegboard.tables.process import ProcessTable
from pegboard.tables.supply import Work, spans

Ints = NDArray[np.int64]


class Latest:
    """Growing columns over all operations; `issued` marks those whose material has been drawn already."""

    def __init__(self) -> None:
        self.work, self.row = array("q"), array("q")
        self.qty = array("d")
        self.arrival, self.start, self.end = array("q"), array("q"), array("q")
        self.issued = array("b")


class Offset:
    """Lays out operations for batches of work orders; one for each run over the levels."""

    def __init__(self, table: ProcessTable) -> None:
        self.table = table
        self.latest = Latest()
        self._steps = table.steps()
        self._norm = self._steps._replace(queue=table.queue_norm)
        self._preferred = table.preferred()
        self._tails = table.tail_yields()
        self._pred_ptr = spans([len(r.preds) for r in table.rows])
        self._pred_row = np.array([p for r in table.rows for p in r.preds], np.int64)
        self._scale = np.array([10.0 ** table.factory.items[r.item].decimals for r in table.rows])

    def array(self, column: str) -> Ints:
        """A column of whole numbers as an array of its own."""
        return np.array(getattr(self.latest, column), np.int64)

    def add(
        self, works: Sequence[Work], fresh: Sequence[int], progress: Mapping[tuple[str, int], WorkOrderStep]
    ) -> Latest:
        """Append the operations of the `fresh` work orders and time them backward from their need."""
        base = len(self.latest.row)
        rows, owner, qty, issued = self._operations(works, fresh, progress)
        first = np.searchsorted(owner, np.arange(len(fresh) + 1))
        for k, w in enumerate(fresh):
            works[w].first_op, works[w].n_op = base + int(first[k]), int(first[k + 1] - first[k])
        pred_ptr, pred_op = self.predecessors(rows, owner)
        out = np.empty((3, rows.size), np.int64)
        table = self.table
        latest_dates(
            table.timelines.arrays,
            self._norm,
            table.factory_tl,
            table.res_timeline,
            self._preferred,
            first.astype(np.int64),
            rows,
            qty,
            pred_ptr,
            pred_op,
            np.array([works[w].need for w in fresh], np.int64),
            np.array([works[w].cures for w in fresh], np.int64),
            out,
        )
        latest = self.latest
        latest.work.extend(np.asarray(fresh, np.int64)[owner].tolist())
        latest.row.extend(rows.tolist())
        latest.qty.extend(qty.tolist())
        latest.issued.extend(issued.tolist())
        for column, values in zip((latest.arrival, latest.start, latest.end), out, strict=True):
            column.extend(values.tolist())
        return latest

    def predecessors(self, rows: Ints, owner: Ints) -> tuple[Ints, Ints]:
        """For each operation of a batch the operations of its own work order that come before it.

        A predecessor step that is not in the batch, because it is done, hands over to its own predecessors.
        """
        counts = self._pred_ptr[rows + 1] - self._pred_ptr[rows]
        ptr = spans(counts)
        op = np.repeat(np.arange(rows.size), counts)
        pred_row = self._pred_row[
            np.repeat(self._pred_ptr[rows], counts) + np.arange(ptr[-1]) - np.repeat(ptr[:-1], counts)
        ]
        key = owner * len(self.table.rows) + rows
        order = np.argsort(key, kind="stable")
        wanted = owner[op] * len(self.table.rows) + pred_row
        at = np.minimum(np.searchsorted(key[order], wanted), max(rows.size - 1, 0))
        found = order[at] if rows.size else at
        present = key[found] == wanted if rows.size else np.zeros(0, bool)
        if present.all():
            return ptr, found.astype(np.int64)
        return self._past_done_steps(rows, owner, key)

    def _past_done_steps(self, rows: Ints, owner: Ints, key: Ints) -> tuple[Ints, Ints]:
        where = {int(k): int(i) for k, i in zip(key, np.arange(rows.size), strict=True)}
        n = len(self.table.rows)
        lists: list[list[int]] = []
        for i in range(rows.size):
            todo, found, seen = list(self.table.rows[rows[i]].preds), [], set()
            while todo:
                row = todo.pop()
                if row in seen:
                    continue
                seen.add(row)
                op = where.get(int(owner[i]) * n + row)
                if op is None:
                    todo.extend(self.table.rows[row].preds)
                else:
                    found.append(op)
            lists.append(sorted(found))
        return spans([len(x) for x in lists]), np.array([o for x in lists for o in x], np.int64)

    def _operations(
        self, works: Sequence[Work], fresh: Sequence[int], progress: Mapping[tuple[str, int], WorkOrderStep]
    ) -> tuple[Ints, Ints, NDArray[np.float64], NDArray[Any]]:
        bounds = [self.table.span[works[w].item] for w in fresh]
        counts = np.array([b - a for a, b in bounds], np.int64)
        ptr = spans(counts)
        owner = np.repeat(np.arange(len(fresh)), counts)
        starts = np.array([a for a, _ in bounds], np.int64)
        rows = np.repeat(starts, counts) + np.arange(ptr[-1]) - np.repeat(ptr[:-1], counts)
        good = np.array([works[w].good for w in fresh])[owner]
        lot = np.array([works[w].qty for w in fresh])[owner]
        scaled = good / self._tails[rows] * self._scale[rows]
        qty = np.ceil(scaled - 1e-9 - 1e-14 * scaled) / self._scale[rows]
        lossless = np.isclose(
            self._tails[rows], self._tails[np.repeat(self._first_row(bounds), counts)], rtol=1e-12, atol=0
        )
        qty = np.where(lossless, lot, qty)
        keep = np.ones(rows.size, bool)
        issued = np.zeros(rows.size, np.int8)
        for k, w in enumerate(fresh):
            record = works[w].record
            if record is not None:
                for i in range(int(ptr[k]), int(ptr[k + 1])):
                    self._progress(works[w], progress, i, rows, qty, lossless, keep, issued)
        return rows[keep], owner[keep], qty[keep], issued[keep]

    def _first_row(self, bounds: Sequence[tuple[int, int]]) -> Ints:
        """The row of the lowest step number of each item: where the lot starts."""
        rows = self.table.rows
        first = [min(range(a, b), key=lambda r: rows[r].step.step if rows[r].step else 0) for a, b in bounds]  # type: ignore[union-attr]
        return np.array(first, np.int64)

    def _progress(
        self,
        work: Work,
        progress: Mapping[tuple[str, int], WorkOrderStep],
        i: int,
        rows: Ints,
        qty: NDArray[np.float64],
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
