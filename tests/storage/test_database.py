"""A plant's database: its schema, versions of master data, and what survives a killed writer and a full disk."""

import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, text

from pegboard.domain.change import Entry, SetQuantity
from pegboard.domain.scenario import StoreError
from pegboard.storage.database.connect import connect, reading
from pegboard.storage.database.masters import Masters
from pegboard.storage.database.scenarios import DatabaseStore
from pegboard.storage.database.schema import metadata
from pegboard.storage.database.upgrade import revision, upgrade

BERLIN = ZoneInfo("Europe/Berlin")
WRITER = """
import sys
from zoneinfo import ZoneInfo
from pegboard.domain.change import Entry, SetQuantity
from pegboard.storage.database.connect import connect
from pegboard.storage.database.scenarios import DatabaseStore

store = DatabaseStore(connect(sys.argv[1]), ZoneInfo("Europe/Berlin"))
length = store.journal_length()
while True:
    entries = tuple(Entry(change=SetQuantity(order="SO-1", qty=float(length + i)), who="ann") for i in (1, 2))
    if store.append(entries, length) is None:
        length += 2
        print(length, flush=True)
"""
"""Appends two changes at a time and says each length that was acknowledged."""


@pytest.fixture
def engine(address: str) -> Iterator[Engine]:
    found = connect(address)
    yield found
    found.dispose()


def entry(why: str) -> Entry:
    return Entry(change=SetQuantity(order="SO-1", qty=1.0), when=datetime(2026, 6, 8, tzinfo=UTC), why=why)


def test_the_migrations_make_exactly_the_tables_that_the_program_uses(engine: Engine):
    with reading(engine) as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_an_upgrade_of_what_is_up_to_date_changes_nothing(engine: Engine):
    at = revision(engine)
    upgrade(engine)
    assert revision(engine) == at


def test_a_database_of_a_newer_release_is_refused(engine: Engine):
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError) as refused:
        upgrade(engine)
    assert refused.value.finding.code == "C602"


@pytest.mark.parametrize("address", ["plant.db", "mysql://somewhere/plant", "sqlite://", ""])
def test_an_address_of_no_database_is_refused(address: str):
    with pytest.raises(StoreError) as refused:
        connect(address)
    assert refused.value.finding.code == "C600"


@pytest.mark.parametrize(
    ("address", "code"),
    [("sqlite:////no/such/place/plant.db", "C603"), ("postgresql://nobody@127.0.0.1:1/plant", "C601")],
)
def test_a_database_that_is_not_there_is_a_finding(address: str, code: str):
    with pytest.raises(StoreError) as refused:
        DatabaseStore(connect(address), BERLIN).names()
    assert refused.value.finding.code == code


def test_a_version_gives_back_its_files_and_shares_what_did_not_change(engine: Engine):
    """Two versions of two files, of which one changed: three contents are kept."""
    masters = Masters(engine)
    first = masters.add({"items.csv": b"id\nA\n", "factory.toml": b""}, 0, 100, "ann", "import")
    second = masters.add({"items.csv": b"id\nB\n", "factory.toml": b""}, 1, 200, "ben", "mended")
    assert masters.versions() == (first, second)
    assert masters.files(1) == {"items.csv": b"id\nA\n", "factory.toml": b""}
    assert masters.files(2) == {"items.csv": b"id\nB\n", "factory.toml": b""}
    assert masters.files(3) == {}
    with reading(engine) as connection:
        assert connection.scalar(text("SELECT count(*) FROM content")) == 3


def test_of_two_versions_on_the_same_one_the_second_is_refused(engine: Engine):
    masters = Masters(engine)
    assert masters.add({"items.csv": b"a"}, 0, 1, "ann", "") is not None
    assert masters.add({"items.csv": b"b"}, 0, 2, "ben", "") is None
    assert [v.who for v in masters.versions()] == ["ann"]


def test_every_acknowledged_change_survives_a_killed_writer(address: str):
    """Killed three times amid endless writing: what was said to be written is there, and in pairs as it was sent."""
    for _ in range(3):
        victim = subprocess.Popen([sys.executable, "-c", WRITER, address], stdout=subprocess.PIPE, text=True)
        assert victim.stdout is not None
        assert victim.stdout.readline()
        time.sleep(0.05)
        victim.kill()
        acknowledged = [int(line) for line in victim.communicate()[0].splitlines() if line.strip()]
        engine = connect(address)
        store = DatabaseStore(engine, BERLIN)
        journal = store.journal(0)
        engine.dispose()
        assert len(journal) >= max(acknowledged, default=2)
        assert [e.change.qty for e in journal if isinstance(e.change, SetQuantity)] == list(range(1, len(journal) + 1))
        assert len(journal) % 2 == 0


def test_a_full_disk_is_an_error_and_nothing_is_half_written(sqlite: str):
    """Room for no more pages: the change is refused as a whole, and what was there reads on."""
    engine = connect(sqlite)
    store = DatabaseStore(engine, BERLIN)
    assert store.append((entry("kept"),), 0) is None
    with engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StoreError) as full:
        store.append((entry("small"), entry("large" * 100_000)), 1)
    assert full.value.finding.code == "C601"
    assert "full" in full.value.finding.what
    assert store.journal(0) == (entry("kept"),)
    engine.dispose()
