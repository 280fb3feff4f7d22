"""A factory whose files are in a database is read as if they lay in a folder.

That both give the same for every other factory of these tests is asserted where they are read, in `conftest.Folder`.
"""

from pathlib import Path, PurePath

import pytest

from pegboard.exchange import read_factory, read_files
from tests.exchange.conftest import ITEMS, NOW, ORDERS, Folder, only
from tests.exchange.test_round_trips import EXAMPLE, SHARED
from tests.laws.random_factory import random_factory


def in_memory(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}


@pytest.mark.parametrize("path", [EXAMPLE, SHARED / "bicycles", SHARED / "mto-10k"], ids=str)
def test_a_real_factory_is_the_same_from_its_bytes(path: Path):
    if not path.exists():
        pytest.skip(f"no data at {path}")
    there = read_factory(path, clock=lambda: NOW)
    here = read_files(in_memory(path), clock=lambda: NOW, place=path)
    assert here.snapshot is not None
    assert (here.snapshot, here.findings, here.factory_hash) == (there.snapshot, there.findings, there.factory_hash)


@pytest.mark.parametrize("seed", range(8))
def test_a_random_factory_is_the_same_from_its_bytes(seed: int, tmp_path: Path):
    folder = random_factory(seed).write(tmp_path / "factory")
    assert read_files(in_memory(folder), clock=lambda: NOW, place=folder) == read_factory(folder, clock=lambda: NOW)


def test_the_order_of_the_files_makes_no_difference():
    files = {"orders.csv": ORDERS.encode(), "items.csv": ITEMS.encode(), "Items.csv": b"item\nX\n"}
    backwards = dict(reversed(files.items()))
    reading = read_files(files, clock=lambda: NOW)
    assert read_files(backwards, clock=lambda: NOW) == reading
    assert only(reading, "F112").subject == "items.csv"


def test_a_finding_in_memory_has_its_file_and_line(factory: Folder):
    orders = "order,item,qty,due\nSO-1,BIKE,two,2026-06-12\n"
    reading = read_files({"items.csv": ITEMS.encode(), "orders.csv": orders.encode()}, clock=lambda: NOW)
    assert only(reading, "F202").source == "orders.csv:2"


def test_what_is_missing_is_said_of_the_place_that_was_named():
    reading = read_files({"items.csv": ITEMS.encode()}, clock=lambda: NOW, place=PurePath("version 3"))
    assert only(reading, "F102").what == "the file orders.csv is missing in version 3"
