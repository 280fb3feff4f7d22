"""A plant of the demo factory for each module of tests, and a fresh small one for tests that change it."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from pegboard.app.files import demo_factory
from pegboard.app.plant_desk import PlantDesk
from tests.http.serving import client, desk_of, plant, served


@pytest.fixture(scope="module")
def lamps_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PlantDesk]:
    """The demo factory; tests that use it change nothing, or undo it."""
    with desk_of(plant(tmp_path_factory.mktemp("lamps"), demo_factory())) as desk:
        yield desk


@pytest.fixture(scope="module")
def lamps(lamps_desk: PlantDesk) -> Iterator[httpx.Client]:
    with served(lamps_desk) as address, client(address) as found:
        yield found


@pytest.fixture
def address(tmp_path: Path) -> str:
    """A fresh plant of the demo factory."""
    return plant(tmp_path, demo_factory())
