"""Read the rows of one table into columns of values, leaving out and reporting every row with a fault.

Columns, not rows: each distinct text of a column is read once, and the rest are look-ups. What a record
as a whole must satisfy stands in `records.py`.
"""

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from pegboard.exchange.cells import Cells
from pegboard.exchange.fault import Fault
from pegboard.exchange.headers import Headers, report_headers, understand
from pegboard.exchange.plain_numbers import table_style
from pegboard.exchange.report import Report, shown
from pegboard.exchange.schema import FactoryFile, factory_file
from pegboard.exchange.tables import Table

_BLOCK = 20_000
_HOPELESS = 10_000  # so many faulty rows, if they are most of those read so far, end the reading of a file

User = tuple[tuple[str, str], ...]


class Columns(msgspec.Struct):
    """The sound rows of a table: the values of each field that has a column, the user columns, and the lines."""

    file: FactoryFile
    label: str
    fields: dict[str, list[Any]]
    user: list[User]
    lines: list[int]

    def values(self, field: str) -> list[Any]:
        """The values of a field, its default where it has no column."""
        return self.fields.get(field) or [self.file.column(field).default] * len(self.lines)


def read_columns(table: Table, zone: ZoneInfo, report: Report) -> Columns:
    """All sound rows of a table, in file order; nothing when a required column is missing."""
    headers = understand(table)
    report_headers(headers, table, report)
    read = Columns(factory_file(table.file), table.label, {c.field: [] for _, c in headers.known}, [], [])
    if headers.missing:
        return read
    style = table_style(table, headers)
    cells = {i: Cells(column, zone, style) for i, column in headers.known}
    faulty = 0
    for start in range(0, len(table.rows), _BLOCK):
        block = slice(start, start + _BLOCK)
        rows, lines = _even(table, table.rows[block], table.lines[block], report)
        before = len(read.lines)
        if rows:
            _read_block(read, headers, cells, rows, lines, report)
        faulty += len(table.rows[block]) - (len(read.lines) - before)
        done = min(start + _BLOCK, len(table.rows))
        if faulty >= _HOPELESS and 2 * faulty > done and done < len(table.rows):
            report.add(
                "F114",
                table.label,
                f"{faulty:,} of the first {done:,} rows are faulty; "
                f"the {len(table.rows) - done:,} rows after them are not read",
                "check that this is the right file, in the right form",
                line=table.lines[done],
            )
            break
    return read


def _even(table: Table, rows: list[list[str]], lines: list[int], report: Report) -> tuple[list[list[str]], list[int]]:
    """The rows as wide as the header; blank cells beyond it are cut off, other ragged rows reported."""
    width = len(table.header)
    if all(len(row) == width for row in rows):
        return rows, lines
    even: list[list[str]] = []
    at: list[int] = []
    for row, line in zip(rows, lines, strict=True):
        if len(row) == width or (len(row) > width and not any(map(str.strip, row[width:]))):
            even.append(row[:width])
            at.append(line)
        elif report.has_room("F301", table.label):
            report.write(
                "F301",
                table.label,
                f"the row {shown(','.join(row))} has {len(row)} cells, the header {width}; the row is left out",
                "add or delete separators, and put texts that hold one in quotation marks",
                f"{table.label}:{line}",
                line,
            )
    return even, at


def _read_block(
    read: Columns, headers: Headers, cells: dict[int, Cells], rows: list[list[str]], lines: list[int], report: Report
) -> None:
    texts: list[tuple[str, ...]] = list(zip(*rows, strict=True))
    values = {i: list(map(column.__getitem__, texts[i])) for i, column in cells.items()}
    bad: set[int] = set()
    for i, column in cells.items():
        if column.faulty:
            faults = [n for n, value in enumerate(values[i]) if type(value) is Fault]
            bad.update(faults)
            for n in faults:
                _report_cell(read, column, values[i][n], texts[i][n], rows[n], headers, (lines[n], i), report)
        if column.remarks:
            for n, text in enumerate(texts[i]):
                if text in column.remarks:
                    _report_cell(read, column, column.remarks[text], text, rows[n], headers, (lines[n], i), report)
    user = _user(texts, headers, len(rows))
    if bad:
        sound = [n for n in range(len(rows)) if n not in bad]
        values = {i: [column[n] for n in sound] for i, column in values.items()}
        user = [user[n] for n in sound]
        lines = [lines[n] for n in sound]
    for i, known in headers.known:
        read.fields[known.field] += values[i]
    read.user += user
    read.lines += lines


def _user(texts: Sequence[Sequence[str]], headers: Headers, count: int) -> list[User]:
    """The cells of the user columns that are not blank, in file order."""
    if not headers.user:
        return [()] * count
    columns = []
    for i, name in headers.user:
        pairs = {text: (name, text.strip()) if text.strip() else None for text in set(texts[i])}
        columns.append([pairs[text] for text in texts[i]])
    if len(columns) == 1:
        return [(pair,) if pair else () for pair in columns[0]]
    return [tuple(pair for pair in row if pair) for row in zip(*columns, strict=True)]


def _report_cell(
    read: Columns,
    column: Cells,
    fault: Fault,
    text: str,
    row: list[str],
    headers: Headers,
    at: tuple[int, int],
    report: Report,
) -> None:
    """A finding about the cell at a line and a place in the header."""
    if not report.has_room(fault.code, read.label):
        return
    name = column.column.column
    what = f"{name} is blank, but required" if not text.strip() else f"{name} {shown(text.strip())} {fault.says}"
    of = subject(read.file, row, headers) or name
    report.write(fault.code, read.label, what, fault.advise(text), of, *at)


def subject(file: FactoryFile, row: Sequence[str], headers: Headers) -> str:
    """What a person would call the record of a row: `SO-1/10`, or as much of it as is there."""
    place = {column.field: i for i, column in headers.known}
    parts = [row[place[f]].strip() if f in place else str(file.column(f).default or "") for f in file.name]
    return "/".join(part for part in parts if part)
