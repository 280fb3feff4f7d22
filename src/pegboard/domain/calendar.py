"""Open time: weekly patterns and exceptions in local wall time become UTC stretches one can count in.

Instants are UTC seconds, stretches half-open. A `Timeline` is the plain definition of open time that the
referee trusts; the kernels hold the same numbers as arrays.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import msgspec

from pegboard.domain.record import Moment
from pegboard.domain.resource import CalendarException, Downtime, Shift

DAY = 86_400
PPM = 1_000_000
FAR = 1 << 60
"""An instant that never comes: what a calendar answers when it has no more open time."""

Stretch = tuple[int, int, int]
"""`(start, end, rate)`: open from start to end at `rate` parts per million of nominal speed."""

_EPOCH = date(1970, 1, 1).toordinal()


class Timeline(msgspec.Struct, frozen=True):
    """Disjoint open stretches in time order with running totals before each.

    `open_before` counts seconds, `work_before` microseconds of work (seconds times parts per million).
    """

    start: tuple[int, ...]
    end: tuple[int, ...]
    rate: tuple[int, ...]
    open_before: tuple[int, ...]
    work_before: tuple[int, ...]

    def next_open(self, t: int) -> int:
        """The first working instant at or after `t`."""
        i = bisect_right(self.end, t)
        return max(t, self.start[i]) if i < len(self.start) else FAR

    def last_open(self, t: int) -> int:
        """The last working instant at or before `t`, as an end: work may stop there."""
        i = bisect_left(self.start, t) - 1
        return min(t, self.end[i]) if i >= 0 else -FAR

    def open_until(self, t: int) -> int:
        """Open seconds before `t`."""
        i = bisect_right(self.start, t) - 1
        if i < 0:
            return 0
        return self.open_before[i] + min(t, self.end[i]) - self.start[i]

    def work_until(self, t: int) -> int:
        """Microseconds of work that fit before `t`."""
        i = bisect_right(self.start, t) - 1
        if i < 0:
            return 0
        return self.work_before[i] + (min(t, self.end[i]) - self.start[i]) * self.rate[i]

    def advance(self, t: int, work: int) -> int:
        """The earliest instant by which `work` microseconds are done when begun at `t`; `t` itself for no work."""
        if work <= 0:
            return t
        target = self.work_until(t) + work
        i = bisect_left(self.work_before, target) - 1
        end = self.start[i] + -(-(target - self.work_before[i]) // self.rate[i]) if i >= 0 else FAR
        return end if i >= 0 and end <= self.end[i] else FAR

    def retreat(self, t: int, work: int) -> int:
        """The latest instant from which `work` microseconds are done by `t`; `t` itself for no work."""
        if work <= 0:
            return t
        target = self.work_until(t) - work
        if target < 0:
            return -FAR
        i = bisect_right(self.work_before, target) - 1
        return self.start[i] + (target - self.work_before[i]) // self.rate[i]

    def after_open(self, t: int, seconds: int) -> int:
        """The instant by which `seconds` of open time have passed since `t`, whatever the rate."""
        if seconds <= 0:
            return t
        target = self.open_until(t) + seconds
        i = bisect_left(self.open_before, target) - 1
        end = self.start[i] + target - self.open_before[i] if i >= 0 else FAR
        return end if i >= 0 and end <= self.end[i] else FAR

    def before_open(self, t: int, seconds: int) -> int:
        """The latest instant after which `seconds` of open time pass until `t`."""
        if seconds <= 0:
            return t
        target = self.open_until(t) - seconds
        if target < 0:
            return -FAR
        i = bisect_right(self.open_before, target) - 1
        return self.start[i] + target - self.open_before[i]

    def longest_work(self) -> int:
        """The most work that fits one open stretch, in microseconds."""
        best = run = 0
        previous_end = -FAR
        for start, end, rate in zip(self.start, self.end, self.rate, strict=True):
            run = (run if start == previous_end else 0) + (end - start) * rate
            best, previous_end = max(best, run), end
        return best


def timeline(stretches: Iterable[Stretch]) -> Timeline:
    """Join touching stretches of one rate and add the running totals; stretches must be disjoint and in order."""
    joined: list[list[int]] = []
    for start, end, rate in stretches:
        if start >= end or rate <= 0:
            continue
        if joined and joined[-1][1] == start and joined[-1][2] == rate:
            joined[-1][1] = end
        else:
            joined.append([start, end, rate])
    open_before, work_before, seconds, work = [], [], 0, 0
    for start, end, rate in joined:
        open_before.append(seconds)
        work_before.append(work)
        seconds += end - start
        work += (end - start) * rate
    return Timeline(
        start=tuple(s[0] for s in joined),
        end=tuple(s[1] for s in joined),
        rate=tuple(s[2] for s in joined),
        open_before=tuple(open_before),
        work_before=tuple(work_before),
    )


def instant(wall: datetime, zone: ZoneInfo) -> int:
    """UTC seconds of a local wall time.

    A time that a clock change skips becomes the next instant that exists; one that comes twice is the first.
    """
    seconds = int(wall.replace(tzinfo=zone, fold=0).timestamp())
    shown = datetime.fromtimestamp(seconds, zone).replace(tzinfo=None)
    if shown == wall.replace(microsecond=0):
        return seconds
    low, high = seconds - 4 * 3600, seconds
    before = datetime.fromtimestamp(low, zone).utcoffset()
    while high - low > 1:
        middle = (low + high) // 2
        if datetime.fromtimestamp(middle, zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high


def midnight(day: date, zone: ZoneInfo) -> int:
    """UTC seconds at which a local day begins."""
    return instant(datetime(day.year, day.month, day.day), zone)


def local_date(moment: Moment, zone: ZoneInfo) -> date:
    """The day on which a moment falls in a zone."""
    return moment.astimezone(zone).date() if isinstance(moment, datetime) else moment


def local_day(t: int, zone: ZoneInfo) -> date:
    """The local date of an instant."""
    return datetime.fromtimestamp(t, zone).date()


class Window(msgspec.Struct, frozen=True):
    """The days over which calendars are expanded, with the local offset at each midnight."""

    zone: ZoneInfo
    first: date
    offsets: tuple[int, ...]

    @property
    def days(self) -> int:
        """Number of whole days; one more offset is held for the day after."""
        return len(self.offsets) - 1

    def at(self, day: int, minute: int) -> int:
        """UTC seconds of `minute` after midnight of the `day`-th day, by the wall clock."""
        last = min(day + 2, self.days)
        if self.offsets[day] == self.offsets[last]:
            return (self.first.toordinal() - _EPOCH + day) * DAY + minute * 60 - self.offsets[day]
        wall = datetime(self.first.year, self.first.month, self.first.day) + timedelta(days=day, minutes=minute)
        return instant(wall, self.zone)


def window(zone: ZoneInfo, first: date, last: date) -> Window:
    """The window from `first` to `last`, both included."""
    noon = datetime(first.year, first.month, first.day)
    offsets = []
    for i in range((last - first).days + 2):
        offset = (noon + timedelta(days=i)).replace(tzinfo=zone).utcoffset()
        assert offset is not None
        offsets.append(int(offset.total_seconds()))
    return Window(zone=zone, first=first, offsets=tuple(offsets))


def always(span: Window) -> list[Stretch]:
    """Open day and night over the whole window."""
    return [(span.at(0, 0), span.at(span.days - 1, 1440), PPM)]


def weekly(shifts: Iterable[Shift], span: Window) -> list[Stretch]:
    """The open stretches of a weekly pattern; where shifts overlap the higher efficiency holds."""
    by_weekday: list[list[tuple[int, int, int]]] = [[] for _ in range(7)]
    for shift in shifts:
        end = shift.end if shift.end > shift.start else shift.end + 1440
        for weekday in shift.weekday:
            by_weekday[weekday].append((shift.start, end, round(shift.efficiency * PPM)))
    found: list[Stretch] = []
    for day in range(span.days):
        for start, end, rate in by_weekday[(span.first.weekday() + day) % 7]:
            found.append((span.at(day, start), span.at(day, end), rate))
    return union(found)


def union(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Disjoint stretches in time order; the higher rate wins where two overlap."""
    ordered = sorted(stretches)
    if all(left[1] <= right[0] for left, right in pairwise(ordered)):
        return ordered
    edges = sorted([(t, rate, by) for start, end, rate in ordered for t, by in ((start, 1), (end, -1))])
    active: Counter[int] = Counter()
    result: list[Stretch] = []
    previous = edges[0][0]
    for t, rate, by in edges:
        if t > previous and (rates := [r for r, n in active.items() if n > 0]):
            result.append((previous, t, max(rates)))
        active[rate] += by
        previous = t
    return result


