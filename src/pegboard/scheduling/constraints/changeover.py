"""Changeovers: what each operation's setup includes is what the family before it on its resources asks for."""

from collections.abc import Iterator

import numpy as np

from pegboard.domain.plan import Violation
from pegboard.kernels.arrays import Schedule
from pegboard.scheduling.cpheld import chain, present, working
from pegboard.scheduling.cpmodel import CpModel, Var, stretched
from pegboard.scheduling.held import holds, leaders
from pegboard.scheduling.problem import Ints, Problem


class Changeover:
    """Along each resource with a matrix, in order of setup start, over operations with a family.

    A hold of no time leaves a resource as it was. All of a load change over from what ran before the load. An
    operation takes the longest of its resources' changeovers, stretched by its primary resource's efficiency.
    """

    name = "changeover"

    def instances(self, problem: Problem) -> int:
        """One for each operation with a family where any resource has a matrix."""
        return int((problem.ops.family >= 0).sum()) if (problem.shop.matrix >= 0).any() else 0

    def violations(self, problem: Problem, schedule: Schedule) -> Iterator[Violation]:
        """Operations whose changeover is not what their place in the sequence asks for."""
        p = problem
        asked = self._asked(p, schedule)
        placed = schedule.end >= 0
        stretch = np.where(placed, p.steps.cand_stretch[np.maximum(schedule.cand, 0)], 1.0)
        asked = np.ceil(asked * stretch - 1e-3).astype(np.int64)
        asked[p.ops.setup_done == 1] = 0
        for k in np.flatnonzero(placed & (asked != schedule.changeover)).tolist():
            yield Violation(
                constraint=self.name,
                subject=p.name(k),
                what=f"changeover is {schedule.changeover[k] / 6e7:.2f} min, its place asks for {asked[k] / 6e7:.2f}",
            )

    def _asked(self, p: Problem, schedule: Schedule) -> Ints:
        """The longest changeover that each operation's place on its resources asks for, before it is stretched."""
        h = holds(p, schedule)
        some = np.flatnonzero((p.shop.matrix[h.res] >= 0) & (p.ops.family[h.op] >= 0) & (h.start < h.end))
        op, res = h.op[some], h.res[some]
        asked = np.zeros(p.n_op, np.int64)
        if not op.size:
            return asked
        lead, sequence = leaders(p, schedule)[op], schedule.sequence
        order = np.lexsort((sequence[op], lead, sequence[lead], schedule.setup_start[op], res))
        op, res, lead = op[order], res[order], lead[order]
        family = p.ops.family[op]
        is_first = np.concatenate([[True], (res[1:] != res[:-1]) | (lead[1:] != lead[:-1])])
        first = np.flatnonzero(is_first)[np.cumsum(is_first) - 1]
        comes_first = np.concatenate([[True], res[1:] != res[:-1]])[first]
        before = np.where(comes_first, p.shop.initial_family[res], family[first - 1])
        n = p.changeovers.n_family
        us = p.changeovers.us[(p.shop.matrix[res] * n + np.maximum(before, 0)) * n + family]
        np.maximum.at(asked, op, np.where(before < 0, 0, us))
        return asked

    def post(self, problem: Problem, cp: CpModel) -> None:
        """A chain along each resource with a matrix; each operation takes the longest its places in chains ask for."""
        p = problem
        asked: dict[int, list[Var]] = {op: [] for op in range(p.n_op)}
        held = [hold for hold in working(cp, all_of_load=True) if p.ops.family[hold.op] >= 0]
        for res in np.flatnonzero(p.shop.matrix >= 0).tolist():
            there = present(cp, [hold for hold in held if hold.res == res])
            most = int(p.changeovers.us.max(initial=0))
            here = {op: cp.model.new_int_var(0, most, "") for op in there}
            follows = chain(cp, there)
            for op, literal in there.items():
                asked[op].append(here[op])
                cp.model.add(here[op] == 0).only_enforce_if(~literal)
            for (i, j), literal in follows.items():
                self._follow(cp, res, i, j, literal, here)
        for op, amounts in asked.items():
            self._take(cp, op, amounts)

    def _follow(self, cp: CpModel, res: int, i: int, j: int, follows: Var, here: dict[int, Var]) -> None:
        """What `j` is asked for after `i`, or first of all if `i` is -1; what its mate was asked for in one load."""
        p, mates = cp.problem, cp.mates(i, j) if i >= 0 else None
        before = int(p.ops.family[i] if i >= 0 else p.shop.initial_family[res])
        n = p.changeovers.n_family
        us = int(p.changeovers.us[(p.shop.matrix[res] * n + before) * n + p.ops.family[j]]) if before >= 0 else 0
        if mates is None:
            cp.model.add(here[j] == us).only_enforce_if(follows)
            return
        cp.model.add(here[j] == us).only_enforce_if(follows, ~mates)
        cp.model.add(here[j] == here[i]).only_enforce_if(follows, mates)

    def _take(self, cp: CpModel, op: int, amounts: list[Var]) -> None:
        """The changeover is the longest amount asked for, stretched as the candidate's setup is; none if begun."""
        p = cp.problem
        if not amounts or p.ops.setup_done[op]:
            cp.model.add(cp.changeover[op] == 0)
            return
        most = cp.model.new_int_var(0, int(p.changeovers.us.max(initial=0)), "")
        cp.model.add_max_equality(most, amounts)
        for us in sorted({0, *p.changeovers.us[p.ops.family[op] :: p.changeovers.n_family].tolist()}):
            exactly = cp.model.new_bool_var("")
            cp.model.add(most == us).only_enforce_if(exactly)
            cp.model.add(most != us).only_enforce_if(~exactly)
            for cand, takes in cp.takes[op].items():
                takes_longer = stretched(us, float(p.steps.cand_stretch[cand]))
                cp.model.add_bool_or([~exactly, ~takes, cp.changes[op][takes_longer]])
