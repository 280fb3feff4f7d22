"""Transfer batches: the next step starts after the first batch is through, and ends after the last one's run."""

from collections.abc import Iterator

import numpy as np

from pegboard.domain.plan import Violation
from pegboard.kernels.arrays import Schedule
from pegboard.scheduling.problem import Problem
from pegboard.scheduling.view import OpenTime, Together, calendars_of, primary


class Overlap:
    """For a batch of b pieces: setup_start(next) after b pieces are run, waited and moved, and end(next) no earlier
    than the run of b pieces, on its own resources, after the predecessor's end, wait and move (example MT-14)."""

    name = "overlap"

    def instances(self, problem: Problem) -> int:
        """One for each overlapping pair."""
        return int((problem.arcs.batch > 0).sum())

    def violations(self, problem: Problem, schedule: Schedule) -> Iterator[Violation]:
        """Pairs whose first or last batch comes too late."""
        p = problem
        arcs = np.flatnonzero(p.arcs.batch > 0)
        if not arcs.size:
            return
        factory = OpenTime(p.timeline_rows[p.factory_tl])
        together = Together(p)
        owner = np.repeat(np.arange(p.n_op), np.diff(p.arcs.ptr))
        for j in arcs.tolist():
            a, b = int(owner[j]), int(p.arcs.succ[j])
            if schedule.end[a] < 0 or schedule.end[b] < 0:
                continue
            pair = np.array([a, b])
            _, run = calendars_of(p, schedule, pair)
            batch = float(p.arcs.batch[j])
            first = OpenTime(together.of(run[0])).after_work(
                schedule.start[[a]], self._work(p, int(schedule.cand[a]), batch, with_fixed=True)
            )
            wait, move = p.arcs.wait[[j]], p.arcs.move[[j]]
            through = factory.after_open(np.minimum(first, schedule.end[[a]]) + wait, move)
            primary_b = primary(p, schedule, pair[1:])
            queue = p.steps.queue[p.ops.step[[b]]]
            ready = OpenTime(p.timeline_rows[int(p.shop.timeline[primary_b[0]])]).after_open(through, queue)
            if schedule.setup_start[b] < ready[0]:
                yield self._say(
                    p,
                    b,
                    f"starts {ready[0] - schedule.setup_start[b]} s before the first batch of {p.name(a)} is there",
                )
            arrived = factory.after_open(schedule.end[[a]] + wait, move)
            last = OpenTime(together.of(run[1])).after_work(
                arrived, self._work(p, int(schedule.cand[b]), batch, with_fixed=False)
            )
            if schedule.end[b] < last[0]:
                yield self._say(
                    p, b, f"ends {last[0] - schedule.end[b]} s before it can have run the last batch of {p.name(a)}"
                )

    def _work(self, p: Problem, cand: int, batch: float, *, with_fixed: bool) -> np.ndarray:
        work = int(np.ceil(p.steps.cand_run[cand] * batch - 1e-3))
        return np.array([work + (int(p.steps.cand_fixed[cand]) if with_fixed else 0)], np.int64)

    def _say(self, problem: Problem, op: int, what: str) -> Violation:
        return Violation(constraint=self.name, subject=problem.name(op), what=what)
