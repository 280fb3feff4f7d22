"""What programs may rely on: exit codes, records alike on stdout and on disk, nothing half-written, nothing lost."""

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import msgspec
import pytest

from pegboard.domain.plan import Plan
from pegboard.exchange import read_plan
from tests.cli.command import GOOD, LAMPS, PEGBOARD, pegboard, write
from tests.laws.folder import FactoryFolder, table

BAD_ORDER = GOOD | {"orders": GOOD["orders"] + "SO-BAD,GOOD,-5,2026-06-20\n"}


def run(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [str(PEGBOARD), *map(str, arguments)]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=60, env=os.environ | environment
    )


def mass_production(folder: Path) -> Path:
    """Six thousand lines for an item of two levels and ten steps: planning takes a second or two."""
    machines = [f"M{k}{j} G{k}" for k in range(1, 6) for j in range(4)]
    days = [f"2026-{6 + i % 6:02}-{1 + i % 28:02}" for i in range(6000)]
    tables = {
        "items": table("item supply", "A make", "B make"),
        "bom": table("parent component qty_per", "A B 1"),
        "routing": table("item step resource run_min", *(f"{i} {10 * k} G{k} 3" for i in "AB" for k in range(1, 6))),
        "resources": table("resource group", *machines),
        "orders": table("order item qty due", *(f"SO-{i} A {1 + i % 7} {day}" for i, day in enumerate(days))),
    }
    settings = {"now": "2026-06-01T06:00:00", "horizon_days": "400"}
    return FactoryFolder("mass production", settings, {}, tables).write(folder)


# -- exit codes ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["plan", "why", "validate", "import", "export", "plot", "demo"])
def test_every_command_has_help_with_its_usage(command: str):
    done = run(command, "--help")
    assert done.returncode == 0
    assert f"Usage: pegboard {command}" in done.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("plan",),
        ("plan", LAMPS, "--rule", "fastest"),
        ("plan", LAMPS, "--seed", "many"),
        ("plan", LAMPS, "--no-such-option"),
        ("plan", LAMPS, "and", "more"),
        ("why",),
        ("import", LAMPS),
        ("plann", LAMPS),
    ],
    ids=str,
)
def test_wrong_usage_ends_with_two_and_a_word_on_stderr(arguments: tuple[object, ...]):
    """Nothing is planned, nothing goes to stdout, and no traceback frightens anybody."""
    done = run(*arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "error" in done.stderr.lower()
    assert "Traceback" not in done.stderr


def test_a_plan_of_good_data_ends_with_nought_and_one_of_faulty_data_with_one(tmp_path: Path):
    """The faulty line is left out and the other planned: the folder is written, and the code says: look."""
    assert run("plan", write(tmp_path / "good", **GOOD), "--out", tmp_path / "one").returncode == 0
    assert run("plan", write(tmp_path / "bad", **BAD_ORDER), "--out", tmp_path / "two").returncode == 1
    assert read_plan(tmp_path / "two").orders[0].order == "SO-GOOD"


def test_validate_ends_with_one_where_it_finds_an_error_and_nought_elsewhere(tmp_path: Path):
    assert run("validate", write(tmp_path / "good", **GOOD)).returncode == 0
    assert run("validate", write(tmp_path / "bad", **BAD_ORDER)).returncode == 1


def test_findings_come_as_records_too(tmp_path: Path):
    """Every error says what is wrong, what to do and where it stands."""
    done = run("validate", write(tmp_path / "bad", **BAD_ORDER), "--json")
    errors = [finding for finding in json.loads(done.stdout) if finding["severity"] == "error"]
    assert [finding["source"] for finding in errors] == ["orders.csv:3"]
    assert all(finding["what"] and finding["advice"] and finding["code"] for finding in errors)


# -- the same records everywhere -------------------------------------------------------------------------------------


def test_json_and_folder_are_the_same_plan(tmp_path: Path):
    """What is printed with --json and what is written with --out are equal record by record."""
    done = run("plan", LAMPS, "--json", "--quiet", "--out", tmp_path)
    assert msgspec.json.decode(done.stdout, type=Plan) == read_plan(tmp_path)


def test_planning_twice_writes_the_same_bytes_over_the_old_ones(tmp_path: Path):
    for _ in range(2):
        assert run("plan", LAMPS, "--out", tmp_path / "plan").returncode == 0
        written = {path.name: path.read_bytes() for path in (tmp_path / "plan").iterdir()}
        assert written == {path.name: path.read_bytes() for path in (tmp_path / "plan").iterdir()}
    run("plan", LAMPS, "--out", tmp_path / "again")
    assert written == {path.name: path.read_bytes() for path in (tmp_path / "again").iterdir()}


def test_quiet_says_nothing_on_stderr(tmp_path: Path):
    assert run("plan", LAMPS, "--quiet").stderr == ""


@pytest.mark.parametrize("wanted", ["SO-26164", "SO-26164/1"])
def test_why_takes_an_order_or_a_line_and_its_rows_sum_to_the_lead_time(wanted: str):
    """From now to completion without a gap: seconds of all rows, and what is said of each kind, add up."""
    (why,) = json.loads(run("why", wanted, LAMPS, "--json", "--quiet").stdout)
    plan = json.loads(run("plan", LAMPS, "--json", "--quiet").stdout)
    (line,) = [row for row in plan["orders"] if f"{row['order']}/{row['line']}" == "SO-26164/1"]
    assert why["completion"] == line["completion"]
    assert sum(segment["seconds"] for segment in why["chain"]) == line["completion"] - plan["now"]


def test_why_adds_up_for_every_line_of_a_plan():
    """Not only for the one in the book: each line of the demo that is planned."""
    from pegboard.app.files import plan_factory
    from pegboard.insight.explain import Explainer
    from pegboard.scheduling.engines.dispatch import Options

    outcome = plan_factory(LAMPS, Options(), 0, lambda what, share: None).outcome
    assert outcome is not None
    explainer = Explainer(outcome.planned)
    found = [explainer.why(i) for i in range(len(outcome.planned.supply.lines))]
    planned = [why for why in found if why.completion is not None]
    assert len(planned) > 50
    wrong = [f"{why.order}/{why.line}" for why in planned if why.completion - outcome.plan.now != why.seconds]
    assert wrong == []


def test_why_without_a_factory_explains_the_one_planned_last(tmp_path: Path):
    factory = write(tmp_path / "factory", **GOOD)
    state = {"XDG_STATE_HOME": str(tmp_path / "state")}
    assert run("why", "SO-GOOD", **state).returncode == 2
    assert run("plan", factory, **state).returncode == 0
    done = run("why", "SO-GOOD", **state)
    assert done.returncode == 0
    assert "SO-GOOD/1  complete" in done.stdout


# -- in and out ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["import", "export"])
def test_a_folder_of_plain_files_comes_back_byte_by_byte(way: str, tmp_path: Path):
    """Out as a workbook, in again as a folder: files that are written plainly already are not changed."""
    if way == "export":
        assert run("export", LAMPS, "--out", tmp_path / "book.xlsx").returncode == 0
        assert run("import", tmp_path / "book.xlsx", "--out", tmp_path / "back").returncode == 0
    else:
        assert run("import", LAMPS, "--out", tmp_path / "back").returncode == 0
    files = {path.name: path.read_bytes() for path in LAMPS.glob("*.csv")}
    assert {path.name: path.read_bytes() for path in (tmp_path / "back").glob("*.csv")} == files


# -- where it cannot write -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", [("plan",), ("import",), ("export",)], ids=lambda command: command[0])
def test_a_place_that_cannot_be_written_is_named_and_nothing_else_happens(command: tuple[str], tmp_path: Path):
    """A file where a folder should be: exit code 1, the path in the message, no traceback, the file untouched."""
    (tmp_path / "taken").write_text("mine", encoding="utf-8")
    target = tmp_path / "taken" / "deeper" / ("book.xlsx" if command[0] == "export" else "folder")
    done = run(*command, LAMPS, "--out", target)
    assert done.returncode == 1
    assert str(tmp_path / "taken") in done.stderr
    assert "Traceback" not in done.stderr
    assert (tmp_path / "taken").read_text(encoding="utf-8") == "mine"


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="no /proc here, a directory that nobody can write to")
@pytest.mark.parametrize("name", ["plan", "plan/deeper"])
def test_a_read_only_directory_is_named(name: str):
    """Not even root writes to /proc."""
    done = run("plan", LAMPS, "--out", f"/proc/{name}")
    assert done.returncode == 1
    assert f"/proc/{name}" in done.stderr or "/proc/plan" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write to a read-only directory")
