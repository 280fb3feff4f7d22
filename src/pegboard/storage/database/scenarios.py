"""Scenarios and the journal in a database; see `app.ports.Store` for what each method promises."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, delete, func, insert, select

from pegboard.domain.change import Entry
from pegboard.domain.scenario import Scenario, Stale, StoreError
from pegboard.exchange.changes_file import line_of, read_changes
from pegboard.storage.database.connect import reading, writing
from pegboard.storage.database.tables import change, scenario


class DatabaseStore:
    """The scenarios and the journal of a plant; `zone` is that of its factory, whose local times the lines hold."""

    def __init__(self, engine: Engine, zone: ZoneInfo) -> None:
        self._engine = engine
        self._zone = zone

    def names(self) -> tuple[str, ...]:
        """The names of all scenarios, sorted."""
        with reading(self._engine) as connection:
            return tuple(sorted(connection.scalars(select(scenario.c.name))))

    def read(self, name: str) -> Scenario | None:
        """A scenario; None where there is none of this name."""
        with reading(self._engine) as connection:
            return self._scenario(connection, name)

    def write(self, kept: Scenario, instead_of: Scenario | None) -> bool:
        """Keep a scenario in the place of one of the same name; False where the name holds something else by now."""
        with writing(self._engine) as connection:
            if self._scenario(connection, kept.name) != instead_of:
                return False
            lines = "".join(f"{line_of(entry, self._zone)}\n" for entry in kept.entries)
            connection.execute(delete(scenario).where(scenario.c.name == kept.name))
            row = {column.name: getattr(kept, column.name) for column in scenario.c if column.name != "lines"}
            connection.execute(insert(scenario).values(**row, lines=lines))
        return True

    def delete(self, kept: Scenario) -> bool:
        """Forget a scenario; False where its name holds something else by now."""
        with writing(self._engine) as connection:
            if self._scenario(connection, kept.name) != kept:
                return False
            connection.execute(delete(scenario).where(scenario.c.name == kept.name))
        return True

    def journal_length(self) -> int:
        """How many changes the journal holds."""
        with reading(self._engine) as connection:
            return _length(connection)

    def journal(self, since: int) -> tuple[Entry, ...]:
        """The changes of the journal but so many of the first."""
        with reading(self._engine) as connection:
            return self._journal(connection, since)

    def append(self, entries: tuple[Entry, ...], expected: int) -> Stale | None:
        """Write changes to the end of the journal, all or none; none where its length is not the expected one."""
        with writing(self._engine) as connection:
            length = _length(connection)
            if length != expected:
                return Stale(expected=expected, length=length, between=self._journal(connection, expected))
            lines = [line_of(entry, self._zone) for entry in entries]
            rows = [{"position": length + i, "line": line} for i, line in enumerate(lines, start=1)]
            if rows:
                connection.execute(insert(change), rows)
        return None

    def _scenario(self, connection: Connection, name: str) -> Scenario | None:
        row = connection.execute(select(scenario).where(scenario.c.name == name)).mappings().one_or_none()
        return None if row is None else scenario_of(dict(row), self._zone)

    def _journal(self, connection: Connection, since: int) -> tuple[Entry, ...]:
        later = select(change.c.line).where(change.c.position > since).order_by(change.c.position)
        return _entries(list(connection.scalars(later)), self._zone)


def scenario_of(row: Mapping[str, Any], zone: ZoneInfo) -> Scenario:
    """The scenario of a row, whose changes are lines."""
    said = dict(row)
    return Scenario(entries=_entries(said.pop("lines").splitlines(), zone), **said)


def _entries(lines: list[str], zone: ZoneInfo) -> tuple[Entry, ...]:
    """The changes of lines that this store has written; raises StoreError where somebody has spoiled them."""
    entries, findings = read_changes(lines, zone)
    for wrong in findings:
        if wrong.severity == "error":
            raise StoreError(wrong)
    return tuple(entry for entry, _ in entries)


def _length(connection: Connection) -> int:
    return connection.scalar(select(func.count()).select_from(change)) or 0


def journal_lines(engine: Engine, length: int | None = None) -> tuple[str, ...]:
    """The lines of the journal as `changes.jsonl` would hold them, when it held so many, or all of them."""
    lines = select(change.c.line).order_by(change.c.position).limit(length)
    with reading(engine) as connection:
        return tuple(connection.scalars(lines))
