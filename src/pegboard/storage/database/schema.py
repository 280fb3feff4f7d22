"""All tables of a plant's database: whoever asks for the whole schema asks here, so that no table is left out."""

from sqlalchemy import Table

from pegboard.storage.database import people_tables, tables

__all__ = ["backed_up", "metadata"]

metadata = tables.metadata
assert people_tables.person.metadata is metadata


def backed_up() -> list[Table]:
    """The tables that a backup holds, each after those that it refers to."""
    return [table for table in metadata.sorted_tables if table.info != tables.NOT_BACKED_UP]
