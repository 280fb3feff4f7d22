"""Open hours in which what a late line waits for, or works on, is closed: the fewest that bring it on time.

Many windows are estimated in the books of the plan as it stands; what is found best is then solved in the factory that
has these hours.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import numpy as np

from pegboard.app.in_changed import tried
from pegboard.app.overtime import Hours, closed_hours
from pegboard.app.trial import Fitting, Price, Subject, Trial
from pegboard.domain.change import Change, Overtime
from pegboard.domain.factory import Factory
from pegboard.insight.explain import Why
from pegboard.scheduling.downtime import with_overtime
from pegboard.scheduling.engines.fit import Standing, fit
from pegboard.scheduling.problem import Problem, Schedule
from pegboard.scheduling.result import line_completions

MOST_RESOURCES = 3
"""Resources that are opened because they are busy, and because they are closed."""
_HOUR = 3600
_FREE = ("tool", "space")

Opened = dict[str, tuple[Hours, ...]]
"""Stretches in which resources are open longer."""


def overtime(subject: Subject, why: Why, alone: Fitting | None) -> Trial | str | None:
    """The trial with the fewest hours; None where the line waits for no resource and no closed time."""
    resources = _resources(subject, why)
    if not resources:
        return None
    options = [_options(subject, why, r) for r in resources]
    found = _best(Estimate(subject, alone), options) if alone else _unestimated(options)
    if not found:
        return f"overtime on {', '.join(resources)}: no evening or Saturday helps"
    trial = tried(subject, "overtime", _said(subject.planned.factory, found), _changes(found), _price(subject, found))
    if trial is None or trial.gain(subject) <= 0:
        return f"overtime on {', '.join(resources)}: it gains nothing"
    return trial


def _resources(subject: Subject, why: Why) -> list[str]:
    """What the line waits for, the longest first, then what it works on while that is closed longest."""
    known = subject.planned.factory.resources
    busy = [c.subject for c in why.causes if c.kind == "resource"]
    closed: dict[str, int] = {}
    for s in why.chain:
        if s.kind == "closed" and s.subject in subject.places:
            resource = subject.places[s.subject].resource
            closed[resource] = closed.get(resource, 0) + s.seconds
    longest = sorted(closed, key=lambda r: (-closed[r], r))
    first = [r for r in dict.fromkeys(busy) if r in known][:MOST_RESOURCES]
    return list(dict.fromkeys([*first, *[r for r in longest if r in known][:MOST_RESOURCES]]))


def _options(subject: Subject, why: Why, resource: str) -> Opened:
    """All hours to open on a resource, and on those that work together with it, from where the line needs it."""
    on = {s.subject for s in why.chain if s.kind == "run" and subject.places[s.subject].resource == resource}
    starts = [s.start for s in why.chain if s.subject == resource or s.subject in on]
    hours = tuple(closed_hours(subject.planned.factory, resource, min(starts, default=subject.now), subject.done))
    return dict.fromkeys(_together(subject, resource), hours) if hours else {}


def _together(subject: Subject, resource: str) -> list[str]:
    """A resource and all that the line's operations hold beside it."""
    p, s, factory = subject.planned.problem, subject.planned.schedule, subject.planned.factory
    work = subject.planned.supply.op_work
    mine = np.array([w.line == subject.row for w in subject.planned.supply.works], bool)
    found = {resource}
    for op in np.flatnonzero(mine[work]).tolist() if mine.size else ():
        held = [int(p.steps.cand_res[s.cand[op]]), *s.need_res[p.ops.need_ptr[op] : p.ops.need_ptr[op + 1]].tolist()]
        names = {p.res_names[r] for r in held}
        found |= names if resource in names else set()
    return [resource, *sorted((found & factory.resources.keys()) - {resource})]


