"""Contents by their hash: each is kept once, compressed, whatever number of rows name it, until none does."""

import hashlib
import zlib
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from sqlalchemy import Connection, delete, insert, select

from pegboard.storage.database.tables import content, metadata


class Packed(NamedTuple):
    """A content compressed, and its hash."""

    hash: str
    data: bytes


def packed(files: Mapping[str, bytes]) -> dict[str, Packed]:
    """Contents ready to be kept, by name: compressed before a writer keeps others waiting."""
    return {name: Packed(hashlib.sha256(data).hexdigest(), zlib.compress(data)) for name, data in files.items()}


def keep(connection: Connection, contents: Iterable[Packed]) -> None:
    """Keep contents that are not there yet. The connection is the only writer's."""
    wanted = dict(contents)
    there = set(connection.scalars(select(content.c.hash).where(content.c.hash.in_(wanted))))
    rows = [{"hash": h, "data": data} for h, data in sorted(wanted.items()) if h not in there]
    if rows:
        connection.execute(insert(content), rows)


def content_of(connection: Connection, name: str) -> bytes:
    """The content that a hash names; there must be one."""
    data: bytes = connection.execute(select(content.c.data).where(content.c.hash == name)).scalar_one()
    return zlib.decompress(data)


def drop_unnamed(connection: Connection, hashes: Iterable[str]) -> None:
    """Drop those of these contents that no row of any table names any more. The connection is the only writer's."""
    naming = [
        column
        for table in metadata.sorted_tables
        for column in table.c
        if any(key.column is content.c.hash for key in column.foreign_keys)
    ]
    unnamed = delete(content).where(content.c.hash.in_(set(hashes)))
    for column in naming:
        unnamed = unnamed.where(~select(column).where(column == content.c.hash).exists())
    connection.execute(unnamed)
