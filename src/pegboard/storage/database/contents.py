"""Contents by their hash: each is kept once, compressed, whatever number of rows name it, until none does."""

import hashlib
import zlib
from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, delete, insert, select

from pegboard.storage.database.tables import content, metadata


def kept(connection: Connection, files: Mapping[str, bytes]) -> dict[str, str]:
    """Keep contents that are not there yet; the hash of each by its name. The connection is the only writer's."""
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    contents = {hashes[name]: data for name, data in files.items()}
    there = set(connection.scalars(select(content.c.hash).where(content.c.hash.in_(contents))))
    rows = [{"hash": h, "data": zlib.compress(data)} for h, data in sorted(contents.items()) if h not in there]
    if rows:
        connection.execute(insert(content), rows)
    return hashes


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
