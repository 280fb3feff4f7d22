"""A resource is maintained after so many hours of work or so many operations, in its open time between two of them."""

from collections.abc import Iterator

import numpy as np

from pegboard.domain.calendar import FAR
from pegboard.domain.plan import Violation
from pegboard.kernels.arrays import Schedule
from pegboard.scheduling.cpheld import CpHold, chain, present, working
from pegboard.scheduling.cpmodel import CpModel, Var
from pegboard.scheduling.held import UNIT, holds, leaders
from pegboard.scheduling.problem import Ints, Problem
from pegboard.scheduling.view import OpenTime, placed, run_work, run_work_of, setup_work


class Maintenance:
    """Before an operation that would take work or cycles since the last maintenance above their limit lies one.

    From the latest end so far, or now, to the operation's setup start the
    resource has at least `maint_time` open; then the counts begin at zero. Counts of zero need none, and what was begun
    before now goes on without one. A load is one cycle with the work of its longest lot. Only for capacity 1.
    """

    name = "maintenance"

    def instances(self, problem: Problem) -> int:
        """One for each operation that may hold a maintained resource, and each such resource of it."""
        S, kept = problem.steps, set(self._maintained(problem))
        found = 0
        if not kept:
            return found
        for step, count in zip(*np.unique(problem.ops.step, return_counts=True), strict=True):
            sets = S.need_set[S.need_ptr[step] : S.need_ptr[step + 1]].tolist()
            able = [S.set_res[S.set_ptr[s] : S.set_ptr[s + 1]] for s in sets]
            own = S.cand_res[S.cand_ptr[step] : S.cand_ptr[step + 1]]
            found += int(count) * len(kept & {int(res) for group in (own, *able) for res in group})
        return found

    def violations(self, problem: Problem, schedule: Schedule) -> Iterator[Violation]:
        """Operations before which the resource should have been maintained, but was not free for long enough."""
        p, h = problem, holds(problem, schedule)
        work = np.zeros(p.n_op, np.int64)
        ops = placed(schedule)
        work[ops] = setup_work(p, schedule, ops) + run_work(p, schedule, ops)
        lead = leaders(p, schedule)
        for res in self._maintained(p):
            rows = np.flatnonzero((h.res == res) & (h.until > h.start))
            rows = rows[np.lexsort((schedule.sequence[lead[h.op[rows]]], schedule.setup_start[h.op[rows]]))]
            for op in self._missing(p, schedule, res, rows, lead[h.op[rows]], work[h.op[rows]], h.end):
                what = f"begins before {p.res_names[res]} has had {p.shop.maint_time[res] / 60:g} min of maintenance"
                yield Violation(constraint=self.name, subject=p.name(op), what=what)

    def _missing(
        self, p: Problem, schedule: Schedule, res: int, rows: Ints, lead: Ints, work: Ints, until: Ints
    ) -> Iterator[int]:
        """Operations, or leaders of loads, that come to one resource without the maintenance before them."""
        R, row = p.shop, p.timeline_rows[int(p.shop.timeline[res])]
        worked, cycles, free = int(R.used_work[res]), int(R.used_cycles[res]), p.now
        for op in dict.fromkeys(lead.tolist()):
            mine = lead == op
            adds = int(work[mine].max())
            at = int(schedule.setup_start[op])
            too_much = worked + adds > R.maint_work[res] or cycles + 1 > R.maint_cycles[res]
            if too_much and (worked or cycles) and not p.ops.setup_done[op]:
                if row.open_until(at) - row.open_until(free) < R.maint_time[res] or at < free:
                    yield op
                worked = cycles = 0
            worked, cycles = worked + adds, cycles + 1
            free = max(free, int(until[rows[mine]].max()))

    def _maintained(self, problem: Problem) -> list[int]:
        R = problem.shop
        limited = (R.maint_work < FAR) | (R.maint_cycles < FAR)
        found: list[int] = np.flatnonzero(limited & (R.capacity == UNIT)).tolist()
        return found

    def post(self, problem: Problem, cp: CpModel) -> None:
        """A chain along each maintained resource that carries its counts, and free time where they run over."""
        held = working(cp, keeping=False)
        for res in self._maintained(problem):
            _Counts(cp, res, [hold for hold in held if hold.res == res and hold.units > 0]).post()


