"""`pegboard compare` and `pegboard kpi` as a user types them."""

import json
from pathlib import Path

import pytest

from tests.cli.command import pegboard, with_fault

URGENT = "SO-RUSH,GOOD,5,2026-06-04\n"


@pytest.fixture(scope="module")
def plans(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Path]:
    """The good factory's plan, the plan with an urgent order more, and the factory of that one."""
    folder = tmp_path_factory.mktemp("compare")
    rush = with_fault(folder / "rush", orders=URGENT)
    for name, factory in (("before", with_fault(folder / "good")), ("after", rush)):
        done = pegboard("plan", factory, "--out", folder / name, "--rule", "edd")
        assert done.returncode == 0, done.stdout + done.stderr
    return folder / "before", folder / "after", rush


def test_a_sentence_comes_first_and_the_worst_above_the_rest(plans: tuple[Path, Path, Path], tmp_path: Path):
    """The rush order goes first: SO-GOOD's half hour on SAW is half an hour later."""
    before, after, factory = plans
    done = pegboard("compare", before, after, "--factory", factory, "--picture", tmp_path / "c.svg")
    lines = done.stdout.splitlines()

    assert done.returncode == 0, done.stdout + done.stderr
    assert lines[0] == "1 order line later, 1 new; 1 of 1 operations moved, 1 new"
    assert done.stdout.index("SO-GOOD/1 ") < done.stdout.index("SO-RUSH/1 ")
    assert "<svg" in (tmp_path / "c.svg").read_text(encoding="utf-8")
    assert "C451" in done.stdout
    assert "C452" in done.stdout
    assert lines[-1].startswith("next     pegboard")


def test_without_a_factory_it_is_said_what_is_not_told(plans: tuple[Path, Path, Path]):
    before, after, _ = plans
    done = pegboard("compare", before, after)

    assert done.returncode == 0
    assert "C453" in done.stdout
    assert "busy h" not in done.stdout


def test_the_record_comes_as_json(plans: tuple[Path, Path, Path]):
    before, after, factory = plans
    said = json.loads(pegboard("compare", before, after, "--factory", factory, "--json", "--quiet").stdout)

    assert {line["id"]: line["kind"] for line in said["lines"]}["SO-RUSH/1"] == "new"
    assert said["lines"][0]["probability"] is None
    assert said["loads"][0]["hours_before"] == 0.5
    assert said["loads"][0]["hours"] == 1


def test_a_folder_that_is_no_plan_is_a_finding(plans: tuple[Path, Path, Path], tmp_path: Path):
    done = pegboard("compare", plans[0], tmp_path)
    no_factory = pegboard("compare", plans[0], plans[1], "--factory", tmp_path / "nowhere")

    assert (done.returncode, no_factory.returncode) == (1, 1)
    assert "F131" in done.stdout
    assert "F101" in no_factory.stdout


def test_kpis_of_a_plan_name_their_reference_date_and_what_is_not_reported(plans: tuple[Path, Path, Path]):
    _, after, factory = plans
    done = pegboard("kpi", factory, "--plan", after)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "on time, requested date" in done.stdout
    assert "last promise" in done.stdout
    assert "no finished step with start, end and pieces is reported" in done.stdout
