"""Tables that somebody uploads: staged beside the master data, corrected cell by cell, applied as one new version.

What is staged is what was uploaded and the corrections since; it is read anew together with the tables that stay, so
that a finding here is the finding that the new version would have.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePath

import msgspec

from pegboard.app.tables_desk import Desk, Placed, TableHead, checked, desk_of, now, unknown_table
from pegboard.app.uploaded import MOST_BYTES, Received, Sent, received, too_large
from pegboard.domain.finding import Finding, error, in_order
from pegboard.domain.snapshot import FILES
from pegboard.exchange import Table, Tables
from pegboard.exchange.factory import understand_tables
from pegboard.exchange.factory_writing import factory_files
from pegboard.exchange.opening import SETTINGS_FILE, Opened, folder_contents, folder_of, report_missing, table_name
from pegboard.exchange.report import Report
from pegboard.storage.database.masters import Masters, Version

LONGEST_CELL = 32_767


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """A correction: the new text of a cell; rows and columns count from 0, and no row is the header."""

    table: str
    row: int | None
    column: int
    text: str


class Upload(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody has uploaded onto a version of the master data (0: onto nothing), and corrected since.

    `at` is when that was, in seconds UTC.
    """

    id: str
    base: int
    who: str
    at: int
    sent: tuple[Sent, ...]
    cells: tuple[Cell, ...] = ()


class Staged(msgspec.Struct, frozen=True):
    """The factory as it would be.

    `touched` are the tables that differ from the master data, `findings` what is wrong with the upload itself,
    `in_the_way` the errors that keep it from being applied.
    """

    desk: Desk
    touched: frozenset[str]
    files: dict[str, bytes]
    findings: list[Finding]
    in_the_way: list[Finding]


class StagedTable(TableHead, frozen=True, kw_only=True):
    """A table of the factory as it would be; `replaced` where it is another one than in the master data."""

    replaced: bool


class StagedView(msgspec.Struct, frozen=True, kw_only=True):
    """An upload in a list of tables, with everything that was found; it can be applied where `errors` is 0."""

    id: str
    base: int
    who: str
    at: int
    tables: list[StagedTable]
    findings: list[Finding]
    errors: int


def view(upload: Upload, ready: Staged) -> StagedView:
    """What is shown of a staged upload."""
    return StagedView(
        id=upload.id,
        base=upload.base,
        who=upload.who,
        at=upload.at,
        tables=[
            StagedTable(name=t.name, rows=t.rows, findings=t.findings, replaced=t.name in ready.touched)
            for t in ready.desk.heads
        ],
        findings=[*ready.findings, *ready.desk.findings],
        errors=len(ready.in_the_way),
    )


def with_cells(upload: Upload, cells: Iterable[Cell]) -> Upload | Finding:
    """The upload with more corrections, the last one of a cell counting; a finding where they are too much text."""
    by_place = {(cell.table, cell.row, cell.column): cell for cell in (*upload.cells, *cells)}
    if sum(len(cell.text) for cell in by_place.values()) > MOST_BYTES:
        return too_large()
    return msgspec.structs.replace(upload, cells=tuple(by_place.values()))


def staged(upload: Upload, base: Mapping[str, bytes]) -> Staged:
    """The factory as the upload would leave it."""
    report = Report()
    got = received(upload.sent, report)
    kept = {name: data for name, data in base.items() if not _is_replaced(name, got)}
    rest = folder_contents(folder_of(kept, PurePath("the factory")), report)
    tables = {table.file: table for table in rest.tables.tables} | got.tables
    tables = corrected(tables, upload.cells)
    report_missing(rest.seen | got.seen, PurePath("the factory"), report)
    settings = got.settings or rest.tables.settings
    whole = Tables(tables=[tables[name] for name in FILES if name in tables], settings=settings)
    reading = understand_tables(Opened(whole, rest.is_sound), report, clock=now)
    desk = Desk(reading, checked(reading))
    touched = frozenset(got.seen | {cell.table for cell in upload.cells})
    changed = [table for table in whole.tables if table.file in touched]
    files = {n: d for n, d in kept.items() if table_name(PurePath(n).stem) not in touched or n == SETTINGS_FILE}
    files |= factory_files(Tables(tables=changed, settings=got.settings))
    blocking = _in_the_way(desk, touched, got.findings, base)
    return Staged(desk, touched, files, got.findings, blocking)


