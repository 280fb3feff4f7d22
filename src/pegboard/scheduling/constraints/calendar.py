"""Work is done in open time, all of it and no more; unbroken where it may not pause."""

from collections.abc import Iterator

import numpy as np

from pegboard.domain.plan import Violation
from pegboard.kernels.arrays import Schedule
from pegboard.scheduling.problem import Ints, Problem
from pegboard.scheduling.view import SECOND, OpenTime, Together, by_calendar, calendars_of, placed, run_work, setup_work


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
        setup_keys, run_keys = calendars_of(problem, schedule, ops)
        together = Together(problem)
        a, b, c = schedule.setup_start[ops], schedule.start[ops], schedule.end[ops]
        yield from self._phase(problem, together, ops, setup_keys, a, b, setup_work(problem, schedule, ops), "setup")
        yield from self._phase(problem, together, ops, run_keys, b, c, run_work(problem, schedule, ops), "run")

    def _phase(
        self,
        p: Problem,
        together: Together,
        ops: Ints,
        keys: list[tuple[int, ...]],
        start: Ints,
        end: Ints,
        work: Ints,
        what: str,
    ) -> Iterator[Violation]:
        for key, rows in by_calendar(keys):
            open_time = OpenTime(together.of(key))
            done = open_time.work_until(end[rows]) - open_time.work_until(start[rows])
            some = work[rows] > 0
            fastest = int(open_time.rate.max(initial=SECOND))
            wrong = (done < work[rows]) | (done - work[rows] > fastest) | (some & ~open_time.is_open(start[rows]))
            for k in np.flatnonzero(wrong).tolist():
                yield self._say(
                    p,
                    int(ops[rows[k]]),
                    f"{what} has {done[k] / SECOND / 60:.2f} open minutes for {work[rows[k]] / SECOND / 60:.2f}",
                )
            open_seconds = open_time.open_until(end[rows]) - open_time.open_until(start[rows])
            strict = p.steps.pause[p.ops.step[ops[rows]]] == 0
            for k in np.flatnonzero(strict & some & (open_seconds < end[rows] - start[rows])).tolist():
                yield self._say(p, int(ops[rows[k]]), f"{what} is broken by closed time, but may not pause")

    def _say(self, problem: Problem, op: int, what: str) -> Violation:
        return Violation(constraint=self.name, subject=problem.name(op), what=what)
