"""Small values: cells of a CSV file as numbers, words and lists, and the tolerances of comparisons."""

from __future__ import annotations

import csv
import math
import re
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

Row = dict[str, str]
Span = tuple[float, float]
LineKey = tuple[str, str]  # order, line
MINUTE = 1.0  # tolerance of every comparison of times
TOUCH = 1.0 / 60  # two holdings of a resource may overlap by a second of rounding
EPS = 1e-6
DAY = 1440.0
FOREVER = math.inf


def read_rows(folder: Path, name: str) -> list[Row]:
    """The rows of one CSV file with stripped cells; an absent file has none."""
    path = folder / name
    if not path.exists():
        return []
    with path.open(encoding="utf-8-sig", newline="") as handle:
        return [
            {(key or "").strip(): (value or "").strip() for key, value in row.items() if isinstance(value, str | None)}
            for row in csv.DictReader(handle)
        ]


def number(text: str | None, default: float = 0.0) -> float:
    return float(text) if text else default


def as_number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def yes(text: str | None, default: bool = False) -> bool:
    return default if not text else text.lower() in {"yes", "true", "1", "y"}


def split_list(text: str | None) -> list[str]:
    return [part.strip() for part in (text or "").split(";") if part.strip()]


def group_by(rows: Iterable[Row], column: str) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row[column]].append(row)
    return dict(found)


def round_up(quantity: float, decimals: int) -> float:
    """`quantity` rounded up to `decimals`, immune to binary noise (3 x 0.1 / 0.1 is 3)."""
    scale = 10.0**decimals
    return math.ceil(quantity * scale - EPS) / scale


def round_down(quantity: float, decimals: int) -> float:
    """`quantity` rounded down to `decimals`, immune to binary noise."""
    scale = 10.0**decimals
    return math.floor(quantity * scale + EPS) / scale


def is_multiple(quantity: float, multiple: float) -> bool:
    return multiple <= 0 or abs(quantity / multiple - round(quantity / multiple)) < EPS


def same_amount(a: float, b: float) -> bool:
    return abs(a - b) <= EPS * max(1.0, abs(a), abs(b))


def is_bare_date(text: str) -> bool:
    return bool(re.fullmatch(r"\d{4}-\d\d-\d\d", text))


def within(value: float, range_: Span, rate: float = 1.0) -> bool:
    return range_[0] - tolerance(range_[0], rate) <= value <= range_[1] + tolerance(range_[1], rate)


def tolerance(expected: float, rate: float = 1.0) -> float:
    """One minute of time and 0.1 %."""
    return MINUTE * max(1.0, rate) + 0.001 * expected + EPS
