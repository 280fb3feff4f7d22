"""The cheapest buffers for a target by CP-SAT, or how far from them a choice may be.

Every item has a ladder v_0 = own < v_1 < ... of the decoupled lead times that it can have at all. alpha_ik: item i is
not buffered and takes at least v_k; beta_ik: it is buffered and takes at least v_k. A parent takes up what a component
passes on: alpha_ik + beta_ik >= alpha_jl for the lowest rung l that lifts it to v_ik, and no more than the sum of
those, so that lead times are neither too short nor too long. Above the target there is neither for items asked for.
Stock is the sum over beta_ik of stock(v_k) - stock(v_k-1). Between fractions the model is nearly tight, unlike one with
lead times as numbers; so it is solved with all its rows in the linear relaxation.
"""

from bisect import bisect_left
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from pegboard.planning.positions.problem import Choice, Positions

if TYPE_CHECKING:
    from ortools.sat.python.cp_model import CpModel

Var = Any
"""A variable of CP-SAT, whose types say nothing, or 0."""
Ladders = list[list[int]]


def ladders(problem: Positions, most: int) -> Ladders | None:
    """All decoupled lead times that each item can have, in ticks and ascending; None for more than `most` of them."""
    found: Ladders = []
    rungs = 0
    for own, parts in zip(problem.own, problem.parts, strict=True):
        reached = {own}
        for p in parts:
            reached.update(own + v - p.offset for v in found[p.item] if v > p.offset)
        rungs += len(reached)
        if rungs > most:
            return None
        found.append(sorted(reached))
    return found


def cheapest(problem: Positions, rungs: Ladders, target: int, effort: float, start: Choice, bound: int = 0) -> Choice:
    """The cheapest choice that keeps a target in ticks, or the best one known; of equal ones that with fewer buffers.

    `rungs` are the ladders of the problem. `start` keeps the target; no choice that does is worth less than `bound`.
    `effort` is in CP-SAT's deterministic seconds, so that the same problem gives the same choice everywhere.
    """
    from ortools.sat.python import cp_model

    ladder = _Ladder(cp_model.CpModel(), problem, target, rungs)
    ladder.pass_on()
    ladder.hint(start)
    many = len(rungs) + 1  # a buffer less is worth less than any stock
    ladder.model.minimize(many * ladder.stock() + ladder.count())
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.linearization_level = 2
    solver.parameters.cp_model_probing_level = (
        0  # the relaxation leaves little to find out: it would take half the time
    )
    solver.parameters.max_presolve_iterations = 1
    solver.parameters.max_deterministic_time = effort
    status = solver.solve(ladder.model)
    best = start
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        buffered = tuple(not isinstance(row[0], int) and bool(solver.value(row[0])) for row in ladder.beta)
        value = problem.stocks(buffered)
        if (value, sum(buffered)) <= (start.value, sum(start.buffered)):
            best = Choice(buffered, problem.longest(buffered), value, 0)
    proven = int(-(-(solver.best_objective_bound - len(rungs)) // many))
    if status == cp_model.OPTIMAL:
        proven = best.value
    return Choice(best.buffered, best.ticks, best.value, min(max(proven, bound), best.value))


class _Ladder:
    """The variables of the model, 0 for what cannot be, and what ties them."""

    def __init__(self, model: "CpModel", problem: Positions, target: int, rungs: Ladders) -> None:
        self.model, self.problem, self.rungs = model, problem, rungs
        self.alpha: list[list[Var]] = []
        self.beta: list[list[Var]] = []
        wanted = set(problem.wanted)
        for i, row in enumerate(rungs):
            can = [v <= target or i not in wanted for v in row]
            self.alpha.append([model.new_bool_var("") if ok else 0 for ok in can])
            self.beta.append([model.new_bool_var("") if ok and problem.may[i] else 0 for ok in can])
            model.add(self.alpha[i][0] + self.beta[i][0] == 1)
            for variables in (self.alpha[i], self.beta[i]):
                for low, high in pairwise(variables):
                    if not isinstance(high, int):
                        model.add_implication(high, low)

    def pass_on(self) -> None:
        """Lead times of parents follow from those of their components that are not buffered."""
        for i, row in enumerate(self.rungs):
            for k, v in enumerate(row[1:], 1):
                here = self.alpha[i][k] + self.beta[i][k]
                causes = self._causes(i, v)
                for cause in causes:
                    self.model.add(here >= cause)
                if not isinstance(here, int):
                    self.model.add(here <= sum(causes))

    def _causes(self, item: int, ticks: int) -> list[Var]:
        """For each component the rung from which on it makes an item take so long."""
        found: list[Var] = []
        for p in self.problem.parts[item]:
            rung = bisect_left(self.rungs[p.item], ticks - self.problem.own[item] + p.offset)
            variables = self.alpha[p.item][rung : rung + 1]
            found.extend(v for v in variables if not isinstance(v, int))
        return found

    def stock(self) -> Var:
        """The value of all stocks."""
        terms: list[Var] = []
        for i, (row, variables) in enumerate(zip(self.rungs, self.beta, strict=True)):
            if self.problem.may[i]:
                values = [0, *(self.problem.stock(i, v) for v in row)]
                terms.extend(
                    (after - before) * x for (before, after), x in zip(pairwise(values), variables, strict=True)
                )
        return sum(terms)

    def count(self) -> Var:
        """How many buffers there are."""
        return sum(row[0] for row in self.beta)

    def hint(self, start: Choice) -> None:
        """Let the search begin at a choice."""
        for i, ticks in enumerate(self.problem.ticks(start.buffered)):
            for variables, so in ((self.alpha[i], not start.buffered[i]), (self.beta[i], start.buffered[i])):
                for v, variable in zip(self.rungs[i], variables, strict=True):
                    if not isinstance(variable, int):
                        self.model.add_hint(variable, so and ticks >= v)
