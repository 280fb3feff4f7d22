"""Scenarios and the journal in a database; see `app.ports.Store` for what each method promises."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, delete, insert, select

from pegboard.domain.change import Entry
from pegboard.domain.scenario import Scenario, Stale, StoreError
from pegboard.exchange.changes_file import line_of, read_changes
from pegboard.storage.database.connect import reading, writing
from pegboard.storage.database.journal import Write, add, effective, length, says_change, writes
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
        """How many rows the journal holds."""
        with reading(self._engine) as connection:
            return length(connection)

    def journal(self, since: int) -> tuple[Entry, ...]:
        """The changes of the journal that count, but those of so many of the first rows."""
        with reading(self._engine) as connection:
            return self._journal(connection, since)

    def append(self, entries: tuple[Entry, ...], expected: int) -> Stale | None:
        """Write changes to the end of the journal, all or none; none where its length is not the expected one.

        The plan with them is one of the changed snapshot, planned again.
        """
        with writing(self._engine) as connection:
            found = length(connection)
            if found != expected:
                return Stale(expected=expected, length=found, between=self._journal(connection, expected))
            if entries:
                when = entries[0].when or datetime.fromtimestamp(0, self._zone)
                write = Write(mode="replan", who=entries[0].who, when=when, why=entries[0].why, entries=entries)
                add(connection, write, self._zone)
        return None

    def _scenario(self, connection: Connection, name: str) -> Scenario | None:
        row = connection.execute(select(scenario).where(scenario.c.name == name)).mappings().one_or_none()
        return None if row is None else scenario_of(dict(row), self._zone)

    def _journal(self, connection: Connection, since: int) -> tuple[Entry, ...]:
        counted = effective(writes(connection, self._zone))
        return tuple(e for w in counted for i, e in enumerate(w.entries) if w.position + i > since)


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


def journal_lines(engine: Engine) -> tuple[str, ...]:
    """The lines of the journal as `changes.jsonl` would hold them, without those that were withdrawn."""
    with reading(engine) as connection:
        rows = connection.execute(select(change).order_by(change.c.position)).mappings().all()
    gone = {row["withdraws"] for row in rows}
    return tuple(row["line"] for row in rows if row["written"] not in gone and says_change(row["line"]))
