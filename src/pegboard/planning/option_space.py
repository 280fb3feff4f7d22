"""Search the configurations of one product: which values its rules leave, and which configurations a formula meets.

Of a range those values are tried that conditions tell apart: its ends, the values that conditions name, and one between
each two of them. Where that is not all there is to try, or too much, nothing is claimed.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from math import prod

from pegboard.domain.expression import Comparison, Condition, Option, comparable, comparisons
from pegboard.planning.options import Choice, Rule

LONGEST = 20_000
"""Configurations looked at before a search is given up."""


class Space:
    """The options of an item with the values to try, `None` where an option may be absent."""

    def __init__(self, choices: Sequence[Choice], rules: Sequence[Rule], conditions: Iterable[Condition] = ()) -> None:
        asked = [*conditions, *(tree for rule in rules for tree in (rule.when, rule.require))]
        drawn = [c for tree in asked for c in comparisons(tree)]
        self.rules = rules
        self.values = {c.row.option.casefold(): _samples(c, _lines_drawn(c, drawn)) for c in choices}
        ranged = {c.row.option.casefold() for c in choices if c.allowed.ranges}
        self._inexact = {n for c in drawn if not isinstance(c.term, Option) for n in c.names} & ranged

    def configurations(self, names: Iterable[str], fixed: Mapping[str, str]) -> Iterator[dict[str, str]]:
        """Configurations of these options, and of all that rules tie them to, that keep the rules.

        `fixed` are options that are chosen already. Each other one is chosen in turn; a rule prunes as soon as all it
        asks for is chosen. Ends after `LONGEST` tries.
        """
        tied, rules = self._tied({*names, *fixed})
        free = sorted(tied & self.values.keys() - fixed.keys())
        tries = 0
        todo: list[tuple[int, dict[str, str]]] = [(0, dict(fixed))]
        while todo and tries < LONGEST:
            depth, chosen = todo.pop()
            tries += 1
            missing = set(free[depth:])
            if any(not rule.names & missing and rule.broken_by(chosen) for rule in rules):
                continue
            if depth == len(free):
                yield chosen
                continue
            name = free[depth]
            more = ({**chosen, name: value} if value is not None else chosen for value in reversed(self.values[name]))
            todo.extend((depth + 1, with_one) for with_one in more)

    def is_searched(self, names: Iterable[str]) -> bool:
        """Whether trying these options, and all that rules tie them to, tries everything there is."""
        tied = self._tied(names)[0] & self.values.keys()
        return not tied & self._inexact and prod(len(self.values[name]) + 1 for name in tied) <= LONGEST

    def allows(self, fixed: Mapping[str, str]) -> bool:
        """Whether a configuration with these options keeps all rules; yes where that cannot be denied."""
        return not self.is_searched(fixed) or next(self.configurations((), fixed), None) is not None

    def _tied(self, names: Iterable[str]) -> tuple[set[str], list[Rule]]:
        """The options that rules tie to some, directly or through others, and those rules."""
        tied, rules, left = set(names), list[Rule](), list(self.rules)
        while near := [rule for rule in left if rule.names & tied]:
            rules.extend(near)
            left = [rule for rule in left if not rule.names & tied]
            tied.update(name for rule in near for name in rule.names)
        return tied, rules


def _lines_drawn(choice: Choice, drawn: Iterable[Comparison]) -> list[float]:
    """The numbers that conditions hold an option against."""
    own = [c for c in drawn if isinstance(c.term, Option) and c.names == {choice.row.option.casefold()}]
    values = [comparable(value) for c in own for value in c.values]
    return [value for value in values if not isinstance(value, str)]


def _samples(choice: Choice, drawn: Iterable[float]) -> tuple[str | None, ...]:
    """All single values; of ranges the ends, the numbers drawn as lines, and one between each two."""
    found: dict[float | str, str | None] = {comparable(value): value for value in choice.allowed.single}
    for low, high in choice.allowed.ranges:
        marks = sorted({low, high, *(number for number in drawn if low <= number <= high)})
        for number in [*marks, *((a + b) / 2 for a, b in pairwise(marks))]:
            text = f"{number:.9f}".rstrip("0").rstrip(".")
            found.setdefault(comparable(text), text)
    absent = not choice.row.required and not choice.row.default
    return (*found.values(), *([None] if absent else []))
