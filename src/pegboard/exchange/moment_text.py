"""Read dates, date-times and times of day as people and their programs write them.

A date-time without offset is wall time of the factory and becomes an instant in UTC, so that comparing and
subtracting is safe over a change of the clocks. A bare date stays one: its instant depends on its use.
"""

import re
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo

from pegboard.domain.record import Moment
from pegboard.exchange.fault import Fault, Noted

_TIME = r"(?:(?:T|,?\s+)(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,6})\d*)?)?(?:\s*(Z|[+-]\d{2}:?\d{2})|\s*Uhr)?)?"
_YEAR_FIRST = re.compile(rf"(\d{{4}})[-/](\d{{1,2}})[-/](\d{{1,2}}){_TIME}", re.IGNORECASE | re.ASCII)
_DAY_FIRST = re.compile(rf"(\d{{1,2}})\.(\d{{1,2}})\.(\d{{4}}|\d{{2}}){_TIME}", re.IGNORECASE | re.ASCII)
_SLASHES = re.compile(rf"(\d{{1,2}})/(\d{{1,2}})/(\d{{4}}){_TIME}", re.IGNORECASE | re.ASCII)
_COMPACT = re.compile(r"((?:19|20|21)\d{2})(\d{2})(\d{2})", re.ASCII)
_SERIAL = re.compile(r"(\d{5})(?:[.,](\d+))?", re.ASCII)
_CLOCK = re.compile(
    r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.0+)?)?(?:\s*(am|pm|a\.m\.|p\.m\.|uhr))?", re.IGNORECASE | re.ASCII
)
_CLOCK_AS_DATE = re.compile(r"(?:1899-12-3[01]|1900-01-00)[T ](\d{2}:\d{2}(?::\d{2})?)", re.ASCII)
_FRACTION = re.compile(r"0(?:[.,]\d+)?|[.,]\d+|1[.,]0+", re.ASCII)

_EXCEL_EPOCH = datetime(1899, 12, 30)
_FIRST_SERIAL, _LAST_SERIAL = 20_000, 80_000  # 1954 to 2119: other numbers are no dates anyone plans by
_FIRST_YEAR = 1900

NOT_A_DATE = Fault("F207", "is not a date", "write 2026-06-12, 12.06.2026 or 2026-06-12T17:00")
NO_SUCH_DAY = Fault(
    "F207", "is a date or time that does not exist", "write an existing one, such as 2026-06-12 or 2026-06-12T17:00"
)
TWO_WAYS = Fault("F208", "can be read as day/month or month/day", "write the year first: 2026-06-12")
SKIPPED = Fault(
    "F217",
    "does not exist: the clocks go forward over it; the next time that exists is used",
    "write another time, or add the offset, as in 2026-03-29T03:00+02:00",
)
TWICE = Fault(
    "F218", "exists twice, since the clocks go back; the first is used", "add the offset where the second is meant"
)
NOT_A_CLOCK = Fault("F212", "is not a time of day", "write hours and minutes from 00:00 to 24:00, such as 08:00")


def moment(text: str, zone: ZoneInfo) -> Moment | Fault | Noted:
    """A date, or the instant in UTC of a date-time that is local to `zone` unless it carries an offset."""
    try:
        if found := _YEAR_FIRST.fullmatch(text):
            year, month, day, *time = found.groups()
            return _moment(int(year), int(month), int(day), time, zone)
        if found := _DAY_FIRST.fullmatch(text):
            day, month, year, *time = found.groups()
            return _moment(int(year) + (2000 if len(year) == 2 else 0), int(month), int(day), time, zone)
        if found := _SLASHES.fullmatch(text):
            first, second, year, *time = found.groups()
            return _slashes(int(first), int(second), int(year), time, zone)
        if found := _COMPACT.fullmatch(text):
            return date(*map(int, found.groups()))
        if found := _SERIAL.fullmatch(text):
            return _serial(text, zone)
    except (ValueError, OverflowError):
        return NO_SUCH_DAY
    return NOT_A_DATE


