"""Hold resources, groups, skills, calendars and downtime against each other."""

from collections import defaultdict

from pegboard.domain.calendar import FAR, Timeline, bounds
from pegboard.domain.factory import Member
from pegboard.domain.resource import Resource
from pegboard.domain.snapshot import Snapshot
from pegboard.planning.calendars import Calendars
from pegboard.planning.faults import Faults


def factory_calendar(snapshot: Snapshot, calendars: Calendars, now: int, faults: Faults) -> Timeline:
    """The factory's own calendar; open day and night where that is unusable."""
    name = snapshot.settings.calendar
    found = calendars.named(name)
    if found is None:
        faults.error(
            "V140",
            name,
            f"the factory's calendar {name} does not exist",
            "add it to calendars.csv, or correct `calendar` in factory.toml; until then open day and night",
            "factory.toml",
        )
        return calendars.always
    if found.next_open(now) >= FAR:
        faults.error(
            "V143",
            name,
            f"the factory's calendar {name} has no open time from now on",
            "give it open hours; until then the factory is open day and night",
            "calendars.csv",
        )
        return calendars.always
    return found


def supplier_days(snapshot: Snapshot, calendars: Calendars, faults: Faults) -> dict[str, Timeline]:
    """The days on which each supplier with a calendar takes orders."""
    found = {}
    for s in snapshot.suppliers:
        named = calendars.named(s.calendar) if s.calendar else None
        if named is not None:
            found[s.supplier] = calendars.open_days(named)
        elif s.calendar:
            faults.error(
                "V142",
                s.supplier,
                f"supplier {s.supplier} has calendar {s.calendar}, which does not exist",
                "add it to calendars.csv; until then the supplier takes orders every day",
                s.source,
            )
    return found


def check_resources(
    snapshot: Snapshot, calendars: Calendars, now: int, horizon: int, faults: Faults
) -> tuple[dict[str, Resource], dict[str, Timeline], dict[str, tuple[Member, ...]]]:
    """Usable resources, their timelines, and what each resource, group and skill name stands for."""
    resources: dict[str, Resource] = {}
    timelines: dict[str, Timeline] = {}
    downtime = defaultdict(list)
    names = {r.resource for r in snapshot.resources}
    for d in snapshot.downtime:
        if d.resource not in names:
            faults.error(
                "V112",
                d.resource,
                f"downtime names resource {d.resource}, which does not exist",
                "add the resource, or correct the name; the downtime is left out",
                d.source,
            )
        downtime[d.resource].append(d)
    matrices = {c.changeover for c in snapshot.changeovers}
    members: dict[str, list[Member]] = defaultdict(list)
    default = snapshot.settings.calendar
    for r in snapshot.resources:
        name = r.calendar or (default if calendars.named(default) is not None else "")
        found = calendars.of_resource(r.resource, name, downtime[r.resource])
        if found is None:
            faults.error(
                "V110",
                r.resource,
                f"resource {r.resource} has calendar {r.calendar}, which does not exist",
                f"add {r.calendar} to calendars.csv, or correct it; until then {r.resource} is left out",
                r.source,
            )
            continue
        if found.next_open(now) >= FAR or found.next_open(now) >= horizon:
            faults.error(
                "V111",
                r.resource,
                f"resource {r.resource} has no open time between now and the horizon",
                "give its calendar open hours or end its downtime; until then it is left out",
                r.source,
            )
            continue
        least = 1.0 if r.kind == "machine" else 0.0
        if r.finite and (r.capacity <= 0 or r.capacity < least):
            faults.error(
                "V113",
                r.resource,
                f"{r.kind} {r.resource} has capacity {r.capacity:g}, which holds no operation",
                "give it a capacity of 1 or more; until then it is left out",
                r.source,
            )
            continue
        if r.changeover and r.changeover not in matrices:
            faults.warning(
                "V114",
                r.resource,
                f"resource {r.resource} has changeover matrix {r.changeover}, which has no rows",
                "add rows to changeovers.csv, or clear the column; no changeovers are counted on it",
                r.source,
            )
        resources[r.resource] = r
        timelines[r.resource] = found
        members[r.resource].append(Member(r.resource, FAR))
    for r in resources.values():
        for group in r.group:
            if group in resources:
                faults.error(
                    "V115", group, f"{group} is a resource and a group", "give the group another name", r.source
                )
                continue
            members[group].append(Member(r.resource, FAR))
    groups = set(members)
    for s in snapshot.skills:
        if s.resource not in names:
            faults.error(
                "V116",
                s.resource,
                f"skill {s.skill} is given to resource {s.resource}, which does not exist",
                "add the resource, or correct the name",
                s.source,
            )
        elif s.resource in resources and s.skill not in groups:
            until = FAR if s.valid_to is None else bounds(s.valid_to, s.valid_to, calendars.span.zone)[1]
            members[s.skill].append(Member(s.resource, until, s.level or 0.0))
    return resources, timelines, {name: _in_order(rows) for name, rows in sorted(members.items())}


def _in_order(members: list[Member]) -> tuple[Member, ...]:
    return tuple(sorted(set(members), key=lambda m: (m.resource, m.until, m.level)))
