"""The scheduling problem: operations, resources and rules as dense integers, with names only for messages.

`build.py` is the only door from planning. Instants are UTC seconds, work is microseconds at nominal speed.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from pegboard.domain.calendar import Timeline
from pegboard.domain.finding import Finding
from pegboard.domain.snapshot import ObjectiveWeights
from pegboard.kernels.arrays import Arcs, Changeovers, Ops, Schedule, Shop, Steps, Timelines
from pegboard.kernels.packed import (
    PackedArcs,
    PackedOps,
    PackedShop,
    PackedSteps,
    pack_arcs,
    pack_ops,
    pack_shop,
    pack_steps,
)

__all__ = ["Floats", "Ints", "Problem", "Schedule", "empty_schedule"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Problem:
    """One instance.

    `arcs` join routing steps and, where `arc_material`, the last operation of a supplying work order to the operation
    that draws on it. `arrival` bounds the queue of first operations by dated material, `dated` the setup of later ones;
    `release` is the earliest date the customer allows; `latest_use` is when a pegged lot expires. Lines are
    complete when the operations `line_op` have ended and moved and their dated supplies are there (`line_dated`);
    `line_value` is their value at unit cost over the mean, 1 where no cost is known.
    """

    now: int
    horizon: int
    factory_tl: int
    timelines: Timelines
    timeline_rows: list[Timeline]
    shop: Shop
    changeovers: Changeovers
    steps: Steps
    ops: Ops
    arcs: Arcs
    arc_material: NDArray[np.bool_]
    arrival: Ints
    dated: Ints
    release: Ints
    weight: Floats
    due: Ints
    op_line: Ints
    latest_start: Ints
    latest_end: Ints
    line_ptr: Ints
    line_op: Ints
    line_move: Ints
    line_dated: Ints
    line_due: Ints
    line_need: Ints
    line_weight: Floats
    line_group: Ints
    line_value: Floats
    objective: ObjectiveWeights
    pool_ptr: Ints
    pool_res: Ints
    pool_changes: NDArray[np.bool_]
    preferred: Ints
    res_names: list[str]
    op_names: list[str]
    family_names: list[str]
    findings: list[Finding]

    @property
    def n_op(self) -> int:
        """Number of operations."""
        return int(self.ops.step.size)

    @property
    def not_before(self) -> Ints:
        """The earliest setup starts by dated material and release, whatever else is to be waited for."""
        return np.maximum(self.release, self.dated)

    @cached_property
    def packed(self) -> tuple[PackedShop, PackedSteps, PackedOps, PackedArcs]:
        """Resources, steps, operations and arcs as the dispatch kernels read them."""
        return pack_shop(self.shop), pack_steps(self.steps), pack_ops(self.ops), pack_arcs(self.arcs)

    def name(self, op: int) -> str:
        """An operation as people name it: work order and step."""
        return self.op_names[op]


def empty_schedule(problem: Problem) -> Schedule:
    """A schedule in which nothing is placed."""
    n = problem.n_op

    def blank(size: int) -> Ints:
        return np.full(size, -1, np.int64)

    return Schedule(
        setup_start=blank(n),
        start=blank(n),
        end=blank(n),
        cand=blank(n),
        need_res=blank(int(problem.ops.need_ptr[-1])),
        changeover=np.zeros(n, np.int64),
        sequence=blank(n),
        load=blank(n),
    )
