"""Read conditions and formulas into trees, each distinct text once, or say what is wrong with one and where.

The language is small and never evaluated as Python: comparisons of options with values, joined by `and`, `or`, `not`
and parentheses; arithmetic of numbers and options. What a tree means stands in `domain/expression.py`.
"""

from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Any, Literal

import msgspec

from pegboard.domain.expression import (
    Arithmetic,
    Comparison,
    Condition,
    Joined,
    Negated,
    Negation,
    Number,
    Option,
    Term,
)

_GRAMMAR = r"""
?condition: all_of (_OR all_of)+        -> any
          | all_of
?all_of: single (_AND single)+          -> all
       | single
?single: _NOT single                    -> opposite
       | "(" condition ")"
       | sum COMPARE value              -> compare
       | sum _IN value ("," value)*     -> one_of
?sum: product
    | sum ADD product                   -> arithmetic
?product: unary
        | product TIMES unary           -> arithmetic
?unary: atom
      | "-" unary                       -> negated
?atom: NUMBER                           -> number
     | OPTION                           -> option
     | "(" sum ")"
value: VALUE | QUOTED

ADD: "+" | "-"
TIMES: "*" | "/"
COMPARE: "<=" | ">=" | "!=" | "=" | "<" | ">"
_AND.2: /and(?!\w)/i
_OR.2: /or(?!\w)/i
_NOT.2: /not(?!\w)/i
_IN.2: /in(?!\w)/i
NUMBER: /\d+\.?\d*|\.\d+/
OPTION: /[^\W\d]\w*/
VALUE: /[\w.\-]+/
QUOTED: /"[^"]+"|'[^']+'/
%ignore /[ \t\u00a0]+/
"""
_WORDS = {
    "COMPARE": "one of = != < <= > >=",
    "_IN": "in",
    "_AND": "and",
    "_OR": "or",
    "_NOT": "not",
    "NUMBER": "a number",
    "OPTION": "the name of an option",
    "VALUE": "a value",
    "QUOTED": "",
    "LPAR": "(",
    "RPAR": ")",
    "COMMA": "a comma",
    "ADD": "+ or -",
    "TIMES": "* or /",
    "MINUS": "",
    "$END": "its end",
}
_DEEPEST = 100


class UnreadableError(Exception):
    """A text that is no condition or formula; the message says what was expected where."""


class _Trees:
    """What each rule of the grammar becomes, from the leaves up."""

    def number(self, parts: list[Any]) -> Number:
        return Number(float(parts[0]))

    def option(self, parts: list[Any]) -> Option:
        return Option(str(parts[0]))

    def negated(self, parts: list[Any]) -> Negated:
        return Negated(parts[0])

    def arithmetic(self, parts: list[Any]) -> Arithmetic:
        left, sign, right = parts
        return Arithmetic(left, sign.value, right)

    def value(self, parts: list[Any]) -> str:
        text = str(parts[0])
        return text[1:-1] if text[0] in "\"'" else text

    def compare(self, parts: list[Any]) -> Comparison:
        term, how, value = parts
        return Comparison(term, how.value, (value,))

    def one_of(self, parts: list[Any]) -> Comparison:
        return Comparison(parts[0], "in", tuple(parts[1:]))

    def opposite(self, parts: list[Any]) -> Negation:
        return Negation(parts[0])

    def all(self, parts: list[Any]) -> Joined:
        return Joined("and", tuple(parts))

    def any(self, parts: list[Any]) -> Joined:
        return Joined("or", tuple(parts))


@lru_cache(maxsize=65_536)
def read_condition(text: str) -> Condition:
    """The tree of a condition. Raises UnreadableError."""
    tree: Condition = _read(text, "condition")
    return tree


@lru_cache(maxsize=65_536)
def read_formula(text: str) -> Term:
    """The tree of a formula. Raises UnreadableError."""
    tree: Term = _read(text, "sum")
    return tree


def _read(text: str, what: Literal["condition", "sum"]) -> Any:
    from lark.exceptions import UnexpectedCharacters, UnexpectedToken

    try:
        tree = _parser().parse(text, start=what)
    except UnexpectedCharacters as wrong:
        raise UnreadableError(_expected(text, wrong.column, wrong.allowed)) from None
    except UnexpectedToken as wrong:
        column = 0 if wrong.token.type == "$END" else wrong.column
        raise UnreadableError(_expected(text, column, wrong.accepts or wrong.expected)) from None
    if _is_deeper(tree, _DEEPEST):
        raise UnreadableError(f"it is nested more than {_DEEPEST} deep")
    return tree


@cache
def _parser() -> Any:
    from lark import Lark

    return Lark(_GRAMMAR, parser="lalr", start=["condition", "sum"], transformer=_Trees())


def _expected(text: str, column: int, names: Iterable[str]) -> str:
    """`at column 12, before 'x', a number or ( is expected`; column 0 is the end of the text."""
    wanted = set(names)
    words = [word for name, said in _WORDS.items() if name in wanted for word in said.split(" or ") if word]
    expected = " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
    where = f"at column {column}, before {text[column - 1 :][:20]!r}" if column else "at its end"
    return f"{where}, {expected} is expected"


def _is_deeper(tree: Any, most: int) -> bool:
    """Whether a tree is nested deeper than it may be: what reads trees calls itself for each level."""
    level = [tree]
    for _ in range(most):
        parts = [part for node in level for part in (msgspec.structs.astuple(node) if _is_node(node) else node)]
        level = [part for part in parts if _is_node(part) or isinstance(part, tuple)]
        if not level:
            return False
    return True


def _is_node(part: Any) -> bool:
    return isinstance(part, msgspec.Struct)
