"""Write a factory as a folder of CSV files or as a workbook, and put a snapshot into tables."""

from pathlib import Path
from zoneinfo import ZoneInfo

from pegboard.domain.change import Entry
from pegboard.domain.snapshot import FILES, Snapshot
from pegboard.exchange.atomic import replacing
from pegboard.exchange.cells import cell_text
from pegboard.exchange.changes_file import CHANGES_FILE, line_of
from pegboard.exchange.csv_file import write_csv
from pegboard.exchange.factory import Reading
from pegboard.exchange.opening import SETTINGS_FILE
from pegboard.exchange.report import Report
from pegboard.exchange.schema import factory_file
from pegboard.exchange.settings import read_toml, settings_text, toml_text
from pegboard.exchange.tables import Table, Tables
from pegboard.exchange.workbook import write_workbook


def write_factory_folder(source: Reading | Tables, directory: Path) -> None:
    """Write each table as people wrote its cells; nothing for files that are absent.

    Numbers that need the rest of their file to be understood are put plainly. Raises FileExistsError when the
    directory holds a file of a factory that this one has not, since the two would be read as one.
    """
    new = factory_files(source.tables if isinstance(source, Reading) else source)
    directory = Path(directory)
    known = {f"{f}.csv" for f in FILES} | {SETTINGS_FILE, CHANGES_FILE}
    stale = sorted(n for n in known - new.keys() if (directory / n).exists())
    if stale:
        raise FileExistsError(f"{directory} holds {', '.join(stale)} of another factory: write into an empty directory")
    with replacing(directory) as files:
        for name, data in new.items():
            files.write(name, data)


def factory_files(tables: Tables) -> dict[str, bytes]:
    """The files of a factory folder by name, each table as people wrote its cells."""
    files = {f"{table.file}.csv": write_csv(table) for table in tables.tables}
    if tables.settings:
        files[SETTINGS_FILE] = toml_text(tables.settings).encode()
    if tables.changes:
        files[CHANGES_FILE] = "".join(f"{line}\n" for line in tables.changes).encode()
    return files


def write_factory_workbook(source: Reading | Tables, file: Path) -> None:
    """Write a workbook with a sheet for each table. Raises ValueError where a sheet has no room for it."""
    tables = source.tables if isinstance(source, Reading) else source
    file = Path(file)
    with replacing(file.parent) as files, files.open(file.name) as out:
        write_workbook(tables, out)


def tables_of(snapshot: Snapshot) -> Tables:
    """The tables that read back as this snapshot: columns that hold nothing but defaults are left out."""
    zone = ZoneInfo(snapshot.settings.timezone)
    text = settings_text(snapshot.settings)
    tables = [_table(name, snapshot, zone) for name in FILES if getattr(snapshot, name)]
    pins = tuple(line_of(Entry(change=pin), zone) for pin in snapshot.pins)
    locks = tuple(line_of(Entry(change=lock), zone) for lock in snapshot.locks)
    return Tables(tables=tables, settings=read_toml(text.encode(), SETTINGS_FILE, Report()), changes=pins + locks)


def _table(name: str, snapshot: Snapshot, zone: ZoneInfo) -> Table:
    records = getattr(snapshot, name)
    columns = [
        (column.column, [cell_text(column, getattr(record, column.field), zone) for record in records], column.required)
        for column in factory_file(name).columns
    ]
    columns = [(header, texts, required) for header, texts, required in columns if required or any(texts)]
    user = dict.fromkeys(header for record in records for header, _ in record.user)
    of_users = [dict(record.user) for record in records]
    columns += [(header, [fields.get(header, "") for fields in of_users], False) for header in user]
    return Table(
        file=name,
        label=f"{name}.csv",
        header=[header for header, _, _ in columns],
        rows=[list(row) for row in zip(*(texts for _, texts, _ in columns), strict=True)],
        lines=list(range(2, len(records) + 2)),
    )
