"""The commands on a good factory: what they print, write and return."""

import csv
import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.cli.command import LAMPS, PEGBOARD, pegboard
from tests.recheck import recheck

FILES = {
    "orders.csv",
    "work_orders.csv",
    "operations.csv",
    "purchases.csv",
    "pegs.csv",
    "buffers.csv",
    "messages.csv",
    "kpis.json",
    "certificate.json",
}


@pytest.fixture(scope="module")
def lamps(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("lamps") / "plan"
    assert pegboard("plan", LAMPS, "--out", out).returncode == 0
    return out


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_help_names_every_command():
    said = pegboard("--help").stdout
    commands = ("plan", "why", "validate", "import", "export", "plot", "demo")
    assert [name for name in commands if name not in said] == []


def test_a_plan_folder_holds_every_file_and_nothing_else(lamps: Path):
    assert {p.name for p in lamps.iterdir()} == FILES


def test_a_checker_written_from_the_contract_finds_nothing_in_the_demo_plan(lamps: Path):
    assert recheck(LAMPS, lamps) == []


def test_json_holds_the_records_of_the_folder(lamps: Path):
    plan = json.loads(pegboard("plan", LAMPS, "--json", "--quiet").stdout)
    for name in ("orders", "work_orders", "operations", "purchases", "pegs", "messages"):
        assert len(plan[name]) == len(rows(lamps, name)), name
    certificate = json.loads((lamps / "certificate.json").read_text(encoding="utf-8"))
    assert plan["certificate"]["plan_hash"] == certificate["plan_hash"]
    assert plan["kpis"] == json.loads((lamps / "kpis.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("rule", ["edd", "odd", "slack", "cr", "atc", "priority"])
def test_every_rule_gives_a_certified_plan(rule: str):
    done = pegboard("plan", LAMPS, "--rule", rule)
    assert done.returncode == 0
    assert "certified, 0 violations" in done.stdout
    assert f"(dispatch {rule})" in done.stdout


def test_an_unknown_option_is_wrong_usage():
    done = pegboard("plan", LAMPS, "--rul", "edd")
    assert done.returncode == 2
    assert "--rule" in done.stderr


def test_why_adds_up_to_the_lead_time():
    found = json.loads(pegboard("why", "SO-26164", LAMPS, "--json", "--quiet").stdout)
    (why,) = found
    assert sum(segment["seconds"] for segment in why["chain"]) == why["seconds"]
    now = min(segment["start"] for segment in why["chain"])
    assert why["seconds"] == why["completion"] - now
    assert why["cause"] == "material"


def test_why_of_an_unknown_order_names_near_ones():
    done = pegboard("why", "SO-2616", LAMPS)
    assert done.returncode == 1
    assert "SO-2611" in done.stdout


def test_a_workbook_gives_the_same_plan_and_comes_back_as_it_was(lamps: Path, tmp_path: Path):
    book, back, out = tmp_path / "lamps.xlsx", tmp_path / "back", tmp_path / "plan"
    assert pegboard("export", LAMPS, "--out", book).returncode == 0
    assert pegboard("plan", book, "--out", out).returncode == 0
    assert (out / "operations.csv").read_bytes() == (lamps / "operations.csv").read_bytes()
    assert pegboard("import", book, "--out", back).returncode == 0
    for file in LAMPS.glob("*.csv"):
        assert (back / file.name).read_bytes() == file.read_bytes(), file.name


def test_plot_draws_every_resource_that_works_in_the_frame(lamps: Path, tmp_path: Path):
    picture = tmp_path / "plan.svg"
    assert pegboard("plot", lamps, "--out", picture, "--days", 7).returncode == 0
    drawn = picture.read_text(encoding="utf-8")
    assert drawn.startswith("<svg")
    assert ">COAT-1<" in drawn


def test_a_missing_folder_is_a_finding_and_a_file_in_the_way_is_said(tmp_path: Path):
    done = pegboard("plan", tmp_path / "nowhere")
    assert done.returncode == 1
    assert "does not exist" in done.stdout
    (tmp_path / "plan").write_text("in the way", encoding="utf-8")
    done = pegboard("plan", LAMPS, "--out", tmp_path / "plan")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert (tmp_path / "plan").read_text(encoding="utf-8") == "in the way"


def test_interrupting_a_plan_leaves_no_half_written_file(tmp_path: Path):
    out = tmp_path / "plan"
    process = subprocess.Popen(
        [str(PEGBOARD), "plan", str(LAMPS), "--out", str(out)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    time.sleep(0.35)
    os.kill(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=60)
    left = {p.name for p in out.iterdir()} if out.exists() else set()
    assert left in (set(), FILES)
    assert process.returncode in (0, 130, -signal.SIGINT)
    assert "Traceback" not in said or process.returncode == -signal.SIGINT
