"""Open hours in which a resource is closed, and ask a request again: evenings of open days and Saturdays.

Whoever works together with the resource does so longer too. The plan keeps its places in the factory with the longer
hours; what paused over an evening that is open now ends sooner.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import msgspec
import numpy as np

from pegboard.app.live import LivePlan
from pegboard.app.quoting import Solved, fitted_in
from pegboard.app.restate import restated
from pegboard.domain.calendar import Timeline, bounds, local_day, midnight
from pegboard.domain.factory import Factory
from pegboard.domain.order import OrderLine
from pegboard.domain.quote import Wait
from pegboard.domain.resource import CalendarException
from pegboard.scheduling.problem import Ints

EVENING = 3 * 3600
"""Seconds that an evening is longer."""
MOST_DAYS, MOST_SATURDAYS = 5, 2
SATURDAY_HOURS = 6 * 3600
SATURDAY = 5

Hours = tuple[int, int]


def with_overtime(found: Solved, wait: Wait, factory: Factory, record: OrderLine) -> tuple[str, Solved] | str:
    """The request with a resource open longer while it is waited for; the hours that help it are paid."""
    hours = closed_hours(factory, wait.subject, wait.start, found.date)
    if not hours:
        return f"{wait.subject} is open on all the evenings and Saturdays there are"
    together = _together(found, wait.subject)
    best = _asked_again(found.live, factory, record, together, hours)
    if best is None or best.date >= found.date:
        return f"{wait.subject} open longer brings no earlier date"
    for fewer in (_used(best, wait.subject, hours), [h for h in hours if h[0] < best.date]):
        again = _asked_again(found.live, factory, record, together, fewer) if fewer else None
        if again is not None and again.date <= best.date:
            best, hours = again, fewer
            break
    rate = sum(factory.resources[r].cost_per_hour or 0.0 for r in together)
    paid = sum(end - start for start, end in hours) / 3600
    said = ", ".join(_said(factory, *span) for span in hours[:3]) + (" ..." if len(hours) > 3 else "")
    how = f"{' and '.join(together)} open {paid:g} h more: {said}"
    solved = Solved(best.live, best.room, best.fitted, best.soonest, best.records, extra=rate * paid)
    return how, solved


def closed_hours(factory: Factory, resource: str, start: int, end: int) -> list[Hours]:
    """The evenings of the first few open days within a stretch, and its first Saturdays, as far as they are closed.

    A Saturday is open for six hours from when the day before it opened.
    """
    timeline, zone = factory.timelines[resource], factory.zone
    down = [bounds(d.start, d.end, zone) for d in factory.snapshot.downtime if d.resource == resource]
    found: list[Hours] = []
    day = local_day(max(start, factory.now), zone)
    evenings = saturdays = 0
    while midnight(day, zone) < end and (evenings < MOST_DAYS or saturdays < MOST_SATURDAYS):
        begins, ends = midnight(day, zone), midnight(day + timedelta(days=1), zone)
        first, last = timeline.next_open(begins), timeline.last_open(ends)
        hours: Hours | None = None
        if first < ends:
            if evenings < MOST_DAYS:
                hours, evenings = _after(timeline, last, ends), evenings + 1
        elif day.weekday() == SATURDAY and saturdays < MOST_SATURDAYS:
            hours, saturdays = _like_the_day_before(timeline, begins), saturdays + 1
        if hours and hours[1] > factory.now and not any(a < hours[1] and b > hours[0] for a, b in down):
            found.append((max(hours[0], factory.now), hours[1]))
        day += timedelta(days=1)
    return found


def _after(timeline: Timeline, last: int, ends: int) -> Hours | None:
    until = min(last + EVENING, ends, timeline.next_open(last))
    return (last, until) if until > last else None


def _like_the_day_before(timeline: Timeline, begins: int) -> Hours | None:
    before = timeline.next_open(begins - 86_400)
    return None if before >= begins else (before + 86_400, before + 86_400 + SATURDAY_HOURS)


def _asked_again(
    live: LivePlan, factory: Factory, record: OrderLine, resources: Sequence[str], hours: Sequence[Hours]
) -> Solved | None:
    """The record fitted into the plan with these hours open; None where the plan does not go on as it is."""
    opened = tuple(
        CalendarException(
            calendar=resource,
            start=datetime.fromtimestamp(a, UTC),
            end=datetime.fromtimestamp(b, UTC),
            open=True,
            reason="overtime",
        )
        for resource in resources
        for a, b in hours
    )
    base = live.planned.factory.snapshot
    snapshot = msgspec.structs.replace(base, calendar_exceptions=(*base.calendar_exceptions, *opened))
    outcome = restated(live.outcome, snapshot, [], live.outcome.terms.factory_hash)
    if outcome is None or not outcome.is_certified:
        return None
    longer = LivePlan(outcome)
    known = msgspec.structs.replace(longer.planned.factory, variants=factory.variants)
    found = fitted_in(longer, longer.room, known, [record])
    return found if isinstance(found, Solved) else None


def _on(found: Solved, resource: str) -> Ints:
    """The operations of a request that hold a resource."""
    p, s = found.fitted.problem, found.fitted.schedule
    res = p.res_names.index(resource)
    owner = np.repeat(np.arange(p.n_op), np.diff(p.ops.need_ptr))
    on = np.flatnonzero(p.steps.cand_res[s.cand] == res)
    return np.unique(np.concatenate([on, owner[s.need_res == res]]))


def _together(found: Solved, resource: str) -> list[str]:
    """A resource, and all that work together with it for a request."""
    p, s, factory = found.fitted.problem, found.fitted.schedule, found.fitted.factory
    others: set[str] = set()
    for op in _on(found, resource).tolist():
        needs = s.need_res[p.ops.need_ptr[op] : p.ops.need_ptr[op + 1]].tolist()
        others |= {p.res_names[r] for r in (int(p.steps.cand_res[s.cand[op]]), *needs)}
    return [resource, *sorted((others & factory.resources.keys()) - {resource})]


def _used(found: Solved, resource: str, hours: Sequence[Hours]) -> list[Hours]:
    """The hours in which the request itself is on the resource."""
    ops, s = _on(found, resource).tolist(), found.fitted.schedule
    return [(a, b) for a, b in hours if any(s.setup_start[op] < b and s.end[op] > a for op in ops)]


def _said(factory: Factory, start: int, end: int) -> str:
    a, b = (datetime.fromtimestamp(t, factory.zone) for t in (start, end))
    return f"{a:%a %Y-%m-%d %H:%M}-{b:%H:%M}"
