"""What an average piece of an item is made of, through all levels: for usage rates, never for a work order."""

import math
from collections.abc import Callable, Iterator, Mapping

import msgspec

from pegboard.domain.expression import plain
from pegboard.domain.factory import Factory
from pegboard.planning.explode import Exploder
from pegboard.tables.process import whole_way

Bill = Mapping[str, Mapping[str, float]]
"""Components of each item by quantity for one good piece."""


class Use(msgspec.Struct, frozen=True, gc=False):
    """A component below an item: `qty` for one piece, wanted `shift` days before the piece is."""

    component: str
    qty: float
    shift: int


def bill(factory: Factory) -> dict[str, dict[str, float]]:
    """The bill of materials in force now, of each item's first route and usual variant, with all yields."""
    exploder = Exploder(factory)
    found: dict[str, dict[str, float]] = {}
    for parent in factory.bom.keys() - factory.blocked.keys():
        route = factory.route_names(parent)[0]
        recipe = factory.variants.recipe(parent, None)
        ways = {route: whole_way(factory.routing.get((parent, route), ()))} if recipe is None else recipe.ways
        steps = ways[route].steps if route in ways else ()
        good = factory.items[parent].yield_ * math.prod(s.yield_ for s in steps)
        parts = found.setdefault(parent, {})
        for line, *_ in exploder.choices(parent, factory.now, route):
            qty = plain(line.qty_per) / plain(line.per_qty) / line.yield_ / good
            parts[line.component] = parts.get(line.component, 0.0) + qty
    return found


def below(
    top: str,
    parts: Bill,
    level: Mapping[str, int],
    passes: Callable[[str], bool],
    days: Callable[[str], int],
) -> Iterator[Use]:
    """All components below an item, going on beneath those that `passes`; `days` are those that an item itself takes.

    One that is used on ways of different length comes once for each length. Items are taken by their level, so that
    all ways to one are known before it is looked beneath: no way is walked twice.
    """
    ways: dict[str, dict[int, float]] = {top: {0: 1.0}}
    while ways:
        item = min(ways, key=lambda i: (level[i], i))
        found = ways.pop(item)
        if item != top:
            yield from (Use(item, qty, shift) for shift, qty in sorted(found.items()))
        if item != top and not passes(item):
            continue
        for component, per_piece in parts.get(item, {}).items():
            earlier = ways.setdefault(component, {})
            for shift, qty in found.items():
                at = shift + days(item)
                earlier[at] = earlier.get(at, 0.0) + qty * per_piece
