"""The problem of where to buffer, read from a factory: who may be buffered, and what stock that takes."""

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from pegboard.domain.buffer import Buffer
from pegboard.domain.factory import Factory
from pegboard.planning.leadtime import Levels
from pegboard.planning.levels import low_level_codes
from pegboard.planning.positions.problem import TICKS, Part, Positions, StockLine

SHORT_DAYS, MEDIUM_DAYS = 10, 25
LEAD_TIME_FACTORS = (0.75, 0.5, 0.25)
"""Of short, medium and long lead times: the longer, the smaller and more frequent the orders."""
VARIABILITY_FACTOR = 0.5
PRECISE = 1e11
"""Units of value in all stocks together: enough that rounding shows in none, few enough for a solver."""


class Worth(NamedTuple):
    """Usage per day and value of a unit, by item."""

    adu: Mapping[str, float]
    cost: Mapping[str, float]


class _Line(NamedTuple):
    """A stock line in money, as `StockLine` is one in units of value."""

    until: int
    slope: float
    low_slope: float
    base: float


def positions(factory: Factory, levels: Levels, worth: Worth, wanted: Collection[str]) -> Positions:
    """The choice among all items that the wanted ones are made of."""
    below = _below(levels, wanted)
    depth = low_level_codes({i: [c for c, _ in levels.components.get(i, ())] for i in below}, below)
    names = tuple(sorted(below, key=lambda i: (-depth[i], i)))
    index = {name: i for i, name in enumerate(names)}
    own = tuple(round(levels.making[i].days.total * TICKS) for i in names)
    parts = tuple(tuple(Part(index[c], round(o * TICKS)) for c, o in levels.components.get(i, ())) for i in names)
    longest = Positions(names, own, parts, (), (), (), 1.0).ticks([False] * len(names))
    inside = {names[p.item] for rows in parts for p in rows}
    may = _may_be_buffered(factory, inside)
    buffers = {b.item: b for b in factory.snapshot.buffers}
    money = [
        _lines(factory, buffers.get(name), name, worth, own[i], longest[i]) if name in may else []
        for i, name in enumerate(names)
    ]
    most = sum(max(_most(line) for line in lines) for lines in money if lines)
    unit = max(most, 1e-6) / PRECISE
    return Positions(
        names,
        own,
        parts,
        tuple(name in may for name in names),
        tuple(tuple(_whole(line, unit) for line in lines) for lines in money),
        tuple(sorted(index[i] for i in wanted)),
        unit,
    )


def different(factory: Factory) -> set[str]:
    """Items that are not the same from order to order: options are chosen of them, or decide about what is in them."""
    return {item for item, options in factory.variants.matters.items() if options}


def _below(levels: Levels, wanted: Iterable[str]) -> set[str]:
    """Items and all that they are made of."""
    found: set[str] = set()
    todo = list(wanted)
    while todo:
        item = todo.pop()
        if item not in found:
            found.add(item)
            todo.extend(c for c, _ in levels.components.get(item, ()))
    return found


def _may_be_buffered(factory: Factory, inside: Collection[str]) -> set[str]:
    """Parts that are the same in every order, and that can be made or bought anew."""
    barred = different(factory) | factory.blocked.keys()
    return {i for i in inside if i not in barred and factory.supply[i] != "phantom"}


def _lines(factory: Factory, buffer: Buffer | None, item: str, worth: Worth, own: int, longest: int) -> list[_Line]:
    """Average stock of an item as lines over the lead times it can have, by its profile or by default."""
    adu, cost = worth.adu.get(item, 0.0), worth.cost.get(item, 0.0)
    least_qty, cycle = _least_order(factory, item), 0.0
    if buffer is not None:
        adu = adu if buffer.adu is None else buffer.adu
        least_qty, cycle = buffer.moq or least_qty, buffer.order_cycle_days
    base = max(least_qty, adu * cycle) * cost / 2
    found: list[_Line] = []
    for until, lead_time_factor, variability in _profiles(factory, buffer):
        red = adu * cost / TICKS * lead_time_factor * (1 + variability)
        if own <= until:
            found.append(_Line(min(until, longest), red + adu * cost / TICKS * lead_time_factor / 2, red, base))
        if longest <= until:
            break
    return found


def _profiles(factory: Factory, buffer: Buffer | None) -> list[tuple[int, float, float]]:
    """Lead-time and variability factors up to lead times in ticks: of the item's own profile, else by class."""
    far = 1 << 40
    for p in factory.snapshot.buffer_profiles:
        if buffer is not None and p.profile == buffer.profile:
            return [(far, p.lead_time_factor, p.variability_factor)]
    limits = (SHORT_DAYS * TICKS, MEDIUM_DAYS * TICKS, far)
    return [(t, factor, VARIABILITY_FACTOR) for t, factor in zip(limits, LEAD_TIME_FACTORS, strict=True)]


def _least_order(factory: Factory, item: str) -> float:
    """The least that is ordered at once: the supplier's minimum, else the item's."""
    source = factory.first_supplier(item)
    if source is None or source.min_qty is None:
        return factory.items[item].min_qty
    return source.min_qty * (factory.purchase_unit(source) or 1.0)


def _most(line: _Line) -> float:
    return max(line.slope * line.until, line.low_slope * line.until + line.base)


def _whole(line: _Line, unit: float) -> StockLine:
    return StockLine(line.until, round(line.slope / unit), round(line.low_slope / unit), round(line.base / unit))
