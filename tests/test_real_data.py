"""Whole factories of thousands of operations, where they lie beside the repository in `../shared/data`."""

import json
from pathlib import Path

import pytest

from tests.cli.command import ROOT, pegboard
from tests.recheck import recheck

DATA = ROOT.parent / "shared" / "data"
FLOORS = {"mto-10k": (94.4, 0.23, 9.0), "mto-100k": (97.8, 0.08, 8.0)}


@pytest.mark.parametrize("name", ["bicycles", "mto-10k", "mto-10k-rich", "mto-100k"])
def test_a_factory_is_planned_certified_and_rechecked(name: str, tmp_path: Path):
    """Exit code 0, no violation by the referee or by the checker written from the contract; on time and lean."""
    if not (DATA / name).exists():
        pytest.skip(f"{DATA / name} is not there")
    done = pegboard("plan", DATA / name, "--out", tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert recheck(DATA / name, tmp_path) == []
    kpis = json.loads((tmp_path / "kpis.json").read_text(encoding="utf-8"))
    on_time, tardiness, flow = FLOORS.get(name, (0.0, float("inf"), float("inf")))
    assert kpis["on_time_pct"] >= on_time
    assert kpis["total_tardiness_days"] / kpis["orders"] <= tardiness
    assert kpis["mean_lead_time_days"] <= flow
