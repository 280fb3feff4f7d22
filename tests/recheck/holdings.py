"""Which resources an operation holds, when, and what calendars bind it."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from tests.recheck.calendar import Calendar
from tests.recheck.calendars import Reading
from tests.recheck.factory import Factory
from tests.recheck.facts import Facts
from tests.recheck.plan import Plan
from tests.recheck.plan_records import Operation
from tests.recheck.records import Mode, NeedRow
from tests.recheck.values import EPS, Span, number


@dataclass(frozen=True)
class Holding:
    """A resource held by an operation over an interval of time."""

    operation: int
    resource: str
    units: float
    start: float
    end: float


class Holdings(Facts):
    """The further resources of operations and the calendars of their phases."""

    def __init__(self, factory: Factory, plan: Plan, reading: Reading) -> None:
        super().__init__(factory, plan, reading)
        self._assignments: dict[tuple[object, ...], tuple[tuple[NeedRow, str, float], ...] | None] = {}
        self._phases: dict[tuple[object, ...], tuple[Calendar, Calendar]] = {}

    def assignment(self, op: Operation) -> tuple[tuple[NeedRow, str, float], ...] | None:
        """Which of the operation's `also` serves which need; None when no way fits."""
        step = self.step(op)
        when = self.clock.day(op.setup_start) if any(need.skill for need in step.needs) else None
        key = (op.wo if self.work_orders[op.wo].options else "", self.work_orders[op.wo].item, op.step, op.also, when)
        if key not in self._assignments:
            self._assignments[key] = self._assign(step.needs, op.also, when)
        return self._assignments[key]

    def _assign(
        self, needs: tuple[NeedRow, ...], also: tuple[str, ...], when: date | None
    ) -> tuple[tuple[NeedRow, str, float], ...] | None:
        """A small search: every need gets a legal member, every name in `also` has something to do."""
        choices: list[list[tuple[str, ...]]] = []
        for need in needs:
            legal = [name for name in dict.fromkeys(also) if self._may_serve(need, name, when)]
            options: list[tuple[str, ...]] = [(name,) for name in legal]
            # Reading: a need of 2 is one resource that offers 2 units, or two resources.
            if need.units >= 2 and need.units == int(need.units):
                options += list(itertools.combinations(legal, int(need.units)))
            choices.append(options)
        for chosen in itertools.islice(itertools.product(*choices), 20_000):
            found = tuple(
                (need, name, need.units if len(names) == 1 else 1.0)
                for need, names in zip(needs, chosen, strict=True)
                for name in names
            )
            if {name for _, name, _ in found} == set(also) and self._no_clash(found):
                return found
        return None

    def _may_serve(self, need: NeedRow, name: str, when: date | None) -> bool:
        if name not in need.members or name not in self.factory.resources:
            return False
        skill = self.factory.skills.get(need.skill, {}).get(name, {})
        if need.skill and number(skill.get("level")) < need.min_level:
            return False
        valid_to = skill.get("valid_to", "")
        # Reading: a skill serves an operation that begins on or before its last day.
        return not valid_to or when is None or when <= self.clock.day(self.clock.read(valid_to))

    def _no_clash(self, found: tuple[tuple[NeedRow, str, float], ...]) -> bool:
        """One resource serves two needs at the same time only as far as its capacity goes."""
        for phase in ("setup", "run"):
            load: Counter[str] = Counter()
            for need, name, units in found:
                if need.phase in {"both", phase}:
                    load[name] += units if self._counts_units(name) else 1.0  # type: ignore[assignment]
            if any(units > self.factory.resources[name].capacity + EPS for name, units in load.items()):
                return False
        return True

    def _counts_units(self, name: str) -> bool:
        return self.factory.resources[name].kind in {"labour", "space"}

    def others(self, op: Operation, phase: str) -> tuple[str, ...]:
        found = self.assignment(op)
        if found is None:  # the rule `eligibility` reports it; go on with what is known
            return tuple(name for name in op.also if name in self.factory.resources)
        return tuple(dict.fromkeys(name for need, name, _ in found if need.phase in {"both", phase}))

    def phase_calendars(self, op: Operation) -> tuple[Calendar, Calendar]:
        """When setup and when run are possible."""
        key = (op.resource, self.others(op, "setup"), self.others(op, "run"))
        if key not in self._phases:
            self._phases[key] = (self.book.together(op.resource, key[1]), self.book.together(op.resource, key[2]))
        return self._phases[key]

    def efficiency(self, op: Operation) -> float:
        return self.factory.resources[op.resource].efficiency

    def held(self, op: Operation, phase: str) -> Span | None:
        """The interval a phase holds, from its first to its last working instant.

        "12:00 and 13:00 around a lunch gap are the same working instant" (C3), so closed time at either edge is cut.
        """
        setup, run = self.phase_calendars(op)
        parts: list[Span] = []
        if phase != "run" and op.start > op.setup_start:
            parts.append((setup.first_open(op.setup_start), setup.last_open(op.start)))
        if phase != "setup" and op.end > op.start:
            parts.append((run.first_open(op.start), run.last_open(op.end)))
        parts = [(a, b) for a, b in parts if a < b]
        return (parts[0][0], parts[-1][1]) if parts else None

    def holdings(self) -> Iterator[Holding]:
        """Every resource every operation holds."""
        for i, op in enumerate(self.operations):
            if not self.is_scheduled(op):
                continue
            span = self.held(op, "both")
            if span:
                yield Holding(i, op.resource, 1.0, span[0], max(span[1], self.blocked_until(op)))
            for need, name, units in self.assignment(op) or ():
                span = self.held(op, need.phase)
                if span:
                    yield Holding(i, name, units if self._counts_units(name) else 1.0, *span)

    def blocked_until(self, op: Operation) -> float:
        """ "The primary resource is held from setup_start to the latest setup_start of the next steps of the same work
        order (to end where there are none or they have not been placed)"."""
        if not self.step(op).blocking:
            return op.end
        return max([op.end, *(later.setup_start for later in self.next_operations(op))])

    def stored(self) -> Iterator[Holding]:
        """ "The started quantity is held on that resource from end to the latest setup_start of the next steps; nothing
        where that is no positive stretch"."""
        for i, op in enumerate(self.operations):
            until = max((later.setup_start for later in self.next_operations(op)), default=op.end)
            if self.step(op).storage and until > op.end:
                yield Holding(i, self.step(op).storage, self.started(op), op.end, until)

    def run_work(self, op: Operation, mode: Mode) -> list[float] | None:
        """Minutes of run work, "fixed_min + qty started x run_min x run_factor"; None when a formula is unknown."""
        step = self.step(op)
        if step.fixed_min is None or mode.run_min is None:
            return None
        per = mode.run_min * mode.run_factor
        if step.per_lot:
            return [step.fixed_min + per]
        return [step.fixed_min + quantity * per for quantity in self.quantities(op)]

    def modes_on(self, op: Operation) -> list[Mode]:
        return [mode for mode in self.step(op).modes if op.resource in mode.resources]
