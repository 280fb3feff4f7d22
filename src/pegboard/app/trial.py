"""Try something for a late line: solve it beside the plan as it stands, and see what that gives and whom it hurts.

A trial either leaves everybody in place but the lines that gain or move (`Fitting`), or is a plan of its own (`Whole`).
Both can be had as the plan that was shown.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from itertools import compress
from typing import NamedTuple

from pegboard.app.live import Fitted, LivePlan, Room
from pegboard.app.outcome import Outcome
from pegboard.domain.change import Change, Pin
from pegboard.domain.factory import Factory
from pegboard.domain.order import OrderLine
from pegboard.domain.quote import Moved, PromiseLine
from pegboard.domain.remedy import Remedy, RemedyKind
from pegboard.insight.planned import Planned
from pegboard.scheduling.problem import Problem, Schedule
from pegboard.tables.supply import Line

_STEP = re.compile(r"\.\d+(/\d+)?$")


class Place(NamedTuple):
    """The resource of an operation, and when its setup and its run start."""

    resource: str
    setup_start: int
    start: int


class Subject:
    """A late line of a plan, and what trials are compared with."""

    def __init__(self, live: LivePlan, row: int) -> None:
        self.live, self.row = live, row
        self.now = live.planned.factory.now

    @property
    def planned(self) -> Planned:
        """The plan in which the line is late."""
        return self.live.planned

    @property
    def line(self) -> Line:
        """The line."""
        return self.planned.supply.lines[self.row]

    @property
    def done(self) -> int:
        """When it is complete."""
        found = self.planned.completion[self.row]
        assert found is not None
        return found

    @cached_property
    def places(self) -> dict[str, Place]:
        """Where the plan has each operation."""
        return dict(places(self.planned.problem, self.planned.schedule))

    @cached_property
    def completion(self) -> dict[str, int]:
        """When each line of the plan is complete."""
        return completions(self.planned)

    @cached_property
    def stands_alone(self) -> bool:
        """Whether the line can be taken out of the plan without a trace, to be fitted in again."""
        return self.live.stands_alone([self.row], self.live.pegging.without([self.row]))


def completions(planned: Planned) -> dict[str, int]:
    """When each line of a plan is complete that is planned at all."""
    pairs = zip(planned.supply.lines, planned.completion, strict=True)
    return {line.id: done for line, done in pairs if done is not None}


def places(p: Problem, schedule: Schedule) -> Iterator[tuple[str, Place]]:
    """Each operation by name with its place."""
    res = p.steps.cand_res[schedule.cand].tolist()
    starts = schedule.setup_start.tolist(), schedule.start.tolist()
    for name, r, setup_start, start in zip(p.op_names, res, *starts, strict=True):
        yield name, Place(p.res_names[r], setup_start, start)


@dataclass(frozen=True)
class Fitting:
    """Lines fitted into the room of a plan, which `live` has in the factory as it is then."""

    live: LivePlan
    room: Room
    fitted: Fitted
    factory: Factory

    is_replanned = False
    certified = True
    """What the referee is against is not fitted."""

    @property
    def completion(self) -> dict[str, int]:
        """When each line is complete."""
        fitted = zip((line.id for line in self.fitted.supply.lines), self.fitted.completion, strict=True)
        return completions(self.live.planned) | dict(fitted)

    def displaced(self, subject: Subject) -> Iterator[tuple[str, Place]]:
        """Operations that are not where the plan has them, and those of the line itself."""
        p = self.live.planned
        if p is not subject.planned:
            kept = self.room.kept.op.tolist()
            yield from _displaced(subject, compress(places(p.problem, p.schedule), kept))
        yield from _displaced(subject, places(self.fitted.problem, self.fitted.schedule))

    def outcome(self, factory_hash: str) -> Outcome:
        """The plan that this gives."""
        return self.live.accepted(self.room, self.fitted, self.factory, factory_hash)


def _displaced(subject: Subject, found: Iterable[tuple[str, Place]]) -> Iterator[tuple[str, Place]]:
    mine = f"{subject.line.id}-"
    return ((name, at) for name, at in found if subject.places.get(name) != at or name.startswith(mine))


@dataclass(frozen=True)
class Whole:
    """A plan of its own; `is_replanned` where a fresh plan of the factory is the same one."""

    plan: Outcome
    is_replanned: bool

    @property
    def certified(self) -> bool:
        """Whether the referee found nothing."""
        return self.plan.is_certified

    @property
    def completion(self) -> dict[str, int]:
        """When each line is complete."""
        return completions(self.plan.planned)

    def displaced(self, subject: Subject) -> Iterator[tuple[str, Place]]:
        """Operations that are not where the plan has them, and those of the line itself."""
        p = self.plan.planned
        return _displaced(subject, places(p.problem, p.schedule))

    def outcome(self, factory_hash: str) -> Outcome:
        """The plan, as that of a factory."""
        return replace(self.plan, terms=replace(self.plan.terms, factory_hash=factory_hash))


@dataclass(frozen=True)
class Price:
    """What a remedy costs more; None where that is not known, and why."""

    cost: float | None = 0.0
    unknown: str = ""

    def __add__(self, other: "Price") -> "Price":
        if self.cost is None or other.cost is None:
            return Price(None, self.unknown or other.unknown)
        return Price(round(self.cost + other.cost, 2))


@dataclass(frozen=True)
class Trial:
    """Something tried for a line, as it was solved; `own` are the quantities that the line is divided into, by line."""

    kind: RemedyKind
    how: str
    changes: tuple[Change, ...]
    solution: Fitting | Whole
    price: Price
    own: Mapping[str, float]

    @cached_property
    def completion(self) -> dict[str, int]:
        """When each line is complete."""
        return self.solution.completion

    def gain(self, subject: Subject) -> int:
        """The lateness that it avoids, of parts weighted by their quantity."""
        due, total = subject.line.due, sum(self.own.values())
        tardy = sum(qty / total * max(0, self.completion[name] - due) for name, qty in self.own.items())
        return round(max(0, subject.done - due) - tardy)

    def remedy(self, subject: Subject) -> Remedy:
        """What it gives: to the line, and to the others."""
        line, done, after = subject.line, subject.done, self.completion
        last = max(after[name] for name in self.own)
        return Remedy(
            kind=self.kind,
            how=self.how,
            changes=self.changes,
            completion_before=done,
            lateness_before=done - line.due,
            completion=last,
            lateness=last - line.due,
            parts=tuple(PromiseLine(qty=qty, date=after[name]) for name, qty in self.own.items()),
            gain=self.gain(subject),
            cost=self.price.cost,
            cost_unknown=self.price.unknown,
            hurt=tuple(_hurt(subject, after, frozenset(self.own))),
            moved=sum(1 for _ in self._others(subject)),
            is_replanned=self.solution.is_replanned,
            certified=self.solution.certified,
        )

    def _others(self, subject: Subject) -> Iterator[str]:
        mine = tuple(f"{name}-" for name in self.own)
        return (n for n, _ in self.solution.displaced(subject) if not n.startswith(mine) and n in subject.places)

    def pins(self, subject: Subject) -> tuple[Pin, ...]:
        """What holds the operations in the places shown; nothing where a fresh plan has them there anyway.

        What is made in a lead time alone, without a routing, has no step to pin.
        """
        if self.solution.is_replanned:
            return ()
        known = subject.planned.factory.resources
        return tuple(
            Pin(
                operation=name,
                resource=at.resource if at.resource in known else "",
                start=datetime.fromtimestamp(at.start, UTC),
            )
            for name, at in sorted(self.solution.displaced(subject))
            if _STEP.search(name)
        )


def _hurt(subject: Subject, after: Mapping[str, int], own: frozenset[str]) -> Iterator[Moved]:
    for line in subject.planned.supply.lines:
        was, now = subject.completion.get(line.id), after.get(line.id)
        if line.id not in own and was is not None and now is not None and now > was:
            yield Moved(line=line.id, customer=line.record.customer, was=was, now=now, due=line.due)


def refit(live: LivePlan, row: int, factory: Factory, records: Sequence[OrderLine]) -> Fitting | None:
    """A line taken out of a plan and its records fitted in, just in time if that can be; None where that cannot be.

    `factory` is that of the plan with the records among its lines.
    """
    kept = live.pegging.without([row])
    if not live.stands_alone([row], kept):
        return None
    room = live.room_without(kept)
    if factory.suppliers is not live.planned.factory.suppliers:
        room = live.room_in(room, factory)
    fitted = live.fitted(room, factory, records, factory.now)
    if isinstance(fitted, list) or any(factory.items[x.item].policy != "mto" for x in fitted.supply.links):
        return None
    fitted = live.just_in_time(room, fitted, factory.now)
    return None if live.leaves_too_much(room, fitted) else Fitting(live, room, fitted, factory)
