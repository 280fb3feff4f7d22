"""Read a factory: a folder of CSV files or a workbook in, a snapshot and all findings out."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from pegboard.domain.change import Entry
from pegboard.domain.finding import Finding, in_order
from pegboard.domain.snapshot import FILES, Snapshot, Spoiled
from pegboard.exchange import workbook
from pegboard.exchange.changes_file import CHANGES_FILE, line_of, lines_of_file, read_changes
from pegboard.exchange.columns import Columns, read_columns
from pegboard.exchange.csv_file import read_csv
from pegboard.exchange.headers import understand
from pegboard.exchange.records import Records, make_records
from pegboard.exchange.report import Report, closest, shown
from pegboard.exchange.schema import REQUIRED_FILES, factory_file
from pegboard.exchange.settings import SettingsRead, read_settings, read_toml
from pegboard.exchange.tables import SettingsTable, Table, Tables
from pegboard.planning.changing import replay

MAKING = {"bom": "parent", "routes": "item", "routing": "item", "routing_needs": "item"}
"""Files without whose every row an item is not made as it should be, and the field that names the item."""

SETTINGS_FILE = "factory.toml"
_TABLE_LIKE = (".csv", ".tsv", ".toml", ".xlsx", ".xlsm", ".xls", ".ods")


class Reading(msgspec.Struct, frozen=True):
    """What came of reading a factory.

    `snapshot` is None when nothing can be planned: then an error in `findings` says why; otherwise the journal of
    the factory has been applied to it. `factory_hash` names the content, whatever the order of rows and columns and
    the form of cells; blank without snapshot. A `now` taken from the clock is no part of it. `tables` hold the cells
    as people wrote them.
    """

    snapshot: Snapshot | None
    findings: list[Finding]
    factory_hash: str
    tables: Tables


def read_factory(path: Path, *, clock: Callable[[], datetime]) -> Reading:
    """Read a folder of CSV files, or one workbook, with every fault as a finding.

    `clock` gives the planning instant, and is called only when the settings have no `now`. Raises nothing on
    account of the data.
    """
    path = Path(path)
    report = Report()
    tables, sound = _read_tables(path, report)
    settings = read_settings(tables.settings, clock, report)
    columns = {table.file: read_columns(table, settings.zone, report) for table in tables.tables}
    records = {file: make_records(read, settings.zone, report) for file, read in columns.items()}
    for name in REQUIRED_FILES:
        if name in records and not records[name].records:
            label = next(table.label for table in tables.tables if table.file == name)
            what = f"no usable row is left of {label}, so there is nothing to plan"
            report.add("F113", label, what, "mend what the other findings name")
    complete = all(name in records and records[name].records for name in REQUIRED_FILES)
    if not sound or not complete or settings.settings is None:
        return Reading(None, report.findings(), "", tables)
    files: dict[str, Any] = {name: read.records for name, read in records.items()}
    spoiled = tuple(sorted((s for t in tables.tables for s in _spoiled(t, columns[t.file])), key=lambda s: s.source))
    unchanged = Snapshot(settings=settings.settings, spoiled=spoiled, **files)
    entries, faults = read_changes(list(tables.changes), settings.zone)
    snapshot, refusals = replay(unchanged, entries)
    findings = in_order([*report.findings(), *faults, *refusals])
    changes = [line_of(Entry(change=entry.change), settings.zone) for entry, _ in entries]
    return Reading(snapshot, findings, changed_hash(_hash(settings, records), changes), tables)


def _spoiled(table: Table, read: Columns) -> Iterator[Spoiled]:
    """Rows about the making of an item that were left out, by that item."""
    owner = MAKING.get(table.file)
    places = [i for i, column in understand(table).known if column.field == owner]
    if owner is None or not places:
        return
    sound = set(read.lines)
    for row, line in zip(table.rows, table.lines, strict=True):
        if line not in sound and len(row) > places[0] and row[places[0]].strip():
            yield Spoiled(row[places[0]].strip(), f"{table.label}:{line}")


def _hash(settings: SettingsRead, records: dict[str, Records]) -> str:
    """The name of the content: an absent file is the same as one without rows."""
    digest = hashlib.sha256(msgspec.json.encode(settings.given))
    for name in FILES:
        if name in records and records[name].records:
            digest.update(name.encode() + records[name].digest)
    return digest.hexdigest()


def changed_hash(factory_hash: str, changes: Iterable[str]) -> str:
    """The name of a factory after changes, each given as the line of a journal that says no more than the change.

    A change more makes the next name of the last one, wherever the changes are kept.
    """
    for change in changes:
        factory_hash = hashlib.sha256(f"{factory_hash}\n{change}".encode()).hexdigest()
    return factory_hash


def _read_tables(path: Path, report: Report) -> tuple[Tables, bool]:
    """The raw tables, and whether everything without which a plan would be meaningless could be read."""
    try:
        if path.is_dir():
            return _read_folder(path, report)
        if path.is_file() and path.suffix.casefold() in workbook.SUFFIXES:
            return _read_workbook(path, report)
        exists = path.exists()
    except (OSError, ValueError) as wrong:
        report.add(
            "F101", str(path), f"{shown(str(path))} cannot be opened: {wrong}", "check the path and its permissions"
        )
        return Tables(tables=[]), False
    if not exists:
        report.add("F101", str(path), f"{shown(str(path))} does not exist", "check the path")
    elif path.suffix.casefold() in (".csv", ".toml"):
        report.add("F101", str(path), f"{shown(str(path))} is one file of a factory", f"name its folder: {path.parent}")
    else:
        report.add(
            "F101",
            str(path),
            f"{shown(str(path))} is neither a folder nor a workbook",
            "name a folder of CSV files, or an .xlsx workbook",
        )
    return Tables(tables=[]), False


def _read_folder(path: Path, report: Report) -> tuple[Tables, bool]:
    found: dict[str, Path] = {}
    for entry in sorted(path.iterdir(), key=lambda e: e.name):
        name = _file_name(entry.stem)
        apart = entry.name.casefold() in (SETTINGS_FILE, CHANGES_FILE)
        if entry.name.startswith((".", "~")) or not entry.is_file() or apart:
            continue
        if entry.suffix.casefold() != ".csv" or name not in FILES:
            if entry.suffix.casefold() in _TABLE_LIKE:
                _report_unknown(entry.name, entry.stem, entry.suffix, report)
        elif name in found:
            other = found[name].name
            report.add("F112", entry.name, f"{entry.name} and {other} are the same file; {other} is read", "delete one")
        else:
            found[name] = entry
    _report_missing(found, path, ".csv", report)
    tables = [
        table
        for name in FILES
        if name in found
        and (data := _bytes(found[name], report)) is not None
        and (table := read_csv(data, name, found[name].name, report)) is not None
    ]
    settings, sound = _read_settings_file(path, report)
    journal = _file_named(path, CHANGES_FILE)
    data = b"" if journal is None else _bytes(journal, report)
    changes = tuple(lines_of_file(data or b""))
    return Tables(tables=tables, settings=settings, changes=changes), sound and data is not None


def _read_workbook(path: Path, report: Report) -> tuple[Tables, bool]:
    found: dict[str, Table] = {}
    seen: dict[str, str] = {}
    settings: SettingsTable | None = None
    kept = workbook.properties(path)
    changes: tuple[str, ...] = ()
    try:
        for sheet, rows in workbook.read_sheets(path):
            name, label = _file_name(sheet), f"{path.name}!{sheet}"
            if name == workbook.SETTINGS_SHEET:
                settings = workbook.sheet_settings(rows, label)
            elif name == workbook.CHANGES_SHEET:
                changes = workbook.sheet_changes(rows)
            elif name not in FILES:
                _report_unknown(label, sheet, "", report)
            elif name in seen:
                report.add(
                    "F112",
                    label,
                    f"the sheets {sheet} and {seen[name]} are the same; {seen[name]} is read",
                    "delete one",
                )
            else:
                seen[name] = sheet
                table = workbook.sheet_table(rows, name, label, kept)
                if table is None:
                    report.add("F104", label, "the sheet is empty", "write a header row, or delete the sheet")
                else:
                    found[name] = table
    except workbook.UnreadableError as wrong:
        what = f"{path.name} cannot be read as a workbook: {wrong}"
        report.add("F103", path.name, what, "save it anew as .xlsx, without a password")
        return Tables(tables=[]), False
    _report_missing(seen, path, "", report)
    tables = [found[name] for name in FILES if name in found]
    if settings is None:
        settings, sound = _read_settings_file(path.parent, report)
        return Tables(tables=tables, settings=settings, changes=changes), sound
    if _file_named(path.parent, SETTINGS_FILE):
        what = f"{SETTINGS_FILE} and the sheet factory both hold settings; the sheet is read"
        report.add("F126", path.name, what, "delete one")
    return Tables(tables=tables, settings=settings, changes=changes), True


def _file_named(folder: Path, name: str) -> Path | None:
    return next((e for e in folder.iterdir() if e.name.casefold() == name and e.is_file()), None)


def _read_settings_file(folder: Path, report: Report) -> tuple[SettingsTable | None, bool]:
    """The settings of a folder, if there are any, and whether they could be read."""
    file = _file_named(folder, SETTINGS_FILE)
    if file is None:
        return None, True
    data = _bytes(file, report)
    table = read_toml(data, file.name, report) if data is not None else None
    return table, table is not None


def _bytes(file: Path, report: Report) -> bytes | None:
    try:
        return file.read_bytes()
    except (OSError, MemoryError) as wrong:
        report.add("F103", file.name, f"{file.name} cannot be read: {wrong}", "check its permissions")
        return None


def _file_name(stem: str) -> str:
    return stem.strip().casefold().replace("-", "_").replace(" ", "_")


def _report_unknown(label: str, stem: str, suffix: str, report: Report) -> None:
    near = closest(_file_name(stem), FILES, cutoff=0.5)
    what = f"{label} is no part of a factory and is not read"
    report.add("F106", label, what, f"the closest known name is {near}{'.csv' if suffix else ''}" if near else "")


def _report_missing(found: dict[str, Any], path: Path, suffix: str, report: Report) -> None:
    kind = "file" if suffix else "sheet"
    books = sorted(e.name for e in path.iterdir() if e.suffix.casefold() == ".xlsx") if suffix else []
    for name in REQUIRED_FILES:
        if name not in found:
            columns = ", ".join(c.column for c in factory_file(name).columns if c.required)
            advice = f"add a {kind} {name}{suffix} with at least: {columns}"
            if books:
                advice += f"; or name the workbook itself: {path / books[0]}"
            report.add("F102", name + suffix, f"the {kind} {name}{suffix} is missing in {path.name or path}", advice)
