"""Read a factory: a folder of CSV files, files from elsewhere or a workbook in; a snapshot and all findings out."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path, PurePath
from typing import Any

import msgspec

from pegboard.domain.change import Entry
from pegboard.domain.finding import Finding, in_order
from pegboard.domain.snapshot import FILES, Snapshot, Spoiled
from pegboard.exchange.changes_file import line_of, read_changes
from pegboard.exchange.columns import Columns, read_columns
from pegboard.exchange.headers import understand
from pegboard.exchange.opening import Opened, folder_of, open_folder, open_path
from pegboard.exchange.records import Records, make_records
from pegboard.exchange.report import Report
from pegboard.exchange.schema import REQUIRED_FILES
from pegboard.exchange.settings import SettingsRead, read_settings
from pegboard.exchange.tables import Table, Tables
from pegboard.planning.changing import replay

MAKING = {"bom": "parent", "routes": "item", "routing": "item", "routing_needs": "item"}
"""Files without whose every row an item is not made as it should be, and the field that names the item."""

MEMORY = PurePath("the master data")
"""What findings call a folder that is on no disk."""


class Reading(msgspec.Struct, frozen=True):
    """What came of reading a factory.

    `snapshot` is None when nothing can be planned: then an error in `findings` says why; otherwise the journal of
    the factory has been applied to it. `factory_hash` names the content, whatever the order of rows and columns and
    the form of cells; blank without snapshot. A `now` taken from the clock is no part of it. `tables` hold the cells
    as people wrote them; `columns` says for each finding about one cell which place in the header its column has.
    """

    snapshot: Snapshot | None
    findings: list[Finding]
    factory_hash: str
    tables: Tables
    columns: dict[Finding, int]


def read_factory(path: Path, *, clock: Callable[[], datetime]) -> Reading:
    """Read a folder of CSV files, or one workbook, with every fault as a finding.

    `clock` gives the planning instant, and is called only when the settings have no `now`. Raises nothing on
    account of the data.
    """
    report = Report()
    return understand_tables(open_path(Path(path), report), report, clock=clock)


def read_files(files: Mapping[str, bytes], *, clock: Callable[[], datetime], place: PurePath = MEMORY) -> Reading:
    """Read the files of a factory folder that are kept elsewhere: by the same door, to the same findings and hash.

    `place` is what findings call the folder.
    """
    report = Report()
    return understand_tables(open_folder(folder_of(files, place), report), report, clock=clock)


def understand_tables(opened: Opened, report: Report, *, clock: Callable[[], datetime]) -> Reading:
    """What raw tables mean; faults go to the report, which may hold those of their opening."""
    tables = opened.tables
    settings = read_settings(tables.settings, clock, report)
    columns = {table.file: read_columns(table, settings.zone, report) for table in tables.tables}
    records = {file: make_records(read, settings.zone, report) for file, read in columns.items()}
    for name in REQUIRED_FILES:
        if name in records and not records[name].records:
            label = next(table.label for table in tables.tables if table.file == name)
            what = f"no usable row is left of {label}, so there is nothing to plan"
            report.add("F113", label, what, "mend what the other findings name")
    complete = all(name in records and records[name].records for name in REQUIRED_FILES)
    if not opened.is_sound or not complete or settings.settings is None:
        return Reading(None, report.findings(), "", tables, report.columns)
    files: dict[str, Any] = {name: read.records for name, read in records.items()}
    spoiled = tuple(sorted((s for t in tables.tables for s in _spoiled(t, columns[t.file])), key=lambda s: s.source))
    unchanged = Snapshot(settings=settings.settings, spoiled=spoiled, **files)
    entries, faults = read_changes(list(tables.changes), settings.zone)
    snapshot, refusals = replay(unchanged, entries)
    findings = in_order([*report.findings(), *faults, *refusals])
    changes = [line_of(Entry(change=entry.change), settings.zone) for entry, _ in entries]
    return Reading(snapshot, findings, changed_hash(_hash(settings, records), changes), tables, report.columns)


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
