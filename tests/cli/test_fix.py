"""`pegboard why ORDER --fix` as a user types it."""

import json
from pathlib import Path

from tests.cli.command import pegboard

FILES = {
    "factory.toml": "now = 2026-06-08T08:00:00\ncalendar = 'STD'\n",
    "items.csv": "item\nL\n",
    "calendars.csv": "calendar,weekday,start,end\nSTD,mon-fri,08:00,12:00\nSTD,mon-fri,13:00,17:00\n",
    "resources.csv": "resource,calendar,cost_per_hour\nM,STD,30\n",
    "routing.csv": "item,step,resource,run_min\nL,10,M,540\n",
    "orders.csv": "order,item,qty,due\nSO-L,L,1,2026-06-08 18:00\nSO-E,L,1,2026-06-30\n",
}
"""L takes an hour more than a day has: without overtime SO-L is complete on Tuesday at 09:00."""


def written(folder: Path) -> Path:
    folder.mkdir()
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_remedies_are_shown_and_one_is_done(tmp_path: Path):
    """An hour of overtime brings it on time; after that it is on time in any plan of the factory."""
    factory, out = written(tmp_path / "factory"), tmp_path / "plan"
    shown = pegboard("why", "SO-L", factory, "--fix")
    assert shown.returncode == 0, shown.stdout + shown.stderr
    row = next(line for line in shown.stdout.splitlines() if "open M on" in line)
    assert row.split()[:6] == ["1", "Mon", "2026-06-08", "18:00", "no", "15"]
    assert row.endswith("nobody  open M on Mon 2026-06-08 17:00-18:00")
    done = pegboard("why", "SO-L", factory, "--apply", "1", "--out", out)
    assert done.returncode == 0, done.stdout + done.stderr
    changes = [json.loads(line) for line in (factory / "changes.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [c["change"] for c in changes] == ["overtime", "pin"]
    assert "SO-L,1,,L,1,2026-06-08T18:00:00+00:00,2026-06-08T18:00:00+00:00" in (out / "orders.csv").read_text()
    again = pegboard("why", "SO-L", factory, "--fix")
    assert "it is on time: there is nothing to fix" in again.stdout


def test_a_remedy_that_does_not_exist_and_a_plan_without_a_place(tmp_path: Path):
    """Nothing is written, and both are findings."""
    factory = written(tmp_path / "factory")
    assert "C570" in pegboard("why", "SO-E", factory, "--apply", "1", "--out", tmp_path / "plan").stdout
    assert "C573" in pegboard("why", "SO-L", factory, "--apply", "1").stderr
    assert not (factory / "changes.jsonl").exists()
    assert not (tmp_path / "plan").exists()


def test_remedies_are_records(tmp_path: Path):
    """Gain in seconds: 15 h."""
    done = pegboard("why", "SO-L", written(tmp_path / "factory"), "--fix", "--json")
    found = json.loads(done.stdout)
    best = found["fix"][0]["remedies"][0]
    assert (best["kind"], best["gain"], best["cost"], best["certified"]) == ("overtime", 15 * 3600, 30.0, True)
