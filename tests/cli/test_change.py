"""`pegboard change` as a user types it."""

import json
from pathlib import Path

from tests.cli.command import pegboard, with_fault


def test_a_change_is_said_first_and_kept_on_request(tmp_path: Path):
    factory = with_fault(tmp_path / "factory")
    said = pegboard("change", factory, "SO-GOOD.qty=12", "SO-GOOD.priority=1")
    untouched = not (factory / "changes.jsonl").exists()
    kept = pegboard("change", factory, "SO-GOOD.qty=12", "--who", "Ann", "--why", "she rang", "--apply")
    (row,) = map(json.loads, (factory / "changes.jsonl").read_text().splitlines())

    assert (said.returncode, kept.returncode, untouched) == (0, 0, True)
    assert said.stdout.splitlines() == [
        "change   SO-GOOD/1: quantity 5 becomes 12",
        "change   SO-GOOD/1: priority that of the customer becomes 1",
        f"next     pegboard change {factory} SO-GOOD.qty=12 SO-GOOD.priority=1 --apply",
    ]
    assert f"written  {factory}/changes.jsonl, 1 change in all" in kept.stdout
    assert (row["order"], row["qty"], row["who"], row["why"]) == ("SO-GOOD", 12, "Ann", "she rang")
    assert "quantity 12 becomes 13" in pegboard("change", factory, "SO-GOOD.qty=13").stdout


def test_one_that_is_refused_keeps_all_of_them_out(tmp_path: Path):
    factory = with_fault(tmp_path / "factory")
    done = pegboard("change", factory, "SO-GOOD.qty=12", "hold=SO-7", "--apply")
    as_json = pegboard("change", factory, "SO-GOOD.qty=12", "hold=SO-7", "--json")

    assert (done.returncode, as_json.returncode) == (1, 1)
    assert "nothing was written" in done.stdout
    assert not (factory / "changes.jsonl").exists()
    assert [(c["says"], c["refused"]) for c in json.loads(as_json.stdout)["changes"]] == [
        ("SO-GOOD/1: quantity 5 becomes 12", False),
        ("SO-7: on hold", True),
    ]


def test_what_is_no_change_is_wrong_usage(tmp_path: Path):
    done = pegboard("change", with_fault(tmp_path / "factory"), "SO-GOOD=12", "SO-GOOD.qty=many")

    assert done.returncode == 2
    assert [line.split()[1] for line in done.stderr.splitlines() if line.startswith("error")] == ["C419", "F202"]