def corrected(tables: Mapping[str, Table], cells: Iterable[Cell]) -> dict[str, Table]:
    """The tables with the corrections in their cells."""
    found = dict(tables)
    for cell in cells:
        table = found.get(cell.table)
        if table is None:
            continue
        if cell.row is None:
            header = [*table.header[: cell.column], cell.text, *table.header[cell.column + 1 :]]
            found[cell.table] = msgspec.structs.replace(table, header=header)
        elif cell.row < len(table.rows):
            rows = [*table.rows]
            row = rows[cell.row] + [""] * (cell.column + 1 - len(rows[cell.row]))
            rows[cell.row] = [*row[: cell.column], cell.text, *row[cell.column + 1 :]]
            found[cell.table] = msgspec.structs.replace(table, rows=rows)
    return found


def cell_faults(desk: Desk, cells: Iterable[Cell]) -> list[Finding]:
    """What is wrong with corrections: cells that are not there, and texts that are too long for one."""
    tables = {table.file: table for table in desk.reading.tables.tables}
    faults = []
    for cell in cells:
        table = tables.get(cell.table)
        if table is None:
            faults.append(unknown_table(cell.table))
            continue
        row, last = cell.row or 0, len(table.rows) - 1
        if not 0 <= cell.column < len(table.header) or not (cell.row is None or 0 <= row <= last):
            what = f"{cell.table} has no row {cell.row} with a column {cell.column}"
            advice = f"rows go from 0 to {last}, columns from 0 to {len(table.header) - 1}"
            faults.append(error("C676", cell.table, what, advice))
        elif len(cell.text) > LONGEST_CELL:
            what = f"a cell of {len(cell.text):,} characters is longer than {LONGEST_CELL:,}"
            faults.append(error("C676", cell.table, what, "write a shorter text"))
    return faults


def apply_upload(masters: Masters, upload: Upload, at: int, who: str, why: str) -> Version | list[Finding]:
    """Make what is staged the newest version; what is in the way instead, where something is."""
    ready = staged(upload, masters.files(upload.base))
    if ready.in_the_way:
        n = len(ready.in_the_way)
        what = f"nothing was applied: {n:,} error{'s' if n != 1 else ''} left"
        return [error("C677", upload.id, what, "correct them, or leave these tables out"), *ready.in_the_way]
    version = masters.add(ready.files, upload.base, at, who, why)
    return version if version is not None else [moved(upload, masters.versions())]


def moved(upload: Upload, versions: Sequence[Version]) -> Finding:
    """Said where there is a newer version than the one that was uploaded onto."""
    last = versions[-1]
    what = f"{last.who or 'somebody'} has made version {last.number} of the master data since, not {upload.base}"
    advice = "look at what is new, and upload again"
    return error("C678", upload.id, f"nothing was applied: {what}: {last.why}" if last.why else what, advice)


def _is_replaced(name: str, got: Received) -> bool:
    """Whether a file of the master data gives way to one that was uploaded."""
    if name.casefold() == SETTINGS_FILE:
        return got.settings is not None
    return table_name(PurePath(name).stem) in got.seen


def _in_the_way(
    desk: Desk, touched: frozenset[str], own: Sequence[Finding], base: Mapping[str, bytes]
) -> list[Finding]:
    """The errors in what was touched, and those elsewhere that the master data has not already."""
    before = {(f.code, f.subject, f.what) for f in desk_of(base, now, PurePath("the factory")).findings} if base else ()
    faults = [f for f in [*own, *desk.findings] if f.severity == "error"]
    return in_order([f for f in faults if _table(f) in touched or (f.code, f.subject, f.what) not in before])


def _table(finding: Finding) -> str | None:
    return finding.table if isinstance(finding, Placed) else None
