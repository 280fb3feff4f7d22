"""Find every variant that is ordered or under way, on all levels, and resolve how each is made.

Options are handed down the bill of materials; an item's variant is made of those that matter to it. What the rows of
`options.csv` and `option_rules.csv` say is checked in `check_options.py`, the day's data in `check_variants.py`.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from pegboard.domain.expression import UnanswerableError
from pegboard.domain.factory import RouteKey, StepKey
from pegboard.domain.finding import Finding
from pegboard.domain.item import BomLine, Option, Supply
from pegboard.domain.record import Options
from pegboard.domain.routing import RoutingAlternate, RoutingStep
from pegboard.domain.variant import Recipe, Variant, Variants
from pegboard.planning.faults import Faults
from pegboard.planning.language import UnreadableError
from pegboard.planning.levels import cycles
from pegboard.planning.resolve import Part, Row, Rows, label, read_part

_TEMPLATE = re.compile(r"\{([^{}]+)\}")


class VariantRows:
    """The rows of all variants, by item, and which options each item depends on."""

    def __init__(
        self,
        bom: Mapping[str, Sequence[BomLine]],
        byproducts: Mapping[str, Sequence[BomLine]],
        routing: Mapping[RouteKey, Sequence[RoutingStep]],
        alternates: Mapping[StepKey, Sequence[RoutingAlternate]],
        options: Iterable[Option],
        faults: Faults,
    ) -> None:
        self.bom = bom
        self._yielded = byproducts
        self._routes: dict[str, dict[str, Sequence[RoutingStep]]] = defaultdict(dict)
        for (item, route), steps in routing.items():
            self._routes[item][route] = steps
        self._alternates: dict[str, list[RoutingAlternate]] = defaultdict(list)
        for (item, _), rows in alternates.items():
            self._alternates[item].extend(rows)
        self.parts = self._read(faults)
        self.rows = {
            item: Rows(
                [*bom.get(item, ()), *byproducts.get(item, ())],
                self._routes.get(item, {}),
                self._alternates.get(item, ()),
                parts,
            )
            for item, parts in self.parts.items()
        }
        self.shapes = {item: _names_of(parts.values()) for item, parts in self.parts.items()}
        asked = defaultdict(set, {item: set(names) for item, names in self.shapes.items()})
        for option in options:
            asked[option.item].add(option.option.casefold())
        self.distinct = self._from_below(asked)
        for (item, _), steps in routing.items():
            for name in (n for step in steps for n in _TEMPLATE.findall(step.family + step.batch_key)):
                asked[item].add(name.casefold())
        self.matters = self._from_below(asked)

    def _read(self, faults: Faults) -> dict[str, dict[int, Part]]:
        """The rows with a condition or formula by item, then by their identity; blocks items with unreadable ones."""
        found: dict[str, dict[int, Part]] = defaultdict(dict)
        for item, row in self._all_rows():
            try:
                part = read_part(row)
            except UnreadableError as wrong:
                what = f"{label(row)} has a condition or formula that cannot be read: {wrong}"
                advice = "write it as in COLOUR=red and LENGTH>=750, or as in 1.8*LENGTH/600"
                faults.block(item, "V180", what, advice, row.source)
                found.setdefault(item, {})
                continue
            if part is not None:
                found[item][id(row)] = part
        return dict(found)

    def _all_rows(self) -> Iterator[tuple[str, Row]]:
        for bom in (self.bom, self._yielded):
            for item, lines in bom.items():
                yield from ((item, line) for line in lines)
        for item, routes in self._routes.items():
            unique = {id(step): step for steps in routes.values() for step in steps}
            yield from ((item, step) for step in unique.values())
        for item, rows in self._alternates.items():
            yield from ((item, row) for row in rows)

    def _from_below(self, asked: Mapping[str, set[str]]) -> dict[str, frozenset[str]]:
        """What items ask for, and what all they are made of asks for."""
        parents: dict[str, set[str]] = defaultdict(set)
        for item, lines in self.bom.items() if asked else ():
            for line in lines:
                parents[line.component].add(item)
        found = {item: set(names) for item, names in asked.items()}
        todo = sorted(found)
        for item in todo:
            for parent in parents.get(item, ()):
                if parent not in found or not found[item] <= found[parent]:
                    found.setdefault(parent, set()).update(found[item])
                    todo.append(parent)
        return {item: frozenset(names) for item, names in found.items()}

    def recipe(self, item: str, shape: Options) -> Recipe:
        """How a variant is made. Raises UnanswerableError."""
        return self.rows[item].recipe(shape)


def _names_of(parts: Iterable[Part]) -> frozenset[str]:
    return frozenset().union(*(part.names for part in parts))


class Resolver:
    """Resolves variants with all they are made of, each once."""

    def __init__(self, rows: VariantRows, supply: Mapping[str, Supply], blocked: Mapping[str, Finding]) -> None:
        self.rows, self._supply, self._blocked = rows, supply, blocked
        self.variants = Variants(matters=rows.matters, shapes=rows.shapes, recipes={}, impossible={}, refused={})
        self.parts: dict[Variant, list[Variant]] = {}

    def add(self, wanted: Iterable[Variant]) -> None:
        """Resolve these variants, given by item and chosen options, and all they are made of."""
        variants = self.variants
        todo = [(item, variants.of(item, options)) for item, options in wanted]
        fresh: dict[Variant, list[Variant]] = {}
        while todo:
            at = todo.pop()
            if at in self.parts:
                continue
            self.parts[at] = fresh[at] = self._made_of(*at)
            todo.extend(part for part in fresh[at] if part not in self.parts)
        for path in cycles(fresh):
            self._break(path[:-1], f"its bill of materials contains itself: {_path(path)}")
        for knot in cycles(self.graph()):
            variants_of_both = [at for at in self.parts if at[0] in knot and any(p[0] in knot for p in self.parts[at])]
            what = "one variant ordered contains the other, and another one the other way round"
            self._break(variants_of_both, f"{what}: {' > '.join(knot)}")

        self._stop_parents_of_phantoms()

    def graph(self) -> dict[str, set[str]]:
        """The items that items are made of in any variant that can be made."""
        found: dict[str, set[str]] = {}
        for (item, _), parts in self.parts.items():
            found.setdefault(item, set()).update(name for name, _ in parts)
        return found

    def _stop_parents_of_phantoms(self) -> None:
        """A phantom that cannot be looked through stops what is made of it."""
        parents: dict[Variant, list[Variant]] = defaultdict(list)
        for at, parts in self.parts.items():
            for part in parts:
                if self._supply[part[0]] == "phantom":
                    parents[part].append(at)
        stopped = [at for at in self.variants.impossible if self._supply[at[0]] == "phantom"]
        for phantom in stopped:
            for at in parents[phantom]:
                if at not in self.variants.impossible:
                    self._break([at], self.variants.impossible[phantom])
                    stopped.append(at)

    def occurring(self) -> dict[str, tuple[BomLine, ...]]:
        """The lines of items made alike, and those of any variant that can be made."""
        found = {item: tuple(lines) for item, lines in self.rows.bom.items() if item not in self.variants.shapes}
        for (item, options), parts in sorted(self.parts.items()):
            if parts and (recipe := self.variants.recipe(item, options)):
                found[item] = (*found.get(item, ()), *recipe.lines)
        return found

    def below(self, start: Variant) -> set[Variant]:
        """A variant and all that it is made of."""
        found, todo = {start}, [start]
        while todo:
            fresh = set(self.parts.get(todo.pop(), ())) - found
            found |= fresh
            todo.extend(fresh)
        return found

    def _break(self, knot: Iterable[Variant], why: str) -> None:
        for at in knot:
            self.variants.impossible.setdefault(at, why)
            self.parts[at] = []

    def _made_of(self, item: str, options: Options) -> list[Variant]:
        """The variants that one is made of, any of alternates and of lines that are in force one day."""
        if item in self._blocked:
            self.variants.impossible[item, options] = self._blocked[item].what
            return []
        try:
            lines = self._lines(item, options)
        except UnanswerableError as why:
            self.variants.impossible[item, options] = str(why)
            return []
        names = {line.component for line in lines if line.kind == "component"}
        return sorted((name, self.variants.of(name, options)) for name in names)

    def _lines(self, item: str, options: Options) -> Sequence[BomLine]:
        variants = self.variants
        if item not in variants.shapes:
            return self.rows.bom.get(item, ())
        shape = variants.shape(item, options)
        if (item, shape) not in variants.recipes:
            variants.recipes[item, shape] = self.rows.recipe(item, shape)
        return variants.recipes[item, shape].lines


def _path(path: Iterable[Variant]) -> str:
    return " > ".join(f"{item} ({shown(options)})" if options else item for item, options in path)


def shown(options: Options) -> str:
    """`COLOUR=red, LENGTH=750`."""
    return ", ".join(f"{name}={value}" for name, value in options)
