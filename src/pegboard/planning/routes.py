"""Choose the route of a work order: a new one by need date and quantity, one under way by what is reported of it."""

from collections.abc import Iterable

from pegboard.domain.calendar import local_day
from pegboard.domain.factory import Factory
from pegboard.domain.quantity import round_down
from pegboard.domain.record import Options
from pegboard.domain.routing import Route
from pegboard.planning.explode import is_effective
from pegboard.planning.lotsize import LotRule
from pegboard.tables.process import ProcessTable

NewLot = tuple[float, float, int]
"""Started and good quantity, and the process."""


def new_lots(
    factory: Factory, table: ProcessTable, item: str, options: Options, rule: LotRule, wanted: float, need: int
) -> tuple[list[NewLot], str]:
    """Lots that yield at least `wanted`, each on the first route open to it; none, and why, where one finds no way."""
    routes = factory.routes.get(item)
    ways: list[tuple[Route | None, int]] = []
    if not routes:
        ways = [(None, table.process(item, None, options))]
    else:
        day = local_day(need, factory.zone)
        ways = [(r, table.process(item, r.route, options)) for r in routes if is_effective(r, day)]
    found: list[NewLot] = []
    missing = wanted
    while missing > 1e-9 + 1e-12 * wanted:
        lot = next((x for r, process in ways if (x := _lot(table, rule, missing, r, process))), None)
        if lot is None and routes:
            return [], f"no route of {item} is open on {local_day(need, factory.zone)} to a lot for {missing:g}"
        if lot is None:
            return [], "no lot within its lot rules yields a whole good piece"
        found.append(lot)
        missing -= lot[1]
    return found, ""


def _lot(table: ProcessTable, rule: LotRule, missing: float, route: Route | None, process: int) -> NewLot | None:
    """The next lot on a way; nothing where that yields no whole piece, or the route is not open to its quantity."""
    total_yield = table.processes[process].total_yield
    lot = rule.lot(missing / total_yield)
    good = round_down(lot * total_yield, rule.decimals)
    return (lot, good, process) if good > 0 and (route is None or _is_open(route, good)) else None


def _is_open(route: Route, qty: float) -> bool:
    """Whether a route makes lots of so many good pieces: what is started differs from route to route."""
    return (route.min_qty is None or qty >= route.min_qty) and (route.max_qty is None or qty <= route.max_qty)


def process_under_way(
    factory: Factory, table: ProcessTable, item: str, options: Options, reported: Iterable[int]
) -> int:
    """The process of a work order that exists: the route of least rank that has all its reported steps."""
    for route in factory.route_names(item):
        process = table.process(item, route, options)
        way = table.processes[process]
        if {table.rows[r].number for r in range(way.first, way.end)}.issuperset(reported):
            return process
    return table.process(item, None, options)
