"""Answers to writes that carried a key: whoever sends the same again gets the same answer, and there is one effect."""

import hashlib
import zlib

import msgspec
from sqlalchemy import Engine, delete, insert, select

from pegboard.storage.database.connect import reading, writing
from pegboard.storage.database.tables import answer

KEPT = 86_400
"""Seconds for which an answer is kept."""


class KeptAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """An answer, and the digest of the request that it answers."""

    request: str
    status: int
    etag: str
    media: str
    body: bytes


class Answers:
    """The answers of a plant, by key and whoever sent it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def find(self, who: str, key: str, now: int) -> KeptAnswer | None:
        """What was answered to a key; None where nothing was, or too long ago."""
        wanted = select(answer).where(answer.c.key == _name(who, key), answer.c.at > now - KEPT)
        with reading(self._engine) as connection:
            row = connection.execute(wanted).mappings().one_or_none()
        if row is None:
            return None
        said = {field: row[field] for field in ("request", "status", "etag", "media")}
        return KeptAnswer(**said, body=zlib.decompress(row["body"]))

    def keep(self, who: str, key: str, now: int, given: KeptAnswer) -> None:
        """Keep an answer, and forget those that are too old."""
        said = msgspec.structs.asdict(given) | {"body": zlib.compress(given.body, 1)}
        name = _name(who, key)
        with writing(self._engine) as connection:
            connection.execute(delete(answer).where((answer.c.at <= now - KEPT) | (answer.c.key == name)))
            connection.execute(insert(answer).values(key=name, at=now, **said))


def _name(who: str, key: str) -> str:
    return hashlib.sha256(f"{who}\n{key}".encode()).hexdigest()
