"""What came of a change: the snapshot after it and what is to say; and how a tuple of records changes by one."""

import math
from bisect import bisect_left
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import msgspec

from pegboard.domain.calendar import bounds
from pegboard.domain.finding import Finding, error
from pegboard.domain.record import Moment
from pegboard.domain.snapshot import Snapshot
from pegboard.planning.lines import LARGEST_QTY

ADDED = "changes.jsonl"
"""The source of a record that no file holds: only such a one can vanish again."""

Row = TypeVar("Row")


class Applied(msgspec.Struct, frozen=True):
    """The snapshot after a change, or the very one before it where an error among the findings refuses it."""

    snapshot: Snapshot
    findings: tuple[Finding, ...] = ()

    @property
    def is_refused(self) -> bool:
        """Whether nothing was changed, for at least one error."""
        return any(f.severity == "error" for f in self.findings)


def applied(snapshot: Snapshot, findings: Iterable[Finding] = (), **files: Any) -> Applied:
    """The snapshot with other tuples in the fields named."""
    return Applied(msgspec.structs.replace(snapshot, **files), tuple(findings))


def refused(snapshot: Snapshot, faults: Iterable[Finding]) -> Applied:
    """Nothing changes."""
    return Applied(snapshot, tuple(faults))


def put(rows: tuple[Row, ...], at: int, row: Row) -> tuple[Row, ...]:
    """The rows with another one in one place."""
    return (*rows[:at], row, *rows[at + 1 :])


def without(rows: tuple[Row, ...], at: int) -> tuple[Row, ...]:
    """The rows without the one in a place."""
    return (*rows[:at], *rows[at + 1 :])


def inserted(rows: tuple[Row, ...], row: Row, key: Callable[[Row], Any]) -> tuple[Row, ...]:
    """The rows with one more, where its key belongs among rows in order of their keys."""
    at = bisect_left(rows, key(row), key=key)
    return (*rows[:at], row, *rows[at:])


def place_of(rows: Iterable[Row], is_it: Callable[[Row], bool]) -> int | None:
    """The place of the first row that is meant; None where there is none."""
    return next((i for i, row in enumerate(rows) if is_it(row)), None)


def unknown(code: str, kind: str, name: str, known: Iterable[str], advice: str) -> Finding:
    """An error for a name that nothing has; one that differs in capitals alone is offered."""
    near = sorted({k for k in known if k.casefold() == name.casefold()})
    said = f"did you mean {near[0]}?" if near else advice
    return error(code, name or kind, f"there is no {kind} {name or '(blank)'}", said)


def quantity_faults(subject: str, qty: float) -> list[Finding]:
    """What is wrong with a quantity that somebody wants."""
    if math.isfinite(qty) and 0 < qty <= LARGEST_QTY:
        return []
    why = f"must be above 0 and at most {LARGEST_QTY:,.0f}"
    return [error("C404", subject, f"{subject}: quantity {qty:g} {why}", "correct it; to want none, cancel the line")]


def number_faults(subject: str, what: str, value: float, low: float, high: float) -> list[Finding]:
    """An error where a number is none, or lies outside of what means something."""
    if math.isfinite(value) and low <= value <= high:
        return []
    said = f"{subject}: {what} {value:g} must be a number from {low:g} to {high:g}"
    return [error("C425", subject, said, "correct the number")]


def zone_of(snapshot: Snapshot) -> ZoneInfo:
    """The time zone of a factory."""
    return ZoneInfo(snapshot.settings.timezone)


def now_of(snapshot: Snapshot) -> int:
    """The planning instant in UTC seconds."""
    return int(snapshot.settings.now.timestamp())


def is_past(snapshot: Snapshot, moment: Moment) -> bool:
    """Whether a moment, or the whole of a day, lies before now."""
    last = bounds(moment, moment, zone_of(snapshot))[1]
    return last < now_of(snapshot) + (0 if isinstance(moment, datetime) else 1)


def begins(snapshot: Snapshot, moment: Moment) -> int:
    """The instant of a moment; of a day, its midnight."""
    return bounds(moment, moment, zone_of(snapshot))[0]


def said_moment(snapshot: Snapshot | None, moment: Moment) -> str:
    """A moment as people write it, local to the factory where that is known."""
    if not isinstance(moment, datetime):
        return moment.isoformat()
    local = moment.astimezone(zone_of(snapshot)) if snapshot else moment
    return local.strftime("%Y-%m-%d %H:%M")
