"""The factories of a sweep, one for each point; names that the factory does not have are findings, all at once."""

from collections.abc import Sequence
from difflib import get_close_matches

from pegboard.domain.finding import Finding, error
from pegboard.domain.snapshot import Snapshot
from pegboard.planning.sweep.levers import (
    with_capacity,
    with_dates,
    with_demand,
    with_lead_time,
    with_longer_lead_time,
)
from pegboard.planning.sweep.scope import Setting

GENTLER_UP = {"demand": False, "dates": True, "capacity": True, "lead-time": False}
"""Whether a larger value makes it easier to be on time."""

UNIT = {"demand": "times", "dates": "days later", "capacity": "units", "lead-time": "days"}


def unknown_names(snapshot: Snapshot, settings: Sequence[Setting]) -> list[Finding]:
    """A finding for each name that is no resource, group, supplier or item, or whose units do not count."""
    resources = {r.resource for r in snapshot.resources} | {g for r in snapshot.resources for g in r.group}
    supplied = {s.supplier for s in snapshot.item_suppliers} | {i.item for i in snapshot.items}
    known = {"capacity": (resources, "resource or group"), "lead-time": (supplied, "supplier or item")}
    found = []
    for s in settings:
        names, what = known.get(s.lever, ({""}, ""))
        if s.name not in names:
            near = get_close_matches(s.name, sorted(names), n=3, cutoff=0.4)
            advice = f"near it: {', '.join(near)}" if near else "see resources.csv and item_suppliers.csv"
            found.append(error("C525", s.name, f"the factory has no {what} {s.name}", advice))
        elif s.lever == "capacity" and not any(
            r.finite for r in snapshot.resources if s.name in (r.resource, *r.group)
        ):
            advice = "set finite to yes in resources.csv, or sweep another one"
            found.append(error("C525", s.name, f"{s.name} is not finite: its units change nothing", advice))
    return found


def swept(settings: Sequence[Setting]) -> Setting:
    """The one setting that is a range."""
    return next(s for s in settings if len(s.values) > 1)


def at_point(snapshot: Snapshot, settings: Sequence[Setting], k: int) -> Snapshot:
    """The factory of the `k`-th point: the range at its `k`-th value, all else as set."""
    for s in settings:
        value = s.values[k] if len(s.values) > 1 else s.values[0]
        snapshot = _set(snapshot, s, value)
    return snapshot


def _set(snapshot: Snapshot, s: Setting, value: float) -> Snapshot:
    if s.lever == "demand":
        return with_demand(snapshot, value)
    if s.lever == "dates":
        return with_dates(snapshot, value)
    if s.lever == "capacity":
        return with_capacity(snapshot, s.name, value)
    return (with_longer_lead_time if s.is_change else with_lead_time)(snapshot, s.name, value)
