"""The use case of a sweep: a certified plan at every point of a range, in worker processes."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pegboard.app.files import Report, read
from pegboard.app.memory import uncollected
from pegboard.app.planning import make_plan
from pegboard.app.workers import Done, in_workers
from pegboard.domain.finding import Finding, error, in_order, warning
from pegboard.domain.snapshot import Snapshot
from pegboard.exchange import Reading
from pegboard.insight.sweep import Point, Sweep, anomalies, bottleneck, how_far, point_of
from pegboard.planning.sweep.points import GENTLER_UP, UNIT, at_point, swept, unknown_names
from pegboard.planning.sweep.scope import Setting, settings_of
from pegboard.scheduling.engines.dispatch import Options
from pegboard.scheduling.rules import RuleError


@dataclass(frozen=True)
class Swept:
    """The sweep, if there is one, and what was found; `is_refused` where it was not to be done as asked."""

    sweep: Sweep | None
    findings: list[Finding]
    is_refused: bool = False


@dataclass(frozen=True)
class _Task:
    """What every worker is given once."""

    snapshot: Snapshot
    findings: list[Finding]
    settings: list[Setting]


def sweep_factory(
    path: Path, asked: Sequence[tuple[str, str]], steps: int | None, workers: int | None, report: Report
) -> Swept:
    """Read a factory and plan it at every point of what is asked."""
    report("reading", 0.0)
    return sweep_reading(read(path), asked, steps, workers, report)


def sweep_reading(
    reading: Reading, asked: Sequence[tuple[str, str]], steps: int | None, workers: int | None, report: Report
) -> Swept:
    """Plan a factory at every point of what is asked, pairs of a lever and a text (`planning/sweep/scope.py`).

    The result is the same whatever the number of workers; without one as many as there are processors.
    """
    settings, faults = settings_of(asked, steps)
    if reading.snapshot is None:
        return Swept(None, in_order([*faults, *reading.findings]), bool(faults))
    faults = [*faults, *unknown_names(reading.snapshot, settings)]
    if faults:
        return Swept(None, in_order(faults), is_refused=True)
    along = swept(settings)
    n = len(along.values)
    done = in_workers(
        planned_point,
        _Task(reading.snapshot, reading.findings, settings),
        n,
        workers or os.cpu_count() or 1,
        lambda k: report(f"{k} of {n} plans", k / n),
    )
    findings = [*_said_of_lost(done, along), *(p for p in done.results.values() if isinstance(p, Finding))]
    points = [p for _, p in sorted(done.results.items()) if isinstance(p, Point)]
    if not points:
        return Swept(None, in_order(findings))
    return Swept(_sweep(reading.snapshot, settings, points), in_order(findings))


def planned_point(task: _Task, k: int) -> Point | Finding:
    """The plan at one point in numbers; a finding where the rules of the factory cannot be used."""
    snapshot = at_point(task.snapshot, task.settings, k)
    with uncollected():
        try:
            outcome = make_plan(snapshot, task.findings, "", 0, Options(), _quiet)
        except RuleError as fault:
            return fault.finding
        return point_of(swept(task.settings).values[k], outcome.plan, outcome.planned)


def _sweep(snapshot: Snapshot, settings: list[Setting], points: list[Point]) -> Sweep:
    along = swept(settings)
    gentler_up = GENTLER_UP[along.lever]
    return Sweep(
        factory=snapshot.settings.name,
        currency=snapshot.settings.currency,
        what=along.label,
        unit=UNIT[along.lever],
        fixed=tuple(f"{s.label} {s.values[0]:{'+' if s.is_change else ''}g}" for s in settings if s is not along),
        points=tuple(points),
        holds=how_far(points, gentler_up=gentler_up),
        bottleneck=bottleneck(points, gentler_up=gentler_up),
        anomalies=anomalies(points, what=along.label, gentler_up=gentler_up),
    )


def _said_of_lost(done: Done[Point | Finding], along: Setting) -> list[Finding]:
    found = []
    for one in done.lost:
        at = f"{along.label} {along.values[one.task]:g}"
        what = f"the worker that planned {at} {one.how}"
        if one.again:
            found.append(warning("C526", at, f"{what}; another one began again", "look for a lack of memory"))
        else:
            advice = "give fewer --workers, or a machine with more memory"
            found.append(error("C530", at, f"{what}, as the one before it: the point is missing", advice))
    return found


def _quiet(what: str, share: float) -> None:
    """Plans that are made side by side do not report; the sweep does."""
