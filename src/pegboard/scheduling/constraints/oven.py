"""Lots run together in an oven only as a load: one key, one resource, one setup start, and no more than fit."""

from collections.abc import Iterator
from itertools import combinations

import numpy as np

from pegboard.domain.plan import Violation
from pegboard.kernels.arrays import Schedule
from pegboard.scheduling.cpmodel import CpModel
from pegboard.scheduling.problem import Problem


class Oven:
    """All of a load have one `batch_key`, primary resource and setup start, and sum to at most the least `batch_qty`.

    A lot that is more than the oven takes runs alone. A load that was begun before now takes nothing more in.
    `load` names one leader, which leads itself or nothing.
    """

    name = "oven"

    def instances(self, problem: Problem) -> int:
        """One for each operation that may share a load."""
        return int((problem.ops.batch_key >= 0).sum())

    def violations(self, problem: Problem, schedule: Schedule) -> Iterator[Violation]:
        """Operations that are no part of the load they are in, and loads that are too large."""
        p, load = problem, schedule.load
        own = np.arange(p.n_op)
        member = np.flatnonzero((schedule.end >= 0) & (load >= 0) & (load != own))
        for op in member.tolist():
            if wrong := self._apart(p, schedule, op, int(load[op])):
                yield Violation(constraint=self.name, subject=p.name(op), what=wrong)
        units = quantities(p)
        most = room(p)
        for lead in np.unique(load[member]).tolist():
            lots = [lead, *member[load[member] == lead].tolist()]
            if units[lots].sum() > most[lots].min():
                what = f"leads a load of {units[lots].sum() / 1000:g}, where {most[lots].min() / 1000:g} fit"
                yield Violation(constraint=self.name, subject=p.name(lead), what=what)

    def _apart(self, p: Problem, schedule: Schedule, op: int, lead: int) -> str:
        """What keeps an operation from running in the load of `lead`; blank for nothing."""
        res = p.steps.cand_res[schedule.cand]
        if schedule.end[lead] < 0 or schedule.load[lead] not in (lead, -1):
            return f"runs in a load of {p.name(lead)}, which leads none"
        if p.ops.batch_key[op] < 0 or p.ops.batch_key[op] != p.ops.batch_key[lead]:
            return f"shares a load with {p.name(lead)}, which has another key"
        if res[op] != res[lead]:
            return f"shares a load with {p.name(lead)} on another resource"
        if schedule.setup_start[op] != schedule.setup_start[lead]:
            apart = int(schedule.setup_start[op] - schedule.setup_start[lead])
            return f"starts {apart} s after {p.name(lead)}, which leads its load"
        if p.ops.setup_done[op] != p.ops.setup_done[lead]:
            return f"shares a load with {p.name(lead)}, but one was begun before now and the other was not"
        return ""

    def post(self, problem: Problem, cp: CpModel) -> None:
        """Mates start together on one resource; the quantities of a leader's load fit the least of its lots."""
        units, most = quantities(problem), room(problem)
        for i, j in combinations(range(problem.n_op), 2):
            mates = cp.mates(i, j)
            if mates is None:
                continue
            if problem.ops.setup_done[i] != problem.ops.setup_done[j]:
                cp.model.add(mates == 0)
                continue
            cp.model.add(cp.setup_start[i] == cp.setup_start[j]).only_enforce_if(mates)
            for res in sorted({*cp.primaries(i), *cp.primaries(j)}):
                cp.model.add(cp.on(i, res) == cp.on(j, res)).only_enforce_if(mates)
        for lead, followers in cp.followers().items():
            filled = int(units[lead]) + sum(int(units[op]) * literal for op, literal in followers)
            for op, literal in followers:
                cp.model.add(filled <= int(min(most[op], most[lead]))).only_enforce_if(literal)


def quantities(problem: Problem) -> np.ndarray:
    """Started quantities in thousandths."""
    return np.rint(problem.ops.qty * 1000).astype(np.int64)


def room(problem: Problem) -> np.ndarray:
    """What an oven holds of the load an operation is in, in thousandths."""
    return np.rint(problem.steps.batch_qty[problem.ops.step] * 1000).astype(np.int64)
