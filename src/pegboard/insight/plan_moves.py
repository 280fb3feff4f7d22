"""Where the operations of one plan's board stand in another plan."""

import numpy as np

from pegboard.insight.plan_board import BoardView, Columns
from pegboard.scheduling.problem import Ints


def moved(before: BoardView, after: BoardView) -> Columns:
    """The operations that stand elsewhere after, by their numbers on the board before; -1 for a row that is not on it.

    Operations are the same by work order, step and part.
    """
    works = {w.wo: i for i, w in enumerate(before.planned.supply.works)}
    old, new = _keys(before, works), _keys(after, works)
    _, i, j = np.intersect1d(old, new, assume_unique=True, return_indices=True)
    j = j[new[j] >= 0] if j.size else j
    i = i[old[i] >= 0] if i.size else i
    rows = np.array([before.row_of.get(row.id, -1) for row in after.rows], np.int64)
    a, b = before.ops[i], after.ops[j]
    row = rows[after.row_of_op[b]]
    s, t = before.planned.schedule, after.planned.schedule
    other = (before.row_of_op[a] != row) | (s.setup_start[a] != t.setup_start[b])
    other |= (s.start[a] != t.start[b]) | (s.end[a] != t.end[b])
    place = b[other]
    columns = {
        "operation": i[other],
        "resource": row[other],
        "setup_start": t.setup_start[place],
        "start": t.start[place],
        "end": t.end[place],
    }
    return Columns(n=int(other.sum()), columns={name: column.tolist() for name, column in columns.items()})


def _keys(view: BoardView, works: dict[str, int]) -> Ints:
    """A number for each operation on a board that names work order, step and part; below 0 for unknown work orders."""
    p, ops = view.planned, view.ops
    number = np.array([works.get(w.wo, -1) for w in p.supply.works], np.int64)[p.supply.op_work[ops]]
    step = np.array([r.step.step if r.step else 0 for r in p.table.rows], np.int64)[p.problem.ops.step[ops]]
    key = (number << 40) | (step << 16) | p.supply.op_part[ops]
    return np.where(number >= 0, key, -1 - np.arange(ops.size))
