"""What tells the variants of a configured item apart, and how each of them is made."""

import hashlib
from collections.abc import Iterable

import msgspec

from pegboard.domain.item import BomLine
from pegboard.domain.record import Options, Steps
from pegboard.domain.routing import RoutingAlternate, RoutingStep

Variant = tuple[str, Options]
"""An item and the values of its options, or of those that are asked for."""

_NONE: frozenset[str] = frozenset()


class Way(msgspec.Struct, frozen=True, gc=False):
    """The steps of one route of a variant in order of work, and which steps each one waits for."""

    steps: tuple[RoutingStep, ...]
    before: dict[int, Steps]


class Recipe(msgspec.Struct, frozen=True, gc=False):
    """How a variant is made: only the rows that belong to it, every formula a number.

    `ways` are by route, without those of which it has no step; `alternates` by step.
    """

    lines: tuple[BomLine, ...]
    byproducts: tuple[BomLine, ...]
    ways: dict[str, Way]
    alternates: dict[int, tuple[RoutingAlternate, ...]]


_NOTHING = Recipe((), (), {}, {})


class Variants(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The variants that are ordered or under way, and what their items ask for.

    By item the casefolded names of options: `matters` are those that tell its variants apart, for its sake or for that
    of anything it is made of; `shapes` those its own lines and steps ask for, where any has a condition or formula.
    `recipes` are by item and the values that shape it, `impossible` says by item and the values that matter why a
    variant cannot be made, `refused` by order line every reason against its configuration. `usual` are the values that
    shape the variant by which an item is judged where no order says which, as for lead times.
    """

    matters: dict[str, frozenset[str]] = {}
    shapes: dict[str, frozenset[str]] = {}
    recipes: dict[Variant, Recipe] = {}
    impossible: dict[Variant, str] = {}
    refused: dict[str, tuple[str, ...]] = {}
    usual: dict[str, Options] = {}

    def of(self, item: str, options: Options) -> Options:
        """The variant of an item: those of the chosen options that matter to it."""
        names = self.matters.get(item)
        return _among(names, options) if names else ()

    def shape(self, item: str, options: Options | None) -> Options:
        """Those of the chosen options that the item's own lines and steps ask for; of its usual variant without any."""
        return self.usual.get(item, ()) if options is None else _among(self.shapes.get(item, _NONE), options)

    def recipe(self, item: str, options: Options | None) -> Recipe | None:
        """How a variant is made, the usual one without options; None where all variants of the item are made alike."""
        if item not in self.shapes:
            return None
        return self.recipes.get((item, self.shape(item, options)), _NOTHING)

    def why_not(self, item: str, options: Options) -> str:
        """Why a variant cannot be made; blank where it can."""
        if item in self.shapes and (item, self.shape(item, options)) not in self.recipes:
            return self.impossible.get((item, options), f"which variant of {item} to make is not known")
        return self.impossible.get((item, options), "")


def _among(names: frozenset[str], options: Options) -> Options:
    return tuple(pair for pair in options if pair[0].casefold() in names) if names else ()


def refusal(item: str, reasons: Iterable[str]) -> str:
    """The sentence that refuses a configuration, with all reasons."""
    return f"{item} cannot be made as chosen: {'; '.join(reasons)}"


def variant_id(options: Options) -> str:
    """A short name of a variant: eight digits of the hash of its sorted values; blank without any."""
    if not options:
        return ""
    text = ";".join(f"{name}={value}" for name, value in sorted(options))
    return hashlib.sha256(text.encode()).hexdigest()[:8]
