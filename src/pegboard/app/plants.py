"""Use cases of a plant in a database: bring a factory folder in, write it out, look at it, back it up, restore it."""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from pegboard.app.files import read
from pegboard.domain.finding import Finding, error, in_order
from pegboard.domain.scenario import StoreError
from pegboard.exchange.atomic import replacing
from pegboard.exchange.changes_file import CHANGES_FILE
from pegboard.storage.database.connect import begin, closed, opened
from pegboard.storage.database.copying import copy
from pegboard.storage.database.masters import Masters, Version
from pegboard.storage.database.scenarios import DatabaseStore, journal_lines
from pegboard.storage.database.upgrade import revision, upgrade
from pegboard.storage.files import FileStore

UNKNOWN = ZoneInfo("UTC")
"""The zone of a plant before its settings are read; only the lines of changes are written in one."""


class PlantState(msgspec.Struct, frozen=True, kw_only=True):
    """What a database holds: versions of master data, the length of the journal, and the names of scenarios."""

    versions: tuple[Version, ...]
    journal: int
    scenarios: tuple[str, ...]


def brought_in(address: str, factory: Path, who: str, why: str) -> tuple[Version | None, list[Finding]]:
    """Make a factory folder the newest master data of a plant, which is made where there is none.

    Its journal and scenarios come along where the plant has none yet; later they are the plant's own. A folder that
    cannot be planned is refused with its findings.
    """
    if not factory.is_dir():
        what = f"{factory} is no factory folder"
        return None, [error("C605", str(factory), what, "turn a workbook into a folder with `pegboard import`")]
    reading = read(factory)
    if reading.snapshot is None:
        return None, in_order(reading.findings)
    zone = ZoneInfo(reading.snapshot.settings.timezone)
    with opened(address, begin) as engine:
        upgrade(engine)
        masters, store = Masters(engine), DatabaseStore(engine, zone)
        newest = len(masters.versions())
        now = int(datetime.now(UTC).timestamp())
        version = masters.add(_files(factory), newest, now, who, why)
        if version is not None and newest == 0:
            _bring_along(FileStore(factory, zone), store)
    if version is None:
        what = "somebody else has brought in master data at the same moment"
        return None, [error("C606", address, what, "look at it with `pegboard store show`, and try again")]
    return version, in_order(reading.findings)


def written_out(address: str, out: Path, number: int | None) -> Version:
    """Write a version of the master data, the newest if none is named, and the journal as a factory folder.

    Raises StoreError where there is no such version, or the folder holds something.
    """
    if out.exists() and any(out.iterdir()):
        raise StoreError(error("C607", str(out), f"{out} is not empty", "name a new folder"))
    with opened(address) as engine:
        masters = Masters(engine)
        chosen = next((v for v in reversed(masters.versions()) if number in (None, v.number)), None)
        if chosen is None:
            what = f"there is no version {number}" if number is not None else "there is no master data"
            raise StoreError(error("C608", address, what, "see `pegboard store show`"))
        files = masters.files(chosen.number)
        lines = "".join(f"{line}\n" for line in journal_lines(engine))
    with replacing(out) as new:
        for name, data in files.items():
            new.write(name, data)
        if lines:
            new.write(CHANGES_FILE, lines.encode())
    return chosen


def state(address: str) -> PlantState:
    """What a database holds; raises StoreError where it holds no plant."""
    with opened(address) as engine:
        if revision(engine) is None:
            raise StoreError(error("C603", address, f"{address} holds no plant", "begin one with `pegboard store add`"))
        store = DatabaseStore(engine, UNKNOWN)
        return PlantState(versions=Masters(engine).versions(), journal=store.journal_length(), scenarios=store.names())


def upgraded(address: str) -> str:
    """Bring a plant to the schema of this release; the schema it has then."""
    with opened(address) as engine:
        upgrade(engine)
        return revision(engine) or ""


def backed_up(address: str, file: Path) -> int:
    """Write a plant as it is at this moment to a file; how many rows.

    The file appears whole or not at all; an older one of its name is replaced. Raises StoreError.
    """
    partial = file.with_name(f".{file.name}.partial")
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        with opened(address) as source, opened(f"sqlite:///{partial}", begin) as target:
            copied = copy(source, target)
            closed(target)
        partial.replace(file)
    finally:
        for left in (partial, *(partial.with_name(partial.name + end) for end in ("-wal", "-shm"))):
            left.unlink(missing_ok=True)
    return copied


def restored(file: Path, address: str) -> int:
    """Bring a backup into an empty database, SQLite or PostgreSQL; how many rows. Raises StoreError."""
    if not file.is_file():
        raise StoreError(error("C603", str(file), f"there is no backup {file}", "check the path"))
    with opened(f"sqlite:///{file}") as source, opened(address, begin) as target:
        return copy(source, target)


def _files(factory: Path) -> dict[str, bytes]:
    """The files of a factory folder but its journal, which grows on its own."""
    wanted = (f for f in factory.iterdir() if f.suffix in (".csv", ".toml") and f.is_file() and f.name[0] not in ".~")
    return {f.name: f.read_bytes() for f in sorted(wanted)}


def _bring_along(source: FileStore, target: DatabaseStore) -> None:
    """The journal and the scenarios that stand beside a folder."""
    target.append(source.journal(0), 0)
    for name in source.names():
        if (scenario := source.read(name)) is not None:
            target.write(scenario, None)
