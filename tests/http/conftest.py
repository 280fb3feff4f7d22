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


@pytest.fixture
def small(tmp_path: Path) -> str:
    """A plant that makes chairs of legs: two orders, one resource."""
    return chairs(tmp_path)


def chairs(folder: Path) -> str:
    """The address of a new plant of the smallest factory."""
    factory = folder / "chairs"
    factory.mkdir()
    tables = {
        "factory.toml": "now = 2026-06-01T08:00:00\n",
        "items.csv": "item,supply,lead_time_days\nCHAIR,make,\nLEG,buy,2\n",
        "bom.csv": "parent,component,qty_per\nCHAIR,LEG,4\n",
        "routing.csv": "item,step,resource,run_min\nCHAIR,10,BENCH,30\n",
        "resources.csv": "resource\nBENCH\n",
        "orders.csv": "order,item,qty,due\nSO-1,CHAIR,2,2026-06-10\nSO-2,CHAIR,5,2026-06-11\n",
    }
    for name, text in tables.items():
        (factory / name).write_text(text, encoding="utf-8")
    return plant(folder, factory)
