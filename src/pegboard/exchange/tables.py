"""The raw tables of a factory: cells as the text that people wrote, not yet understood.

`csv_file.py` and `workbook.py` make and write them, `records.py` reads their meaning.
"""

from typing import Any

import msgspec


class Table(msgspec.Struct, kw_only=True):
    """One file or sheet.

    `label` names it in findings; `lines[i]` is the line of `rows[i]`. `sure` holds the texts of true number
    cells of a workbook; in `semicolons` files a comma marks decimals where nothing else is known.
    """

    file: str
    label: str
    header: list[str]
    rows: list[list[str]]
    lines: list[int]
    line_end: str = "\n"
    semicolons: bool = False
    sure: frozenset[str] = frozenset()


class SettingsTable(msgspec.Struct, kw_only=True):
    """The settings as key, value and line; `text` is the factory.toml they stand in, if they do."""

    label: str
    entries: list[tuple[str, Any, int]]
    text: str | None = None


class Tables(msgspec.Struct, kw_only=True):
    """All tables of a factory, in the order of the contract, its settings where there are any, its journal by lines."""

    tables: list[Table]
    settings: SettingsTable | None = None
    changes: tuple[str, ...] = ()
