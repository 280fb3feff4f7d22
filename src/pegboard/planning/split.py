"""Divide steps into equal operations that can run beside each other, as many as the lot and the capacity allow."""

import numpy as np
from numpy.typing import NDArray

from pegboard.tables.process import UNIT, ProcessTable, StepRow, oven_qty

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Columns = tuple[Ints, Ints, Floats, NDArray[np.int8], Ints]


class Splitter:
    """Divides the operations of a process table; `scale[row]` is the number of least quantities in one unit."""

    def __init__(self, table: ProcessTable, scale: Floats) -> None:
        self._scale = scale
        self._most = np.array([_most(table, row) for row in table.rows], np.int64)
        least = [row.step.split_min_qty if row.step and row.step.split_min_qty else 0.0 for row in table.rows]
        scaled = np.array(least) * scale
        self._least = np.maximum(1, np.ceil(scaled - 1e-9 - 1e-14 * scaled)).astype(np.int64)

    def split(
        self, rows: Ints, owner: Ints, qty: Floats, issued: NDArray[np.int8], whole: NDArray[np.bool_]
    ) -> Columns:
        """The columns with each divided operation as its parts, one after the other, and the number of each part.

        The quantities of the parts are whole least quantities and add up to that of the step; what is left of a
        quantity that is no whole number of them goes to the last part. Operations marked `whole` are not divided.
        """
        if not ((self._most[rows] > 1) & ~whole).any():
            return rows, owner, qty, issued, np.zeros(rows.size, np.int64)
        scale = self._scale[rows]
        units = np.floor(qty * scale + 1e-9).astype(np.int64)
        n = np.where(whole, 1, np.maximum(1, np.minimum(self._most[rows], units // self._least[rows])))
        op = np.repeat(np.arange(rows.size), n)
        part = np.arange(op.size) - np.repeat(np.cumsum(n) - n, n)
        share = units[op] // n[op] + (part < units[op] % n[op])
        last = (part == n[op] - 1) & (n[op] > 1)
        rest = np.where(last, qty[op] - units[op] / scale[op], 0.0)
        parts = np.where(n[op] > 1, share / scale[op] + np.where(np.abs(rest) > 1e-9, rest, 0.0), qty[op])
        return rows[op], owner[op], parts, issued[op], np.where(n[op] > 1, part + 1, 0)


def parallel_capacity(table: ProcessTable, row: StepRow) -> int:
    """How many operations of a step its resources hold at once."""
    return sum(int(table.capacity[c[0]]) // UNIT for c in row.cands)


def _most(table: ProcessTable, row: StepRow) -> int:
    """The most operations a step may be divided into; an oven takes the lot as one."""
    if row.step is None or row.step.max_split <= 1 or oven_qty(row.step) > 0:
        return 1
    return max(1, min(row.step.max_split, parallel_capacity(table, row)))