def without(stretches: Sequence[Stretch], closed: Iterable[tuple[int, int]]) -> list[Stretch]:
    """Take closed stretches away."""
    result = list(stretches)
    for from_, to in closed:
        kept: list[Stretch] = []
        for start, end, rate in result:
            if end <= from_ or start >= to:
                kept.append((start, end, rate))
                continue
            if start < from_:
                kept.append((start, from_, rate))
            if end > to:
                kept.append((to, end, rate))
        result = kept
    return result


def with_exceptions(
    stretches: Sequence[Stretch], exceptions: Sequence[CalendarException], zone: ZoneInfo
) -> list[Stretch]:
    """Apply openings, then closings: where both name the same hours, the hours are closed."""
    opened = [(*bounds(e.start, e.end, zone), PPM) for e in exceptions if e.open]
    closed = [bounds(e.start, e.end, zone) for e in exceptions if not e.open]
    return without(union([*stretches, *opened]) if opened else stretches, closed)


def without_downtime(stretches: Sequence[Stretch], downtime: Sequence[Downtime], zone: ZoneInfo) -> list[Stretch]:
    """Take a resource's downtime away."""
    return without(stretches, [bounds(d.start, d.end, zone) for d in downtime])


def bounds(start: Moment, end: Moment, zone: ZoneInfo) -> tuple[int, int]:
    """The instants of a stretch; a bare end date is included whole."""
    first = _seconds(start) if isinstance(start, datetime) else midnight(start, zone)
    last = _seconds(end) if isinstance(end, datetime) else midnight(end + timedelta(days=1), zone)
    return first, last


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())


def demand_instant(due: Moment, factory: Timeline, zone: ZoneInfo) -> int:
    """When a demand falls due: a bare date is the end of the last working stretch of that day, or of the one before."""
    if isinstance(due, datetime):
        return _seconds(due)
    day_end = midnight(due + timedelta(days=1), zone)
    found = factory.last_open(day_end)
    return found if found > -FAR else day_end


def receipt_instant(due: Moment, factory: Timeline, zone: ZoneInfo) -> int:
    """When a receipt is there: a bare date is the start of the first working stretch on or after that day."""
    if isinstance(due, datetime):
        return _seconds(due)
    return factory.next_open(midnight(due, zone))


def iso(t: int, zone: ZoneInfo) -> str:
    """An instant as people and programs write it: ISO 8601, local, with offset."""
    return datetime.fromtimestamp(t, zone).isoformat()


def utc(t: int) -> datetime:
    """An instant as an aware UTC date-time."""
    return datetime.fromtimestamp(t, UTC)
