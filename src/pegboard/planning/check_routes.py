"""Hold alternate routes against items, and the rows that name a route against the routes."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from pegboard.domain.item import BomLine, Item
from pegboard.domain.routing import Route, RoutingStep
from pegboard.domain.snapshot import Snapshot
from pegboard.planning.faults import Faults

Routes = dict[str, tuple[Route, ...]]


def check_routes(snapshot: Snapshot, items: Mapping[str, Item], faults: Faults) -> Routes:
    """Usable routes of the items that have alternate ones: least rank first, then by name."""
    of_steps: dict[str, set[str]] = defaultdict(set)
    for step in snapshot.routing:
        of_steps[step.item].add(step.route)
    made = set(of_steps) | {line.parent for line in snapshot.bom}
    found: dict[str, list[Route]] = defaultdict(list)
    for row in snapshot.routes:
        item = items.get(row.item)
        if item is None or (item.supply or ("make" if row.item in made else "buy")) != "make":
            why = "which does not exist" if item is None else "which is not made"
            what = f"route {row.route} is for item {row.item}, {why}"
            faults.error("V161", row.item, what, "correct the item; the route is left out", row.source)
        elif of_steps[row.item] and not {"", row.route} & of_steps[row.item]:
            what = f"route {row.route} of {row.item} has no steps"
            advice = "name the route in the column route of routing.csv; until then it is left out"
            faults.error("V162", row.item, what, advice, row.source)
        elif row.max_qty is not None and row.min_qty is not None and row.min_qty > row.max_qty:
            what = f"route {row.route} of {row.item} is open to no quantity: min_qty {row.min_qty:g}"
            what += f" is above max_qty {row.max_qty:g}"
            faults.error("V165", row.item, what, "exchange or correct the two; the route is left out", row.source)
        else:
            found[row.item].append(row)
    _check_names(snapshot, faults)
    for row in snapshot.routes:
        if row.item in made and row.item not in found:
            what = f"none of the routes of {row.item} can be used"
            faults.block(row.item, "V162", what, "mend one of them", row.source)
    return {item: tuple(sorted(rows, key=lambda r: (r.rank, r.route))) for item, rows in sorted(found.items())}


def _check_names(snapshot: Snapshot, faults: Faults) -> None:
    """Steps and components of a route that `routes.csv` does not have belong to none."""
    known = {(r.item, r.route) for r in snapshot.routes}
    with_routes = {item for item, _ in known}
    steps = [(s.item, s.route, f"step {s.step} of {s.item}", s.source) for s in snapshot.routing]
    lines = [(b.parent, b.route, f"component {b.component} of {b.parent}", b.source) for b in snapshot.bom]
    for item, route, row, source in [*steps, *lines]:
        if route and (item, route) not in known:
            what = f"{row} is of route {route}, which is not in routes.csv"
            if item in with_routes:
                faults.error("V163", item, what, "add the route, or correct its name; the row is left out", source)
            else:
                faults.block(item, "V163", what, "add the item's routes to routes.csv, or clear the column", source)


def names(routes: Mapping[str, Sequence[Route]], item: str) -> list[str]:
    """The routes of an item by rank; one without name where it has no alternate ones."""
    return [r.route for r in routes.get(item, ())] or [""]


def on_route(rows: Iterable[RoutingStep], route: str) -> list[RoutingStep]:
    """The steps of a route, with those that belong to every route, by number."""
    return sorted((r for r in rows if r.route in ("", route)), key=lambda r: r.step)


def check_doubles(item: str, rows: Sequence[RoutingStep], route: str, faults: Faults) -> None:
    """On one route a number names one step."""
    for before, after in pairwise(rows):
        if route and before.step == after.step and before.condition == after.condition:
            what = f"route {route} of {item} has step {after.step} twice: of its own and of every route"
            advice = "give the step another number, or name the routes of both"
            faults.block(item, "V164", what, advice, after.source)


def is_of(line: BomLine, route: str) -> bool:
    """Whether a component line belongs to a route."""
    return line.route in ("", route)
