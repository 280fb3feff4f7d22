"""What a unit of each item is worth, and how much of it is used a day: orders and costs taken through all levels."""

from collections.abc import Mapping
from typing import NamedTuple

from pegboard.domain.calendar import PPM, local_day
from pegboard.domain.factory import Factory
from pegboard.domain.item import BomLine
from pegboard.planning.buffers.usage import day_of
from pegboard.planning.explode import Exploder
from pegboard.tables.process import ProcessTable, StepRow

_HOUR_US = 3600 * PPM


class Use(NamedTuple):
    """A component of an item: how much of it one good unit takes, and one lot besides."""

    component: str
    per_unit: float
    per_lot: float


Uses = Mapping[str, tuple[Use, ...]]


def uses(factory: Factory, table: ProcessTable) -> Uses:
    """What the items of a factory take of each other as of now, losses included."""
    exploder = Exploder(factory)
    found: dict[str, tuple[Use, ...]] = {}
    for item in factory.items:
        if item not in factory.blocked:
            yields = _yields(factory, table, item)
            choices = exploder.choices(item, factory.now, factory.route_names(item)[0])
            found[item] = tuple(_use(line, yields) for line, *_ in choices)
    return found


def daily_usage(factory: Factory, uses: Uses) -> dict[str, float]:
    """Units of each item that the open orders take per day, from now to the last due date."""
    today = local_day(factory.now, factory.zone).toordinal()
    wanted = dict.fromkeys(factory.items, 0.0)
    lots = dict.fromkeys(factory.items, 0)
    last = today
    for line in factory.lines:
        if line.status == "open" and line.item in wanted:
            wanted[line.item] += max(line.qty - line.shipped_qty, 0.0)
            lots[line.item] += 1
            last = max(last, day_of(line.due, factory))
    for item in _from_the_top(factory):
        for use in uses.get(item, ()):
            wanted[use.component] += wanted[item] * use.per_unit + lots[item] * use.per_lot
            lots[use.component] += lots[item]
    days = last - today + 1
    return {item: qty / days for item, qty in wanted.items()}


def unit_costs(factory: Factory, table: ProcessTable, uses: Uses) -> dict[str, float]:
    """The given cost of a unit, else its purchase price, else what its components and its work cost; 0 if unknown."""
    found: dict[str, float] = {}
    for item in reversed(_from_the_top(factory)):
        given = factory.items[item].unit_cost
        found[item] = _rolled_up(factory, table, item, uses, found) if given is None else given
    return found


def _rolled_up(factory: Factory, table: ProcessTable, item: str, uses: Uses, cost: Mapping[str, float]) -> float:
    if factory.supply[item] == "buy":
        source = factory.first_supplier(item)
        return (source.price or 0.0) / (factory.purchase_unit(source) or 1.0) if source else 0.0
    lot = max(factory.items[item].min_qty, 1.0)
    parts = sum((u.per_unit + u.per_lot / lot) * cost.get(u.component, 0.0) for u in uses.get(item, ()))
    if factory.supply[item] == "phantom" or not table.makes(item):
        return parts
    process = table.processes[table.process(item)]
    return parts + sum(_work_cost(factory, table, row, lot) for row in table.rows[process.first : process.end])


def _work_cost(factory: Factory, table: ProcessTable, row: StepRow, lot: float) -> float:
    """What a step costs for each good unit: the time of its resource and of all it needs besides."""
    if row.step is None or not row.cands:
        return 0.0
    res, setup, fixed, run, *_ = min(row.cands, key=lambda c: (c[4], c[3], c[1] + c[2], c[0]))
    needs = [(factory.candidates(n.resource), n.qty) for n in factory.needs.get((row.item, row.step.step), ())]
    held = [(table.res_names[res], 1.0), *((names[0], qty) for names, qty in needs if names)]
    rate = sum(_rate(factory, name) * qty for name, qty in held)
    return rate * ((setup + fixed) / lot + run) / _HOUR_US / row.tail_yield


def _rate(factory: Factory, resource: str) -> float:
    known = factory.resources.get(resource)
    return (known.cost_per_hour or 0.0) if known else 0.0


def _yields(factory: Factory, table: ProcessTable, item: str) -> dict[int | None, float]:
    """Good units out for each unit started at a step; None is the first one."""
    if factory.supply[item] != "make" or not table.makes(item):
        return {None: factory.items[item].yield_}
    process = table.processes[table.process(item)]
    found: dict[int | None, float] = {r.number: r.tail_yield for r in table.rows[process.first : process.end]}
    return {**found, None: process.total_yield}


def _use(line: BomLine, yields: Mapping[int | None, float]) -> Use:
    started = 1.0 / yields.get(line.step, yields[None])
    per_piece, per_lot = line.quantity(1.0) - line.quantity(0.0), line.quantity(0.0)
    return Use(line.component, per_piece / line.yield_ * started, per_lot / line.yield_)


def _from_the_top(factory: Factory) -> list[str]:
    """Items with parents before their components."""
    return sorted(factory.items, key=lambda item: (factory.level[item], item))
