"""The tables of a plant's database.

Changes and scenarios are kept as the lines that their files would hold: one form of a change, wherever it is kept.
Instants are whole seconds since 1970, UTC.
"""

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, LargeBinary, MetaData, String, Table, Text

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

NOT_BACKED_UP = {"backed_up": False}
"""Marks, as its `info`, a table that serves the moment and would do harm if a restore brought it back."""

content = Table(
    "content",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("data", LargeBinary, nullable=False),
    comment="files of versions, compressed, each kept once whatever number of versions hold it",
)

version = Table(
    "version",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    Column("who", Text, nullable=False),
    Column("why", Text, nullable=False),
    comment="states of the master data, numbered from 1",
)

version_file = Table(
    "version_file",
    metadata,
    Column("version", Integer, ForeignKey("version.number"), primary_key=True),
    Column("name", String(80), primary_key=True),
    Column("hash", String(64), ForeignKey("content.hash"), nullable=False),
    comment="the files of each version by name",
)

change = Table(
    "change",
    metadata,
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("line", Text, nullable=False),
    comment="the journal: one change a row, numbered from 1",
)

scenario = Table(
    "scenario",
    metadata,
    Column("name", String(80), primary_key=True),
    Column("base", String(64), nullable=False),
    Column("journal", Integer, nullable=False),
    Column("parent", String(80), nullable=False),
    Column("branched", Integer, nullable=False),
    Column("lines", Text, nullable=False),
    comment="scenarios, with their changes as lines",
)
