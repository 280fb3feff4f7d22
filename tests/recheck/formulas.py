"""Conditions, arithmetic and names that use an order's options."""

from __future__ import annotations

import re

from tests.recheck.values import as_number, split_list


def parse_options(text: str) -> dict[str, str]:
    pairs = (part.split("=", 1) for part in split_list(text) if "=" in part)
    return {name.strip().upper(): value.strip() for name, value in pairs}


class UnknownValueError(Exception):
    """A formula names an option that is not known here."""


class Formula:
    """A condition or a piece of arithmetic, read by recursive descent over its tokens."""

    def __init__(self, text: str, options: dict[str, str]) -> None:
        self.tokens = re.findall(r"\s*(!=|>=|<=|[-+*/()=<>,]|[^\s()=<>!,+*/-]+)", text)
        self.at = 0
        self.options = options

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self) -> str:
        token = self.peek()
        self.at += 1
        return token

    def accept(self, word: str) -> bool:
        found = self.peek().lower() == word
        self.at += found
        return found

    def disjunction(self) -> bool:
        value = self.conjunction()
        while self.accept("or"):
            value = self.conjunction() or value
        return value

    def conjunction(self) -> bool:
        value = self.negation()
        while self.accept("and"):
            value = self.negation() and value
        return value

    def negation(self) -> bool:
        if self.accept("not"):
            return not self.negation()
        if self.accept("("):
            value = self.disjunction()
            self.accept(")")
            return value
        return self.comparison()

    def option(self, name: str) -> str:
        if name.upper() not in self.options:
            raise UnknownValueError(name)
        return self.options[name.upper()]

    def comparison(self) -> bool:
        """ "An absent option equals nothing", so it differs from everything."""
        left = self.options.get(self.take().upper(), "")
        operator = self.take().lower()
        if operator == "in":
            values = [self.take()]
            while self.accept(","):
                values.append(self.take())
            return any(compare(left, "=", value) for value in values)
        return compare(left, operator, self.take())

    def total(self) -> float:
        value = self.product()
        while self.peek() in {"+", "-"}:
            value = value + self.product() if self.take() == "+" else value - self.product()
        return value

    def product(self) -> float:
        value = self.atom()
        while self.peek() in {"*", "/"}:
            value = value * self.atom() if self.take() == "*" else value / self.atom()
        return value

    def atom(self) -> float:
        if self.accept("-"):
            return -self.atom()
        if self.accept("("):
            value = self.total()
            self.accept(")")
            return value
        token = self.take()
        plain = as_number(token)
        return plain if plain is not None else float(self.option(token))


def same_value(left: str, right: str) -> bool:
    """ "Values that are numbers compare as numbers, others as text without regard to case"."""
    a, b = as_number(left), as_number(right)
    return a == b if a is not None and b is not None else left.casefold() == right.casefold()


def compare(left: str, operator: str, right: str) -> bool:
    if operator in {"=", "!="}:
        return (bool(left) and same_value(left, right)) == (operator == "=")
    if not left:
        return False
    a, b = as_number(left), as_number(right)
    if a is None or b is None:
        raise UnknownValueError(left)
    return {"<": a < b, ">": a > b, "<=": a <= b, ">=": a >= b}[operator]


def holds(condition: str, options: dict[str, str]) -> bool | None:
    """Whether a condition holds; None when it compares the size of what is no number."""
    if not condition:
        return True
    try:
        return Formula(condition, options).disjunction()
    except (UnknownValueError, KeyError, ValueError):
        return None


def amount(text: str, default: float, options: dict[str, str]) -> float | None:
    """A number or arithmetic over options; None when it cannot be told."""
    if not text:
        return default
    plain = as_number(text)
    if plain is not None:
        return plain
    try:
        return Formula(text, options).total()
    except (UnknownValueError, ValueError, ZeroDivisionError):
        return None


def fill_in(text: str, options: dict[str, str]) -> str | None:
    """`{COLOUR}` replaced by the option's value; None when the option is not known."""
    names = re.findall(r"\{(\w+)\}", text)
    if any(name.upper() not in options for name in names):
        return None
    return re.sub(r"\{(\w+)\}", lambda match: options[match[1].upper()], text)


def names_in_condition(text: str) -> set[str]:
    """The options that a condition names: what stands before a comparison."""
    return {name.upper() for name in re.findall(r"([^\W\d]\w*)\s*(?:!=|>=|<=|=|<|>|\bin\b)", text)}


def names_in_formula(text: str) -> set[str]:
    return {name.upper() for name in re.findall(r"\b[^\W\d]\w*", text)}


def names_in_template(text: str) -> set[str]:
    return {name.upper() for name in re.findall(r"\{(\w+)\}", text)}
