"""Who waits for a resource, a purchase or an item, on screen."""

from pathlib import Path
from zoneinfo import ZoneInfo

from pegboard.app.outcome import Outcome
from pegboard.cli.asked import day, listed, moment, number, records
from pegboard.cli.console import line, table
from pegboard.cli.findings import show_findings
from pegboard.cli.plan import counted
from pegboard.domain.finding import Finding
from pegboard.insight.chain import duration
from pegboard.insight.explain import Explainer
from pegboard.insight.load import WeekLoad
from pegboard.insight.waiting import Asked, Waiting, waiting_for

HEAD = ("order", "due", "complete", "late", "waits", "loses by it", "behind")
WEEKS = ("week from", "open h", "held h", "load %", "works for")
SHOWN = 20


def show_waiting(asked: Asked, outcome: Outcome, factory: Path, *, json: bool) -> int:
    """Answer from a plan; the exit code is 1 where there is no such thing."""
    found = waiting_for(Explainer(outcome.planned), outcome.plan, asked)
    if isinstance(found, Finding):
        show_findings([found], json=json)
        return 1
    if json:
        return records(found)
    _show(found, outcome.planned.factory.zone)
    worst = found.waiters[0].order if found.waiters else "ORDER"
    line(f"next     pegboard why {worst} {factory}")
    return 0


def _show(found: Waiting, zone: ZoneInfo) -> None:
    line(found.what)
    if found.waiters:
        rows = [
            (
                w.id,
                moment(w.due, zone),
                moment(w.completion, zone),
                duration(w.late) if w.late > 0 else "no",
                duration(w.waited),
                duration(w.lost) if w.lost else "-",
                listed(w.behind),
            )
            for w in found.waiters[:SHOWN]
        ]
        table(HEAD, rows, right=frozenset({3, 4, 5}))
        if len(found.waiters) > SHOWN:
            line(f"and {len(found.waiters) - SHOWN:,} more; --json shows all")
    if found.weeks:
        line()
        table(WEEKS, [_week(w, zone) for w in found.weeks[:SHOWN]], right=frozenset({1, 2, 3}))
    line()
    losing = sum(w.lost > 0 for w in found.waiters)
    line(f"waiting  {counted(len(found.waiters), 'line')}, {duration(found.waited)} in all; it makes {losing:,} late")
    if losing:
        line(f"lost     {duration(found.lost)} of lateness are owed to it")
    if found.holders:
        line("behind   " + ", ".join(f"{h.order} {duration(h.seconds)}" for h in found.holders[:5]))


def _week(week: WeekLoad, zone: ZoneInfo) -> tuple[str, ...]:
    return (
        day(week.start, zone),
        number(week.open_hours, 1),
        number(week.held_hours, 1),
        number(100 * week.held_hours / week.open_hours, 0) if week.open_hours else "-",
        listed(week.orders, 5),
    )
