"""The decisions of a schedule as variables of a CP-SAT model, and the few relations constraints post between them.

Time is counted in ticks of `tick` seconds from `since` to `until`; every operation is placed within. Constraints know
this module, never the engine that solves the model.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise, product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pegboard.kernels.arrays import RUN_ONLY, SETUP_ONLY, Schedule
from pegboard.scheduling.problem import Ints, Problem, empty_schedule
from pegboard.scheduling.view import Together

Var = Any
"""A variable, literal or linear expression of OR-Tools, which is imported only where a model is made."""


class CpModel:
    """One model. `setup_start`, `start`, `end` (ticks) and `changeover` (microseconds) are indexed by operation.

    Candidates and members are those the step allows. Ties of setup start are broken by the load's leader, then by
    number, and `sequence` says so. Loads are led by their lowest operation.
    """

    def __init__(self, problem: Problem, since: int, until: int, tick: int = 1) -> None:
        from ortools.sat.python import cp_model

        self.problem, self.since, self.tick = problem, since, tick
        self.instants: Ints = np.arange(since, until + 1, tick, dtype=np.int64)
        self.model: Any = cp_model.CpModel()
        self.domain = cp_model.Domain
        self.true: Var = self.model.new_constant(1)
        self.together = Together(problem)
        n = range(problem.n_op)
        self.setup_start, self.start, self.end = ([self.time() for _ in n] for _ in range(3))
        self.takes = [self._choice(self._candidates(op)) for op in n]
        self.fills = [[self._choice(members) for members in self._members(op)] for op in n]
        self.changes = [self._choice(self._changeovers(op)) for op in n]
        self.changeover = [sum(us * literal for us, literal in self.changes[op].items()) for op in n]
        self._lead = [self._choice(self._leaders(op)) for op in n]
        self._cache: dict[object, Var] = {}
        for op in n:
            for leader, literal in self._lead[op].items():
                self.model.add_implication(literal, self._lead[leader][leader])

    # -- what may be chosen ------------------------------------------------------------------------------------------

    def _candidates(self, op: int) -> list[int]:
        step, ptr = self.problem.ops.step[op], self.problem.steps.cand_ptr
        return list(range(int(ptr[step]), int(ptr[step + 1])))

    def _members(self, op: int) -> list[list[int]]:
        S, step = self.problem.steps, self.problem.ops.step[op]
        sets = S.need_set[S.need_ptr[step] : S.need_ptr[step + 1]].tolist()
        return [sorted(set(S.set_res[S.set_ptr[s] : S.set_ptr[s + 1]].tolist())) for s in sets]

    def _changeovers(self, op: int) -> list[int]:
        """Every amount of changeover work that any place in any sequence can ask of an operation."""
        C, family = self.problem.changeovers, int(self.problem.ops.family[op])
        if family < 0 or not C.n_family:
            return [0]
        stretch = self.problem.steps.cand_stretch[self._candidates(op)].tolist()
        return sorted({0} | {stretched(us, s) for us in C.us[family :: C.n_family].tolist() for s in stretch})

    def _leaders(self, op: int) -> list[int]:
        key = self.problem.ops.batch_key
        return [*(k for k in range(op) if key[k] == key[op] >= 0), op]

    def _choice(self, options: Sequence[int]) -> dict[int, Var]:
        """A literal for each option, exactly one of them true."""
        if len(options) == 1:
            return {options[0]: self.true}
        literals = {option: self.model.new_bool_var("") for option in options}
        self.model.add_exactly_one(literals.values())
        return literals

    # -- variables and literals --------------------------------------------------------------------------------------

    def time(self) -> Var:
        """A new instant."""
        return self.model.new_int_var(0, self.instants.size - 1, "")

    def ceil(self, seconds: int) -> int:
        """Seconds in ticks, rounded up."""
        return -(-seconds // self.tick)

    def floor(self, seconds: int) -> int:
        """Seconds in ticks, rounded down."""
        return seconds // self.tick

    def any(self, literals: Sequence[Var]) -> Var:
        """A literal that is true when one of these is."""
        if len(literals) == 1:
            return literals[0]
        found = self.model.new_bool_var("")
        self.model.add_max_equality(found, [*literals, 0])
        return found

    def all(self, literals: Sequence[Var]) -> Var:
        """A literal that is true when all of these are."""
        rest = [literal for literal in literals if literal is not self.true]
        if len(rest) <= 1:
            return rest[0] if rest else self.true
        found = self.model.new_bool_var("")
        self.model.add_min_equality(found, rest)
        return found

    def primaries(self, op: int) -> list[int]:
        """Resources an operation may have as its primary."""
        return sorted({int(self.problem.steps.cand_res[cand]) for cand in self.takes[op]})

    def on(self, op: int, res: int) -> Var:
        """Whether an operation has this primary resource."""
        literals = [lit for cand, lit in self.takes[op].items() if self.problem.steps.cand_res[cand] == res]
        return self._once(("on", op, res), lambda: self.any(literals) if literals else ~self.true)

    def before(self, i: int, j: int) -> Var:
        """Whether operation `i` comes before `j` in the order of setup starts, ties broken."""
        if i > j:
            return ~self.before(j, i)

        def made() -> Var:
            found = self.model.new_bool_var("")
            self.model.add(self.place(i) < self.place(j)).only_enforce_if(found)
            self.model.add(self.place(i) > self.place(j)).only_enforce_if(~found)
            return found

        return self._once(("before", i, j), made)

    def place(self, op: int) -> Var:
        """A number that rises along the order of setup starts and differs between operations."""
        n = self.problem.n_op
        leader = sum(k * literal for k, literal in self._lead[op].items())
        return self.setup_start[op] * n * n + leader * n + op

    def longer(self, start: Var, end: Var) -> Var:
        """Whether there is any time from start to end."""

        def made() -> Var:
            found = self.model.new_bool_var("")
            self.model.add(end > start).only_enforce_if(found)
            self.model.add(end <= start).only_enforce_if(~found)
            return found

        return self._once(("longer", start.index, end.index), made)

    def starts_in(self, op: int, first: int, last: int) -> Var:
        """Whether an operation's setup starts at or after one instant and before another."""
        a, b = self.ceil(first - self.since), self.ceil(last - self.since) - 1
        found = self.model.new_bool_var("")
        inside = self.domain(a, b)
        self.model.add_linear_expression_in_domain(self.setup_start[op], inside).only_enforce_if(found)
        self.model.add_linear_expression_in_domain(self.setup_start[op], inside.complement()).only_enforce_if(~found)
        return found

    def weeks(self) -> Iterator[tuple[int, int]]:
        """The weeks of the model: where each begins and ends."""
        starts = [int(self.instants[0]) - 1, *self.problem.shop.week_start.tolist(), int(self.instants[-1]) + 1]
        yield from ((a, b) for a, b in pairwise(starts) if b > self.since and a <= self.instants[-1])

    def _once(self, key: object, make: Any) -> Var:
        if key not in self._cache:
            self._cache[key] = make()
        return self._cache[key]

    # -- loads -------------------------------------------------------------------------------------------------------

    def leads(self, op: int) -> Var:
        """Whether an operation leads its load, or runs alone."""
        return self._lead[op][op]

    def followers(self) -> dict[int, list[tuple[int, Var]]]:
        """For each operation those that may follow it in a load, with the literal that they do."""
        found: dict[int, list[tuple[int, Var]]] = {}
        for op, leaders in enumerate(self._lead):
            for leader, literal in leaders.items():
                if leader != op:
                    found.setdefault(leader, []).append((op, literal))
        return found

    def mates(self, i: int, j: int) -> Var | None:
        """Whether two operations run in one load; None where they never can."""
        i, j = min(i, j), max(i, j)
        if i not in self._lead[j]:
            return None

        def made() -> Var:
            both = [self.all([self._lead[i][k], self._lead[j][k]]) for k in self._lead[i]]
            return self.any(both)

        return self._once(("mates", i, j), made)

    # -- relations ---------------------------------------------------------------------------------------------------

    def pairs(self, marked: NDArray[np.bool_]) -> list[tuple[int, int, int]]:
        """The marked arcs, each with the operations before and after it."""
        arc = np.flatnonzero(marked)
        owner = np.repeat(np.arange(self.problem.n_op), np.diff(self.problem.arcs.ptr))[arc]
        return list(zip(arc.tolist(), owner.tolist(), self.problem.arcs.succ[arc].tolist(), strict=True))

    def not_before(self, x: Var, t: int, *when: Var) -> None:
        """`x` is at `t` or later."""
        self.model.add(x >= self.ceil(t - self.since)).only_enforce_if(when)

    def not_after(self, x: Var, t: int, *when: Var) -> None:
        """`x` is at `t` or sooner."""
        self.model.add(x <= self.floor(t - self.since)).only_enforce_if(when)

    def after(self, y: Var, x: Var, earliest: Ints, *when: Var) -> None:
        """`y` is no sooner than what `earliest` says for the instant `x`."""
        self._relate(x, y, -((self.since - earliest) // self.tick), None, np.ones(earliest.size, bool), when)

    def follows(self, y: Var, x: Var, values: Ints) -> None:
        """`y` is what `values` says for the instant `x`."""
        ticks = -((self.since - values) // self.tick)
        self._relate(x, y, ticks, ticks, np.ones(values.size, bool), ())

    def between(self, x: Var, y: Var, first: Ints, last: Ints, possible: NDArray[np.bool_], *when: Var) -> None:
        """`x` is one of the possible instants, and `y` one of the ticks from `first` to `last` that belong to it."""
        self._relate(x, y, first, last, possible & (first <= last) & (first < self.instants.size), when)

    def _relate(
        self, x: Var, y: Var, low: Ints, high: Ints | None, possible: NDArray[np.bool_], when: Sequence[Var]
    ) -> None:
        """Bounds on `y` that are piecewise linear in `x`, a literal for each piece."""
        pieces = []
        found = list(linear_pieces([low] if high is None else [low, high], possible))
        for a, b in found:
            inside = [self.model.new_bool_var("")] if len(found) > 1 else []
            pieces += inside
            self.model.add_linear_expression_in_domain(x, self.domain(a, b)).only_enforce_if([*when, *inside])
            for bound, sign in ((low, 1), (high, -1)):
                if bound is not None:
                    slope = int(bound[b] - bound[a]) // max(b - a, 1)
                    line = int(bound[a]) + slope * (x - a)
                    self.model.add(sign * y >= sign * line).only_enforce_if([*when, *inside])
        for piece in pieces:
            self.model.add_bool_and(list(when)).only_enforce_if(piece)
        if len(found) != 1:
            self.model.add_bool_or([*pieces, *(~literal for literal in when)])

    def setup_calendars(self, op: int) -> list[tuple[int, tuple[int, ...], list[Var]]]:
        """Candidates with the calendars open during setup, the primary's first, and the literals of that choice."""
        return self._calendars(op, RUN_ONLY)

    def run_calendars(self, op: int) -> list[tuple[int, tuple[int, ...], list[Var]]]:
        """The same for the run."""
        return self._calendars(op, SETUP_ONLY)

    def _calendars(self, op: int, other_phase: int) -> list[tuple[int, tuple[int, ...], list[Var]]]:
        p, timeline = self.problem, self.problem.shop.timeline
        base = int(p.steps.need_ptr[p.ops.step[op]])
        options = []
        for k, members in enumerate(self.fills[op]):
            by_timeline: dict[int, list[Var]] = {}
            for res, literal in members.items():
                by_timeline.setdefault(int(timeline[res]), []).append(literal)
            if p.steps.need_phase[base + k] != other_phase:
                options.append([(t, self.any(literals)) for t, literals in by_timeline.items()])
        found = []
        for cand, takes in self.takes[op].items():
            first = int(timeline[p.steps.cand_res[cand]])
            for combination in product(*options):
                key = (first, *sorted({t for t, _ in combination} - {first}))
                found.append((cand, key, [takes, *(literal for _, literal in combination)]))
        return found

    # -- the answer --------------------------------------------------------------------------------------------------

    def read(self, value: Any) -> Schedule:
        """The schedule that the values of the variables stand for."""
        found = empty_schedule(self.problem)
        for op in range(self.problem.n_op):
            for column, times in ((0, self.setup_start), (1, self.start), (2, self.end)):
                found[column][op] = self.since + self.tick * value(times[op])
            found.cand[op] = self._chosen(value, self.takes[op])
            found.changeover[op] = self._chosen(value, self.changes[op])
            for k, members in enumerate(self.fills[op]):
                found.need_res[self.problem.ops.need_ptr[op] + k] = self._chosen(value, members)
        leader = np.array([self._chosen(value, lead) for lead in self._lead], np.int64)
        led = np.bincount(leader, minlength=leader.size)
        found.load[:] = np.where(led[leader] > 1, leader, -1)
        order = np.lexsort((np.arange(leader.size), leader, found.setup_start))
        found.sequence[order] = np.arange(order.size)
        return found

    def hint(self, schedule: Schedule) -> None:
        """Let the solver begin at a schedule, where it is on the ticks."""
        for op in range(self.problem.n_op):
            for column, times in ((0, self.setup_start), (1, self.start), (2, self.end)):
                self.model.add_hint(times[op], self.floor(int(schedule[column][op]) - self.since))
            at = int(self.problem.ops.need_ptr[op])
            chosen = [(self.takes[op], schedule.cand[op]), (self.changes[op], schedule.changeover[op])]
            chosen += [(members, schedule.need_res[at + k]) for k, members in enumerate(self.fills[op])]
            chosen.append((self._lead[op], schedule.load[op] if schedule.load[op] >= 0 else op))
            for literals, option in chosen:
                for other, literal in literals.items():
                    if literal is not self.true:
                        self.model.add_hint(literal, int(other == option))

    def _chosen(self, value: Any, literals: dict[int, Var]) -> int:
        return next(option for option, literal in literals.items() if value(literal))


def stretched(us: int, stretch: float) -> int:
    """Changeover work on a candidate of other efficiency, rounded up to a microsecond."""
    return int(np.ceil(us * stretch - 1e-3))


def linear_pieces(values: Sequence[Ints], possible: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    """Stretches of possible positions, first and last, over which all values rise evenly."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], possible, [False]]).astype(np.int8)))
    for first, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        bends = [np.flatnonzero(np.diff(v[first:end], n=2)) + first + 1 for v in values]
        bend = np.unique(np.concatenate(bends)).tolist()
        a = first
        for b in [*bend, end - 1]:
            if b >= a:
                yield a, b
                a = b + 1
