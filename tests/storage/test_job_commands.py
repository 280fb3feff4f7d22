"""`pegboard jobs` and `pegboard worker` as a person types them."""

import msgspec
import pytest

from pegboard.app.jobs import Replan, submitted
from pegboard.cli.main import app
from pegboard.domain.finding import error
from pegboard.storage.database.connect import begin, opened
from pegboard.storage.database.leasing import Leasing
from pegboard.storage.database.masters import Masters

Said = pytest.CaptureFixture[str]


@pytest.fixture
def plant(sqlite: str) -> str:
    """A plant with two jobs, of which the first has failed."""
    with opened(sqlite) as engine:
        Masters(engine).add({"items.csv": b"item\nA\n"}, 0, 100, "ann", "")
        submitted(engine, Replan(), "ann")
        submitted(engine, Replan(), "ben")
        lease = Leasing(engine).take("w1")
        assert lease is not None
        Leasing(engine).fail(lease, [error("C708", "SO-1", "there is no open order SO-1", "see the orders")])
    return sqlite


def jobs(*words: str) -> int:
    code = app(["jobs", *words], result_action="return_value")
    assert isinstance(code, int)
    return code


def test_jobs_are_listed_the_newest_first_with_why_they_failed(plant: str, capsys: Said):
    assert jobs(plant) == 0
    head, *rows, follow = capsys.readouterr().out.splitlines()
    assert [row.split()[:3] for row in rows] == [["2", "replan", "waiting"], ["1", "replan", "failed:"]]
    assert "failed: there is no open order SO-1" in rows[1]
    assert (head.split()[0], follow) == ("job", f"next     pegboard worker {plant}")


def test_a_job_is_submitted_by_its_kind_or_as_json(plant: str, capsys: Said):
    assert jobs(plant, "--add", "tournament") == 0
    assert jobs(plant, "--add", '{"kind": "remedies", "order": "SO-1"}', "--json") == 0
    said, _, record = capsys.readouterr().out.splitlines()
    assert said == "job 3 (tournament) is waiting"
    assert {"id": 4, "kind": "remedies", "params": {"order": "SO-1"}, "state": "waiting"}.items() <= (
        msgspec.json.decode(record).items()
    )


def test_a_job_is_cancelled_by_its_number(plant: str, capsys: Said):
    assert jobs(plant, "--cancel", "2") == 0
    assert capsys.readouterr().out.startswith("job 2 (replan) is cancelled\n")


def test_a_job_without_result_says_why(plant: str, capsys: Said):
    assert jobs(plant, "--result", "1") == 1
    said = capsys.readouterr().out
    assert "C708" in said
    assert "C702" in said


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["--add", "nonsense"], 2, "C700"),
        (["--add", "{nonsense"], 2, "C700"),
        (["--add", "replan", "--cancel", "1"], 2, "C710"),
        (["--cancel", "9"], 1, "C703"),
        (["--result", "9"], 1, "C703"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_is_done(
    plant: str, capsys: Said, words: list[str], code: int, says: str
):
    assert jobs(plant, *words) == code
    assert says in capsys.readouterr().err
    jobs(plant, "--json")
    assert [job["state"] for job in msgspec.json.decode(capsys.readouterr().out)] == ["waiting", "failed"]


def test_a_result_that_is_no_longer_kept_says_so(sqlite: str, capsys: Said, monkeypatch: pytest.MonkeyPatch):
    """Of two results one is kept, the newer one."""
    monkeypatch.setattr("pegboard.storage.database.leasing.RESULTS", 1)
    with opened(sqlite) as engine:
        Masters(engine).add({"items.csv": b"item\nA\n"}, 0, 100, "ann", "")
        for result in (b"[1]", b"[2]"):
            submitted(engine, Replan(), "ann")
            lease = Leasing(engine).take("w1")
            assert lease is not None
            Leasing(engine).finish(lease, result)
    assert jobs(sqlite, "--result", "1") == 1
    assert "C705" in capsys.readouterr().out
    assert jobs(sqlite, "--result", "2") == 0
    assert capsys.readouterr().out == "[2]\n"


@pytest.mark.parametrize(("count", "code", "says"), [("0", 2, "C711"), ("1000", 2, "C711"), ("1", 1, "C603")])
def test_a_worker_that_cannot_begin_says_why(tmp_path: object, capsys: Said, count: str, code: int, says: str):
    """So many workers make no sense; or the database is there, and empty."""
    address = f"sqlite:///{tmp_path}/empty.db"
    begin(address).dispose()
    assert app(["worker", address, "--count", count], result_action="return_value") == code
    assert says in capsys.readouterr().err
