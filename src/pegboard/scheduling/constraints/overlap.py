"""Transfer batches: the next step starts after the first batch is through, and ends after the last one's run."""

from collections.abc import Iterator

import numpy as np

from pegboard.domain.plan import Violation
from pegboard.kernels.arrays import Schedule
from pegboard.scheduling.cpmodel import CpModel
from pegboard.scheduling.problem import Ints, Problem
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
            first = OpenTime(together.of(run.at(0))).after_work(
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
            last = OpenTime(together.of(run.at(1))).after_work(
                arrived, self._work(p, int(schedule.cand[b]), batch, with_fixed=False)
            )
            if schedule.end[b] < last[0]:
                yield self._say(
                    p, b, f"ends {last[0] - schedule.end[b]} s before it can have run the last batch of {p.name(a)}"
                )

    def post(self, problem: Problem, cp: CpModel) -> None:
        """The setup follows the first batch, or the whole lot if that is sooner; the end follows the last batch."""
        p = problem
        factory = OpenTime(p.timeline_rows[p.factory_tl])
        for arc, a, b in cp.pairs(p.arcs.batch > 0):
            moved = factory.after_open(cp.instants + p.arcs.wait[arc], np.full(cp.instants.size, p.arcs.move[arc]))
            batch, queue = float(p.arcs.batch[arc]), np.full(cp.instants.size, p.steps.queue[p.ops.step[b]])
            whole = cp.model.new_bool_var("")
            for res in cp.primaries(b):
                row = OpenTime(p.timeline_rows[int(p.shop.timeline[res])])
                cp.after(cp.setup_start[b], cp.end[a], row.after_open(moved, queue), cp.on(b, res), whole)
                for cand, key, chosen in cp.run_calendars(a):
                    through = self._done(p, cp, key, cand, batch, cp.instants, with_fixed=True)
                    through = factory.after_open(through + p.arcs.wait[arc], np.full(through.size, p.arcs.move[arc]))
                    ready = row.after_open(through, queue)
                    cp.after(cp.setup_start[b], cp.start[a], ready, cp.on(b, res), *chosen, ~whole)
            for cand, key, chosen in cp.run_calendars(b):
                last = self._done(p, cp, key, cand, batch, moved, with_fixed=False)
                cp.after(cp.end[b], cp.end[a], last, *chosen)

    def _done(
        self, p: Problem, cp: CpModel, key: tuple[int, ...], cand: int, batch: float, t: Ints, *, with_fixed: bool
    ) -> Ints:
        """When a batch begun at each instant has been run."""
        work = np.full(t.size, self._work(p, cand, batch, with_fixed=with_fixed)[0])
        return OpenTime(cp.together.of(key)).after_work(t, work)

    def _work(self, p: Problem, cand: int, batch: float, *, with_fixed: bool) -> np.ndarray:
        work = int(np.ceil(p.steps.cand_run[cand] * batch - 1e-3))
        return np.array([work + (int(p.steps.cand_fixed[cand]) if with_fixed else 0)], np.int64)

    def _say(self, problem: Problem, op: int, what: str) -> Violation:
        return Violation(constraint=self.name, subject=problem.name(op), what=what)
