"""Plans that were published: the key figures of all of them, and the folders of the newest."""

import zlib
from collections.abc import Mapping
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine, RowMapping, delete, insert, select

from pegboard.domain.plan import Kpis
from pegboard.storage.database.connect import reading, writing
from pegboard.storage.database.contents import drop_unnamed, keep, packed
from pegboard.storage.database.tables import content, plan, plan_file

FOLDERS = 50
"""Plans whose files are kept; of older ones only the key figures are."""
_NEWEST = select(plan).order_by(plan.c.number.desc()).limit(1)


class Published(msgspec.Struct, frozen=True, kw_only=True):
    """A plan that everybody saw, numbered from 1: of which version of the data and length of the journal, and when.

    `kpis` are the key figures by name, those that the release which made the plan had.
    """

    number: int
    version: int
    journal: int
    hash: str
    seed: int
    at: int
    who: str
    kpis: dict[str, Any]


class Plans:
    """The plans of a plant."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def publish(
        self, *, version: int, journal: int, seed: int, at: int, who: str, plan_hash: str, kpis: Kpis,
        files: Mapping[str, bytes],
    ) -> int:  # fmt: skip
        """Keep a plan with the files of its folder; its number, which is the old one where the newest is the same."""
        contents = packed(files)
        with writing(self._engine) as connection:
            newest = connection.execute(_NEWEST).mappings().one_or_none()
            same = {"version": version, "journal": journal, "hash": plan_hash, "seed": seed}
            if newest is not None and all(newest[name] == value for name, value in same.items()):
                return int(newest["number"])
            number = 1 if newest is None else int(newest["number"]) + 1
            row = {**same, "number": number, "at": at, "who": who, "kpis": msgspec.json.encode(kpis)}
            connection.execute(insert(plan).values(**row))
            keep(connection, contents.values())
            rows = [{"plan": number, "name": name, "hash": contents[name].hash} for name in sorted(files)]
            if rows:
                connection.execute(insert(plan_file), rows)
            _forget_old_folders(connection, number)
        return number

    def history(self, since: int = 0) -> tuple[Published, ...]:
        """All plans that were published at or after an instant, oldest first: the key figures over time."""
        with reading(self._engine) as connection:
            rows = connection.execute(select(plan).where(plan.c.at >= since).order_by(plan.c.number)).mappings()
            return tuple(_published(row) for row in rows)

    def newest(self) -> Published | None:
        """The plan published last; None where there is none yet."""
        with reading(self._engine) as connection:
            row = connection.execute(_NEWEST).mappings().one_or_none()
        return None if row is None else _published(row)

    def files(self, number: int) -> dict[str, bytes]:
        """The files of a plan folder by name; none where they are no longer kept, or there is no such plan."""
        wanted = select(plan_file.c.name, content.c.data).join(content, content.c.hash == plan_file.c.hash)
        with reading(self._engine) as connection:
            rows = connection.execute(wanted.where(plan_file.c.plan == number).order_by(plan_file.c.name))
            return {name: zlib.decompress(data) for name, data in rows}


def _published(row: RowMapping) -> Published:
    return Published(**{**row, "kpis": msgspec.json.decode(row["kpis"])})


def _forget_old_folders(connection: Connection, newest: int) -> None:
    old = plan_file.c.plan <= newest - FOLDERS
    dropped = list(connection.scalars(select(plan_file.c.hash).where(old)))
    if dropped:
        connection.execute(delete(plan_file).where(old))
        drop_unnamed(connection, dropped)
