"""Databases that tests of the store ask for by name, each empty and at the schema of this release."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pegboard.storage.database.connect import begin
from pegboard.storage.database.upgrade import upgrade
from tests.storage.databases import fresh, served


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """One server for all tests of a process."""
    with served() as address:
        yield address


@pytest.fixture
def sqlite(tmp_path: Path) -> str:
    """The address of a new SQLite database."""
    return _new(f"sqlite:///{tmp_path / 'plant.db'}")


@pytest.fixture
def postgresql(postgresql_server: str) -> str:
    """The address of a new PostgreSQL database."""
    return _new(fresh(postgresql_server))


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database of each kind without any table."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'empty.db'}"
    return fresh(request.getfixturevalue("postgresql_server"))


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest) -> str:
    """The address of a new database of each kind."""
    found: str = request.getfixturevalue(request.param)
    return found


def _new(address: str) -> str:
    engine = begin(address)
    upgrade(engine)
    engine.dispose()
    return address
