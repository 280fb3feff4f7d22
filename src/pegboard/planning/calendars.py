"""Expand the factory's calendars: one timeline per distinct set of open hours, shared by identity."""

from collections import defaultdict
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from pegboard.domain.calendar import (
    DAY,
    PPM,
    Stretch,
    Timeline,
    Window,
    always,
    midnight,
    timeline,
    weekly,
    window,
    with_exceptions,
    without_downtime,
)
from pegboard.domain.calendar import local_day as day_of
from pegboard.domain.finding import Finding, error
from pegboard.domain.resource import CalendarException, Downtime, Shift
from pegboard.domain.snapshot import Snapshot

PAST_DAYS = 400
BEYOND_DAYS = 30


class Calendars:
    """All calendars of a snapshot over the planning window; faults are collected in `findings`."""

    def __init__(self, snapshot: Snapshot, span: Window) -> None:
        self.span = span
        self.findings: list[Finding] = []
        self._shared: dict[Timeline, Timeline] = {}
        self._named: dict[str, Timeline] = {}
        shifts: dict[str, list[Shift]] = defaultdict(list)
        for shift in snapshot.calendars:
            shifts[shift.calendar].append(shift)
        self._exceptions: dict[str, list[CalendarException]] = defaultdict(list)
        names = set(shifts) | {r.resource for r in snapshot.resources}
        for exception in snapshot.calendar_exceptions:
            if exception.calendar not in names:
                self.findings.append(
                    error(
                        "V141",
                        exception.calendar,
                        f"an exception names {exception.calendar}, which is neither a calendar nor a resource",
                        "add the calendar, or correct the name; the exception is left out",
                        exception.source,
                    )
                )
            self._exceptions[exception.calendar].append(exception)
        self.stretches: dict[str, list[Stretch]] = {
            name: with_exceptions(weekly(rows, span), self._exceptions[name], span.zone)
            for name, rows in sorted(shifts.items())
        }
        self.always = self.share(always(span))

    def share(self, stretches: list[Stretch]) -> Timeline:
        """The timeline of these stretches; equal ones are the same object."""
        made = timeline(stretches)
        return self._shared.setdefault(made, made)

    def named(self, name: str) -> Timeline | None:
        """The timeline of a calendar; None where no calendar has the name; blank is open day and night."""
        if not name:
            return self.always
        if name not in self._named and name in self.stretches:
            self._named[name] = self.share(self.stretches[name])
        return self._named.get(name)

    def of_resource(self, resource: str, calendar: str, downtime: list[Downtime]) -> Timeline | None:
        """A resource's own open time: its calendar, its exceptions, less its downtime."""
        base = self.named(calendar)
        if base is None:
            return None
        exceptions = self._exceptions.get(resource, [])
        if not exceptions and not downtime:
            return base
        stretches = list(zip(base.start, base.end, base.rate, strict=True))
        return self.share(
            without_downtime(with_exceptions(stretches, exceptions, self.span.zone), downtime, self.span.zone)
        )

    def open_days(self, calendar: Timeline) -> Timeline:
        """Each local day on which `calendar` opens at all, as one stretch in which a nominal day's work is done."""
        stretches: list[Stretch] = []
        for i in range(self.span.days):
            day = self.span.first + timedelta(days=i)
            start, end = midnight(day, self.span.zone), midnight(day + timedelta(days=1), self.span.zone)
            if calendar.open_until(end) > calendar.open_until(start):
                stretches.append((start, end, PPM * DAY // (end - start)))
        return self.share(stretches)


def planning_window(now: int, horizon: int, zone: ZoneInfo) -> Window:
    """From well before now, for need dates already past, to somewhat beyond the horizon."""
    first: date = day_of(now, zone) - timedelta(days=PAST_DAYS)
    last: date = day_of(horizon, zone) + timedelta(days=BEYOND_DAYS)
    return window(zone, first, last)
