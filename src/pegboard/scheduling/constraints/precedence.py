"""Steps in order: the next setup starts after the predecessor's end, its wait and move, and its own queue."""

from collections.abc import Iterator

import numpy as np

from pegboard.domain.plan import Violation
from pegboard.kernels.arrays import Schedule
from pegboard.scheduling.cpmodel import CpModel
from pegboard.scheduling.problem import Ints, Problem
from pegboard.scheduling.view import OpenTime, by_value, primary


class Precedence:
    """`setup_start(next) >= queue(move(end + wait))`; the queue counts on the next one's primary calendar.

    The queue of a first step counts from the arrival of its material; an operation begun before now has queued.
    Steps that overlap are judged by `overlap`.
    """

    name = "precedence"

    def instances(self, problem: Problem) -> int:
        """One for each arc whose successor's queue counts after it, and one for each first queue."""
        return int(problem.arcs.queued.sum()) + problem.n_op

    def violations(self, problem: Problem, schedule: Schedule) -> Iterator[Violation]:
        """Operations that start before a predecessor lets them."""
        p = problem
        done = schedule.end >= 0
        from_ = np.repeat(np.arange(p.n_op), np.diff(p.arcs.ptr))
        whole = (p.arcs.batch <= 0) & (p.arcs.queued == 1)
        from_, to = from_[whole], p.arcs.succ[whole]
        for k in np.flatnonzero(~done[from_] & done[to]).tolist():
            yield self._say(p, int(to[k]), f"is placed, but {p.name(int(from_[k]))} before it is not")
        live = done[from_] & done[to]
        factory = OpenTime(p.timeline_rows[p.factory_tl])
        arrived = factory.after_open(schedule.end[from_] + p.arcs.wait[whole], p.arcs.move[whole])
        yield from self._queued(p, schedule, to[live], arrived[live], only_first=False)
        ops = np.flatnonzero(done & (p.ops.setup_done == 0))
        yield from self._queued(p, schedule, ops, np.maximum(p.arrival[ops], p.now), only_first=True)

    def post(self, problem: Problem, cp: CpModel) -> None:
        """For each arc and each resource the successor may take, its setup follows the move and its queue there."""
        p = problem
        factory = OpenTime(p.timeline_rows[p.factory_tl])
        has_pred = set(p.arcs.succ[p.arcs.queued == 1].tolist())
        for arc, a, b in cp.pairs((p.arcs.batch <= 0) & (p.arcs.queued == 1)):
            moved = factory.after_open(cp.instants + p.arcs.wait[arc], np.full(cp.instants.size, p.arcs.move[arc]))
            for res in cp.primaries(b):
                cp.after(cp.setup_start[b], cp.end[a], self._ready(p, b, res, moved), cp.on(b, res))
        for op in np.flatnonzero(p.ops.setup_done == 0).tolist():
            for res in cp.primaries(op) if op not in has_pred else ():
                ready = self._ready(p, op, res, np.array([max(int(p.arrival[op]), p.now)]))
                cp.not_before(cp.setup_start[op], int(ready[0]), cp.on(op, res))

    def _ready(self, p: Problem, op: int, res: int, arrived: Ints) -> Ints:
        """When an operation that has arrived has queued on a resource."""
        queue = 0 if p.ops.setup_done[op] else int(p.steps.queue[p.ops.step[op]])
        row = p.timeline_rows[int(p.shop.timeline[res])]
        return OpenTime(row).after_open(arrived, np.full(arrived.size, queue))

    def _queued(
        self, p: Problem, schedule: Schedule, ops: np.ndarray, arrived: np.ndarray, *, only_first: bool
    ) -> Iterator[Violation]:
        queue = np.where(p.ops.setup_done[ops] == 1, 0, p.steps.queue[p.ops.step[ops]])
        if only_first:
            has_pred = np.zeros(p.n_op, bool)
            has_pred[p.arcs.succ[p.arcs.queued == 1]] = True
            queue = np.where(has_pred[ops], 0, queue)
        timeline = p.shop.timeline[primary(p, schedule, ops)]
        for t, rows in by_value(timeline):
            ready = OpenTime(p.timeline_rows[t]).after_open(arrived[rows], queue[rows])
            short = ready - schedule.setup_start[ops[rows]]
            for k in np.flatnonzero(short > 0).tolist():
                yield self._say(
                    p, int(ops[rows[k]]), f"starts {short[k]} s before its predecessors and its queue are over"
                )

    def _say(self, problem: Problem, op: int, what: str) -> Violation:
        return Violation(constraint=self.name, subject=problem.name(op), what=what)
