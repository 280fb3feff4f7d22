"""Lead times of items side by side: their own, cumulative over all levels, and decoupled by buffers.

Cumulative lead time = own + the largest over the components of (their cumulative lead time - how far into the making
they are needed). The decoupled one stops at buffered components; whether the item itself is buffered does not matter.
Phantoms have no lead time of their own and are looked through. Of alternate components that of least rank counts.

Source: Ptak & Smith, *Orlicky's Material Requirements Planning*, 3rd edition, chapter 24 (there: ASR lead time).
"""

from collections.abc import Collection, Iterable, Mapping
from itertools import pairwise
from typing import NamedTuple

import msgspec

from pegboard.domain.factory import Factory
from pegboard.planning.explode import Exploder
from pegboard.planning.levels import low_level_codes
from pegboard.planning.making import NONE, Days, Making, Makings
from pegboard.tables.process import ProcessTable

Component = tuple[str, float]
"""An item needed so many days after the making of its parent begins."""


class Way(NamedTuple):
    """The longest way below an item: its days, and the component it goes through, blank where it goes no deeper."""

    days: float
    through: str


class LeadTime(msgspec.Struct, frozen=True, gc=False):
    """Days of an item: its own, cumulative and decoupled ones, and the chains of items that decide the latter two.

    The remaining fields say what the decoupled days are spent on, as `Days` does.
    """

    item: str
    own_days: float
    cumulative_days: float
    through: tuple[str, ...]
    decoupled_days: float
    decoupled_through: tuple[str, ...]
    touch_days: float
    queue_days: float
    wait_days: float
    closed_days: float
    given_days: float


class Levels(msgspec.Struct, frozen=True):
    """What lead times are made of: own times and components of all items, by item.

    `until` is the way through the making of an item to where it first takes a component, by item and component.
    """

    making: dict[str, Making]
    components: dict[str, tuple[Component, ...]]
    until: dict[tuple[str, str], Days]

    @property
    def own(self) -> dict[str, float]:
        """Own lead times in days."""
        return {item: making.days.total for item, making in self.making.items()}


def longest_ways(
    own: Mapping[str, float], components: Mapping[str, Iterable[Component]], buffered: Collection[str] = frozenset()
) -> dict[str, Way]:
    """Lead times over all levels below each item, or down to buffered components; `components` is free of cycles.

    One pass from the lowest level up. Of equal components the first by name decides.
    """
    graph = {parent: [c for c, _ in rows] for parent, rows in components.items()}
    level = low_level_codes(graph, own)
    found: dict[str, Way] = {}
    for item in sorted(level, key=level.__getitem__, reverse=True):
        days, through = 0.0, ""
        for component, offset in sorted(components.get(item, ())):
            if component not in buffered and found[component].days - offset > days:
                days, through = found[component].days - offset, component
        found[item] = Way(own.get(item, 0.0) + days, through)
    return found


def chain(ways: Mapping[str, Way], item: str) -> tuple[str, ...]:
    """The items on the longest way below an item, itself first."""
    found = [item]
    while through := ways[found[-1]].through:
        found.append(through)
    return tuple(found)


def levels(factory: Factory, table: ProcessTable) -> Levels:
    """Own times and components of a factory's items, as of now."""
    makings, exploder = Makings(factory, table), Exploder(factory)
    making: dict[str, Making] = {}
    components: dict[str, tuple[Component, ...]] = {}
    first: dict[tuple[str, str], Days] = {}
    for item, how in factory.supply.items():
        if how == "make" and table.makes(item):
            making[item] = makings.making(item)
        else:
            making[item] = Making(Days(given=_purchase_days(factory, item) if how == "buy" else 0.0), {})
        if item in factory.blocked:
            continue
        taken: dict[str, Days] = {}
        for line, *_ in exploder.choices(item, factory.now, factory.route_names(item)[0]):
            until = making[item].until.get(line.step, NONE)
            if until.total <= taken.get(line.component, until).total:
                taken[line.component] = until
        components[item] = tuple((component, until.total) for component, until in taken.items())
        first.update(((item, component), until) for component, until in taken.items())
    return Levels(making, components, first)


def split(levels: Levels, ways: Mapping[str, Way], item: str) -> Days:
    """What the longest way below an item is spent on; its total is the lead time."""
    found = NONE
    for parent, component in pairwise(chain(ways, item)):
        found = found.and_then(levels.making[parent].days.without(levels.until[parent, component]))
    return found.and_then(levels.making[chain(ways, item)[-1]].days)


def buffered_items(factory: Factory) -> frozenset[str]:
    """The items that decouple what is above them from what is below; a phantom has no stock to do that with."""
    return frozenset(
        i.item for i in factory.items.values() if i.policy == "buffer" and factory.supply[i.item] != "phantom"
    )


def decoupled_days(factory: Factory, table: ProcessTable) -> dict[str, float]:
    """Decoupled lead time of every item in days, to two decimals."""
    found = levels(factory, table)
    ways = longest_ways(found.own, found.components, buffered_items(factory))
    return {item: round(ways[item].days, 2) for item in factory.items}


def lead_times(factory: Factory, table: ProcessTable) -> list[LeadTime]:
    """Lead times of all items that can be supplied, by item."""
    found = levels(factory, table)
    own = found.own
    cumulative = longest_ways(own, found.components)
    decoupled = longest_ways(own, found.components, buffered_items(factory))
    return [
        LeadTime(
            item,
            own[item],
            cumulative[item].days,
            chain(cumulative, item),
            decoupled[item].days,
            chain(decoupled, item),
            *split(found, decoupled, item),
        )
        for item in sorted(factory.items)
        if item not in factory.blocked
    ]


def _purchase_days(factory: Factory, item: str) -> float:
    """Days to buy an item from its first supplier."""
    source = factory.first_supplier(item)
    lead = source.lead_time_days if source else None
    return factory.items[item].lead_time_days if lead is None else lead
