"""`pegboard scenario` as a user types it, from a first what-if to a promotion and a lost race."""

import getpass
import json
import shutil
from pathlib import Path

import pytest

from tests.cli.command import LAMPS, pegboard


@pytest.fixture
def lamps(tmp_path: Path) -> Path:
    """A copy of the example, with the scenario `a` that wants 30 of SO-26102."""
    folder = tmp_path / "lamps"
    shutil.copytree(LAMPS, folder)
    assert pegboard("scenario", "new", folder, "a").returncode == 0
    assert (
        pegboard("scenario", "change", folder, "a", "SO-26102.qty=30", "--who", "ann", "--why", "grows").returncode == 0
    )
    return folder


def test_a_scenario_shows_what_who_and_why(lamps: Path):
    shown = pegboard("scenario", "show", lamps, "a").stdout
    assert shown.splitlines()[0] == "a, 1 change; current"
    assert all(word in shown for word in ("SO-26102: quantity becomes 30", "ann", "grows"))


def test_the_author_is_the_user_where_nobody_is_named(lamps: Path):
    done = pegboard("scenario", "change", lamps, "a", "SO-26102.qty=31", "--json")
    assert json.loads(done.stdout)["scenario"]["entries"][-1]["who"] == getpass.getuser()


def test_changes_are_added_all_or_none(lamps: Path):
    done = pegboard("scenario", "change", lamps, "a", "SO-26103.qty=5", "NOBODY.qty=5")
    assert (done.returncode, "C401" in done.stdout) == (1, True)
    assert pegboard("scenario", "show", lamps, "a").stdout.startswith("a, 1 change;")


def test_a_scenario_is_planned_and_compared_and_changes_nothing(lamps: Path, tmp_path: Path):
    """The plan folder of the scenario wants 30 of the line; that of the factory still wants 24."""
    done = pegboard("scenario", "plan", lamps, "a", "--out", tmp_path / "plan", "-q")
    assert (done.returncode, "certified, 0 violations" in done.stdout) == (0, True)
    rows = (tmp_path / "plan" / "orders.csv").read_text(encoding="utf-8").splitlines()
    assert [row.split(",")[4] for row in rows if row.startswith("SO-26102,")] == ["30"]
    compared = json.loads(pegboard("scenario", "compare", lamps, "a", "--json", "-q").stdout)
    line = next(x for x in compared["lines"] if x["id"] == "SO-26102/1")
    assert (line["qty_before"], line["qty"]) == (24, 30)
    assert not (lamps / "changes.jsonl").exists()


def test_of_two_promotions_the_second_is_told_what_came_between(lamps: Path):
    """`b` was based on the same factory as `a`; once `a` is true, `b` is stale until it is rebased."""
    assert pegboard("scenario", "new", lamps, "b").returncode == 0
    assert pegboard("scenario", "change", lamps, "b", "SO-26103.qty=5").returncode == 0
    assert pegboard("scenario", "promote", lamps, "a").returncode == 0
    journal = (lamps / "changes.jsonl").read_text(encoding="utf-8")
    lost = pegboard("scenario", "promote", lamps, "b")
    assert (lost.returncode, "C500" in lost.stdout) == (1, True)
    assert "SO-26102: quantity becomes 30 (ann, grows)" in lost.stdout
    assert (lamps / "changes.jsonl").read_text(encoding="utf-8") == journal
    assert "C496" in pegboard("scenario", "plan", lamps, "b", "-q").stdout
    states = [x["state"] for x in json.loads(pegboard("scenario", "list", lamps, "--json").stdout)]
    assert states == ["promoted", "stale"]
    assert pegboard("scenario", "rebase", lamps, "b").returncode == 0
    assert pegboard("scenario", "promote", lamps, "b").returncode == 0
    assert len((lamps / "changes.jsonl").read_text(encoding="utf-8").splitlines()) == 2


def test_a_merge_names_both_who_disagree(lamps: Path):
    assert pegboard("scenario", "branch", lamps, "a", "b").returncode == 0
    for name, due in (("a", "2026-07-01"), ("b", "2026-07-02")):
        assert pegboard("scenario", "change", lamps, name, f"SO-26103.due={due}", "--who", name * 3).returncode == 0
    done = pegboard("scenario", "merge", lamps, "a", "b")
    assert (done.returncode, "C498" in done.stdout) == (1, True)
    assert "(aaa)" in done.stdout
    assert "(bbb)" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("show", "aa"), "C493"),
        (("new", "A"), "C494"),
        (("new", "../b"), "C495"),
        (("undo", "empty"), "C501"),
        (("promote", "empty"), "C501"),
        (("delete", "nobody"), "C493"),
    ],
)
def test_what_cannot_be_done_is_a_finding(lamps: Path, arguments: tuple[str, str], code: str):
    assert pegboard("scenario", "new", lamps, "empty").returncode == 0
    done = pegboard("scenario", arguments[0], lamps, *arguments[1:])
    assert (done.returncode, code in done.stdout, done.stderr) == (1, True, "")
