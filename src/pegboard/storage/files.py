"""Scenarios and the journal as files beside the tables of a factory, for one machine or a shared folder.

A scenario is a file of lines: the first says what it is based on, each other one is a change, as in the journal. Files
are replaced as a whole, by one writer at a time, so that whoever reads finds the old one or the new one.
"""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
from msgspec.structs import asdict, replace

from pegboard.domain.change import Entry
from pegboard.domain.finding import error
from pegboard.domain.scenario import Scenario, Stale, StoreError
from pegboard.exchange.atomic import replacing
from pegboard.exchange.changes_file import (
    CHANGES_FILE,
    JournalMovedError,
    append_changes,
    line_of,
    lines_of_file,
    read_changes,
)
from pegboard.exchange.locking import locked

FOLDER, ENDING, LOCK = "scenarios", ".jsonl", ".lock"
PATIENCE = 10.0


class _Head(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The first line of a scenario's file."""

    base: str
    journal: int = 0
    parent: str = ""
    branched: int = 0


class FileStore:
    """The scenarios and the journal of a factory; see `app.ports.Store` for what each method promises.

    Those of a folder stand in its folder `scenarios`, those of a workbook `book.xlsx` in `book.scenarios` beside it.
    `zone` is that of the factory, whose local times the lines are written in.
    """

    def __init__(self, factory: Path, zone: ZoneInfo, patience: float = PATIENCE) -> None:
        self._factory = factory
        self._folder = factory / FOLDER if factory.is_dir() else factory.with_suffix(f".{FOLDER}")
        self._zone = zone
        self._patience = patience

    def names(self) -> tuple[str, ...]:
        """The names of all scenarios, sorted."""
        if not self._folder.is_dir():
            return ()
        return tuple(sorted(f.stem for f in self._folder.iterdir() if f.suffix == ENDING and f.name[0] not in ".~"))

    def read(self, name: str) -> Scenario | None:
        """A scenario; None where there is none of this name."""
        file = self._file(name)
        if not file.exists():
            return None
        try:
            head, *lines = file.read_bytes().decode().split("\n")
            said = msgspec.json.decode(head, type=_Head)
        except (OSError, ValueError) as wrong:
            what = f"{file.name} does not begin with what scenario {name} is based on: {wrong}"
            raise StoreError(error("C491", name, what, "mend or delete the file", str(file))) from wrong
        return Scenario(name=name, entries=self._entries(file, lines), **asdict(said))

    def write(self, scenario: Scenario, instead_of: Scenario | None) -> bool:
        """Keep a scenario in the place of one of the same name; False where the name holds something else by now."""
        head = _Head(**{field: getattr(scenario, field) for field in _Head.__struct_fields__})
        lines = [msgspec.json.encode(head).decode(), *(line_of(entry, self._zone) for entry in scenario.entries)]
        with self._alone():
            if self.read(scenario.name) != instead_of:
                return False
            with replacing(self._folder) as files:
                files.write(self._file(scenario.name).name, "".join(f"{line}\n" for line in lines).encode())
        return True

    def delete(self, scenario: Scenario) -> bool:
        """Forget a scenario; False where its name holds something else by now."""
        with self._alone():
            if self.read(scenario.name) != scenario:
                return False
            self._file(scenario.name).unlink()
        return True

    def journal_length(self) -> int:
        """How many lines the journal of the factory has."""
        return len(self._journal())

    def journal(self, since: int) -> tuple[Entry, ...]:
        """The changes of the journal but so many of the first; what cannot be read is reported with the factory."""
        return tuple(entry for entry, _ in read_changes(self._journal()[since:], self._zone)[0])

    def append(self, entries: tuple[Entry, ...], expected: int) -> Stale | None:
        """Write changes to the end of the journal, all or none; none where its length is not the expected one."""
        if not self._factory.is_dir():
            what = f"{self._factory.name} is a workbook, whose journal only people write"
            advice = "turn it into a folder with `pegboard import`, or copy the changes to its sheet changes"
            raise StoreError(error("C503", self._factory.name, what, advice))
        with self._alone():
            try:
                append_changes(self._factory, list(entries), self._zone, expected)
            except JournalMovedError as moved:
                return Stale(expected=expected, length=moved.length, between=self.journal(expected))
        return None

    def _file(self, name: str) -> Path:
        return self._folder / f"{name}{ENDING}"

    def _journal(self) -> list[str]:
        file = self._factory / CHANGES_FILE
        return lines_of_file(file.read_bytes()) if file.is_file() else []

    def _entries(self, file: Path, lines: list[str]) -> tuple[Entry, ...]:
        """The changes below the first line of a file; raises StoreError for the first that cannot be read."""
        entries, findings = read_changes(["", *lines], self._zone)
        for wrong in findings:
            if wrong.severity == "error":
                place = wrong.source.replace(CHANGES_FILE, str(file))
                raise StoreError(replace(wrong, subject=file.stem, source=place))
        return tuple(entry for entry, _ in entries)

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Be the only writer; raises StoreError where another one does not end."""
        self._folder.mkdir(parents=True, exist_ok=True)
        try:
            with locked(self._folder / LOCK, self._patience):
                yield
        except TimeoutError as held:
            what = f"another pegboard has been writing to {self._folder} for too long"
            raise StoreError(error("C490", str(self._folder), what, "wait until it ends, or end it")) from held
