"""What somebody has uploaded, as tables: CSV files, workbooks, and archives of CSV files, none of which is trusted."""

from collections.abc import Iterable, Iterator
from pathlib import PurePath

import msgspec

from pegboard.domain.finding import Finding, error, info, warning
from pegboard.exchange import CHANGES_FILE, SettingsTable, Table
from pegboard.exchange.archive import UnsafeArchiveError, file_name, members, why_unsafe
from pegboard.exchange.opening import Opened, folder_contents, folder_of, workbook_contents
from pegboard.exchange.report import Report, shown

MOST_BYTES = 16 * 2**20
"""Of all files of one upload, as they are sent."""
MOST_UNPACKED = 64 * 2**20
"""Of an archive of CSV files."""
MOST_FILES = 100
_BOOKS, _TEXTS = (".xlsx", ".xlsm"), (".csv", ".toml")


class Sent(msgspec.Struct, frozen=True):
    """A file as it was uploaded; its name is what its sender says."""

    name: str
    data: bytes


class Received(msgspec.Struct, frozen=True):
    """The tables that were uploaded, by name, and settings if there were any.

    `seen` are also the tables of which nothing could be read; what was found in cells is in the report.
    """

    tables: dict[str, Table]
    settings: SettingsTable | None
    seen: frozenset[str]
    findings: list[Finding]


def too_large() -> Finding:
    """Said of an upload beyond the limits."""
    what = f"an upload is at most {MOST_FILES} files of {MOST_BYTES // 2**20} MiB together"
    return error("C671", "upload", what, "leave out the tables that stay as they are, or send the rest separately")


def received(sent: Iterable[Sent], report: Report) -> Received:
    """Everything that was uploaded; what is wrong with cells goes to the report."""
    sent = list(sent)
    if len(sent) > MOST_FILES or sum(len(file.data) for file in sent) > MOST_BYTES:
        return Received({}, None, frozenset(), [too_large()])
    texts, books, findings = _sorted(sent)
    opened = [folder_contents(folder_of(texts, PurePath("upload")), report)]
    opened += [book for name, data in books.items() if (book := _book(name, data, report)) is not None]
    tables, settings = _merged(opened, report)
    if any(o.tables.changes for o in opened):
        findings.append(_no_journal("a sheet changes"))
    return Received(tables, settings, frozenset().union(*(o.seen for o in opened)), findings)


def _sorted(sent: Iterable[Sent]) -> tuple[dict[str, bytes], dict[str, bytes], list[Finding]]:
    """The text files and the workbooks by name, and what is said of the others."""
    texts: dict[str, bytes] = {}
    books: dict[str, bytes] = {}
    findings: list[Finding] = []
    for name, data, fault in _files(sent):
        kind = PurePath(name).suffix.casefold()
        known = books if kind in _BOOKS else texts
        if fault is not None:
            findings.append(fault)
        elif name.casefold() == CHANGES_FILE:
            findings.append(_no_journal(name))
        elif kind not in _BOOKS + _TEXTS:
            advice = "upload .csv files, an .xlsx workbook, or a .zip of .csv files"
            findings.append(error("C670", name, f"{shown(name)} is no table", advice))
        elif name in known:
            findings.append(error("C674", name, f"{shown(name)} is sent twice; the first is read", "send it once"))
        else:
            known[name] = data
    return texts, books, findings


def _files(sent: Iterable[Sent]) -> Iterator[tuple[str, bytes, Finding | None]]:
    """Each file by its bare name, those of archives among them; or what is wrong with it."""
    for file in sent:
        name = file_name(file.name)
        if why := why_unsafe(file.name):
            yield name, b"", _unsafe(file.name, why)
        elif PurePath(name).suffix.casefold() == ".zip":
            yield from _in_archive(name, file.data)
        else:
            yield name, file.data, None


def _in_archive(archive: str, data: bytes) -> Iterator[tuple[str, bytes, Finding | None]]:
    """The tables in the outermost folder of an archive that has some; what lies elsewhere is no part of a factory."""
    try:
        files = list(members(data, MOST_UNPACKED))
    except UnsafeArchiveError as wrong:
        what = f"{shown(archive)} cannot be unpacked: {wrong}"
        yield archive, b"", error("C672", archive, what, "pack the .csv files of the factory anew")
        return
    hidden = [(name, body) for name, body in files if not file_name(name).startswith((".", "~"))]
    for name, _ in hidden:
        if why := why_unsafe(name):
            yield archive, b"", _unsafe(f"{archive}!{name}", why)
    tables = [(name, body) for name, body in hidden if not why_unsafe(name) and _is_text(name)]
    home = min((_folder(name) for name, _ in tables), key=lambda f: (f.count("/"), f), default="")
    for name, body in tables:
        if _folder(name) == home:
            yield file_name(name), body, None
        else:
            what = f"{shown(name)} in {archive} lies in another folder than the other tables, and is not read"
            yield archive, b"", info("C675", archive, what)


def _is_text(name: str) -> bool:
    return PurePath(name).suffix.casefold() in _TEXTS or file_name(name).casefold() == CHANGES_FILE


def _folder(name: str) -> str:
    return name.rpartition("/")[0]


def _book(name: str, data: bytes, report: Report) -> Opened | None:
    return workbook_contents(name, folder_of({name: data}, PurePath()), report)


def _merged(opened: Iterable[Opened], report: Report) -> tuple[dict[str, Table], SettingsTable | None]:
    """One table of each name, the first one, and the first settings."""
    tables: dict[str, Table] = {}
    settings: SettingsTable | None = None
    for contents in opened:
        for table in contents.tables.tables:
            first = tables.setdefault(table.file, table)
            if first is not table:
                what = f"{table.label} and {first.label} are the same table; {first.label} is read"
                report.add("F112", table.label, what, "send one of them")
        settings = settings or contents.tables.settings
    return tables, settings


def _unsafe(name: str, why: str) -> Finding:
    what = f"the name {shown(name)} is not taken: {why}; the file is not read"
    return error("C673", shown(name), what, "name the file as its table, such as orders.csv")


def _no_journal(name: str) -> Finding:
    what = f"{shown(name)} holds a journal, which is not taken: the plant keeps its own"
    return warning("C679", name, what, "enter changes as changes")
