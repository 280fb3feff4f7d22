"""Hold routings, their alternates and needs against items and resources."""

from collections import Counter, defaultdict
from collections.abc import Mapping

from pegboard.domain.factory import Member, RouteKey, StepKey
from pegboard.domain.item import Item
from pegboard.domain.resource import Resource
from pegboard.domain.routing import RoutingAlternate, RoutingNeed, RoutingStep, previous_numbers
from pegboard.domain.snapshot import Snapshot
from pegboard.planning.check_routes import Routes, check_doubles, names, on_route
from pegboard.planning.faults import Faults

Members = Mapping[str, tuple[Member, ...]]
Routing = dict[RouteKey, tuple[RoutingStep, ...]]
Alternates = dict[StepKey, tuple[RoutingAlternate, ...]]
Needs = dict[StepKey, tuple[RoutingNeed, ...]]


def check_processes(
    snapshot: Snapshot,
    items: Mapping[str, Item],
    routes: Routes,
    resources: Mapping[str, Resource],
    members: Members,
    faults: Faults,
) -> tuple[Routing, Alternates, Needs]:
    """Usable steps of each route in order of work; alternates and further needs by step number, on every route."""
    by_item: dict[str, list[RoutingStep]] = defaultdict(list)
    for row in snapshot.routing:
        if row.item not in items:
            faults.error(
                "V102",
                row.item,
                f"a routing step is for item {row.item}, which does not exist",
                "add the item to items.csv, or correct the name",
                row.source,
            )
            continue
        by_item[row.item].append(row)
    alternates, needs = defaultdict(list), defaultdict(list)
    known = {(r.item, r.step) for r in snapshot.routing}
    for alt in snapshot.routing_alternates:
        key = (alt.item, alt.step)
        if key not in known:
            faults.error(
                "V120",
                alt.item,
                f"an alternate is for step {alt.step} of {alt.item}, which is not in the routing",
                "correct item or step; the alternate is left out",
                alt.source,
            )
        elif alt.resource not in members:
            faults.error(
                "V112",
                alt.resource,
                f"an alternate of {alt.item} step {alt.step} names {alt.resource}, "
                "which is no usable resource or group",
                "add it to resources.csv; the alternate is left out",
                alt.source,
            )
        else:
            alternates[key].append(alt)
    for need in snapshot.routing_needs:
        key = (need.item, need.step)
        if key not in known:
            faults.error(
                "V120",
                need.item,
                f"a need is for step {need.step} of {need.item}, which is not in the routing",
                "correct item or step; the need is left out",
                need.source,
            )
            continue
        needs[key].append(need)
        found = members.get(need.resource, ())
        skilled = [m for m in found if need.min_level is None or m.level >= need.min_level]
        able = [m for m in skilled if resources[m.resource].capacity >= need.qty or not resources[m.resource].finite]
        if not found:
            faults.block(
                need.item,
                "V121",
                f"step {need.step} of {need.item} needs {need.resource}, which is no usable resource, group or skill",
                "add it to resources.csv or skills.csv",
                need.source,
            )
        elif not skilled:
            best = max(found, key=lambda m: (m.level, m.resource))
            faults.block(
                need.item,
                "V179",
                f"step {need.step} of {need.item} needs {need.resource} at level {need.min_level:g}, which nobody has; "
                f"the best is {best.resource} with {best.level:g}",
                "lower min_level, or raise a level in skills.csv",
                need.source,
            )
        elif not able:
            faults.block(
                need.item,
                "V122",
                f"step {need.step} of {need.item} needs {need.qty:g} of {need.resource}, "
                "more than any of its resources has",
                "lower the quantity, or raise a capacity",
                need.source,
            )
    routing: Routing = {}
    for item, rows in by_item.items():
        for route in names(routes, item):
            steps = on_route(rows, route)
            check_doubles(item, steps, route, faults)
            if ordered := _in_order_of_work(item, steps, faults):
                routing[item, route] = tuple(ordered)
        for row in rows:
            _check_step(row, members, faults, has_alternate=bool(alternates.get((item, row.step))))
    return (
        dict(sorted(routing.items())),
        {k: tuple(sorted(v, key=lambda a: (a.rank, a.resource))) for k, v in alternates.items()},
        {k: tuple(sorted(v, key=lambda n: (n.resource, n.phase, n.qty))) for k, v in needs.items()},
    )


def _check_step(row: RoutingStep, members: Members, faults: Faults, *, has_alternate: bool) -> None:
    outside = bool(row.supplier) and row.lead_time_days is not None
    if row.resource not in members and not has_alternate and not outside:
        faults.block(
            row.item,
            "V112",
            f"step {row.step} of {row.item} runs on {row.resource}, which is no usable resource or group",
            f"add {row.resource} to resources.csv, or correct it",
            row.source,
        )


def _in_order_of_work(item: str, rows: list[RoutingStep], faults: Faults) -> list[RoutingStep]:
    """Steps sorted so that predecessors come first; blocks the item where `after` names nothing or loops."""
    numbers = {row.step for row in rows}
    done: set[int] = set()
    left, ordered = list(rows), []
    for row in rows:
        for step in row.after:
            if step not in numbers:
                faults.block(
                    item,
                    "V123",
                    f"step {row.step} of {item} comes after step {step}, which is not in the routing",
                    "correct the column after",
                    row.source,
                )
                return rows
    previous = previous_numbers(rows)
    waiting = Counter(row.step for row in rows)
    while left:
        ready = next((r for r in left if done.issuperset(r.after or previous[r.step])), None)
        if ready is None:
            names = ", ".join(str(r.step) for r in left)
            faults.block(
                item,
                "V124",
                f"steps {names} of {item} wait for each other",
                "correct the column after",
                left[0].source,
            )
            return rows
        left.remove(ready)
        ordered.append(ready)
        waiting[ready.step] -= 1
        if not waiting[ready.step]:
            done.add(ready.step)
    return ordered
