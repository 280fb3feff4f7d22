"""A plant in a database, from a factory folder and back, and its backups between databases of either kind."""

import filecmp
import shutil
from pathlib import Path

import pytest

from pegboard.app.files import read
from pegboard.app.plants import backed_up, brought_in, restored, state, written_out
from pegboard.domain.scenario import StoreError
from pegboard.storage.database.connect import opened, reading
from pegboard.storage.database.schema import metadata

LAMPS = Path(__file__).parents[2] / "examples" / "lamps"


@pytest.fixture
def factory(tmp_path: Path) -> Path:
    """The lamps with a change in their journal."""
    folder = tmp_path / "lamps"
    shutil.copytree(LAMPS, folder)
    line = '{"change":"set_quantity","order":"SO-26101/1","qty":40.0,"who":"ann","when":"2026-06-08T12:00"}\n'
    (folder / "changes.jsonl").write_text(line, encoding="utf-8")
    return folder


def rows(address: str) -> dict[str, list[tuple[object, ...]]]:
    """Every row of a database, by table."""
    with opened(address) as engine, reading(engine) as connection:
        return {t.name: sorted(tuple(row) for row in connection.execute(t.select())) for t in metadata.sorted_tables}


def test_a_folder_comes_back_as_it_went_in(empty: str, factory: Path, tmp_path: Path):
    """Every file to the byte; the journal, which the plant writes in its own way, says the same."""
    version, _ = brought_in(empty, factory, "ann", "first")
    assert version is not None
    assert written_out(empty, tmp_path / "out", None) == version
    names = sorted(f.name for f in factory.iterdir())
    assert names == sorted(f.name for f in (tmp_path / "out").iterdir())
    names.remove("changes.jsonl")
    assert filecmp.cmpfiles(factory, tmp_path / "out", names, shallow=False) == (names, [], [])
    assert read(tmp_path / "out").factory_hash == read(factory).factory_hash


def test_new_master_data_leaves_the_journal_of_the_plant_alone(empty: str, factory: Path, tmp_path: Path):
    """Brought in a second time with 45 lamps in a row: two versions, still one change, and both can be written out."""
    brought_in(empty, factory, "ann", "first")
    orders = (factory / "orders.csv").read_text(encoding="utf-8")
    (factory / "orders.csv").write_text(orders.replace("DOME-30,44", "DOME-30,45"), encoding="utf-8")
    brought_in(empty, factory, "ben", "second")
    found = state(empty)
    assert [(v.number, v.who, v.why) for v in found.versions] == [(1, "ann", "first"), (2, "ben", "second")]
    assert found.journal == 1
    written_out(empty, tmp_path / "one", 1)
    written_out(empty, tmp_path / "two", 2)
    assert (tmp_path / "one" / "orders.csv").read_text(encoding="utf-8") == orders
    assert "DOME-30,45" in (tmp_path / "two" / "orders.csv").read_text(encoding="utf-8")


def test_a_backup_restores_every_row_in_a_database_of_either_kind(address: str, empty: str, factory: Path):
    brought_in(address, factory, "ann", "first")
    file = factory.parent / "backups" / "plant.backup"
    assert backed_up(address, file) == restored(file, empty) > 0
    assert rows(empty) == rows(address)
    assert [f.name for f in file.parent.iterdir()] == ["plant.backup"]


def test_a_backup_is_not_restored_over_a_plant(address: str, factory: Path, tmp_path: Path):
    brought_in(address, factory, "ann", "first")
    backed_up(address, tmp_path / "plant.backup")
    before = rows(address)
    with pytest.raises(StoreError) as refused:
        restored(tmp_path / "plant.backup", address)
    assert refused.value.finding.code == "C604"
    assert rows(address) == before


@pytest.mark.parametrize(("content", "code"), [(b"no database", "C601"), (b"", "C603"), (None, "C603")])
def test_what_is_no_backup_is_refused(tmp_path: Path, content: bytes | None, code: str):
    file = tmp_path / "plant.backup"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(StoreError) as refused:
        restored(file, f"sqlite:///{tmp_path / 'new.db'}")
    assert refused.value.finding.code == code


def test_a_folder_that_cannot_be_planned_is_not_brought_in(tmp_path: Path, empty: str):
    (tmp_path / "folder").mkdir()
    version, findings = brought_in(empty, tmp_path / "folder", "ann", "")
    assert version is None
    assert {f.code for f in findings} >= {"F102"}


def test_nothing_is_written_over_what_a_folder_holds(empty: str, factory: Path):
    brought_in(empty, factory, "ann", "first")
    before = sorted(f.name for f in factory.iterdir())
    with pytest.raises(StoreError) as refused:
        written_out(empty, factory, None)
    assert refused.value.finding.code == "C607"
    assert sorted(f.name for f in factory.iterdir()) == before
