"""Which of an item's alternate routes a work order may take."""

from __future__ import annotations

import itertools
from datetime import date

from tests.recheck.factory import Factory
from tests.recheck.plan_records import WorkOrder
from tests.recheck.records import Route
from tests.recheck.values import EPS


def allowed_routes(factory: Factory, wo: WorkOrder) -> list[str]:
    """ "A new work order takes the route of least rank that is in force on the local day of its need and open to its
    quantity of good pieces, then the first by name"; "work orders that exist keep the route of least rank that has all
    their reported steps". None where the item has no such route.
    """
    by_rank = sorted(factory.routes[wo.item], key=lambda route: (route.rank, route.name))
    if wo.name in factory.work_orders:
        reported = {step for name, step in factory.progress if name == wo.name}
        kept = [r.name for r in by_rank if reported <= set(factory.recipe(wo.item, wo.options, r.name).steps)]
        return kept[:1]
    found: list[str] = []
    # Reading: the need is the work order's, or that of any demand it serves, for its own follows from how these were
    # planned; the quantity is that of the lot, or of a demand that the lot rules made a larger one of; a route is in
    # force on its last day, or not any more.
    for day in dict.fromkeys(factory.clock.day(need) for need in wo.needs):
        for with_last_day, quantity in itertools.product((True, False), (wo.good_qty, *wo.served)):
            open_ = [r.name for r in by_rank if in_force(factory, r, day, with_last_day) and fits(r, quantity)]
            found += open_[:1]
    return list(dict.fromkeys(found))


def in_force(factory: Factory, route: Route, day: date, with_last_day: bool) -> bool:
    clock = factory.clock
    if route.valid_from and day < clock.day(clock.read(route.valid_from)):
        return False
    last = clock.day(clock.read(route.valid_to)) if route.valid_to else day
    return day <= last if with_last_day or not route.valid_to else day < last


def fits(route: Route, quantity: float) -> bool:
    return route.min_qty - EPS <= quantity <= route.max_qty + EPS
