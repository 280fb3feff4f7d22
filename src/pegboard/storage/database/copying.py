"""Copy a whole plant from one database to another, of whatever kind: a backup is a copy into a file of SQLite."""

from sqlalchemy import Engine, func, insert, select

from pegboard.domain.finding import error
from pegboard.domain.scenario import StoreError
from pegboard.storage.database.connect import reading, writing
from pegboard.storage.database.schema import backed_up, metadata
from pegboard.storage.database.upgrade import revision, upgrade

BATCH = 500
"""Rows that are held in memory at a time."""


def copy(source: Engine, target: Engine) -> int:
    """Copy every row of a plant, as it is at one moment, into a new database; how many rows.

    What serves the moment stays behind: sessions and one-time links would let in whom they do not let in any more.
    Writers of the source go on meanwhile. Raises StoreError where the target holds a plant already, the source is none
    or of another schema, or one of them fails: then nothing is in the target.
    """
    if revision(source) is None:
        name = source.url.render_as_string(hide_password=True)
        raise StoreError(error("C603", name, f"{name} holds no plant", "check the address"))
    upgrade(target)
    if revision(source) != revision(target):
        name = source.url.render_as_string(hide_password=True)
        what = f"{name} has the schema {revision(source)}, not {revision(target)} of this release"
        raise StoreError(error("C602", name, what, "upgrade it first, or use the release that it is of"))
    copied = 0
    with reading(source) as old, writing(target) as new:
        if any(new.scalar(select(func.count()).select_from(table)) for table in metadata.sorted_tables):
            name = target.url.render_as_string(hide_password=True)
            raise StoreError(error("C604", name, f"{name} holds a plant already", "name a database that is empty"))
        for table in backed_up():
            for rows in old.execute(select(table)).mappings().partitions(BATCH):
                new.execute(insert(table), [dict(row) for row in rows])
                copied += len(rows)
    return copied