class Estimate:
    """When the line would be complete with some hours open, if everybody else stays to the second."""

    def __init__(self, subject: Subject, alone: Fitting) -> None:
        self.due, self._fitting = subject.line.due, alone
        self.before = self({})

    def __call__(self, opened: Mapping[str, Sequence[Hours]]) -> int:
        """Its completion; far away where it finds no place."""
        fitted, standing = self._fitting.fitted, self._fitting.room.standing
        problem: Problem = with_overtime(fitted.problem, opened)
        bench = standing.bench._replace(T=problem.timelines, R=problem.packed[0])
        floor = np.maximum(problem.not_before, problem.now)
        schedule: Schedule | int = fit(Standing(standing.problem, bench), problem, floor)
        return problem.horizon if isinstance(schedule, int) else int(line_completions(problem, schedule)[0])


def _best(estimate: Estimate, options: Sequence[Opened]) -> Opened:
    """Hours on one resource that bring the line on time, the fewest of them, else what gains most on all of them."""
    single = [(trimmed, o) for o in options if o and estimate(o) <= estimate.due and (trimmed := _trimmed(estimate, o))]
    if single:
        return min((trimmed for trimmed, _ in single), key=_total)
    every: Opened = {}
    for option in options:
        every = {**option, **{r: tuple(dict.fromkeys((*every.get(r, ()), *option.get(r, ())))) for r in every}}
    return _trimmed(estimate, every) if every and estimate(every) < estimate.before else {}


def _trimmed(estimate: Estimate, opened: Opened) -> Opened:
    """The hours without those that the line's completion does not need, the longest windows tried first."""
    target = max(estimate(opened), estimate.due)
    for window in sorted({h for hours in opened.values() for h in hours}, key=lambda h: (h[0] - h[1], -h[0])):
        for until in range(window[0], window[1], _HOUR):
            fewer = _with_until(opened, window, until)
            if estimate(fewer) <= target:
                opened = fewer
                break
    return opened


def _with_until(opened: Opened, window: Hours, until: int) -> Opened:
    """One window shortened everywhere, or gone."""
    kept = {r: tuple(h if h != window else (h[0], until) for h in hours) for r, hours in opened.items()}
    return {r: left for r, hours in kept.items() if (left := tuple(h for h in hours if h[0] < h[1]))}


def _unestimated(options: Sequence[Opened]) -> Opened:
    """All hours of the first resource that has any."""
    return next((o for o in options if o), {})


def _total(opened: Opened) -> int:
    return sum(b - a for hours in opened.values() for a, b in hours)


def _changes(opened: Opened) -> list[Change]:
    return [
        Overtime(resource=r, start=datetime.fromtimestamp(a, UTC), end=datetime.fromtimestamp(b, UTC))
        for r, hours in opened.items()
        for a, b in hours
    ]


def _said(factory: Factory, opened: Opened) -> str:
    """`open MILL-1 on Sat 2026-06-13 06:00-14:00`."""
    windows: dict[tuple[Hours, ...], list[str]] = {}
    for resource, hours in opened.items():
        windows.setdefault(hours, []).append(resource)
    return "; ".join(
        f"open {' and '.join(names)} on {', '.join(_window(factory, *span) for span in hours)}"
        for hours, names in windows.items()
    )


def _window(factory: Factory, start: int, end: int) -> str:
    a, b = (datetime.fromtimestamp(t, factory.zone) for t in (start, end))
    return f"{a:%a %Y-%m-%d %H:%M}-{b:%H:%M}"


def _price(subject: Subject, opened: Opened) -> Price:
    """Hours times cost per hour."""
    known = subject.planned.factory.resources
    total = Price()
    for resource, hours in opened.items():
        row = known[resource]
        rate = 0.0 if row.cost_per_hour is None and row.kind in _FREE else row.cost_per_hour
        paid = sum(b - a for a, b in hours) / 3600
        total += Price(None, f"{resource} has no cost_per_hour") if rate is None else Price(rate * paid)
    return total
