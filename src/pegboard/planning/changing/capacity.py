"""Resources that fail, calendars that open or close, units of capacity more or fewer.

A stretch of time is known by whose it is and when it starts: reported again, its end is put right, and one that ends
when it starts is taken back.
"""

import math
from collections.abc import Callable
from typing import Any

import msgspec

from pegboard.domain.calendar import bounds
from pegboard.domain.change import AddException, AddUnits, Overtime, ResourceDown
from pegboard.domain.finding import Finding, error, info
from pegboard.domain.resource import CalendarException, Downtime, Resource
from pegboard.domain.snapshot import Snapshot
from pegboard.planning.changing.applied import (
    ADDED,
    Applied,
    applied,
    inserted,
    now_of,
    number_faults,
    place_of,
    put,
    refused,
    said_moment,
    unknown,
    without,
    zone_of,
)


def resource_down(snapshot: Snapshot, change: ResourceDown) -> Applied:
    """A stretch of downtime more, longer, shorter or taken back."""
    row = Downtime(resource=change.resource, start=change.start, end=change.end, reason=change.reason, source=ADDED)
    faults = resource_faults(snapshot, change.resource)
    return _stretch(snapshot, "downtime", row, faults, lambda d: (d.resource, d.start))


def calendar_exception(snapshot: Snapshot, change: AddException) -> Applied:
    """A stretch in which a calendar or a resource is open or closed against its week."""
    row = CalendarException(
        calendar=change.calendar,
        start=change.start,
        end=change.end,
        open=change.open,
        reason=change.reason,
        source=ADDED,
    )
    known = {r.resource for r in snapshot.resources} | {s.calendar for s in snapshot.calendars}
    faults = []
    if change.calendar not in known:
        faults.append(unknown("C421", "calendar or resource", change.calendar, known, "correct the name"))
    return _stretch(snapshot, "calendar_exceptions", row, faults, lambda e: (e.calendar, e.start, e.open))


def overtime(snapshot: Snapshot, change: Overtime) -> Applied:
    """A resource is open in a stretch."""
    faults = resource_faults(snapshot, change.resource)
    if faults:
        return refused(snapshot, faults)
    return calendar_exception(snapshot, as_exception(change))


def as_exception(change: Overtime) -> AddException:
    """Overtime as what it is: an opening of one resource's calendar."""
    return AddException(calendar=change.resource, start=change.start, end=change.end, open=True, reason=change.reason)


def add_units(snapshot: Snapshot, change: AddUnits) -> Applied:
    """Another capacity, of which something must be left."""
    faults = resource_faults(snapshot, change.resource)
    faults += number_faults(change.resource, "units", change.units, -1e6, 1e6)
    at = place_of(snapshot.resources, lambda r: r.resource == change.resource)
    if at is None or faults:
        return refused(snapshot, faults)
    row = snapshot.resources[at]
    capacity = round(row.capacity + change.units, 9)
    why = _why_no_units(row, change.units, capacity)
    if why:
        advice = "correct the number; for a stretch of time, report the resource down or give it overtime"
        return refused(snapshot, [error("C424", row.resource, f"{row.resource} {why}", advice)])
    return applied(snapshot, resources=put(snapshot.resources, at, msgspec.structs.replace(row, capacity=capacity)))


def _why_no_units(row: Resource, units: float, capacity: float) -> str:
    if not row.finite:
        return "has no limit of capacity, so units make no difference to it"
    if units == 0:
        return "is to get 0 units, which changes nothing"
    if capacity <= 0:
        return f"has {row.capacity:g} units, and {units:g} leave none"
    if row.kind in ("machine", "tool") and not math.isclose(capacity, round(capacity), abs_tol=1e-9):
        return f"is a {row.kind}, of which there is no part: {capacity:g}"
    return ""


def resource_faults(snapshot: Snapshot, name: str) -> list[Finding]:
    """An error where there is no such resource."""
    known = [r.resource for r in snapshot.resources]
    return [] if name in known else [unknown("C421", "resource", name, known, "correct the name")]


def _stretch(
    snapshot: Snapshot,
    file: str,
    row: Downtime | CalendarException,
    faults: list[Finding],
    key: Callable[[Any], Any],
) -> Applied:
    rows: tuple[Any, ...] = getattr(snapshot, file)
    name = key(row)[0]
    at = place_of(rows, lambda r: key(r) == key(row))
    first, last = bounds(row.start, row.end, zone_of(snapshot))
    span = f"{said_moment(snapshot, row.start)} to {said_moment(snapshot, row.end)}"
    if at is None and last <= first:
        what = f"{name}: {span} ends before it begins, and nothing known begins then that could be taken back"
        faults.append(error("C422", name, what, "correct one of the two"))
    elif at is None and last <= now_of(snapshot):
        faults.append(error("C423", name, f"{name}: {span} is over and changes nothing", "correct the dates"))
    if faults:
        return refused(snapshot, faults)
    if at is None:
        return applied(snapshot, **{file: inserted(rows, row, lambda r: tuple(map(str, (key(r)[0], r.start, r.end))))})
    if last <= first:
        return applied(snapshot, **{file: without(rows, at)})
    new = msgspec.structs.replace(rows[at], end=row.end, reason=row.reason)
    if new == rows[at]:
        return Applied(snapshot, (info("C412", name, f"{name}: {span} is known already"),))
    return applied(snapshot, **{file: put(rows, at, new)})
