"""The tables of a plant's master data as people see them: cells as text, and each finding at its row and column."""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from functools import cached_property
from pathlib import PurePath

import msgspec

from pegboard.domain.finding import Finding, error, in_order
from pegboard.domain.snapshot import FILES
from pegboard.exchange import Reading, Table, read_files
from pegboard.exchange.headers import understand
from pegboard.exchange.schema import factory_file
from pegboard.planning.validate import validate
from pegboard.storage.database.masters import Masters, Version


class Placed(Finding, frozen=True, kw_only=True):
    """A finding at its cell: rows and columns count from 0; None is the header, the whole row, or no table at all."""

    table: str | None = None
    row: int | None = None
    column: int | None = None


class TableHead(msgspec.Struct, frozen=True, kw_only=True):
    """A table in a list: how many rows it has, and how much was found in it."""

    name: str
    rows: int
    findings: int


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """Some rows of a table, and what was found in those rows or about the table as a whole; `n` rows in all."""

    n: int
    columns: list[str]
    rows: list[list[str]]
    findings: list[Placed]
    next: int | None


class Desk:
    """A factory's tables with everything that was found in them."""

    def __init__(self, reading: Reading, findings: Iterable[Finding]) -> None:
        self.reading = reading
        self._findings = list(findings)

    @cached_property
    def findings(self) -> list[Placed]:
        """All findings, errors first, each at its place."""
        by_label = {table.label: table for table in self.reading.tables.tables}
        return [_placed(finding, by_label, self.reading.columns) for finding in self._findings]

    @cached_property
    def heads(self) -> list[TableHead]:
        """The tables there are, in the order of the contract."""
        count = dict.fromkeys(FILES, 0)
        for finding in self.findings:
            if finding.table:
                count[finding.table] += 1
        tables = self.reading.tables.tables
        return [TableHead(name=t.file, rows=len(t.rows), findings=count[t.file]) for t in tables]

    def page(self, name: str, limit: int, offset: int) -> Page | Finding:
        """Some rows of a table; a finding where there is no such table."""
        table = next((t for t in self.reading.tables.tables if t.file == name), None)
        if table is None:
            return unknown_table(name)
        end = offset + limit
        shown = [f for f in self.findings if f.table == name and (f.row is None or offset <= f.row < end)]
        rows = [_even(row, len(table.header)) for row in table.rows[offset:end]]
        following = end if end < len(table.rows) else None
        return Page(n=len(table.rows), columns=table.header, rows=rows, findings=shown, next=following)


def checked(reading: Reading) -> list[Finding]:
    """Everything that is found in a factory: in its reading, and where its records are held against each other."""
    found = list(reading.findings)
    if reading.snapshot is not None:
        found += validate(reading.snapshot)[1]
    return in_order(found)


def desk_of(files: Mapping[str, bytes], clock: Callable[[], datetime], place: PurePath) -> Desk:
    """The tables of a factory's files."""
    reading = read_files(files, clock=clock, place=place)
    return Desk(reading, checked(reading))


def newest(masters: Masters) -> tuple[Version, Desk] | None:
    """The newest version of a plant's master data with its tables; None where there is none yet."""
    versions = masters.versions()
    if not versions:
        return None
    last = versions[-1]
    return last, desk_of(masters.files(last.number), now, PurePath(f"version {last.number}"))


def now() -> datetime:
    """The instant that a factory without `now` is planned at."""
    return datetime.now(UTC)


def unknown_table(name: str) -> Finding:
    """Said of a table that a factory has not."""
    return error("C681", name, f"there is no table {name}", f"the tables of a factory are {', '.join(FILES)}")


def _even(row: list[str], width: int) -> list[str]:
    """A row at least as wide as the header, so that each column has a cell."""
    return row + [""] * (width - len(row))


def _placed(finding: Finding, tables: Mapping[str, Table], columns: Mapping[Finding, int]) -> Placed:
    label, _, line = finding.source.rpartition(":")
    fields = msgspec.structs.asdict(finding)
    if label not in tables or not line.isdigit():
        table = tables.get(finding.source)
        return Placed(**fields, table=table.file if table else None)
    table = tables[label]
    row = bisect_left(table.lines, int(line))
    is_row = row < len(table.lines) and table.lines[row] == int(line)
    column = columns.get(finding)
    if column is None:
        column = _column_of(finding, table, table.rows[row]) if is_row else _header_of(finding, table)
    return Placed(**fields, table=table.file, row=row if is_row else None, column=column)


def _header_of(finding: Finding, table: Table) -> int | None:
    """The last column of the name that a finding about the header has: the one that is there once too often."""
    places = [i for i, name in enumerate(table.header) if name.strip() == finding.subject]
    return places[-1] if places else None


def _column_of(finding: Finding, table: Table, row: list[str]) -> int | None:
    """The column that a finding about a row speaks of: by its name, or else the one whose text it repeats.

    None where that is none or several; the columns that name the record are in every finding.
    """
    known = understand(table).known
    named = [i for i, column in known if _speaks(finding.what, column.column)]
    if len(named) == 1:
        return named[0]
    naming = factory_file(table.file).name
    others = [i for i, column in known if column.field not in naming and i < len(row) and len(row[i].strip()) > 1]
    repeated = [i for i in others if _speaks(finding.what, row[i].strip())]
    return repeated[0] if len(repeated) == 1 else None


def _speaks(what: str, word: str) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", what) is not None
