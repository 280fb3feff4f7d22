"""The tables of a plant's database.

Changes and scenarios are kept as the lines that their files would hold: one form of a change, wherever it is kept.
Instants are whole seconds since 1970, UTC.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

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
    Column("mode", String(8), nullable=False),
    Column("written", Integer, nullable=False),
    Column("withdraws", Integer, nullable=True),
    comment="the journal: one change a row, numbered from 1; rows of one write share the position of its first",
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

job = Table(
    "job",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(20), nullable=False),
    Column("params", LargeBinary, nullable=False),
    Column("version", Integer, ForeignKey("version.number"), nullable=False),
    Column("journal", Integer, nullable=False),
    Column("scenario", LargeBinary, nullable=False),
    Column("who", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("state", String(10), nullable=False, index=True),
    Column("tries", Integer, nullable=False),
    Column("share", Float, nullable=False),
    Column("step", Text, nullable=False),
    Column("worker", Text, nullable=False),
    Column("leased_until", BigInteger, nullable=False),
    Column("cancel_asked", Boolean, nullable=False),
    Column("ended", BigInteger, nullable=True),
    Column("result", String(64), ForeignKey("content.hash"), nullable=True),
    Column("findings", LargeBinary, nullable=False),
    Column("revision", Integer, nullable=False),
    comment="long computations on the plant as it was, and the worker that holds each; params and findings as JSON",
)

plan = Table(
    "plan",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("version", Integer, ForeignKey("version.number"), nullable=False),
    Column("journal", Integer, nullable=False),
    Column("hash", String(64), nullable=False),
    Column("seed", Integer, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("who", Text, nullable=False),
    Column("kpis", LargeBinary, nullable=False),
    comment="plans that were published, with their key figures as JSON",
)

plan_file = Table(
    "plan_file",
    metadata,
    Column("plan", Integer, ForeignKey("plan.number"), primary_key=True),
    Column("name", String(80), primary_key=True),
    Column("hash", String(64), ForeignKey("content.hash"), nullable=False),
    comment="the files of the newest plans by name",
)

answer = Table(
    "answer",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("request", String(64), nullable=False),
    Column("at", BigInteger, nullable=False, index=True),
    Column("status", Integer, nullable=False),
    Column("etag", String(80), nullable=False),
    Column("media", String(80), nullable=False),
    Column("body", LargeBinary, nullable=False),
    comment="answers to writes that carried a key, compressed, so that the same key is answered alike for a day",
)

reservation = Table(
    "reservation",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("line", LargeBinary, nullable=False),
    comment="what is held for quotes, each as the line that a file would hold, in order of making",
)
