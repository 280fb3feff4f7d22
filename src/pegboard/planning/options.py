"""Check and complete the options of a configured product: allowed values, defaults, and the rules between options."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from pegboard.domain.expression import Condition, UnanswerableError, comparable, options_of
from pegboard.domain.item import Option, OptionRule
from pegboard.domain.record import Options


class Allowed(msgspec.Struct, frozen=True):
    """The values of one option: single ones, and ranges of numbers with both ends included."""

    single: tuple[str, ...]
    ranges: tuple[tuple[float, float], ...]

    def holds(self, value: str) -> bool:
        """Whether a value is one of them."""
        wanted = comparable(value)
        if any(wanted == comparable(one) for one in self.single):
            return True
        return not isinstance(wanted, str) and any(low <= wanted <= high for low, high in self.ranges)


def read_values(text: str) -> Allowed | str:
    """The values of `red;blue` or `100..900`, or what is wrong with them."""
    single, ranges = [], []
    for part in filter(None, (part.strip() for part in text.split(";"))):
        first, dots, last = part.partition("..")
        if not dots:
            single.append(part)
            continue
        low, high = comparable(first.strip()), comparable(last.strip())
        if isinstance(low, str) or isinstance(high, str):
            return f"{part} is no range of numbers"
        if low > high:
            return f"the range {part} is empty"
        ranges.append((low, high))
    return Allowed(tuple(single), tuple(ranges)) if single or ranges else "no value is given"


class Choice(msgspec.Struct, frozen=True):
    """A usable row of options.csv."""

    row: Option
    allowed: Allowed


class Rule(msgspec.Struct, frozen=True):
    """A readable row of option_rules.csv, and the casefolded names of the options it asks for."""

    row: OptionRule
    when: Condition
    require: Condition
    names: frozenset[str]

    @classmethod
    def of(cls, row: OptionRule, when: Condition, require: Condition) -> "Rule":
        """The rule of a row whose conditions could be read."""
        return cls(row, when, require, frozenset(n.casefold() for n in options_of(when) | options_of(require)))

    def __str__(self) -> str:
        said = f"{self.row.message!r}: " if self.row.message else ""
        return f"{said}when {self.row.when} require {self.row.require}"

    def broken_by(self, chosen: Mapping[str, str]) -> str:
        """How chosen options break the rule, blank where they keep it."""
        try:
            return f"it breaks the rule {self}" if self.when.holds(chosen) and not self.require.holds(chosen) else ""
        except UnanswerableError as why:
            return f"the rule {self} {why}"


class Configuration(msgspec.Struct, frozen=True):
    """The options of one product, completed; `refusals` say why it cannot be accepted, each in a clause."""

    options: Options
    refusals: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()


class Spelling:
    """One spelling for names and values that are equal: that of options.csv, else the first in the alphabet."""

    def __init__(self, rows: Iterable[Option], chosen: Iterable[Options]) -> None:
        self._names: dict[str, str] = {}
        self._values: dict[tuple[str, float | str], str] = {}
        for row in sorted(rows, key=lambda r: (r.option, r.item)):
            name = row.option.casefold()
            self._names.setdefault(name, row.option)
            values = read_values(row.values)
            single = () if isinstance(values, str) else values.single
            for value in filter(None, (*single, row.default)):
                self._values.setdefault((name, comparable(value)), value)
        for option, value in sorted({pair for options in set(chosen) for pair in options}):
            self._names.setdefault(option.casefold(), option)
            self._values.setdefault((option.casefold(), comparable(value)), value)

    def of(self, options: Options) -> Options:
        """The same options, spelled alike wherever they are equal."""
        pairs = ((name.casefold(), value) for name, value in options)
        return tuple(
            sorted((self._names.get(n, n), self._values.get((n, comparable(value)), value)) for n, value in pairs)
        )

    def names(self) -> frozenset[str]:
        """The casefolded names of all options there are."""
        return frozenset(self._names)


class Configurator:
    """Choices and rules by item."""

    def __init__(self, choices: Sequence[Choice], rules: Sequence[Rule], spelling: Spelling) -> None:
        self.spelling = spelling
        self.choices: dict[str, list[Choice]] = defaultdict(list)
        self.rules: dict[str, list[Rule]] = defaultdict(list)
        for choice in choices:
            self.choices[choice.row.item].append(choice)
        for rule in rules:
            self.rules[rule.row.item].append(rule)

    def configure(self, item: str, options: Options) -> Configuration:
        """The options with defaults filled in, and every reason against them."""
        found = dict(self.spelling.of(options))
        given = {name.casefold(): value for name, value in found.items()}
        refusals: list[str] = []
        lacks: list[str] = []
        doubted: set[str] = set()
        for choice in self.choices.get(item, ()):
            row, name = choice.row, choice.row.option.casefold()
            if name in given:
                if not choice.allowed.holds(given[name]):
                    refusals.append(f"{row.option}={given[name]} is not allowed (only {row.values})")
                    doubted.add(name)
            elif row.default:
                found[row.option] = given[name] = row.default
            elif row.required:
                lacks.append(row.option)
                doubted.add(name)
        if lacks:
            what = " and ".join(f"{c.row.option} ({c.row.values})" for c in self.choices[item] if c.row.option in lacks)
            refusals.insert(0, f"the configuration is incomplete, {what} is not chosen")
        certain = [rule for rule in self.rules.get(item, ()) if not rule.names & doubted]
        refusals.extend(why for rule in certain if (why := rule.broken_by(given)))
        return Configuration(self.spelling.of(tuple(found.items())), tuple(refusals), tuple(lacks))
