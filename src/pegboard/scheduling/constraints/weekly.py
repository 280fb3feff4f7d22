"""A subcontractor is sent no more in a week than it takes."""

from collections.abc import Iterator

import numpy as np

from pegboard.domain.calendar import FAR
from pegboard.domain.plan import Violation
from pegboard.kernels.arrays import Schedule
from pegboard.scheduling.cpmodel import CpModel
from pegboard.scheduling.problem import Ints, Problem
from pegboard.scheduling.view import primary
from pegboard.tables.supply import spans


class Weekly:
    """Quantities that start their setup at one supplier in one local week sum to at most `week_units`.

    An operation that alone is more has its week for itself. What was begun before now was sent before and is not
    counted.
    """

    name = "weekly"

    def instances(self, problem: Problem) -> int:
        """One for each operation that may go to a limited supplier."""
        limited = spans((problem.shop.week_units[problem.steps.cand_res] < FAR).astype(np.int64))
        goes = limited[problem.steps.cand_ptr[1:]] > limited[problem.steps.cand_ptr[:-1]]
        return int(goes[problem.ops.step].sum())

    def violations(self, problem: Problem, schedule: Schedule) -> Iterator[Violation]:
        """Weeks with more than one operation and more than the limit, by the last of them to start."""
        p = problem
        ops = np.flatnonzero((schedule.end >= 0) & (p.ops.setup_done == 0))
        ops = ops[p.shop.week_units[primary(p, schedule, ops)] < FAR]
        ops = ops[np.argsort(schedule.setup_start[ops], kind="stable")]
        res = primary(p, schedule, ops)
        week = np.searchsorted(p.shop.week_start, schedule.setup_start[ops], side="right")
        units = self._units(p)
        for supplier, monday in sorted(set(zip(res.tolist(), week.tolist(), strict=True))):
            sent = ops[(res == supplier) & (week == monday)]
            total, most = int(units[sent].sum()), int(p.shop.week_units[supplier])
            if sent.size > 1 and total > most:
                yield Violation(
                    constraint=self.name,
                    subject=p.name(int(sent[-1])),
                    what=f"makes {total / 1000:g} of {most / 1000:g} that {p.res_names[supplier]} takes in a week",
                )

    def post(self, problem: Problem, cp: CpModel) -> None:
        """For each supplier and week: the sum is within the limit, or one operation is there alone."""
        p, units = problem, self._units(problem)
        for supplier in np.flatnonzero(p.shop.week_units < FAR).tolist():
            ops = [op for op in range(p.n_op) if supplier in cp.primaries(op) and not p.ops.setup_done[op]]
            for monday, next_monday in cp.weeks():
                sent = [cp.all([cp.on(op, supplier), cp.starts_in(op, monday, next_monday)]) for op in ops]
                total = sum(int(units[op]) * there for op, there in zip(ops, sent, strict=True))
                within = cp.model.new_bool_var("")
                cp.model.add(total <= int(p.shop.week_units[supplier])).only_enforce_if(within)
                cp.model.add(sum(sent) <= 1).only_enforce_if(~within)

    def _units(self, problem: Problem) -> Ints:
        """Started quantities in thousandths."""
        return np.rint(problem.ops.qty * 1000).astype(np.int64)
