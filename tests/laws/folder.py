"""A factory folder as a value: tables of text cells that can be written, shuffled, shifted in time and made smaller.

What stands in the cells is decided by `random_factory.py` or by a test.
"""

from __future__ import annotations

import csv
import random
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path

Row = Mapping[str, str]
Tables = Mapping[str, tuple[Row, ...]]

_MOMENT = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?)?")


@dataclass(frozen=True)
class FactoryFolder:
    """The files of one factory; `settings` and `policy` are the entries of factory.toml as they stand there."""

    name: str
    settings: Mapping[str, str]
    policy: Mapping[str, str]
    tables: Tables
    features: frozenset[str] = field(default_factory=frozenset)

    def write(self, folder: Path) -> Path:
        """Write the folder; a table without rows is left out, a column without values too."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, rows in self.tables.items():
            if rows:
                write_csv(folder / f"{name}.csv", rows)
        lines = [f"{key} = {value}" for key, value in self.settings.items()]
        if self.policy:
            lines += ["[policy]", *(f"{key} = {value}" for key, value in self.policy.items())]
        (folder / "factory.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
        return folder

    def shuffled(self, seed: int) -> FactoryFolder:
        """The same rows of every file in another order."""
        rng = random.Random(seed)
        return replace(self, tables={name: tuple(rng.sample(rows, len(rows))) for name, rows in self.tables.items()})

    def shifted(self, days: int) -> FactoryFolder:
        """Every date later by so many days; times of day and weekdays of shifts stay."""
        tables = {
            name: tuple({key: _later(value, days) for key, value in row.items()} for row in rows)
            for name, rows in self.tables.items()
        }
        settings = {key: _later(value, days) for key, value in self.settings.items()}
        return replace(self, tables=tables, settings=settings)

    def with_rows(self, table: str, rows: Iterable[Row]) -> FactoryFolder:
        """One table replaced."""
        return replace(self, tables={**self.tables, table: tuple(rows)})

    def with_settings(self, **settings: str) -> FactoryFolder:
        """Some settings replaced."""
        return replace(self, settings={**self.settings, **settings})

    @property
    def size(self) -> int:
        """Rows of all tables."""
        return sum(map(len, self.tables.values()))


def table(header: str, *rows: str) -> tuple[Row, ...]:
    """Rows written in words: `table("item qty", "CHAIR 4")`; `-` is a blank cell."""
    columns = header.split()
    return tuple(
        {column: "" if cell == "-" else cell for column, cell in zip(columns, row.split(), strict=True)} for row in rows
    )


def write_csv(path: Path, rows: Iterable[Row]) -> None:
    """Rows of text cells under a header of all their columns."""
    rows = list(rows)
    columns = list(dict.fromkeys(key for row in rows for key in row))
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, columns, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def read_csv(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file as they stand."""
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def _later(text: str, days: int) -> str:
    if not _MOMENT.fullmatch(text):
        return text
    if "T" in text:
        later = datetime.fromisoformat(text) + timedelta(days=days)
        return later.isoformat(timespec="seconds" if text.count(":") == 2 else "minutes")
    return (date.fromisoformat(text) + timedelta(days=days)).isoformat()
