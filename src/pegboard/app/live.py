"""A plan kept warm: what it leaves free is worked out once, and any number of questions are asked of it.

Lines are fitted into its gaps, others taken out first where they change; nobody else moves. The plan itself is never
touched: what comes of a question is another plan.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import compress

import numpy as np

from pegboard.app.outcome import Outcome
from pegboard.domain.calendar import DAY
from pegboard.domain.factory import Factory
from pegboard.domain.order import OrderLine
from pegboard.insight.leftovers import leftovers
from pegboard.insight.planned import Planned
from pegboard.planning.lines import hopeless, line_of
from pegboard.planning.lotsize import rule_for
from pegboard.planning.on_top import Ground, pull_on_top, redated
from pegboard.planning.run import Barred, LeadDays
from pegboard.scheduling.build import build
from pegboard.scheduling.check import Verdict, check
from pegboard.scheduling.engines.fit import Standing, cleared, counts_use, fit, standing
from pegboard.scheduling.engines.squeeze import squeeze
from pegboard.scheduling.excerpt import judged_beside
from pegboard.scheduling.problem import Ints, Problem, Schedule
from pegboard.scheduling.result import Result, line_completions, score
from pegboard.tables.joined import Kept, Pegging, all_kept, dated, joined
from pegboard.tables.supply import LeftOut, Line, SupplyPlan

PATIENCE = (0, 1, 2, 4, 8, 16, 32, 64)
"""Days that new operations are put off where what stands has rules that gaps alone do not show."""
HASTE = DAY // 24
"""Within how many seconds the time is known by which they must be put off."""
AHEAD = (0.0, 1.0, 4.0)
"""Days before their latest starts at which operations of an order are tried, before as soon as they can."""

ENDLESS = 1 << 60
"""Work that never ends: a candidate that has so much to do is never taken."""


@dataclass(frozen=True)
class Room:
    """What a plan leaves free once some of its lines are taken out: `kept` is the rest of it."""

    kept: Kept
    standing: Standing
    ground: Ground


@dataclass(frozen=True)
class Fitted:
    """Lines fitted into a plan: their supply on top of it, their own scheduling problem, and where it puts them."""

    factory: Factory
    supply: SupplyPlan
    problem: Problem
    schedule: Schedule

    @cached_property
    def completion(self) -> list[int]:
        """When each line is complete."""
        found: list[int] = line_completions(self.problem, self.schedule).tolist()
        return found


class LivePlan:
    """A certified plan and the room that it leaves."""

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome

    @property
    def planned(self) -> Planned:
        """The schedule of the plan with all it was made from."""
        return self.outcome.planned

    @cached_property
    def room(self) -> Room:
        """What the whole plan leaves."""
        p = self.planned
        return self._room(all_kept(p.supply), standing(p.problem, p.schedule))

    def room_without(self, kept: Kept) -> Room:
        """What the plan leaves where only some of it is kept."""
        return self._room(kept, cleared(self.room.standing, ~kept.op))

    def _room(self, kept: Kept, standing: Standing) -> Room:
        p = self.planned
        return Room(kept, standing, Ground(p.factory, leftovers(p, kept), p.supply, kept, self._lead_days))

    def room_in(self, room: Room, factory: Factory) -> Room:
        """The same room where suppliers, or the order of routes, are those of another factory."""
        ground = Ground(factory, room.ground.leftovers, self.planned.supply, room.kept, self._lead_days)
        return replace(room, ground=ground)

    @cached_property
    def pegging(self) -> Pegging:
        """Who draws on what."""
        return Pegging(self.planned.supply)

    @cached_property
    def _lead_days(self) -> LeadDays:
        return LeadDays(self.planned.factory, self.planned.table)

    def fitted(
        self, room: Room, factory: Factory, records: Sequence[OrderLine], not_before: int
    ) -> Fitted | list[LeftOut]:
        """The lines fitted into a room one after the other, or every reason why they cannot be.

        None starts before an instant.
        `factory` is that of the plan, and may know more variants.
        """
        lines = [line_of(factory, record) for record in records]
        if never := [left_out for line in lines if (left_out := hopeless(factory, line))]:
            return never
        barred: Barred = frozenset()
        spoiled: Barred = frozenset()
        while True:
            found = self._pulled(room, factory, lines, barred)
            if isinstance(found, list):
                return found
            supply, problem = found
            waited = 0
            for days in PATIENCE:
                floor = np.maximum(problem.not_before, max(not_before, factory.now) + days * DAY)
                schedule = fit(room.standing, problem, floor)
                if isinstance(schedule, int):
                    nowhere = f"operation {problem.name(schedule)} finds no place before the planning horizon"
                    return [LeftOut("unschedulable", nowhere)]
                if spoiled := _spoiled(supply, schedule) - barred:
                    break
                fitted = Fitted(factory, supply, problem, schedule)
                if not self.verdict(room, fitted).violations:
                    return self._sooner(room, fitted, max(not_before, factory.now), waited, days * DAY)
                waited = days * DAY
            if not spoiled:
                return [LeftOut("unschedulable", "what stands leaves it no room in which every constraint holds")]
            barred |= spoiled

    def _sooner(self, room: Room, fitted: Fitted, not_before: int, vain: int, waited: int) -> Fitted:
        """The same lines put off by less, which is halved between a time in vain and one that was not."""
        while waited - vain > HASTE:
            middle = (vain + waited) // 2
            floor = np.maximum(fitted.problem.not_before, not_before + middle)
            schedule = fit(room.standing, fitted.problem, floor)
            found = None if isinstance(schedule, int) else replace(fitted, schedule=schedule)
            if found and not _spoiled(found.supply, found.schedule) and not self.verdict(room, found).violations:
                fitted, waited = found, middle
            else:
                vain = middle
        return fitted

    def _pulled(
        self, room: Room, factory: Factory, lines: list[Line], barred: Barred
    ) -> tuple[SupplyPlan, Problem] | list[LeftOut]:
        """The supply of lines on top of the plan and the problem of scheduling it, or what is missing."""
        p = self.planned
        table = p.table.extended(factory)
        top, missing = pull_on_top(room.ground, factory, table, lines, barred)
        if missing:
            return missing
        return top, build(factory, table, dated(top, p.deliveries), frozenset(), p.problem)

    def just_in_time(self, room: Room, fitted: Fitted, not_before: int) -> Fitted:
        """The same lines as late as they can be without being late, if they are on time at all."""
        problem = fitted.problem
        if not _in_time(problem, fitted.schedule):
            return fitted
        for days in AHEAD:
            floor = np.maximum(problem.latest_start - int(days * DAY), problem.not_before)
            schedule = fit(room.standing, problem, np.maximum(floor, not_before))
            if isinstance(schedule, int) or not _in_time(problem, schedule) or _spoiled(fitted.supply, schedule):
                continue
            later = replace(fitted, schedule=schedule)
            if not self.verdict(room, later).violations:
                return later
        return fitted

    def without_candidates(self, room: Room, fitted: Fitted, dear: np.ndarray, not_before: int) -> Fitted | None:
        """The same lines, as soon as they can without the candidates that `dear` marks; None where they cannot."""
        problem = fitted.problem
        steps = problem.steps._replace(cand_fixed=np.where(dear, ENDLESS, problem.steps.cand_fixed))
        spared = replace(problem, steps=steps)
        schedule = fit(room.standing, spared, np.maximum(problem.not_before, not_before))
        if isinstance(schedule, int) or _spoiled(fitted.supply, schedule):
            return None
        found = replace(fitted, schedule=schedule)
        return None if self.verdict(room, found).violations else found

    def stands_alone(self, rows: Sequence[int], kept: Kept) -> bool:
        """Whether lines can be taken out of the plan without a trace, so that only `kept` stays.

        Not where work that has begun, kept stocks, orders that ship together or counted use depend on them.
        """
        p = self.planned
        for link in compress(p.supply.links, (~kept.link).tolist()):
            if p.factory.items[link.item].policy != "mto":
                return False
            if link.supply_kind == "wo" and p.supply.works[link.index].record is not None:
                return False
        orders = {p.supply.lines[i].record.order for i in rows}
        together = (line.record.ship_complete for line in p.supply.lines if line.record.order in orders)
        return not any(together) and not counts_use(p.problem, np.flatnonzero(~kept.op))

    def leaves_too_much(self, room: Room, fitted: Fitted) -> bool:
        """Whether a lot that was shared with those taken out is larger now than its lot rule asks for."""
        supply, factory = self.planned.supply, self.planned.factory
        gone = {(x.supply_kind, x.index) for x in compress(supply.links, (~room.kept.link).tolist()) if x.index >= 0}
        shared = {at for at in gone if (room.kept.work if at[0] == "wo" else room.kept.purchase)[at[1]]}
        if not shared:
            return False
        pegged: dict[tuple[str, int], float] = defaultdict(float)
        for at in shared:
            pegged[at] = sum(supply.links[i].qty for i in self.pegging.of_supply[at] if room.kept.link[i])
        for link in fitted.supply.links:
            pegged[link.supply_kind, -2 - link.index] += link.qty
        return any(self._lot(at) > self._needed(at, pegged[at], factory) * (1 + 1e-9) for at in shared)

    def _lot(self, at: tuple[str, int]) -> float:
        supply = self.planned.supply
        return supply.works[at[1]].good if at[0] == "wo" else supply.purchases[at[1]].qty

    def _needed(self, at: tuple[str, int], qty: float, factory: Factory) -> float:
        """The lot that a quantity asks for."""
        supply = self.planned.supply
        source = None if at[0] == "wo" else supply.purchases[at[1]].source
        item = supply.works[at[1]].item if at[0] == "wo" else supply.purchases[at[1]].item
        return rule_for(factory, item, source).lot(qty)

    def verdict(self, room: Room, fitted: Fitted) -> Verdict:
        """The referee's word on the fitted lines and all that stands on the resources they use."""
        p = self.planned
        return judged_beside(p.problem, p.schedule, room.kept.op, fitted.problem, fitted.schedule)

    def promised(self, fitted: Fitted, record: OrderLine) -> Fitted:
        """The one fitted line as `record` has it, with the latest dates that its due date asks for."""
        factory = fitted.factory
        table = self.planned.table.extended(factory)
        return replace(fitted, supply=redated(factory, table, fitted.supply, line_of(factory, record)))

    def accepted(self, room: Room, fitted: Fitted, factory: Factory, factory_hash: str) -> Outcome:
        """The plan with the fitted lines in it, judged by the referee; `factory` has them among its lines."""
        supply, problem = self._with(room, fitted, factory)
        p = self.planned
        schedule = _joined(p.problem, p.schedule, room.kept.op, fitted, problem)
        return self._outcome(room, factory, supply, problem, schedule, factory_hash, "fitted in")

    def with_only(self, lines: Collection[str], factory: Factory) -> Outcome:
        """The plan without the other lines and what was made or bought for them alone; `factory` has only these."""
        p = self.planned
        gone = [i for i, line in enumerate(p.supply.lines) if line.id not in lines]
        if not gone:
            return replace(self.outcome, planned=replace(p, factory=factory))
        room = self.room_without(self.pegging.without(gone))
        nothing = self.fitted(room, factory, [], factory.now)
        assert isinstance(nothing, Fitted)
        return self.accepted(room, nothing, factory, self.outcome.terms.factory_hash)

    def squeezed(self, room: Room, fitted: Fitted, factory: Factory, factory_hash: str, ahead_days: float) -> Outcome:
        """The plan with the lines squeezed in: others are earlier, and perhaps later, to make room for them."""
        supply, problem = self._with(room, fitted, factory)
        p = self.planned
        was = _joined(p.problem, p.schedule, room.kept.op, fitted, problem)
        n = int(room.kept.op.sum())
        for column in (was.end, was.cand):
            column[n:] = -1
        done = line_completions(p.problem, p.schedule)[room.kept.line]
        wanted = np.concatenate([done, fitted.problem.line_need])
        schedule = squeeze(problem, was, wanted, ahead_days)
        return self._outcome(room, factory, supply, problem, schedule, factory_hash, "squeezed in")

    def _with(self, room: Room, fitted: Fitted, factory: Factory) -> tuple[SupplyPlan, Problem]:
        """The supply and the problem of the plan with the fitted lines."""
        p = self.planned
        supply = joined(p.supply, room.kept, fitted.supply)
        unpinned = self.outcome.terms.unpinned
        return supply, build(factory, p.table.extended(factory), supply, unpinned, p.problem)

    def _outcome(
        self,
        room: Room,
        factory: Factory,
        supply: SupplyPlan,
        problem: Problem,
        schedule: Schedule,
        factory_hash: str,
        how: str,
    ) -> Outcome:
        was = self.outcome
        n_new = len(supply.lines) - int(room.kept.line.sum())
        wanted = np.concatenate([was.wanted[room.kept.line], np.ones(n_new, bool)])
        engine = was.result.engine.removesuffix(f", {how}")
        result = Result(schedule, f"{engine}, {how}", score(problem, schedule, wanted))
        planned = Planned(factory, self.planned.table.extended(factory), supply, problem, schedule)
        terms = replace(was.terms, factory_hash=factory_hash)
        return Outcome(planned, wanted, result, check(problem, schedule), list(was.findings), terms, was.checked)


