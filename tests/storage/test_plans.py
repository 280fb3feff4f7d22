"""Published plans in a database of either kind: figures over time, and the folders of the newest."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from pegboard.app.files import Run, save_plan
from pegboard.app.plan_history import Publisher
from pegboard.app.plant_desk import PlantDesk
from pegboard.app.plants import brought_in
from pegboard.domain.change import Entry, SetQuantity
from pegboard.domain.plan import Kpis
from pegboard.storage.database import plans
from pegboard.storage.database.connect import connect, reading
from pegboard.storage.database.masters import Masters
from pegboard.storage.database.plans import Plans
from tests.cli.command import GOOD, write


@pytest.fixture
def engine(address: str) -> Iterator[Engine]:
    """A plant with one version of master data, of one file."""
    found = connect(address)
    Masters(found).add({"items.csv": b"item\nA\n"}, 0, 100, "ann", "")
    yield found
    found.dispose()


def kpis(late: int) -> Kpis:
    zero: dict[str, Any] = dict.fromkeys(Kpis.__struct_fields__, 0)
    return Kpis(**{**zero, "lines_late": late, "utilisation": {"SAW": 0.5}, "engine": "jit", "seconds": None})


def published(engine: Engine, journal: int, *, late: int = 0, files: dict[str, bytes] | None = None) -> int:
    rows = files if files is not None else {"orders.csv": f"{journal}".encode(), "kpis.json": b"{}"}
    return Plans(engine).publish(
        version=1, journal=journal, seed=0, at=1000 + journal, who="ann", plan_hash=f"{journal}", kpis=kpis(late),
        files=rows,
    )  # fmt: skip


def test_key_figures_can_be_read_over_time(engine: Engine):
    for journal, late in ((1, 4), (2, 3), (5, 0)):
        published(engine, journal, late=late)
    history = Plans(engine).history()
    assert [(p.number, p.journal, p.at, p.kpis["lines_late"]) for p in history] == [
        (1, 1, 1001, 4), (2, 2, 1002, 3), (3, 5, 1005, 0),
    ]  # fmt: skip
    assert history[0].kpis["utilisation"] == {"SAW": 0.5}
    assert [p.number for p in Plans(engine).history(since=1002)] == [2, 3]
    assert Plans(engine).newest() == history[-1]


def test_a_plan_gives_back_its_folder(engine: Engine):
    files = {"orders.csv": b"order\nSO-1\n", "certificate.json": b"{}"}
    assert Plans(engine).files(published(engine, 1, files=files)) == files
    assert Plans(engine).files(2) == {}
    assert Plans(engine).newest() is not None


def test_the_same_plan_published_again_is_one_plan(engine: Engine):
    """As after a crash between the journal and the answer; another length of the journal is another plan."""
    assert [published(engine, 1), published(engine, 1), published(engine, 2)] == [1, 1, 2]
    assert len(Plans(engine).history()) == 2


def test_of_old_plans_the_folders_go_and_the_figures_stay(engine: Engine, monkeypatch: pytest.MonkeyPatch):
    """The folders of two plans are kept; what the first shares with the third, and with master data, stays too."""
    monkeypatch.setattr(plans, "FOLDERS", 2)
    published(engine, 1, files={"a.csv": b"alone", "b.csv": b"shared", "c.csv": b"item\nA\n"})
    published(engine, 2, files={"a.csv": b"two"})
    published(engine, 3, files={"a.csv": b"shared"})
    found = Plans(engine)
    assert [found.files(n) for n in (1, 2, 3)] == [{}, {"a.csv": b"two"}, {"a.csv": b"shared"}]
    assert [p.number for p in found.history()] == [1, 2, 3]
    assert Masters(engine).files(1) == {"items.csv": b"item\nA\n"}
    with reading(engine) as connection:
        assert connection.scalar(text("SELECT count(*) FROM content")) == 3


def test_live_plans_are_published_in_order_with_their_folders(sqlite: str, tmp_path: Path):
    """The plan of a plant, one with a change, and that after it was undone, which is another length of the journal."""
    brought_in(sqlite, write(tmp_path / "factory", **GOOD), "ann", "")
    desk = PlantDesk(sqlite, silent)
    publisher = Publisher(desk.engine)
    publisher.tell(desk.state, "pegboard", "")
    change = Entry(change=SetQuantity(order="SO-GOOD/1", qty=50.0), when=datetime(2026, 6, 1, tzinfo=UTC))
    with desk.telling(publisher.tell):
        desk.write([change], "replan", "ann", "", None, silent)
        desk.undo("ben", "", None, silent)
    publisher.close()
    first, second, third = Plans(desk.engine).history()
    assert [(p.version, p.journal, p.who) for p in (first, second, third)] == [
        (1, 0, "pegboard"), (1, 1, "ann"), (1, 2, "ben"),
    ]  # fmt: skip
    assert first.hash == third.hash != second.hash
    assert third.kpis["orders"] == 1
    save_plan(Run(desk.state.outcome, []), tmp_path / "plan")
    written = {f.name: f.read_bytes() for f in (tmp_path / "plan").iterdir()}
    assert Plans(desk.engine).files(3) == written
    desk.close()


def silent(_what: str, _share: float) -> None:
    """Nobody listens."""
