"""Open a database so that what it has acknowledged survives a power cut, and writers come one after the other.

SQLite keeps a write-ahead log: readers see the state before a write, and never wait for it. A transaction that may
write takes the lock at its beginning, so that two never find out at their ends that one was in vain.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from pegboard.domain.finding import error
from pegboard.domain.scenario import StoreError

PATIENCE = 10
"""Seconds that a writer waits for others."""
_READING = "pegboard_reading"


def connect(address: str) -> Engine:
    """The database of an address: `sqlite:///plant.db` or `postgresql://user@host/name`.

    Opens no connection yet. Raises StoreError for an address of another kind, and where there is no such file.
    """
    url = _url(address)
    if url.database and url.get_backend_name() == "sqlite" and not Path(url.database).is_file():
        raise StoreError(error("C603", address, f"there is no plant {address}", "begin one with `pegboard store add`"))
    return _engine(url)


def begin(address: str) -> Engine:
    """The same, where a file of SQLite that is not there is made; a database of PostgreSQL must be there."""
    url = _url(address)
    if url.database and url.get_backend_name() == "sqlite":
        try:
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
            Path(url.database).touch()
        except OSError as wrong:
            what, advice = f"{url.database} cannot be made: {wrong.strerror}", "check the path and its permissions"
            raise StoreError(error("C601", address, what, advice)) from wrong
    return _engine(url)


@contextmanager
def opened(address: str, how: Callable[[str], Engine] = connect) -> Iterator[Engine]:
    """The database of an address while this context lasts; `begin` for one that may be new."""
    engine = how(address)
    try:
        yield engine
    finally:
        engine.dispose()


def _engine(url: URL) -> Engine:
    if url.get_backend_name() == "postgresql":
        return _postgresql(create_engine(url.set(drivername="postgresql+psycopg"), pool_pre_ping=True))
    return _sqlite(create_engine(url, connect_args={"timeout": PATIENCE}))


def _url(address: str) -> URL:
    """An address understood; raises StoreError where it is none of ours."""
    try:
        url = make_url(address)
        if url.get_backend_name() == "postgresql" or (url.get_backend_name() == "sqlite" and url.database):
            return url
    except (ArgumentError, NoSuchModuleError):
        pass
    what = f"{address!r} is no address of a database"
    raise StoreError(error("C600", address, what, "write sqlite:///plant.db, or postgresql://user@host/name"))


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection that sees one state; raises StoreError where the database cannot be read."""
    with _told(engine), engine.connect().execution_options(**{_READING: True}) as connection:
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction of the only writer, durable when this is left without an exception.

    Raises StoreError where the database cannot be written: then nothing of the transaction is.
    """
    with beside_others(engine) as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(7234)"))
        yield connection


@contextmanager
def beside_others(engine: Engine) -> Iterator[Connection]:
    """The same, beside other writers where the database can: only for what a lock on its own rows keeps right."""
    with _told(engine), engine.begin() as connection:
        yield connection


@contextmanager
def _told(engine: Engine) -> Iterator[None]:
    """Say as a finding what a database says as an exception."""
    name = engine.url.render_as_string(hide_password=True)
    try:
        yield
    except DBAPIError as wrong:
        said = str(wrong.orig).strip().splitlines()[0]
        advice = "see that it is there, that it may be written, and that its disk has room; nothing was changed"
        raise StoreError(error("C601", name, f"the database {name} does not answer: {said}", advice)) from wrong


def closed(engine: Engine) -> None:
    """Close a database of SQLite so that its one file holds everything."""
    with _told(engine), engine.connect() as connection:
        raw = connection.connection.dbapi_connection
        assert raw is not None
        raw.execute("PRAGMA journal_mode = DELETE")
    engine.dispose()


def _sqlite(engine: Engine) -> Engine:
    """SQLite with a write-ahead log, each commit on disk, and transactions that begin where we say so."""

    @event.listens_for(engine, "connect")
    def _open(raw: Any, _: object) -> None:
        raw.isolation_level = None  # the driver would begin a transaction late, at its first write
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
            raw.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        is_reading = connection.get_execution_options().get(_READING)
        connection.exec_driver_sql("BEGIN" if is_reading else "BEGIN IMMEDIATE")

    return engine


def _postgresql(engine: Engine) -> Engine:
    """PostgreSQL whose readers see one state throughout, and whose writers do not wait for ever."""

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if connection.get_execution_options().get(_READING):
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        else:
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{PATIENCE}s'")

    return engine