def test_a_directory_without_permission_is_named(tmp_path: Path):
    tmp_path.chmod(0o500)
    done = run("plan", LAMPS, "--out", tmp_path / "plan")
    assert done.returncode == 1
    assert str(tmp_path / "plan") in done.stderr


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="no /proc here, a directory that nobody can write to")
def test_a_workbook_that_cannot_be_written_is_called_by_its_own_name():
    """The person asked for /proc/book.xlsx and never heard of the temporary file beside it."""
    done = run("export", LAMPS, "--out", "/proc/book.xlsx")
    assert done.returncode == 1
    assert "/proc/book.xlsx" in done.stderr
    assert ".tmp" not in done.stderr


def test_a_closed_pipe_is_no_error():
    """`pegboard why ... | head -1` ends quietly."""
    command = f"'{PEGBOARD}' why SO-26164 '{LAMPS}' --quiet | head -1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False, timeout=60)
    assert done.stdout.startswith("SO-26164/1")
    assert done.stderr == ""


# -- interrupted -----------------------------------------------------------------------------------------------------


@pytest.mark.skipif(os.name != "posix", reason="signals are sent as POSIX does")
def test_ctrl_c_while_planning_ends_with_130_and_leaves_whole_files_or_none(tmp_path: Path):
    """Fifteen times between its first and its last moments, so also while a kernel takes or hands over arrays: no plan
    folder, no temporary file, no traceback and no crash. A run that was done before the signal came is simply done."""
    factory = mass_production(tmp_path / "factory")
    began = time.perf_counter()
    assert run("plan", factory, "--out", tmp_path / "whole").returncode == 0
    whole = time.perf_counter() - began
    names = {path.name for path in (tmp_path / "whole").iterdir()}
    for share in (0.15 + 0.05 * k for k in range(15)):
        out = tmp_path / f"at {share:.2f}"
        process = subprocess.Popen(
            [str(PEGBOARD), "plan", str(factory), "--out", str(out)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        time.sleep(share * whole)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
        left = {path.name for path in out.iterdir()} if out.exists() else set()
        assert process.returncode == 130 or (process.returncode == 0 and left == names), (share, said)
        assert "Traceback" not in said
        assert left in (set(), names), share


def test_a_missing_factory_is_said_on_stdout_as_a_finding(tmp_path: Path):
    done = pegboard("plan", tmp_path / "nowhere", "--json")
    (finding,) = json.loads(done.stdout)
    assert done.returncode == 1
    assert finding["source"] == str(tmp_path / "nowhere")
    assert "does not exist" in finding["what"]
    assert finding["advice"]
