"""Versions of the master data: the files of a factory folder, each kept once however many versions hold it."""

import zlib
from collections.abc import Mapping

import msgspec
from sqlalchemy import Connection, Engine, func, insert, select

from pegboard.storage.database.connect import reading, writing
from pegboard.storage.database.contents import keep, packed
from pegboard.storage.database.tables import content, version, version_file


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """A state of the master data, numbered from 1: when (`at`, seconds UTC), by whom and why it was brought in."""

    number: int
    at: int
    who: str
    why: str


class Masters:
    """The master data of a plant."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def versions(self) -> tuple[Version, ...]:
        """All versions, oldest first."""
        with reading(self._engine) as connection:
            return _versions(connection)

    def files(self, number: int) -> dict[str, bytes]:
        """The files of a version by name; none where there is no such version."""
        wanted = (
            select(version_file.c.name, content.c.data)
            .join(content, content.c.hash == version_file.c.hash)
            .where(version_file.c.version == number)
            .order_by(version_file.c.name)
        )
        with reading(self._engine) as connection:
            return {name: zlib.decompress(data) for name, data in connection.execute(wanted)}

    def add(self, files: Mapping[str, bytes], expected: int, at: int, who: str, why: str) -> Version | None:
        """Keep a new version; None, and nothing is written, where the newest one is not the expected (0: none yet)."""
        contents = packed(files)
        with writing(self._engine) as connection:
            newest = connection.scalar(select(func.max(version.c.number))) or 0
            if newest != expected:
                return None
            new = Version(number=newest + 1, at=at, who=who, why=why)
            connection.execute(insert(version).values(**msgspec.structs.asdict(new)))
            keep(connection, contents.values())
            rows = [{"version": new.number, "name": name, "hash": contents[name].hash} for name in sorted(files)]
            if rows:
                connection.execute(insert(version_file), rows)
        return new


def _versions(connection: Connection) -> tuple[Version, ...]:
    rows = connection.execute(select(version).order_by(version.c.number)).mappings()
    return tuple(Version(**row) for row in rows)
