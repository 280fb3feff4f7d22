"""Resolve bills of material and routings for one variant: conditions decided, formulas turned into numbers.

The rows of all variants of an item stand together (the *150 %* bill and routing); each variant takes those whose
condition holds. A step that a variant has not hands over to its own predecessors: what comes after it waits for what
came before it.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

import msgspec

from pegboard.domain.expression import Chosen, Condition, Formula, Term, UnanswerableError, options_of
from pegboard.domain.item import BomLine
from pegboard.domain.record import Options, Steps
from pegboard.domain.routing import RoutingAlternate, RoutingStep, previous_numbers
from pegboard.domain.variant import Recipe, Way
from pegboard.planning.language import read_condition, read_formula

Row = BomLine | RoutingStep | RoutingAlternate
_Some = TypeVar("_Some", BomLine, RoutingStep, RoutingAlternate)

AMOUNTS: dict[type[Any], tuple[str, ...]] = {
    BomLine: ("qty_per", "per_qty", "fixed_qty"),
    RoutingStep: ("setup_min", "run_min", "fixed_min"),
    RoutingAlternate: ("setup_min", "run_min"),
}
"""The fields that may hold a formula."""


class Part(msgspec.Struct, frozen=True):
    """A row with its expressions read."""

    row: Row
    condition: Condition | None
    formulas: tuple[tuple[str, Formula, Term], ...]

    @property
    def names(self) -> frozenset[str]:
        """The casefolded names of the options it asks for."""
        trees = [*(term for _, _, term in self.formulas), *([self.condition] if self.condition else [])]
        return frozenset(name.casefold() for tree in trees for name in options_of(tree))


def read_part(row: Row) -> Part | None:
    """A row that has a condition or formulas; None for a plain one. Raises UnreadableError."""
    condition = getattr(row, "condition", "")
    formulas = [(name, value) for name in AMOUNTS[type(row)] if isinstance(value := getattr(row, name), Formula)]
    if not condition and not formulas:
        return None
    return Part(
        row,
        read_condition(condition) if condition else None,
        tuple((name, formula, read_formula(formula.text)) for name, formula in formulas),
    )


def label(row: Row) -> str:
    """What a person would call a row: `LEATHER in CHAIR`, `step 20 of CHAIR`."""
    if isinstance(row, BomLine):
        return f"{row.component} in {row.parent}"
    if isinstance(row, RoutingStep):
        return f"step {row.step} of {row.item}"
    return f"step {row.step} of {row.item} on {row.resource}"


def resolved(row: _Some, part: Part | None, chosen: Chosen) -> _Some | None:
    """A row with numbers for formulas; None where its condition does not hold. Raises UnanswerableError."""
    if part is None:
        return row
    if part.condition is not None and not _holds(part, chosen):
        return None
    numbers: dict[str, Any] = {name: amount(part, name, formula, term, chosen) for name, formula, term in part.formulas}
    if part.condition is not None:
        numbers["condition"] = ""
    return msgspec.structs.replace(row, **numbers)


def _holds(part: Part, chosen: Chosen) -> bool:
    assert part.condition is not None
    try:
        return part.condition.holds(chosen)
    except UnanswerableError as why:
        raise UnanswerableError(f"the condition {part.condition} of {label(part.row)} {why}") from None


def amount(part: Part, name: str, formula: Formula, term: Term, chosen: Chosen) -> float:
    """The number of a formula: finite, and one that means something. Raises UnanswerableError."""
    try:
        value = term.value(chosen)
        if not math.isfinite(value):
            raise UnanswerableError("is too large")
        if value < 0:
            raise UnanswerableError(f"comes to {value:g}, and must be at least 0")
        if name == "per_qty" and value == 0:
            raise UnanswerableError("comes to 0, and must be above 0")
    except UnanswerableError as why:
        given = [f"{option}={chosen[n]}" for option in sorted(options_of(term)) if (n := option.casefold()) in chosen]
        where = f" with {', '.join(given)}" if given else ""
        raise UnanswerableError(f"{name} {formula.text} of {label(part.row)} {why}{where}") from None
    return value + 0.0


class Rows:
    """All rows about the making of one item, with those read that have a condition or a formula."""

    def __init__(
        self,
        lines: Sequence[BomLine],
        routes: Mapping[str, Sequence[RoutingStep]],
        alternates: Sequence[RoutingAlternate],
        parts: Mapping[int, Part],
    ) -> None:
        """`parts` are by the identity of their row; rows without one are plain."""
        self.lines, self.routes, self.alternates, self.parts = lines, routes, alternates, parts

    def recipe(self, options: Options) -> Recipe:
        """How the variant of these options is made. Raises UnanswerableError."""
        chosen = {name.casefold(): value for name, value in options}
        ways = {route: self._way(steps, chosen) for route, steps in self.routes.items()}
        alternates: dict[int, list[RoutingAlternate]] = {}
        for row in self._hold(self.alternates, chosen):
            alternates.setdefault(row.step, []).append(row)
        lines = self._hold(self.lines, chosen)
        return Recipe(
            tuple(line for line in lines if line.kind == "component"),
            tuple(line for line in lines if line.kind != "component"),
            {route: way for route, way in ways.items() if way.steps},
            {number: tuple(rows) for number, rows in alternates.items()},
        )

    def _way(self, steps: Sequence[RoutingStep], chosen: Chosen) -> Way:
        kept = self._hold(steps, chosen)
        numbers = [step.step for step in kept]
        for number in numbers:
            if numbers.count(number) > 1:
                raise UnanswerableError(f"step {number} of {kept[0].item} stands twice: several of its conditions hold")
        return Way(tuple(kept), _handed_over(steps, kept))

    def _hold(self, rows: Iterable[_Some], chosen: Chosen) -> list[_Some]:
        found = (resolved(row, self.parts.get(id(row)), chosen) for row in rows)
        return [row for row in found if row is not None]


def _handed_over(steps: Sequence[RoutingStep], kept: Sequence[RoutingStep]) -> dict[int, Steps]:
    """Which of the steps that are kept each of them waits for."""
    previous = previous_numbers(steps)
    all_before: dict[int, set[int]] = {}
    for step in steps:
        all_before.setdefault(step.step, set()).update(step.after or previous[step.step])
    there = {step.step for step in kept}

    def waits_for(numbers: Iterable[int]) -> Steps:
        found, todo, seen = set(), list(numbers), set()
        while todo:
            number = todo.pop()
            if number in there:
                found.add(number)
            elif number not in seen:
                seen.add(number)
                todo.extend(all_before.get(number, ()))
        return tuple(sorted(found))

    return {step.step: waits_for(step.after or previous[step.step]) for step in kept}
