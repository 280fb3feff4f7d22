"""The journal of a plant: writes of one or more changes each, and how the plan was made again with them.

Rows are only ever appended. A write that is withdrawn stays where it is; another row at the end says that it no longer
counts. What counts is the effective journal, which plans, exports and scenarios see.
"""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import Connection, Engine, RowMapping, func, insert, select

from pegboard.domain.change import Entry
from pegboard.domain.scenario import StoreError
from pegboard.exchange.changes_file import line_of, read_changes
from pegboard.storage.database.connect import reading, writing
from pegboard.storage.database.tables import change

Made = Literal["replan", "repair", "withdraw"]
"""How the plan is made again: from the snapshot, from the plan before, or without a write that no longer counts."""


class Write(msgspec.Struct, frozen=True, kw_only=True):
    """Changes that were written together: `position` is that of its first row, `n_rows` how many rows it takes.

    One without entries plans again, or withdraws the write at position `withdraws`.
    """

    mode: Made
    who: str
    when: datetime
    why: str = ""
    entries: tuple[Entry, ...] = ()
    withdraws: int | None = None
    position: int = 0

    @property
    def n_rows(self) -> int:
        """A write without changes takes a row too."""
        return max(1, len(self.entries))


class _Note(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The line of a row without a change."""

    who: str = ""
    when: datetime
    why: str = ""


def effective(writes: Sequence[Write]) -> tuple[Write, ...]:
    """The writes that count, in order."""
    gone = {w.withdraws for w in writes if w.mode == "withdraw"}
    return tuple(w for w in writes if w.mode != "withdraw" and w.position not in gone)


class Journal:
    """The journal of a plant; `zone` is that of its factory, whose local times the lines hold."""

    def __init__(self, engine: Engine, zone: ZoneInfo) -> None:
        self._engine = engine
        self._zone = zone

    def writes(self) -> tuple[Write, ...]:
        """All writes, first to last, those that were withdrawn among them."""
        with reading(self._engine) as connection:
            return writes(connection, self._zone)

    def append(self, write: Write, expected: int) -> tuple[Write, ...] | None:
        """Append a write, durable when this returns; where the journal is longer than expected, what came between.

        Then nothing is written.
        """
        with writing(self._engine) as connection:
            if length(connection) != expected:
                return tuple(w for w in writes(connection, self._zone) if w.position > expected)
            add(connection, write, self._zone)
        return None


def length(connection: Connection) -> int:
    """How many rows the journal has."""
    return connection.scalar(select(func.count()).select_from(change)) or 0


def add(connection: Connection, write: Write, zone: ZoneInfo) -> None:
    """Append a write within a transaction."""
    first = length(connection) + 1
    note = _Note(who=write.who, when=write.when, why=write.why)
    lines = [line_of(entry, zone) for entry in write.entries] or [msgspec.json.encode(note).decode()]
    rows = [
        {"position": first + i, "line": line, "mode": write.mode, "written": first, "withdraws": write.withdraws}
        for i, line in enumerate(lines)
    ]
    connection.execute(insert(change), rows)


def writes(connection: Connection, zone: ZoneInfo) -> tuple[Write, ...]:
    """All writes; raises StoreError where somebody has spoiled their lines."""
    rows = connection.execute(select(change).order_by(change.c.position)).mappings().all()
    return tuple(_write(list(group), zone) for _, group in groupby(rows, key=lambda row: row["written"]))


def says_change(line: str) -> bool:
    """Whether a line of the journal holds a change, not only who planned again or withdrew something."""
    return line.startswith('{"change":')


def _write(rows: list[RowMapping], zone: ZoneInfo) -> Write:
    first = rows[0]
    place = {"mode": first["mode"], "position": first["position"], "withdraws": first["withdraws"]}
    if not says_change(first["line"]):
        note = msgspec.json.decode(first["line"], type=_Note)
        return Write(who=note.who, when=note.when, why=note.why, **place)
    read, findings = read_changes([row["line"] for row in rows], zone)
    for wrong in findings:
        if wrong.severity == "error":
            raise StoreError(wrong)
    entries = tuple(entry for entry, _ in read)
    when = entries[0].when or datetime.fromtimestamp(0, zone)
    return Write(who=entries[0].who, when=when, why=entries[0].why, entries=entries, **place)
