"""Where an operation may stand on the board: its rows, and the hours in which it may start there."""

from functools import cached_property

import msgspec
import numpy as np

from pegboard.domain.calendar import FAR
from pegboard.insight.plan_board import BoardView
from pegboard.scheduling.problem import Ints


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """A row by number: work of so many seconds there may start between two instants; none where `to` is earlier.

    `from` is the first open instant by which all that is dated is there and all before it can be done, were every
    resource free; `to` the latest start by which nobody is late.
    """

    resource: int
    from_: int = msgspec.field(name="from")
    to: int
    seconds: int


class Places(msgspec.Struct, frozen=True, kw_only=True):
    """All places of one operation."""

    resources: list[Place]


class PlaceFinder:
    """The places of the operations of one plan."""

    def __init__(self, view: BoardView) -> None:
        self._view = view
        self._p = view.planned
        self._ready: dict[int, int] = {}

    def of(self, number: int) -> Places:
        """The places of an operation of the board."""
        view, problem, op = self._view, self._p.problem, int(self._view.ops[number])
        steps, step = problem.steps, int(problem.ops.step[op])
        ready, home = self._ready_at(op), int(steps.cand_res[self._p.schedule.cand[op]])
        found: dict[int, Place] = {}
        for cand in range(int(steps.cand_ptr[step]), int(steps.cand_ptr[step + 1])):
            res = int(steps.cand_res[cand])
            row = int(view.row_of_op[op]) if res == home else view.row_of.get(problem.res_names[res], -1)
            first = problem.timeline_rows[int(problem.shop.timeline[res])].next_open(ready)
            if row < 0 or first >= FAR:
                continue
            run = float(steps.cand_fixed[cand]) + float(steps.cand_run[cand]) * float(problem.ops.qty[op])
            seconds = round((run + float(steps.cand_setup[cand])) / 1e6)
            if row not in found or seconds < found[row].seconds:
                to = int(problem.latest_start[op])
                found[row] = Place(resource=row, from_=first, to=to, seconds=seconds)
        return Places(resources=[found[row] for row in sorted(found)])

    def _ready_at(self, op: int) -> int:
        """When an operation could start were all resources free: all that it waits for is there."""
        todo = [op]
        while todo:
            at = todo[-1]
            waits = [before for before in self._before(at) if before not in self._ready]
            if waits:
                todo += waits
                continue
            problem = self._p.problem
            own = max(self._p.factory.now, int(problem.not_before[at]), int(problem.arrival[at]))
            self._ready[at] = max([own, *(self._done_at(before) for before in self._before(at))])
            todo.pop()
        return self._ready[op]

    def _done_at(self, op: int) -> int:
        """When an operation could be done and moved, as long as in the plan; as planned where it has begun."""
        s, timeline = self._p.schedule, self._p.timeline(op)
        if self._p.problem.ops.setup_done[op] == 1:
            return int(self._p.moved[op])
        start, end = int(s.setup_start[op]), int(s.end[op])
        worked = timeline.open_until(end) - timeline.open_until(start)
        done = timeline.after_open(timeline.next_open(self._ready[op]), worked) if worked else self._ready[op]
        return min(done + int(self._p.moved[op]) - end, int(self._p.moved[op]))

    def _before(self, op: int) -> list[int]:
        ptr, ops = self._predecessors
        found: list[int] = ops[ptr[op] : ptr[op + 1]].tolist()
        return found

    @cached_property
    def _predecessors(self) -> tuple[Ints, Ints]:
        """Row pointers and operations: those that an arc leads from, by the one it leads to."""
        arcs, n = self._p.problem.arcs, self._p.problem.n_op
        owner = np.repeat(np.arange(n), np.diff(arcs.ptr))
        order = np.argsort(arcs.succ, kind="stable")
        counts = np.bincount(arcs.succ, minlength=n)
        return np.concatenate([[0], np.cumsum(counts)]), owner[order]
