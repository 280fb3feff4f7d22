"""Operations run on resources their step allows, and every need is filled by a legal member of its own."""

from collections.abc import Iterator

import numpy as np

from pegboard.domain.plan import Violation
from pegboard.kernels.arrays import Schedule
from pegboard.scheduling.cpmodel import CpModel
from pegboard.scheduling.problem import Problem
from pegboard.scheduling.view import placed


class Eligibility:
    """The candidate belongs to the step; each member belongs to its need's set and has not expired."""

    name = "eligibility"

    def instances(self, problem: Problem) -> int:
        """One for each operation and one for each of its needs."""
        return problem.n_op + int(problem.ops.need_ptr[-1])

    def violations(self, problem: Problem, schedule: Schedule) -> Iterator[Violation]:
        """Operations on a resource they may not use."""
        p, S = problem, problem.steps
        ops = placed(schedule)
        step = p.ops.step[ops]
        cand = schedule.cand[ops]
        for k in np.flatnonzero((cand < S.cand_ptr[step]) | (cand >= S.cand_ptr[step + 1])).tolist():
            yield self._say(p, int(ops[k]), "runs on a resource that its step does not allow")
        for op in ops[S.need_ptr[step + 1] > S.need_ptr[step]].tolist():
            base, row = int(p.ops.need_ptr[op]), int(p.ops.step[op])
            for k in range(int(p.ops.need_ptr[op + 1]) - base):
                res = int(schedule.need_res[base + k])
                s = int(S.need_set[S.need_ptr[row] + k])
                until = [int(S.set_until[m]) for m in range(S.set_ptr[s], S.set_ptr[s + 1]) if S.set_res[m] == res]
                if not until:
                    yield self._say(
                        p, op, f"need {k + 1} is filled by {p.res_names[res] if res >= 0 else 'nobody'}, which may not"
                    )
                elif schedule.end[op] > max(until):
                    yield self._say(p, op, f"{p.res_names[res]} has lost the skill before the operation ends")

    def post(self, problem: Problem, cp: CpModel) -> None:
        """Only legal candidates and members are variables; skills that run out bound the end."""
        S = problem.steps
        for op in range(problem.n_op):
            first = int(S.need_ptr[problem.ops.step[op]])
            for k, members in enumerate(cp.fills[op]):
                s = int(S.need_set[first + k])
                for res, literal in members.items():
                    rows = [m for m in range(int(S.set_ptr[s]), int(S.set_ptr[s + 1])) if S.set_res[m] == res]
                    until = max(int(S.set_until[m]) for m in rows)
                    if until <= cp.instants[-1]:
                        cp.not_after(cp.end[op], until, literal)

    def _say(self, problem: Problem, op: int, what: str) -> Violation:
        return Violation(constraint=self.name, subject=problem.name(op), what=what)
