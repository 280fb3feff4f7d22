"""Read numbers as people and their programs write them, or say why one cannot be read.

`12.5`, `12,5`, `1.234,5`, `1,234.5`, `1 234.5`, `1'234.5` and `1.2E-3` have one meaning each. `1,234` has two,
and so has `1.234` in a file of decimal commas. Other numbers of the same file settle it; where they do not, the
number is a fault, since a guess may be wrong by a factor of a thousand.
"""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Literal

import msgspec

from pegboard.exchange.fault import Fault

Marks = Literal["dot", "comma", "both", "unknown"]
"""Which decimal marks a file certainly uses."""

PLAIN = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")
_SIGN = r"([+-]?)"
_GROUPED_BY = {
    mark: re.compile(rf"{_SIGN}([1-9][0-9]{{0,2}}(?:{re.escape(mark)}[0-9]{{3}})+)(?:{decimal}([0-9]+))?")
    for mark, decimal in ((".", ","), (",", r"\."), ("'", "[.,]"), (" ", "[.,]"))
}
_COMMA = re.compile(rf"{_SIGN}([0-9]*),([0-9]+)((?:[eE][+-]?[0-9]{{1,4}})?)")
_TWO_WAYS = re.compile(r"[+-]?[1-9][0-9]{0,2}[.,][0-9]{3}")
_FORMULA = re.compile(r"=.*|(?=.*[0-9*])(?=.*[*/+])(?=.*[A-Za-z])[\w.+\-*/() ]+")
_SPACES = str.maketrans({"\u00a0": " ", "\u2009": " ", "\u202f": " ", "\u2019": "'", "\u2212": "-"})

NOT_A_NUMBER = Fault("F202", "is not a number", "write the number alone, such as 12.5, without a unit")
NOT_FINITE = Fault("F202", "is not a finite number", "write a plain number, or leave the cell blank")
TWO_WAYS = Fault(
    "F203",
    "has two meanings: its mark may stand for decimals or for thousands",
    "write it without a mark for thousands, or with one more decimal: 1234 or 1.2340",
)
FORMULA = Fault(
    "F204", "is a formula where only a number may stand, so the whole row is left out", "write the number itself"
)
NOT_WHOLE = Fault("F205", "is not a whole number", "write a whole number such as 10")
_LARGEST_WHOLE = 2**53


class Style(msgspec.Struct, frozen=True):
    """How the numbers of one file are written.

    `semicolons` says that the file separates its cells by them, as programs do where the comma marks decimals
    and the point thousands. `sure` holds the texts that stand for number cells of a workbook: these have one meaning.
    """

    marks: Marks = "unknown"
    semicolons: bool = False
    sure: frozenset[str] = frozenset()


def style_of(texts: Iterable[str], *, semicolons: bool = False, sure: frozenset[str] = frozenset()) -> Style:
    """The style that a file's numbers show."""
    texts = set(texts) - sure
    comma = dot = False
    for text in map(_tidy, texts):
        if _TWO_WAYS.fullmatch(text):
            continue
        if _COMMA.fullmatch(text) or ("," in text and _GROUPED_BY["."].fullmatch(text)):
            comma = True
        elif "." in text and (PLAIN.fullmatch(text) or _GROUPED_BY[","].fullmatch(text)):
            dot = True
    return Style("both" if comma and dot else "comma" if comma else "dot" if dot else "unknown", semicolons, sure)


def plain_text(text: str, style: Style) -> str | Fault:
    """The same number, digit by digit, as this program writes it: a dot for decimals, nothing for thousands."""
    tidy = _tidy(text)
    if _TWO_WAYS.fullmatch(tidy) and text not in style.sure:
        return _settled(tidy, style)
    if PLAIN.fullmatch(tidy):
        return tidy
    for grouped_by, pattern in _GROUPED_BY.items():
        if found := pattern.fullmatch(tidy):
            sign, whole, decimals = found.groups()
            return f"{sign}{whole.replace(grouped_by, '')}{f'.{decimals}' if decimals else ''}"
    if found := _COMMA.fullmatch(tidy):
        sign, whole, decimals, exponent = found.groups()
        return f"{sign}{whole or '0'}.{decimals}{exponent}"
    if tidy.casefold().lstrip("+-") in ("nan", "inf", "infinity"):
        return NOT_FINITE
    return FORMULA if _FORMULA.fullmatch(tidy) else NOT_A_NUMBER


def number(text: str, style: Style) -> float | Fault:
    """The number that a text stands for."""
    plain = plain_text(text, style)
    if isinstance(plain, Fault):
        return plain
    value = float(plain)
    return NOT_FINITE if value in (float("inf"), float("-inf")) else value + 0.0  # no negative zero


def integer(text: str, style: Style) -> int | Fault:
    """The whole number that a text stands for; `10.0` is one."""
    value = number(text, style)
    if isinstance(value, Fault):
        return value
    return int(value) if value.is_integer() and abs(value) <= _LARGEST_WHOLE else NOT_WHOLE


def shortest(value: float) -> str:
    """The shortest text that reads back as `value`, without exponent and without a trailing `.0`."""
    if value.is_integer() and abs(value) < 1e16:
        return str(int(value))
    text = repr(value)
    return text if "e" not in text else format(Decimal(text), "f")


def _settled(text: str, style: Style) -> str | Fault:
    """A number such as 1,234 or 1.234, by what else the file holds."""
    commas = style.marks == "comma" or (style.marks == "unknown" and style.semicolons)
    if "." in text:
        return TWO_WAYS if commas else text
    if commas:
        return text.replace(",", ".")
    return text.replace(",", "") if style.marks == "dot" else TWO_WAYS


def _tidy(text: str) -> str:
    return text.translate(_SPACES)
