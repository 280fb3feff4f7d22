"""Open a factory: the files of a folder, wherever they are kept, or the sheets of a workbook, as raw tables."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path, PurePath

import msgspec

from pegboard.domain.snapshot import FILES
from pegboard.exchange import workbook
from pegboard.exchange.changes_file import CHANGES_FILE, lines_of_file
from pegboard.exchange.csv_file import read_csv
from pegboard.exchange.report import Report, closest, shown
from pegboard.exchange.schema import REQUIRED_FILES, factory_file
from pegboard.exchange.settings import read_toml
from pegboard.exchange.tables import SettingsTable, Table, Tables

SETTINGS_FILE = "factory.toml"
_TABLE_LIKE = (".csv", ".tsv", ".toml", ".xlsx", ".xlsm", ".xls", ".ods")


class Folder(msgspec.Struct, frozen=True):
    """A folder of files on disk, in a database or in memory: each name with what reads it, which may raise OSError.

    `place` is what findings call the folder.
    """

    place: PurePath
    files: Mapping[str, Callable[[], bytes]]


class Opened(msgspec.Struct, frozen=True):
    """The raw tables, and whether everything without which a plan would be meaningless could be read.

    `seen` are the tables that have a file or sheet, also where nothing could be read of it.
    """

    tables: Tables
    is_sound: bool
    seen: frozenset[str] = frozenset()


def folder_on_disk(path: Path) -> Folder:
    """The files of a directory; raises OSError."""
    return Folder(path, {entry.name: entry.read_bytes for entry in path.iterdir() if entry.is_file()})


def folder_of(files: Mapping[str, bytes], place: PurePath) -> Folder:
    """Files in memory."""
    return Folder(place, {name: lambda data=data: data for name, data in files.items()})  # type: ignore[misc]


def open_path(path: Path, report: Report) -> Opened:
    """The tables of a folder or workbook on disk."""
    try:
        if path.is_dir():
            return open_folder(folder_on_disk(path), report)
        if path.is_file() and path.suffix.casefold() in workbook.SUFFIXES:
            return open_workbook(path.name, folder_on_disk(path.parent), report)
        exists = path.exists()
    except (OSError, ValueError) as wrong:
        what = f"{shown(str(path))} cannot be opened: {wrong}"
        report.add("F101", str(path), what, "check the path and its permissions")
        return Opened(Tables(tables=[]), False)
    what, advice = _why_no_factory(path, exists=exists)
    report.add("F101", str(path), what, advice)
    return Opened(Tables(tables=[]), False)


def _why_no_factory(path: Path, *, exists: bool) -> tuple[str, str]:
    name = shown(str(path))
    if not exists:
        return f"{name} does not exist", "check the path"
    if path.suffix.casefold() in (".csv", ".toml"):
        return f"{name} is one file of a factory", f"name its folder: {path.parent}"
    return f"{name} is neither a folder nor a workbook", "name a folder of CSV files, or an .xlsx workbook"


def open_folder(folder: Folder, report: Report) -> Opened:
    """The tables of a folder, which must have those that every factory has."""
    opened = folder_contents(folder, report)
    books = sorted(name for name in folder.files if name.casefold().endswith(".xlsx"))
    report_missing(opened.seen, folder.place, report, books)
    return opened


def open_workbook(file: str, folder: Folder, report: Report) -> Opened:
    """The tables of a workbook, which must have those that every factory has."""
    opened = workbook_contents(file, folder, report)
    if opened is None:
        return Opened(Tables(tables=[]), False)
    report_missing(opened.seen, PurePath(file), report, kind="sheet")
    return opened


def folder_contents(folder: Folder, report: Report) -> Opened:
    """The tables of CSV files, their settings and their journal, whichever there are."""
    found = _tables_by_name(folder, report)
    tables = [
        table
        for name in FILES
        if name in found
        and (data := _bytes(folder, found[name], report)) is not None
        and (table := read_csv(data, name, found[name], report)) is not None
    ]
    settings, is_sound = _read_settings_file(folder, report)
    journal = _file_named(folder, CHANGES_FILE)
    data = b"" if journal is None else _bytes(folder, journal, report)
    changes = tuple(lines_of_file(data or b""))
    is_sound = is_sound and data is not None
    return Opened(Tables(tables=tables, settings=settings, changes=changes), is_sound, frozenset(found))


def workbook_contents(file: str, folder: Folder, report: Report) -> Opened | None:
    """The tables of a workbook, whichever there are; its settings may stand in a factory.toml beside it.

    None where it cannot be read, which is reported.
    """
    data = _bytes(folder, file, report)
    if data is None:
        return None
    try:
        tables, seen = _sheets(data, file, report)
    except workbook.UnreadableError as wrong:
        what = f"{file} cannot be read as a workbook: {wrong}"
        report.add("F103", file, what, "save it anew as .xlsx, without a password")
        return None
    if tables.settings is None:
        settings, is_sound = _read_settings_file(folder, report)
        return Opened(msgspec.structs.replace(tables, settings=settings), is_sound, seen)
    if _file_named(folder, SETTINGS_FILE):
        what = f"{SETTINGS_FILE} and the sheet factory both hold settings; the sheet is read"
        report.add("F126", file, what, "delete one")
    return Opened(tables, True, seen)


def report_missing(
    seen: Iterable[str], place: PurePath, report: Report, books: Sequence[str] = (), kind: str = "file"
) -> None:
    """Say which tables of every factory are not there; `books` are workbooks beside it."""
    suffix = ".csv" if kind == "file" else ""
    for name in REQUIRED_FILES:
        if name not in seen:
            columns = ", ".join(c.column for c in factory_file(name).columns if c.required)
            advice = f"add a {kind} {name}{suffix} with at least: {columns}"
            if books:
                advice += f"; or name the workbook itself: {place / books[0]}"
            what = f"the {kind} {name}{suffix} is missing in {place.name or place}"
            report.add("F102", name + suffix, what, advice)


def table_name(stem: str) -> str:
    """The name of the factory file that a file or sheet of this name is taken for."""
    return stem.strip().casefold().replace("-", "_").replace(" ", "_")


def _tables_by_name(folder: Folder, report: Report) -> dict[str, str]:
    """The file of each table; what is none of them, or one a second time, is reported."""
    found: dict[str, str] = {}
    for file in sorted(folder.files):
        path = PurePath(file)
        name = table_name(path.stem)
        if file.startswith((".", "~")) or file.casefold() in (SETTINGS_FILE, CHANGES_FILE):
            continue
        if path.suffix.casefold() != ".csv" or name not in FILES:
            if path.suffix.casefold() in _TABLE_LIKE:
                _report_unknown(file, path.stem, path.suffix, report)
        elif name in found:
            what = f"{file} and {found[name]} are the same file; {found[name]} is read"
            report.add("F112", file, what, "delete one")
        else:
            found[name] = file
    return found


def _sheets(data: bytes, file: str, report: Report) -> tuple[Tables, frozenset[str]]:
    """The tables of a workbook's sheets, and which have a sheet; raises `workbook.UnreadableError`."""
    found: dict[str, Table] = {}
    seen: dict[str, str] = {}
    settings: SettingsTable | None = None
    changes: tuple[str, ...] = ()
    kept = workbook.properties(data)
    for sheet, rows in workbook.read_sheets(data, PurePath(file).suffix):
        name, label = table_name(sheet), f"{file}!{sheet}"
        if name == workbook.SETTINGS_SHEET:
            settings = workbook.sheet_settings(rows, label)
        elif name == workbook.CHANGES_SHEET:
            changes = workbook.sheet_changes(rows)
        elif name not in FILES:
            _report_unknown(label, sheet, "", report)
        elif name in seen:
            what = f"the sheets {sheet} and {seen[name]} are the same; {seen[name]} is read"
            report.add("F112", label, what, "delete one")
        else:
            seen[name] = sheet
            table = workbook.sheet_table(rows, name, label, kept)
            if table is None:
                report.add("F104", label, "the sheet is empty", "write a header row, or delete the sheet")
            else:
                found[name] = table
    tables = [found[name] for name in FILES if name in found]
    return Tables(tables=tables, settings=settings, changes=changes), frozenset(seen)


def _file_named(folder: Folder, name: str) -> str | None:
    return next((file for file in sorted(folder.files) if file.casefold() == name), None)


def _read_settings_file(folder: Folder, report: Report) -> tuple[SettingsTable | None, bool]:
    """The settings of a folder, if there are any, and whether they could be read."""
    file = _file_named(folder, SETTINGS_FILE)
    if file is None:
        return None, True
    data = _bytes(folder, file, report)
    table = read_toml(data, file, report) if data is not None else None
    return table, table is not None


def _bytes(folder: Folder, file: str, report: Report) -> bytes | None:
    try:
        return folder.files[file]()
    except (OSError, MemoryError) as wrong:
        report.add("F103", file, f"{file} cannot be read: {wrong}", "check its permissions")
        return None


def _report_unknown(label: str, stem: str, suffix: str, report: Report) -> None:
    near = closest(table_name(stem), FILES, cutoff=0.5)
    what = f"{label} is no part of a factory and is not read"
    report.add("F106", label, what, f"the closest known name is {near}{'.csv' if suffix else ''}" if near else "")
