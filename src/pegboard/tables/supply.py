"""Planned supply: lines to serve, work orders with their operations, purchases, and the pegs between them.

`planning` writes it, `scheduling` and the plan read it. Operations are arrays over all work orders, everything else
rows. Instants are UTC seconds.
"""

from collections.abc import Sequence
from typing import Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from pegboard.domain.finding import Finding
from pegboard.domain.order import OrderLine
from pegboard.domain.plan import BufferPlan
from pegboard.domain.record import Options
from pegboard.domain.supply import ItemSupplier, WorkOrder

SupplyKind = Literal["stock", "po", "wo", "purchase"]


class Line(msgspec.Struct, gc=False):
    """A customer-order line to serve: open quantity, when it falls due and what its delay costs."""

    record: OrderLine
    id: str
    qty: float
    due: int
    need: int
    earliest: int
    priority: int
    weight: float


class Work(msgspec.Struct, gc=False):
    """A work order: `qty` started for `good` pieces by `need`, first made for line `line` (-1 none).

    `process` is the way it is made, by its place in the process table. It `cures` where a parent draws on it.

    `record` is set where it exists already; `root` names the existing work order, `stock` the stocked item, that it
    serves where it was made for no line. It `is_spare` where it only fills up a stock: then it may be `grace` seconds
    late before that hurts anybody. Its operations are `first_op` to `first_op + n_op`.
    """

    wo: str
    item: str
    qty: float
    good: float
    need: int
    line: int
    earliest: int
    level: int
    options: Options
    cures: bool
    process: int
    root: str = ""
    stock: str = ""
    is_spare: bool = False
    grace: int = 0
    record: WorkOrder | None = None
    first_op: int = 0
    n_op: int = 0


class Purchase(msgspec.Struct, gc=False):
    """A purchase to propose: the earliest it can be there, and the earliest need it serves.

    One that is `in_week` comes then and at no other time: its supplier can deliver only so much a week.
    """

    po: str
    item: str
    source: ItemSupplier | None
    qty: float
    earliest: int
    need: int
    in_week: bool = False


class Link(msgspec.Struct, gc=False):
    """`qty` of a supply for a demand.

    `supply_kind` is stock, po, wo or purchase, `index` the row of the work order or purchase (-1 otherwise);
    `available` is when a dated supply is there (0 for work orders and purchases, which are dated later), `expires`
    when it must have been used. The demand is line `line`, or operation `op` of work order `work`.
    """

    supply_kind: SupplyKind
    supply: str
    index: int
    available: int
    expires: int
    line: int
    work: int
    op: int
    item: str
    qty: float
    hard: bool


class LeftOut(msgspec.Struct, frozen=True, gc=False):
    """Why a line is not planned: a code and a sentence."""

    cause: Literal["data", "buffer", "horizon", "material", "unschedulable"]
    why: str


class Shortage(msgspec.Struct, frozen=True, gc=False):
    """A demand nothing can cover: which line it stops, or (-1) which existing work order or stock, and why in words."""

    line: int
    wo: str
    stock: str
    item: str
    qty: float
    left_out: LeftOut


class SupplyPlan(msgspec.Struct):
    """What planning hands to scheduling.

    Arrays by operation: its work order, row of the process table, started quantity (what remains of it), number among
    the parts of a divided step (0 for a whole one), and latest arrival, setup start and end at infinite capacity.
    `pred_ptr, pred_op` are each operation's predecessors in its own work order. `unplanned[line]` says why a line is
    left out. `buffers` is how each buffer stands today.
    """

    lines: list[Line]
    works: list[Work]
    purchases: list[Purchase]
    links: list[Link]
    buffers: list[BufferPlan]
    op_work: NDArray[np.int64]
    op_row: NDArray[np.int64]
    op_qty: NDArray[np.float64]
    op_part: NDArray[np.int64]
    latest_arrival: NDArray[np.int64]
    latest_start: NDArray[np.int64]
    latest_end: NDArray[np.int64]
    pred_ptr: NDArray[np.int64]
    pred_op: NDArray[np.int64]
    unplanned: dict[int, LeftOut]
    findings: list[Finding]

    def last_ops(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Operations that none of their own work order follow: work order `w` has `op[ptr[w, 0] : ptr[w, 1]]`."""
        is_last = np.ones(self.op_row.size, np.int64)
        is_last[self.pred_op] = 0
        first = np.array([w.first_op for w in self.works], np.int64)
        end = first + np.array([w.n_op for w in self.works], np.int64)
        return spans(is_last)[np.stack([first, end], axis=1)], np.flatnonzero(is_last)

    def links_of_line(self) -> dict[int, list[Link]]:
        """The pegs of each line."""
        found: dict[int, list[Link]] = {}
        for link in self.links:
            if link.line >= 0:
                found.setdefault(link.line, []).append(link)
        return found


def spans(counts: Sequence[int] | NDArray[np.int64]) -> NDArray[np.int64]:
    """Row pointers from counts."""
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
