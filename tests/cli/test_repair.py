"""`pegboard repair` as a user types it."""

import json
from pathlib import Path

import pytest

from tests.cli.command import pegboard, with_fault


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The good factory's plan: 5 GOODs, half an hour on SAW."""
    folder = tmp_path_factory.mktemp("repair")
    done = pegboard("plan", with_fault(folder / "factory"), "--out", folder / "plan", "--rule", "edd")
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "plan"


def test_an_undisturbed_plan_is_written_again_as_it_was(plan: Path, tmp_path: Path):
    done = pegboard("repair", with_fault(tmp_path / "factory"), "--plan", plan, "--out", tmp_path / "plan")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "certified, 0 violations" in done.stdout
    assert "moved    0 operations: 0 later, 0 earlier, 0 to another resource; 1 kept, 0 new, 0 gone" in done.stdout
    assert (tmp_path / "plan" / "operations.csv").read_bytes() == (plan / "operations.csv").read_bytes()


def test_a_clash_of_a_lock_is_an_error_and_the_changes_come_as_json(plan: Path, tmp_path: Path):
    """SAW is down until the due date has passed: the locked operation moves, and its order is late."""
    factory = with_fault(tmp_path / "factory", downtime="resource,start,end\nSAW,2026-06-01,2026-06-21\n")
    done = pegboard("repair", factory, "--plan", plan, "--lock", "order=SO-GOOD", "--json", "--quiet")
    said = json.loads(done.stdout)

    assert done.returncode == 1
    assert said["changes"]["moved"] == said["changes"]["later"] == 1
    assert said["changes"]["became_late"] == ["SO-GOOD/1"]
    assert [m["code"] for m in said["plan"]["messages"] if m["severity"] == "error"] == ["S340"]


def test_a_folder_that_is_no_plan_is_said_and_a_lock_that_says_nothing_is_wrong_usage(plan: Path, tmp_path: Path):
    factory = with_fault(tmp_path / "factory")
    no_plan = pegboard("repair", factory, "--plan", tmp_path)
    no_lock = pegboard("repair", factory, "--plan", plan, "--lock", "SO-GOOD")

    assert (no_plan.returncode, no_lock.returncode) == (1, 2)
    assert "F131" in no_plan.stdout
    assert "--lock SO-GOOD says nothing" in no_lock.stdout
