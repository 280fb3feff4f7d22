"""The same factory gives the same bytes, whatever its row order, its week, the process and the way kernels are run."""

import os
import re
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.laws.conftest import CaseOf
from tests.laws.folder import FactoryFolder, table
from tests.laws.planning import plan
from tests.laws.random_factory import quiet_features, random_factory

SEEDS = range(30)
WEEK = timedelta(days=7)
ROOT = Path(__file__).parents[2]
PLAN_IN_A_PROCESS = """
import sys
from pathlib import Path
from pegboard.app.files import plan_factory, save_plan
from pegboard.scheduling.engines.dispatch import Options
save_plan(plan_factory(Path(sys.argv[1]), Options(), 0, lambda what, share: None), Path(sys.argv[2]))
"""


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def without_lines(files: dict[str, bytes]) -> dict[str, bytes]:
    """Messages name the line of a file that they come from, and that line moves with the rows."""
    messages = re.sub(rb"\.csv:\d+", b".csv", files["messages.csv"])
    return files | {"messages.csv": b"\n".join(sorted(messages.split(b"\n")))}


@pytest.mark.parametrize("seed", SEEDS)
def test_the_order_of_rows_never_matters(case_of: CaseOf, tmp_path: Path, seed: int):
    """P6: every file shuffled, the plan folder is the same to the byte, but for line numbers in messages."""
    again = plan(random_factory(seed).shuffled(seed), tmp_path)
    assert without_lines(contents(again.plan)) == without_lines(contents(case_of(seed).plan))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_week_later_everything_is_planned_a_week_later(tmp_path: Path, seed: int):
    """P10: all dates moved by seven days move every time of the plan by seven days and change nothing else."""
    factory = random_factory(seed, quiet_features(random_factory(seed).features))
    one, other = plan(factory, tmp_path / "one"), plan(factory.shifted(WEEK.days), tmp_path / "other")
    for name, content in contents(one.plan).items():
        if name != "certificate.json":
            assert a_week_later(content.decode()) == contents(other.plan)[name].decode(), name


def a_week_later(text: str) -> str:
    return re.sub(r"\d{4}-\d\d-\d\d", lambda day: (date.fromisoformat(day[0]) + WEEK).isoformat(), text)


def test_two_processes_give_the_same_bytes(case_of: CaseOf, tmp_path: Path):
    """Sets and dictionaries of another process are ordered otherwise: nothing of that shows."""
    for seed in (3, 8, 21):
        planned_in_a_process(case_of(seed).source, tmp_path / str(seed), PYTHONHASHSEED=str(seed))
        assert contents(tmp_path / str(seed)) == contents(case_of(seed).plan)


def test_kernels_run_as_plain_python_give_the_same_bytes(tmp_path: Path):
    """Numba compiles loops that mean the same without it: 6 lines, alternates, a changeover, an operator, a transfer.

    Arithmetic on 64-bit numbers wraps where Python's grows, and arrays may be read beyond their end only when compiled.
    """
    compiled = plan(TINY, tmp_path)
    assert compiled.run.outcome is not None
    assert len(compiled.rows("operations")) >= 12
    planned_in_a_process(compiled.source, tmp_path / "plain", NUMBA_DISABLE_JIT="1")
    assert contents(tmp_path / "plain") == contents(compiled.plan)


@pytest.mark.parametrize("seed", [9, 27])
def test_kernels_run_as_plain_python_plan_random_factories_alike(case_of: CaseOf, tmp_path: Path, seed: int):
    """The same for two factories that nobody chose."""
    planned_in_a_process(case_of(seed).source, tmp_path / "plain", NUMBA_DISABLE_JIT="1")
    assert contents(tmp_path / "plain") == contents(case_of(seed).plan)


def planned_in_a_process(factory: Path, plan_folder: Path, **environment: str) -> None:
    """Plan in a fresh interpreter; raises when that fails."""
    command = [sys.executable, "-c", PLAN_IN_A_PROCESS, str(factory), str(plan_folder)]
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr


TINY = FactoryFolder(
    name="tiny",
    settings={"now": "2026-06-01T06:00:00", "horizon_days": "60", "calendar": '"STD"'},
    policy={},
    tables={
        "items": table("item supply lead_time_days", "CHAIR make 0", "SEAT make 0", "WOOD buy 2"),
        "bom": table("parent component qty_per", "CHAIR SEAT 1", "SEAT WOOD 2"),
        "routing": table(
            "item step resource setup_min run_min queue_min transfer_qty family",
            "SEAT 10 SAWS 15 6 30 2 red",
            "CHAIR 10 BENCH 10 12 0 3 blue",
            "CHAIR 20 PAINT 20 4 60 - red",
        ),
        "routing_alternates": table("item step resource run_factor", "CHAIR 10 SAW2 1.5"),
        "routing_needs": table("item step resource phase", "CHAIR 10 CREW run", "CHAIR 20 CREW both"),
        "resources": table(
            "resource kind group calendar efficiency changeover",
            "SAW1 machine SAWS STD 0.9 COLOUR",
            "SAW2 machine SAWS LATE 1 COLOUR",
            "BENCH machine - STD 1 COLOUR",
            "PAINT machine - LATE 1 COLOUR",
            "ANN labour CREW STD 1 -",
            "BOB labour CREW LATE 1 -",
        ),
        "calendars": table(
            "calendar weekday start end",
            "STD mon-fri 08:00 12:00",
            "STD mon-fri 13:00 17:00",
            "LATE mon-sat 12:00 20:00",
        ),
        "changeovers": table("changeover from to minutes", "COLOUR * * 10", "COLOUR red blue 30", "COLOUR red red 0"),
        "orders": table(
            "order line item qty due",
            *("SO-1 1 CHAIR 8 2026-06-05", "SO-1 2 SEAT 5 2026-06-04", "SO-2 1 CHAIR 6 2026-06-05"),
            *("SO-3 1 CHAIR 10 2026-06-08", "SO-4 1 CHAIR 3 2026-06-03", "SO-5 1 SEAT 20 2026-06-09"),
        ),
    },
)
