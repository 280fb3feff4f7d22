"""Published plans in a database of either kind: figures over time, and the folders of the newest."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, text

from pegboard.domain.plan import Kpis
from pegboard.storage.database import plans
from pegboard.storage.database.connect import connect, reading
from pegboard.storage.database.masters import Masters
from pegboard.storage.database.plans import Plans


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
