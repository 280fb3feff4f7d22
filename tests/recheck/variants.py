"""Which options make variants of an item, and whether a line's configuration is allowed."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from tests.recheck.factory import Factory
from tests.recheck.formulas import (
    holds,
    names_in_condition,
    names_in_formula,
    names_in_template,
    same_value,
)
from tests.recheck.records import OrderLine
from tests.recheck.values import Row, as_number, group_by, split_list, yes

Options = dict[str, str]


class Variants:
    """The options that matter to each item, and those that make its pieces different."""

    def __init__(self, factory: Factory) -> None:
        self.factory = factory
        self.options = group_by(factory.tables["options"], "item")
        self.rules = group_by(factory.tables["option_rules"], "item")
        self.alternates = group_by(factory.tables["routing_alternates"], "item")
        self._matter: dict[str, frozenset[str]] = {}
        self._differ: dict[str, frozenset[str]] = {}

    def matter(self, item: str) -> frozenset[str]:
        """ "An option matters to an item if its options.csv, a condition, a formula, a setup family or an oven key of
        it or of what it is made of names it"."""
        return self._below(item, self._matter, lambda name: self._made_different(name) | self._set_up(name))

    def differ(self, item: str) -> frozenset[str]:
        """What `options.csv`, a condition or a formula of an item or below it names."""
        return self._below(item, self._differ, self._made_different)

    def may_stand(self, item: str) -> frozenset[str]:
        """Reading: the rules of its options are conditions of an item too."""
        rules = self.rules.get(item, [])
        return self.matter(item).union(
            *(names_in_condition(r["when"]) | names_in_condition(r["require"]) for r in rules)
        )

    def _below(self, item: str, known: dict[str, frozenset[str]], own: Callable[[str], set[str]]) -> frozenset[str]:
        if item not in known:
            seen, todo = {item}, [item]
            found: set[str] = set()
            while todo:
                name = todo.pop()
                found |= own(name)
                parts = {row["component"] for row in self.factory.bom.get(name, []) if is_component(row)}
                parts |= {row["substitute"] for part in parts for row in self.factory.substitutes.get(part, [])}
                todo += parts - seen
                seen |= parts
            known[item] = frozenset(found)
        return known[item]

    def _made_different(self, item: str) -> set[str]:
        lines = [row for row in self.factory.bom.get(item, []) if is_component(row)]
        steps, alternates = self.factory.routing.get(item, []), self.alternates.get(item, [])
        found = {row["option"].upper() for row in self.options.get(item, [])}
        for row in [*lines, *steps]:
            found |= names_in_condition(row.get("condition", ""))
        found |= cells(lines, ("qty_per", "per_qty", "fixed_qty"), names_in_formula)
        return found | cells([*steps, *alternates], ("setup_min", "run_min", "fixed_min"), names_in_formula)

    def _set_up(self, item: str) -> set[str]:
        return cells(self.factory.routing.get(item, []), ("family", "batch_key"), names_in_template)

    def chosen(self, item: str, given: Options) -> Options:
        """ "A blank option takes its default"."""
        return {**self.factory.options_of(item, ""), **{name: value for name, value in given.items() if value}}

    def same(self, item: str, one: Options, other: Options) -> bool:
        """Whether two configurations give the same variant of an item."""
        one, other = self.chosen(item, one), self.chosen(item, other)
        return all(same_value(one.get(name, ""), other.get(name, "")) for name in self.matter(item))

    def faults(self, line: OrderLine) -> list[tuple[str, ...]]:
        """What is wrong with a line's configuration: of each fault, the words of which its reason must have one."""
        chosen = self.chosen(line.item, line.options)
        found: list[tuple[str, ...]] = []
        for row in self.options.get(line.item, []):
            value = chosen.get(row["option"].upper(), "")
            if (not value and yes(row.get("required"), True)) or (value and not is_allowed(value, row["values"])):
                found.append((row["option"],))
        for rule in self.rules.get(line.item, []):
            if holds(rule["when"], chosen) and holds(rule["require"], chosen) is False:
                words = (rule.get("message", ""), rule["require"])
                found.append(tuple(word for word in words if word))
        return found


def is_component(row: Row) -> bool:
    return row.get("kind") not in {"byproduct", "coproduct"}


def cells(rows: Iterable[Row], columns: Iterable[str], names: Callable[[str], set[str]]) -> set[str]:
    """What some cells of some rows name; a plain number names nothing."""
    columns = tuple(columns)
    texts = (row.get(column, "") for row in rows for column in columns)
    return {name for text in texts if as_number(text) is None for name in names(text)}


def is_allowed(value: str, values: str) -> bool:
    """Whether a value is one of `red;blue`, or within `100..900`."""
    for allowed in split_list(values):
        low, is_range, high = allowed.partition("..")
        number = as_number(value)
        if is_range and number is not None and float(low) <= number <= float(high):
            return True
        if not is_range and same_value(value, allowed):
            return True
    return False