class _Counts:
    """Work, cycles and latest end before each operation of one resource, as variables along its chain."""

    def __init__(self, cp: CpModel, res: int, held: list[CpHold]) -> None:
        self.cp, self.res, self.held = cp, res, held
        self.there = present(cp, held)
        self.adds = {op: self._work(op) for op in self.there}
        p, R = cp.problem, cp.problem.shop
        most = int(R.used_work[res]) + 2 * sum(self._most(op) for op in range(p.n_op))
        self.worked, self.worked_after = ({op: cp.model.new_int_var(0, most, "") for op in self.there} for _ in "ab")
        count = int(R.used_cycles[res]) + p.n_op
        self.cycles, self.cycles_after = ({op: cp.model.new_int_var(0, count, "") for op in self.there} for _ in "ab")
        self.free, self.free_after = ({op: cp.time() for op in self.there} for _ in "ab")

    def post(self) -> None:
        """Link each operation to the one before it, and count."""
        cp, R, res = self.cp, self.cp.problem.shop, self.res
        first = (int(R.used_work[res]), int(R.used_cycles[res]), max(cp.floor(cp.problem.now - cp.since), 0))
        fresh = dict.fromkeys(self.there, ~cp.true)
        for (i, j), follows in chain(cp, self.there).items():
            before = (self.worked_after[i], self.cycles_after[i], self.free_after[i]) if i >= 0 else first
            if i < 0 and not first[0] and not first[1]:
                fresh[j] = follows
            for mine, theirs in zip((self.worked[j], self.cycles[j], self.free[j]), before, strict=True):
                cp.model.add(mine == theirs).only_enforce_if(follows)
        for op, there in self.there.items():
            self._count(op, there, fresh[op])

    def _count(self, op: int, there: Var, fresh: Var) -> None:
        cp, R, res = self.cp, self.cp.problem.shop, self.res
        due = cp.model.new_bool_var("")
        over = [
            self._above(self.worked[op] + self.adds[op], int(R.maint_work[res])),
            self._above(self.cycles[op] + 1, int(R.maint_cycles[res])),
        ]
        if cp.problem.ops.setup_done[op]:
            cp.model.add(due == 0)
        else:
            cp.model.add(due == cp.all([cp.any(over), there, ~fresh]))
        afters = (self.worked_after[op], self.cycles_after[op])
        for after, before, adds in zip(afters, (self.worked[op], self.cycles[op]), (self.adds[op], 1), strict=True):
            cp.model.add(after == before + adds).only_enforce_if(there, ~due)
            cp.model.add(after == adds).only_enforce_if(due)
        mine = [hold for hold in self.held if hold.op == op]
        cp.model.add_max_equality(self.free_after[op], [self.free[op], *(self._end(hold) for hold in mine)])
        for unused in (self.worked[op], self.cycles[op], self.free[op], *afters):
            cp.model.add(unused == 0).only_enforce_if(~there)
        row = OpenTime(cp.problem.timeline_rows[int(R.timeline[res])])
        seconds = np.full(cp.instants.size, R.maint_time[res])
        cp.after(cp.setup_start[op], self.free[op], row.after_open(cp.instants, seconds), due)

    def _above(self, count: Var, limit: int) -> Var:
        """Whether a count is above a limit."""
        if limit >= FAR:
            return ~self.cp.true
        found = self.cp.model.new_bool_var("")
        self.cp.model.add(count > limit).only_enforce_if(found)
        self.cp.model.add(count <= limit).only_enforce_if(~found)
        return found

    def _end(self, hold: CpHold) -> Var:
        """The end of a hold that takes time, else the beginning of all times."""
        end = self.cp.time()
        real = self.cp.all([hold.there, self.cp.longer(hold.start, hold.end)])
        self.cp.model.add(end == hold.end).only_enforce_if(real)
        self.cp.model.add(end == 0).only_enforce_if(~real)
        return end

    def _work(self, op: int) -> Var:
        """Setup and run work of an operation; of the longest of its load where it leads one on this resource."""
        cp = self.cp
        amounts = [self._own(op)]
        for other, follows in cp.followers().get(op, []):
            mine = cp.model.new_int_var(0, self._most(other), "")
            here = cp.all([follows, cp.on(op, self.res)])
            cp.model.add(mine == self._own(other)).only_enforce_if(here)
            cp.model.add(mine == 0).only_enforce_if(~here)
            amounts.append(mine)
        found = cp.model.new_int_var(0, max(self._most(other) for other in range(cp.problem.n_op)), "")
        cp.model.add_max_equality(found, amounts)
        return found

    def _own(self, op: int) -> Var:
        p, cp = self.cp.problem, self.cp
        qty, begun = float(p.ops.qty[op]), bool(p.ops.setup_done[op])
        fixed = {c: run_work_of(p, c, qty) + (0 if begun else int(p.steps.cand_setup[c])) for c in cp.takes[op]}
        return sum(us * cp.takes[op][c] for c, us in fixed.items()) + (0 if begun else cp.changeover[op])

    def _most(self, op: int) -> int:
        p = self.cp.problem
        qty = float(p.ops.qty[op])
        longest = max(run_work_of(p, c, qty) + int(p.steps.cand_setup[c]) for c in self.cp.takes[op])
        return longest + max(self.cp.changes[op])
