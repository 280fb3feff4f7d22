"""Every calendar of a factory expanded over the range of a plan."""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

from tests.recheck.calendar import Calendar, Segment, overlay, without
from tests.recheck.factory import Factory
from tests.recheck.values import DAY, Row, Span, group_by, is_bare_date, number, yes

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True)
class Reading:
    """The choices that the calendar files leave open and that must be made once for the whole plan."""

    open_wins: bool = False  # where a yes and a no exception overlap
    overtime_sets_rate: bool = False  # a yes exception over time that is open at another efficiency
    end_date_inclusive: bool = False  # a bare date as the end of an exception or a downtime


@dataclass(frozen=True)
class Exceptional:
    opens: list[Span] = field(default_factory=list)
    closes: list[Span] = field(default_factory=list)


class CalendarBook:
    """Every calendar expanded over the plan's range in the factory's zone, and their intersections."""

    def __init__(self, factory: Factory, reading: Reading, first: date, last: date) -> None:
        self.factory = factory
        self.reading = reading
        self.days = [first + timedelta(days=i) for i in range((last - first).days + 1)]
        self.range = (factory.clock.midnight(first), factory.clock.midnight(last + timedelta(days=1)))
        self.weekly: dict[str, list[Row]] = defaultdict(list)
        for row in factory.tables["calendars"]:
            self.weekly[row["calendar"]].append(row)
        self.exceptions = self._exceptions(factory.tables["calendar_exceptions"])
        self.downtime: dict[str, list[Span]] = defaultdict(list)
        for row in factory.tables["downtime"]:
            self.downtime[row["resource"]].append(self._span(row))
        self._bases: dict[str, Calendar] = {}
        self._resources: dict[tuple[str, bool], Calendar] = {}
        self._overlaps: dict[tuple[int, frozenset[int]], Calendar] = {}
        self.plant = self.base(factory.default_calendar)

    def _span(self, row: Row) -> Span:
        """Start and end of an exception or downtime; a blank end lasts for ever."""
        clock, start, end = self.factory.clock, row["start"], row.get("end", "")
        if not end:
            return clock.read(start), self.range[1]
        if is_bare_date(end) and (self.reading.end_date_inclusive or end == start):
            return clock.read(start), clock.midnight(date.fromisoformat(end) + timedelta(days=1))
        return clock.read(start), clock.read(end)

    def _exceptions(self, rows: list[Row]) -> dict[str, Exceptional]:
        found: dict[str, Exceptional] = defaultdict(Exceptional)
        for row in rows:
            entry = found[row["calendar"]]
            (entry.opens if yes(row["open"]) else entry.closes).append(self._span(row))
        return found

    def _except(self, segments: list[Segment], name: str) -> list[Segment]:
        if name not in self.exceptions:
            return segments
        entry = self.exceptions[name]
        if self.reading.open_wins:
            segments = without(segments, entry.closes)
        if self.reading.overtime_sets_rate:
            segments = without(segments, entry.opens)
        extra = [(s, e, 1.0) for s, e in entry.opens]
        for start, end, _ in segments:
            extra = without(extra, [(start, end)]) if extra else extra
        segments = overlay([*segments, *extra])
        return segments if self.reading.open_wins else without(segments, entry.closes)

    def _week(self, name: str) -> list[Segment]:
        """The weekly pattern in local wall time, day by day, past midnight and across clock changes."""
        if name not in self.weekly:
            # Reading: a calendar that exists only through its exceptions, or not at all, is open 24x7 with closures,
            # but one that only ever opens is open then and not otherwise.
            only_opens = name in self.exceptions and self.exceptions[name].opens and not self.exceptions[name].closes
            return [] if only_opens else [(*self.range, 1.0)]
        segments: list[Segment] = []
        for row in self.weekly[name]:
            weekdays, start, end = weekday_set(row["weekday"]), minutes_of(row["start"]), minutes_of(row["end"])
            if end <= start:
                end += DAY
            rate = number(row.get("efficiency"), 1.0)
            days = [day for day in self.days if day.weekday() in weekdays]
            segments += [(self._wall(day, start), self._wall(day, end), rate) for day in days]
        return overlay(segment for segment in segments if segment[0] < segment[1])

    def _wall(self, day: date, minute: float) -> float:
        days, rest = divmod(minute, DAY)
        return self.factory.clock.instant(
            datetime.combine(day + timedelta(days=days), time()) + timedelta(minutes=rest)
        )

    def base(self, name: str) -> Calendar:
        if name not in self._bases:
            self._bases[name] = Calendar(self._except(self._week(name), name))
        return self._bases[name]

    def resource(self, name: str, with_downtime: bool = True) -> Calendar:
        """A resource's own calendar: its calendar, then its own exceptions, then its downtime."""
        key = (name, with_downtime)
        if key not in self._resources:
            base = self.base(self.factory.resources[name].calendar or self.factory.default_calendar)
            holes = self.downtime.get(name, []) if with_downtime else []
            if name in self.exceptions or holes:
                base = Calendar(without(self._except(list(base.segments()), name), holes))
            self._resources[key] = base
        return self._resources[key]

    def together(self, primary: str, others: Iterable[str]) -> Calendar:
        """When the primary and every other resource are open, at the primary's calendar efficiency."""
        first = self.resource(primary)
        rest = {id(calendar): calendar for calendar in map(self.resource, others) if calendar is not first}
        key = (id(first), frozenset(rest))
        if key not in self._overlaps:
            joint = first
            for calendar in rest.values():
                joint = joint.overlap(calendar)
            self._overlaps[key] = joint
        return self._overlaps[key]


def weekday_set(text: str) -> set[int]:
    """`mon`, `mon-fri`, `sat-mon` or several of them."""
    found: set[int] = set()
    for part in re.split(r"[;,\s]+", text.strip().lower()):
        first, _, last = part.partition("-")
        a = WEEKDAYS.index(first[:3])
        b = WEEKDAYS.index(last[:3]) if last else a
        found |= {(a + i) % 7 for i in range((b - a) % 7 + 1)}
    return found


def minutes_of(text: str) -> float:
    hours, minutes, *seconds = text.split(":")
    return int(hours) * 60 + int(minutes) + (float(seconds[0]) / 60 if seconds else 0.0)


def readings(factory: Factory) -> list[Reading]:
    """The readings of the calendar files that differ for this factory, the plain one first."""
    rows = factory.tables["calendar_exceptions"]
    found = [Reading()]
    by_name = group_by(rows, "calendar")
    mixed = any(len({yes(row["open"]) for row in group}) == 2 for group in by_name.values())
    if mixed and any_overlap(factory, by_name):
        found += [replace(reading, open_wins=True) for reading in found]
    if any(yes(row["open"]) for row in rows) and any(
        number(row.get("efficiency"), 1.0) != 1.0 for row in factory.tables["calendars"]
    ):
        found += [replace(reading, overtime_sets_rate=True) for reading in found]
    closures = [*rows, *factory.tables["downtime"]]
    if any(is_bare_date(row.get("end", "")) and row["end"] != row["start"] for row in closures):
        found += [replace(reading, end_date_inclusive=True) for reading in found]
    return found


def any_overlap(factory: Factory, by_name: dict[str, list[Row]]) -> bool:
    """Whether an opening and a closing exception of one calendar touch, end dates read generously."""
    for rows in by_name.values():
        spans = [(yes(r["open"]), factory.clock.read(r["start"]), factory.clock.read(r["end"]) + DAY) for r in rows]
        for one, two in itertools.combinations(spans, 2):
            if one[0] != two[0] and one[1] < two[2] and two[1] < one[2]:
                return True
    return False
