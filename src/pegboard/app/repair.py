"""The use case of a disturbed plan: read where it put its operations, and put them there again as far as can be."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from pegboard.app.files import Report, read
from pegboard.app.outcome import Outcome
from pegboard.app.planning import Engine, make_plan
from pegboard.app.rules import with_rules
from pegboard.domain import change
from pegboard.domain.calendar import FAR, bounds
from pegboard.domain.factory import Factory
from pegboard.domain.finding import Finding, in_order, warning
from pegboard.domain.plan import Places, places_of
from pegboard.domain.record import Moment
from pegboard.domain.snapshot import Snapshot
from pegboard.exchange import PlanUnreadableError, read_places
from pegboard.exchange.fault import Fault, Noted
from pegboard.exchange.moment_text import moment
from pegboard.insight.comparing.stability import Stability, stability
from pegboard.scheduling.engines.dispatch import Options
from pegboard.scheduling.engines.repair import DEGREES, Degree, repair
from pegboard.scheduling.former import former
from pegboard.scheduling.locks import Lock, frozen
from pegboard.scheduling.problem import Problem
from pegboard.scheduling.result import Result
from pegboard.tables.supply import SupplyPlan

HOW = "write order=SO-1, operation=WO.20, resource=R, resource=R@2026-06-08..2026-06-12 or until=2026-06-12"


class LockUnreadableError(Exception):
    """A lock is written in a way that says nothing; the text tells why."""


@dataclass(frozen=True)
class Repaired:
    """The repaired plan and what changed, if there was something to plan, and every finding."""

    outcome: Outcome | None
    changes: Stability | None
    findings: list[Finding]


def repair_factory(path: Path, plan: Path, degree: Degree, locks: Sequence[str], seed: int, report: Report) -> Repaired:
    """Repair a plan folder for the factory as it is now. Raises `LockUnreadableError`."""
    for text in locks:
        read_lock(text, ZoneInfo("UTC"))
    report("reading", 0.0)
    try:
        places = read_places(plan)
    except PlanUnreadableError as fault:
        return Repaired(None, None, [fault.finding])
    reading = read(path)
    if reading.snapshot is None:
        return Repaired(None, None, in_order(reading.findings))
    outcome = repaired(reading.snapshot, places, degree, locks, reading.findings, reading.factory_hash, seed, report)
    factory = outcome.planned.factory
    frozen_until = factory.now + int(factory.policy.freeze_minutes * 60)
    return Repaired(outcome, stability(places, places_of(outcome.plan), frozen_until), list(outcome.plan.messages))


def repaired(
    snapshot: Snapshot,
    places: Places,
    degree: Degree,
    locks: Sequence[str],
    findings: list[Finding],
    factory_hash: str,
    seed: int,
    report: Report,
) -> Outcome:
    """The plan repaired by a degree, or by the first beyond it that the referee certifies."""
    outcome = make_plan(
        snapshot, findings, factory_hash, seed, Options(), report, repairing(places, degree, locks, Options())
    )
    if outcome.is_certified:
        return outcome
    if degree == DEGREES[-1]:
        engine = repairing(places, degree, locks, Options(pull=False))
        return make_plan(snapshot, findings, factory_hash, seed, Options(), report, engine)
    broken = outcome.plan.certificate.violations[0]
    what = f"repair by {degree} breaks {broken.constraint}: {broken.subject} {broken.what}"
    findings = [*findings, warning("S343", degree, what, "the next degree of repair was used")]
    following = DEGREES[DEGREES.index(degree) + 1]
    return repaired(snapshot, places, following, locks, findings, factory_hash, seed, report)


def repairing(places: Places, degree: Degree, locks: Sequence[str], options: Options) -> Engine:
    """The engine that puts operations back where a plan had them; `options` are for a fresh plan."""

    def engine(
        factory: Factory,
        supply: SupplyPlan,
        problem: Problem,
        wanted: np.ndarray,
        freed: frozenset[str],
        report: Report,
    ) -> tuple[Problem, Result]:
        findings: list[Finding] = []
        old = former(problem, places, findings)
        held = [_on_lines(read_lock(text, factory.zone), text, supply) for text in locks]
        held.extend(_recorded(lock, factory, supply) for lock in factory.snapshot.locks)
        if factory.policy.freeze_minutes > 0:
            held.append(frozen(problem, factory.policy.freeze_minutes))
        chosen = with_rules(options, factory, [])
        done = repair(problem, old, degree, held, wanted, freed, factory.zone, chosen, report)
        said = [*problem.findings, *findings, *done.findings]
        return replace(done.problem, findings=said), done.result

    return engine


def _recorded(lock: change.Lock, factory: Factory, supply: SupplyPlan) -> Lock:
    """A lock that is among the changes of the factory."""
    zone = factory.zone
    return Lock(
        text=" ".join(part for part in ("the lock of", lock.order, lock.operation, lock.resource) if part),
        operation=lock.operation,
        resource=lock.resource,
        lines=_rows_of(lock.order, supply) if lock.order else None,
        start=-FAR if lock.start is None else bounds(lock.start, lock.start, zone)[0],
        end=FAR if lock.end is None else bounds(lock.end, lock.end, zone)[1],
    )


def read_lock(text: str, zone: ZoneInfo) -> Lock:
    """A lock as people write it; an order's lines are filled in later. Raises `LockUnreadableError`."""
    kind, _, value = text.partition("=")
    name, _, span = value.partition("@")
    if kind == "operation" and value:
        return Lock(text, operation=value)
    if kind == "order" and value:
        return Lock(text, lines=())
    if kind == "until" and value:
        return Lock(text, end=bounds(_moment("1970-01-01", text, zone), _moment(value, text, zone), zone)[1])
    if kind == "resource" and name and "@" not in value:
        return Lock(text, resource=name)
    first, dots, last = span.partition("..")
    if kind != "resource" or not name or not dots or not (first or last):
        raise LockUnreadableError(f"--lock {text} says nothing; {HOW}")
    start = bounds(_moment(first, text, zone), _moment(first, text, zone), zone)[0] if first else -FAR
    end = bounds(_moment(last, text, zone), _moment(last, text, zone), zone)[1] if last else FAR
    return Lock(text, resource=name, start=start, end=end)


def _moment(value: str, text: str, zone: ZoneInfo) -> Moment:
    found = moment(value, zone)
    if isinstance(found, Noted):
        found = found.value
    if isinstance(found, Fault):
        raise LockUnreadableError(f"--lock {text}: {value} {found.says}; {found.advice}")
    return found


def _on_lines(lock: Lock, text: str, supply: SupplyPlan) -> Lock:
    """The lock with the rows of the order's lines, or of one line written as order/line."""
    if lock.lines is None:
        return lock
    return replace(lock, lines=_rows_of(text.partition("=")[2], supply))


def _rows_of(order: str, supply: SupplyPlan) -> tuple[int, ...]:
    """The rows of an order's lines, or of one line written as order/line."""
    return tuple(i for i, line in enumerate(supply.lines) if order in (line.record.order, line.id))
