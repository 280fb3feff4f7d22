"""Scenarios and the journal as files beside the tables of a factory, for one machine or a shared folder.

A scenario is a file of lines: the first says what it is based on, each other one is a change, as in the journal. Files
are replaced as a whole, by one writer at a time, so that whoever reads finds the old one or the new one.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import msgspec
from msgspec.structs import replace

from pegboard.domain.change import Entry
from pegboard.domain.finding import Finding, error
from pegboard.domain.scenario import Scenario, Stale, StoreError
from pegboard.exchange.atomic import replacing
from pegboard.storage.locking import locked

ENDING = ".jsonl"
LOCK = ".lock"
PATIENCE = 10.0


class Lines(Protocol):
    """How an entry is written as a line, in the dates of a factory."""

    def text(self, entry: Entry) -> str:
        """The line, without its end."""

    def entry(self, text: str, source: str) -> Entry | Finding:
        """What a line says, or what is wrong with it."""


class _Head(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The first line of a scenario's file."""

    base: str
    journal: int = 0
    parent: str = ""
    branched: int = 0


class FileStore:
    """The scenarios in a folder, and a journal; see `app.ports.Store` for what each method promises."""

    def __init__(self, folder: Path, journal: Path, lines: Lines, patience: float = PATIENCE) -> None:
        self._folder = folder
        self._journal = journal
        self._lines = lines
        self._patience = patience

    def names(self) -> tuple[str, ...]:
        """The names of all scenarios, sorted."""
        if not self._folder.is_dir():
            return ()
        return tuple(sorted(f.stem for f in self._folder.iterdir() if f.suffix == ENDING and f.name[0] not in ".~"))

    def read(self, name: str) -> Scenario | None:
        """A scenario; None where there is none of this name."""
        file = self._file(name)
        head, *rest = _lines_of(file) or [(0, "")]
        if not head[1]:
            return None
        try:
            found = msgspec.json.decode(head[1], type=_Head)
        except msgspec.MsgspecError as wrong:
            what = f"{file.name} does not begin with what the scenario is based on: {wrong}"
            raise StoreError(error("C491", name, what, "delete the file", f"{file}:{head[0]}")) from wrong
        return Scenario(name=name, entries=self._entries(file, rest), **msgspec.structs.asdict(found))

    def write(self, scenario: Scenario, instead_of: Scenario | None) -> bool:
        """Keep a scenario in the place of one of the same name; False where the name holds something else by now."""
        head = _Head(**{name: getattr(scenario, name) for name in _Head.__struct_fields__})
        lines = [msgspec.json.encode(head).decode(), *map(self._lines.text, scenario.entries)]
        self._folder.mkdir(parents=True, exist_ok=True)
        with locked(self._folder / LOCK, self._patience):
            if self.read(scenario.name) != instead_of:
                return False
            _replace(self._file(scenario.name), "".join(f"{line}\n" for line in lines).encode())
        return True

    def delete(self, scenario: Scenario) -> bool:
        """Forget a scenario; False where its name holds something else by now."""
        if not self._folder.is_dir():
            return False
        with locked(self._folder / LOCK, self._patience):
            if self.read(scenario.name) != scenario:
                return False
            self._file(scenario.name).unlink()
        return True

    def journal_length(self) -> int:
        """How many changes the journal of the factory holds; a line that cannot be read counts too."""
        return len(_lines_of(self._journal))

    def journal(self, since: int) -> tuple[Entry, ...]:
        """The changes of the journal but the first ones."""
        return self._entries(self._journal, _lines_of(self._journal)[since:])

    def append(self, entries: tuple[Entry, ...], expected: int) -> Stale | None:
        """Write changes to the end of the journal, all or none; none where its length is not the expected one."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with locked(self._folder / LOCK, self._patience):
            length = self.journal_length()
            if length != expected:
                return Stale(expected=expected, length=length, between=self.journal(expected))
            old = self._journal.read_bytes() if self._journal.exists() else b""
            new = "".join(f"{self._lines.text(entry)}\n" for entry in entries).encode()
            _replace(self._journal, old + (b"" if old[-1:] in (b"", b"\n") else b"\n") + new)
        return None

    def _file(self, name: str) -> Path:
        return self._folder / f"{name}{ENDING}"

    def _entries(self, file: Path, lines: Sequence[tuple[int, str]]) -> tuple[Entry, ...]:
        found = []
        for number, text in lines:
            entry = self._lines.entry(text, f"{file.name}:{number}")
            if isinstance(entry, Finding):
                raise StoreError(entry)
            found.append(entry)
        return tuple(found)


def _lines_of(file: Path) -> list[tuple[int, str]]:
    """The lines of a file that hold something, with their numbers; none where there is no such file."""
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError) as wrong:
        what = f"{file.name} cannot be read: {wrong}"
        raise StoreError(error("C492", file.stem, what, "check its permissions, or delete it", str(file))) from wrong
    return [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]


def _replace(file: Path, data: bytes) -> None:
    """Put a whole new file in the place of an old one; it is on disk afterwards."""
    with replacing(file.parent) as files:
        files.write(file.name, data)