def _spoiled(supply: SupplyPlan, schedule: Schedule) -> Barred:
    """Lots that expire before they are used, each with the line that would use it."""
    found = set()
    for link in supply.links:
        if link.op >= 0 and link.expires <= schedule.setup_start[link.op]:
            found.add((link.supply, supply.lines[supply.works[link.work].line].id))
    return frozenset(found)


def _in_time(problem: Problem, schedule: Schedule) -> bool:
    done = line_completions(problem, schedule)
    return bool(((done >= 0) & (done <= problem.line_need)).all())


def _joined(was: Problem, schedule: Schedule, kept: np.ndarray, fitted: Fitted, now: Problem) -> Schedule:
    """The places of all operations; a candidate is the same one of its step wherever that stands in the table."""
    n = int(kept.sum())
    new = fitted.schedule
    needs = np.repeat(kept, np.diff(was.ops.need_ptr))
    step = was.ops.step[kept]
    old_cand = schedule.cand[kept] - was.steps.cand_ptr[step] + now.steps.cand_ptr[now.ops.step[:n]]
    cand = np.concatenate([old_cand, new.cand])
    number = np.full(kept.size + 1, -1, np.int64)
    number[:-1][kept] = np.arange(n)

    def both(name: str) -> Ints:
        return np.concatenate([getattr(schedule, name)[kept], getattr(new, name)])

    return Schedule(
        setup_start=both("setup_start"),
        start=both("start"),
        end=both("end"),
        cand=cand,
        need_res=np.concatenate([schedule.need_res[needs], new.need_res]),
        changeover=both("changeover"),
        sequence=both("sequence"),
        load=np.concatenate([number[schedule.load[kept]], np.where(new.load >= 0, new.load + n, -1)]),
    )
