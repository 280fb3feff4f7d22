"""Work is done in open time, all of it and no more; unbroken where it may not pause."""

from collections.abc import Iterator

import numpy as np

from pegboard.domain.plan import Violation
from pegboard.kernels.arrays import Schedule
from pegboard.scheduling.cpmodel import CpModel, Var
from pegboard.scheduling.problem import Ints, Problem
from pegboard.scheduling.view import (
    SECOND,
    Calendars,
    OpenTime,
    Together,
    calendars_of,
    placed,
    run_work,
    run_work_of,
    setup_work,
)


class Calendar:
    """Open work between setup start and start is the setup, between start and end the run, to the second.

    Open means that the primary resource and every further one held in that phase are open.
    """

    name = "calendar"

    def instances(self, problem: Problem) -> int:
        """One for each operation's setup and one for its run."""
        return 2 * problem.n_op

    def violations(self, problem: Problem, schedule: Schedule) -> Iterator[Violation]:
        """Operations with too little or too much open time, or broken where they may not be."""
        ops = placed(schedule)
        in_setup, in_run = calendars_of(problem, schedule, ops)
        together = Together(problem)
        a, b, c = schedule.setup_start[ops], schedule.start[ops], schedule.end[ops]
        yield from self._phase(problem, together, ops, in_setup, a, b, setup_work(problem, schedule, ops), "setup")
        yield from self._phase(problem, together, ops, in_run, b, c, run_work(problem, schedule, ops), "run")

    def post(self, problem: Problem, cp: CpModel) -> None:
        """For each choice of resources and changeover, which starts and ends belong together."""
        p = problem
        for op in range(p.n_op):
            begun = bool(p.ops.setup_done[op])
            for cand, key, chosen in cp.setup_calendars(op):
                for us, changes in cp.changes[op].items():
                    work = 0 if begun else int(p.steps.cand_setup[cand]) + us
                    self._lay(cp, op, key, work, cp.setup_start[op], cp.start[op], [*chosen, changes])
            for cand, key, chosen in cp.run_calendars(op):
                work = run_work_of(p, cand, float(p.ops.qty[op]))
                self._lay(cp, op, key, work, cp.start[op], cp.end[op], chosen)

    def _lay(self, cp: CpModel, op: int, key: tuple[int, ...], work: int, x: Var, y: Var, when: list[Var]) -> None:
        """Relate the first and the last instant of a phase: enough work between them, and not a second more."""
        row, t = OpenTime(cp.together.of(key)), cp.instants
        done, closed = row.work_until(t), t - row.open_until(t)
        first = np.maximum(np.searchsorted(done, done + work), np.arange(t.size))
        last = np.searchsorted(done, done + work + int(row.rate.max(initial=SECOND)), side="right") - 1
        possible = np.ones(t.size, bool)
        if work > 0:
            possible = row.is_open(t)
            if not cp.problem.steps.pause[cp.problem.ops.step[op]]:
                last = np.minimum(last, np.searchsorted(closed, closed, side="right") - 1)
        cp.between(x, y, first, last, possible, *when)

    def _phase(
        self,
        p: Problem,
        together: Together,
        ops: Ints,
        calendars: Calendars,
        start: Ints,
        end: Ints,
        work: Ints,
        what: str,
    ) -> Iterator[Violation]:
        for key, all_rows in calendars.groups():
            rows = all_rows[(work[all_rows] > 0) | (start[all_rows] != end[all_rows])]
            open_time = OpenTime(together.of(key))
            done = open_time.work_until(end[rows]) - open_time.work_until(start[rows])
            some = work[rows] > 0
            fastest = int(open_time.rate.max(initial=SECOND))
            backward = end[rows] < start[rows]
            wrong = backward | (done < work[rows]) | (done - work[rows] > fastest)
            wrong[some] |= ~open_time.is_open(start[rows[some]])
            for k in np.flatnonzero(wrong).tolist():
                yield self._say(
                    p,
                    int(ops[rows[k]]),
                    f"{what} has {done[k] / SECOND / 60:.2f} open minutes for {work[rows[k]] / SECOND / 60:.2f}",
                )
            whole = rows[some & (p.steps.pause[p.ops.step[ops[rows]]] == 0)]
            open_seconds = open_time.open_until(end[whole]) - open_time.open_until(start[whole])
            for op in ops[whole[open_seconds < end[whole] - start[whole]]].tolist():
                yield self._say(p, op, f"{what} is broken by closed time, but may not pause")

    def _say(self, problem: Problem, op: int, what: str) -> Violation:
        return Violation(constraint=self.name, subject=problem.name(op), what=what)
