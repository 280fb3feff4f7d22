"""Which of an item's alternate routes a work order may take."""

from __future__ import annotations

import math
from datetime import date

from tests.recheck.factory import Factory
from tests.recheck.plan_records import WorkOrder
from tests.recheck.records import Route
from tests.recheck.values import EPS, round_up


def allowed_routes(factory: Factory, wo: WorkOrder) -> list[str]:
    """ "A new work order takes the route of least rank that is in force on the local day of its need and open to its
    quantity, then the first by name"; "work orders that exist keep the route of least rank that has all their
    reported steps". None where the item has no such route.
    """
    by_rank = sorted(factory.routes[wo.item], key=lambda route: (route.rank, route.name))
    if wo.name in factory.work_orders:
        reported = {step for name, step in factory.progress if name == wo.name}
        kept = [r.name for r in by_rank if reported <= set(factory.recipe(wo.item, wo.options, r.name).steps)]
        return kept[:1]
    found: list[str] = []
    # Reading: the need is the work order's, or that of any demand it serves, for its own follows from how these were
    # planned; the quantity is what would be started on the route, or what is good; a route is in force on its last
    # day, or not any more.
    for day in sorted({factory.clock.day(need) for need in wo.needs}):
        for with_last_day in (True, False):
            open_ = [route for route in by_rank if in_force(factory, route, day, with_last_day)]
            found += [route.name for route in open_ if fits(route, started_on(factory, wo, route))][:1]
            found += [route.name for route in open_ if fits(route, wo.good_qty)][:1]
    return list(dict.fromkeys(found))


def in_force(factory: Factory, route: Route, day: date, with_last_day: bool) -> bool:
    clock = factory.clock
    if route.valid_from and day < clock.day(clock.read(route.valid_from)):
        return False
    last = clock.day(clock.read(route.valid_to)) if route.valid_to else day
    return day <= last if with_last_day or not route.valid_to else day < last


def fits(route: Route, quantity: float) -> bool:
    return route.min_qty - EPS <= quantity <= route.max_qty + EPS


def started_on(factory: Factory, wo: WorkOrder, route: Route) -> float:
    """What the good quantity of a work order would start on a route, within the lot rules of its item."""
    item, recipe = factory.items[wo.item], factory.recipe(wo.item, wo.options, route.name)
    yields = recipe.rest_yields[min(recipe.steps)][0] if recipe.steps else item.yield_
    minimum, multiple, _ = item.lot
    started = max(round_up(wo.good_qty / yields, item.decimals), minimum)
    return math.ceil(started / multiple - EPS) * multiple if multiple > 0 else started