def clock(text: str) -> int | Fault:
    """Minutes after midnight, 0 to 1440, of `8:00`, `24:00`, `5:00 pm` or a fraction of a day as Excel keeps it."""
    if text == "1900-01-01":  # a whole day, where a workbook shows its cells as times
        return 1440
    if found := _CLOCK_AS_DATE.fullmatch(text):
        text = found[1]
    if found := _CLOCK.fullmatch(text):
        hour, minute, second, half = int(found[1]), int(found[2]), int(found[3] or 0), (found[4] or "").casefold()
        if half[:1] in ("a", "p"):
            if not 1 <= hour <= 12:
                return NOT_A_CLOCK
            hour = hour % 12 + (12 if half[0] == "p" else 0)
        total = hour * 60 + minute
        return total if minute < 60 and second == 0 and total <= 1440 else NOT_A_CLOCK
    if _FRACTION.fullmatch(text):
        exact = float(text.replace(",", ".")) * 1440
        return round(exact) if abs(exact - round(exact)) < 0.05 else NOT_A_CLOCK
    return NOT_A_CLOCK


def instant(local: datetime, zone: ZoneInfo) -> datetime | Noted:
    """The instant in UTC of a wall time in `zone`: the next that exists in a gap, the first in an overlap."""
    offset = _offset_all_day(local.toordinal(), zone)
    if offset is not None:
        return (local - offset).replace(tzinfo=UTC)
    first, second = _offsets(local, zone)
    if first == second:
        return (local - first).replace(tzinfo=UTC)
    if first > second:
        return Noted((local - first).replace(tzinfo=UTC), TWICE)
    return Noted(_transition((local - second).replace(tzinfo=UTC), (local - first).replace(tzinfo=UTC), zone), SKIPPED)


def _offsets(local: datetime, zone: ZoneInfo) -> tuple[timedelta, timedelta]:
    """The offsets of a wall time at its first and second occurrence; in a gap, before and after it."""
    first, second = (local.replace(tzinfo=zone, fold=fold).utcoffset() or timedelta() for fold in (0, 1))
    return first, second


@lru_cache(maxsize=50_000)
def _offset_all_day(day: int, zone: ZoneInfo) -> timedelta | None:
    """The offset of a day on which the clocks do not change, by its ordinal; the day after is looked at too."""
    start = datetime.fromordinal(day)
    offsets = {*_offsets(start, zone), *_offsets(start + timedelta(days=1), zone)}
    return offsets.pop() if len(offsets) == 1 else None


def moment_text(value: Moment, zone: ZoneInfo) -> str:
    """The text that reads back as `value`, in wall time of `zone` where that says it."""
    if not isinstance(value, datetime):
        return value.isoformat()
    local = value.astimezone(zone)
    wall = local.replace(tzinfo=None)
    return wall.isoformat() if instant(wall, zone) == value else local.isoformat()


def _moment(year: int, month: int, day: int, time: list[str | None], zone: ZoneInfo) -> Moment | Fault | Noted:
    if year < _FIRST_YEAR:
        return NO_SUCH_DAY
    hour, minute, second, fraction, offset = time
    day_alone = date(year, month, day)
    if hour is None or minute is None:
        return day_alone
    h, m, s, micro = int(hour), int(minute), int(second or 0), int((fraction or "").ljust(6, "0"))
    next_day = (h, m, s, micro) == (24, 0, 0, 0)
    local = datetime(year, month, day, 0 if next_day else h, m, s, micro) + timedelta(days=next_day)
    if offset is None:
        return instant(local, zone)
    return local.replace(tzinfo=_offset(offset)).astimezone(UTC)


def _offset(text: str) -> timezone:
    if text in "Zz":
        return UTC
    east = timedelta(hours=int(text[1:3]), minutes=int(text[-2:]))
    return timezone(-east if text[0] == "-" else east)


def _slashes(first: int, second: int, year: int, time: list[str | None], zone: ZoneInfo) -> Moment | Fault | Noted:
    """Day and month in the one order that makes a date, where only one does."""
    if first <= 12 and second <= 12 and first != second:
        return TWO_WAYS
    day, month = (first, second) if second <= 12 else (second, first)
    return _moment(year, month, day, time, zone)


def _serial(text: str, zone: ZoneInfo) -> Moment | Fault | Noted:
    """Excel's count of days, with the time of day as a fraction, to the second."""
    days = float(text.replace(",", "."))
    if not _FIRST_SERIAL <= days < _LAST_SERIAL:
        return NOT_A_DATE
    local = _EXCEL_EPOCH + timedelta(seconds=round(days * 86_400))
    return local.date() if days.is_integer() else instant(local, zone)


def _transition(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The instant in `(before, after]` at which the offset of `zone` changes, to the second."""
    old = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
        if middle.astimezone(zone).utcoffset() == old:
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0)
