"""Conditions and formulas over the options of a configured product, as plain trees: what holds, and what comes out.

Reading texts into trees is `planning/language.py`'s business. Options are looked up by their casefolded name. Values
that are numbers compare as numbers, others as text without regard to case; an absent option equals nothing.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Literal, TypeVar

import msgspec

Chosen = Mapping[str, str]
"""The chosen value of each option, by casefolded name."""

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)", re.ASCII)
_PLAIN_VALUE = re.compile(r"[\w.\-]+")


class UnanswerableError(Exception):
    """A formula that has no value under the chosen options; the text says why, and goes on after the formula."""


class Formula(msgspec.Struct, frozen=True, gc=False):
    """Arithmetic over options where a number might stand, as people wrote it."""

    text: str


Amount = float | Formula
"""A number, or what it is computed from for each variant."""


def plain(amount: Amount) -> float:
    """The number of a record that is resolved for a variant: no formula is left in it."""
    assert not isinstance(amount, Formula), f"{amount.text} stands in a record that is not resolved"
    return amount


def times(amount: Amount, factor: float) -> Amount:
    """An amount multiplied: a number, or a longer formula."""
    return Formula(f"({amount.text}) * {Number(factor)}") if isinstance(amount, Formula) else amount * factor


@lru_cache(maxsize=65_536)
def comparable(value: str) -> float | str:
    """What two values are equal by: their number, or their text without regard to case."""
    return float(value) + 0.0 if _NUMBER.fullmatch(value) else value.casefold()


class Number(msgspec.Struct, frozen=True):
    """A number as it stands."""

    is_of: float

    def value(self, chosen: Chosen) -> float:  # noqa: ARG002 - all terms are asked alike
        """The number."""
        return self.is_of

    def __str__(self) -> str:
        text = format(Decimal(repr(self.is_of)), "f")
        return text.removesuffix(".0")


class Option(msgspec.Struct, frozen=True):
    """The chosen value of an option, as a number."""

    name: str

    def value(self, chosen: Chosen) -> float:
        """The number chosen; raises UnanswerableError where nothing is, or no number."""
        given = chosen.get(self.name.casefold())
        if given is None:
            raise UnanswerableError(f"needs {self.name}, which is not chosen")
        number = comparable(given)
        if isinstance(number, str):
            raise UnanswerableError(f"needs a number, but {self.name} is {given}")
        return number

    def __str__(self) -> str:
        return self.name


class Negated(msgspec.Struct, frozen=True):
    """A term with the other sign."""

    term: "Term"

    def value(self, chosen: Chosen) -> float:
        """The number; raises UnanswerableError where the term has none."""
        return -self.term.value(chosen)

    def __str__(self) -> str:
        return f"-{_in_brackets(self.term)}"


class Arithmetic(msgspec.Struct, frozen=True):
    """Two terms joined by a sign."""

    left: "Term"
    sign: Literal["+", "-", "*", "/"]
    right: "Term"

    def value(self, chosen: Chosen) -> float:
        """The number; raises UnanswerableError where a term has none, or a division is by zero."""
        a, b = self.left.value(chosen), self.right.value(chosen)
        match self.sign:
            case "+":
                return a + b
            case "-":
                return a - b
            case "*":
                return a * b
            case "/":
                if b == 0:
                    raise UnanswerableError("divides by zero")
                return a / b

    def __str__(self) -> str:
        return f"{_in_brackets(self.left)} {self.sign} {_in_brackets(self.right)}"


Term = Number | Option | Negated | Arithmetic


class Comparison(msgspec.Struct, frozen=True):
    """A term held against a value, or against several of which one must be equal (`in`)."""

    term: Term
    how: Literal["=", "!=", "<", "<=", ">", ">=", "in"]
    values: tuple[str, ...]

    @property
    def names(self) -> frozenset[str]:
        """The casefolded names of the options asked for."""
        return frozenset(name.casefold() for name in options_of(self.term))

    def holds(self, chosen: Chosen) -> bool:
        """Whether it is so. Raises UnanswerableError where the term is arithmetic and has no value."""
        if isinstance(self.term, Option):
            given = chosen.get(self.term.name.casefold())
            if given is None:
                return self.how == "!="
            a = comparable(given)
        else:
            a = self.term.value(chosen)
        if self.how == "in":
            return any(a == comparable(value) for value in self.values)
        return _compare(a, self.how, comparable(self.values[0]))

    def __str__(self) -> str:
        values = ", ".join(_quoted(value) for value in self.values)
        return f"{self.term} {self.how} {values}"


class Negation(msgspec.Struct, frozen=True):
    """The opposite of a condition."""

    of: "Condition"

    def holds(self, chosen: Chosen) -> bool:
        """Whether the condition does not hold."""
        return not self.of.holds(chosen)

    def __str__(self) -> str:
        return f"not ({self.of})"


class Joined(msgspec.Struct, frozen=True):
    """Conditions of which all (`and`) or any (`or`) must hold."""

    word: Literal["and", "or"]
    parts: tuple["Condition", ...]

    def holds(self, chosen: Chosen) -> bool:
        """Whether all or any of the parts hold, asked from left to right until it is settled."""
        if self.word == "and":
            return all(part.holds(chosen) for part in self.parts)
        return any(part.holds(chosen) for part in self.parts)

    def __str__(self) -> str:
        return f" {self.word} ".join(f"({part})" if isinstance(part, Joined) else str(part) for part in self.parts)


Condition = Comparison | Negation | Joined


def comparisons(condition: Condition) -> list[Comparison]:
    """All comparisons of a condition, from left to right."""
    match condition:
        case Comparison():
            return [condition]
        case Negation():
            return comparisons(condition.of)
        case Joined():
            return [found for part in condition.parts for found in comparisons(part)]


def options_of(tree: Condition | Term) -> frozenset[str]:
    """The names of the options that a condition or formula asks for, as they are written there."""
    match tree:
        case Option():
            return frozenset((tree.name,))
        case Number():
            return frozenset()
        case Negated():
            return options_of(tree.term)
        case Arithmetic():
            return options_of(tree.left) | options_of(tree.right)
        case _:
            return frozenset().union(*(options_of(c.term) for c in comparisons(tree)))


def _compare(a: float | str, how: str, b: float | str) -> bool:
    """Numbers by size, texts by their letters; a number and a text differ, and neither is the smaller one."""
    if isinstance(a, float) and isinstance(b, float):
        return _stand(a, how, b)
    if isinstance(a, str) and isinstance(b, str):
        return _stand(a, how, b)
    return how == "!="


_Kind = TypeVar("_Kind", float, str)


def _stand(a: _Kind, how: str, b: _Kind) -> bool:
    match how:
        case "=":
            return a == b
        case "!=":
            return a != b
        case "<":
            return a < b
        case "<=":
            return a <= b
        case ">":
            return a > b
        case _:
            return a >= b


def _in_brackets(term: Term) -> str:
    return f"({term})" if isinstance(term, Negated | Arithmetic) else str(term)


def _quoted(value: str) -> str:
    if _PLAIN_VALUE.fullmatch(value):
        return value
    return f"'{value}'" if '"' in value else f'"{value}"'
