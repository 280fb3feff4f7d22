"""`pegboard sweep` and the reverse of `pegboard why` as a user runs them."""

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.cli.command import PEGBOARD, pegboard, write

SHOP = {
    "factory_toml": 'now = 2026-06-08T08:00:00\nname = "Two & Co"\ncurrency = "EUR"\n',
    "items": "item,supply,lead_time_days,unit_cost\nA,make,0,\nRM,buy,2,5\n",
    "bom": "parent,component,qty_per\nA,RM,1\n",
    "routing": "item,step,resource,run_min\nA,10,M,60\n",
    "resources": "resource,group\nM,MILL\n",
    "suppliers": "supplier\nACME\n",
    "item_suppliers": "item,supplier,lead_time_days\nRM,ACME,2\n",
    "orders": "order,item,qty,due\nSO-1,A,24,2026-06-11 08:00\nSO-2,A,12,2026-06-12 08:00\n",
}
"""Day and night, M makes 24 pieces by Thu 08:00 and 12 by Fri; RM, ordered on Mon, is there on Wed 00:00.

From Wed 00:00 to Thu 08:00 there are 32 h, to Fri 08:00 56 h.
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return write(tmp_path / "shop", **SHOP)


def points(*arguments: object) -> list[dict[str, object]]:
    done = pegboard("sweep", *arguments, "--json", "--quiet")
    assert done.returncode == 0, done.stdout + done.stderr
    found: list[dict[str, object]] = json.loads(done.stdout)["sweep"]["points"]
    return found


def late(*arguments: object) -> dict[object, object]:
    """Lines late by value."""
    return {p["value"]: p["lines_late"] for p in points(*arguments)}


def test_a_sweep_of_demand_says_how_far_the_factory_holds(shop: Path, tmp_path: Path):
    """24 x 1.3 = 31.2, so 31 h of 32; at 1.6 it is 38, and 38 + 19 = 57 of 56 h: both are late."""
    done = pegboard("sweep", shop, "--demand", "1..1.6", "--steps", "3", "--out", tmp_path / "sweep.svg", "--quiet")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "result   holds to 1.3: 100.0 % on time; at 1.6 it is 0.0 %" in done.stdout
    picture = (tmp_path / "sweep.svg").read_text(encoding="utf-8")
    assert picture.startswith("<svg ")
    assert picture.endswith("</svg>\n")
    assert "demand of Two &amp; Co" in picture


def test_earlier_dates_make_late_and_later_ones_do_not(shop: Path):
    """A day earlier SO-1 is wanted on Wed 08:00, 8 h after its material; SO-2 by Thu 08:00, which 12 h can keep."""
    assert late(shop, "--dates", "-1..1") == {-1: 1, 0: 0, 1: 0}


def test_units_of_a_group_are_those_of_each_of_it(shop: Path):
    """With demand 1.6 one has 57 h to do in 56; two leave only SO-1 late, whose one operation takes 38 h of 32."""
    assert late(shop, "--capacity", "MILL=1..2", "--demand", "1.6") == {1: 2, 2: 1}


def test_lead_times_are_set_or_made_longer(shop: Path):
    """The material must be there 24 h before Thu 08:00: on Wed 00:00 or before, that is in 2 days."""
    assert late(shop, "--lead-time", "ACME=1..3") == {1: 0, 2: 0, 3: 1}
    assert late(shop, "--lead-time", "RM=-1..+1") == {-1: 0, 0: 0, 1: 1}


def test_the_number_of_workers_changes_nothing(shop: Path):
    asked = (shop, "--demand", "1..1.6", "--steps", "3", "--workers")
    assert points(*asked, "1") == points(*asked, "3")


def test_all_that_is_wrong_is_said_at_once(shop: Path):
    done = pegboard(
        *("sweep", shop, "--demand", "nan", "--dates", "5..1", "--capacity", "N=1..2", "--steps", "1000000"),
        *("--lead-time", "ACMY=1e999", "--capacity", "M=0..2", "--capacity", "3"),
    )
    assert done.returncode == 2
    said = done.stderr
    assert [said.count(code) for code in ("C520", "C521", "C522", "C524", "C525")] == [2, 1, 1, 2, 1]
    assert "the factory has no resource or group N" in said
    assert "Traceback" not in said


@pytest.mark.parametrize("wrong", [(), ("--demand", "1.1"), ("--demand", "1..2", "--dates", "1..2")])
def test_a_sweep_goes_along_one_range(shop: Path, wrong: tuple[str, ...]):
    done = pegboard("sweep", shop, *wrong)
    assert (done.returncode, "C523" in done.stderr) == (2, True)


def started(shop: Path, out: Path) -> tuple[subprocess.Popen[str], list[int]]:
    """A long sweep in a session of its own, and its workers once they are there."""
    process = subprocess.Popen(
        [str(PEGBOARD), "sweep", str(shop), "--demand", "1..2", "--steps", "80", "--workers", "2", "--out", str(out)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    for _ in range(300):
        workers = [pid for pid in children(process.pid) if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()]
        if len(workers) == 2:
            return process, workers
        time.sleep(0.05)
    raise AssertionError("no workers")


def children(pid: int) -> list[int]:
    """Processes that one process started, from any of its threads."""
    return [int(p) for task in Path(f"/proc/{pid}/task").iterdir() for p in (task / "children").read_text().split()]


def gone(pids: list[int]) -> bool:
    """Whether all of these end within some seconds."""
    for _ in range(200):
        if not any(Path(f"/proc/{pid}").exists() for pid in pids):
            return True
        time.sleep(0.05)
    return False


linux = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks for processes in /proc")


@linux
def test_a_killed_worker_is_noticed_and_its_point_is_planned_again(shop: Path, tmp_path: Path):
    process, workers = started(shop, tmp_path / "sweep.svg")
    os.kill(workers[0], signal.SIGKILL)
    stdout, stderr = process.communicate(timeout=100)
    assert process.returncode == 0, stdout + stderr
    assert "was ended by signal 9; another one began again" in stdout
    assert (tmp_path / "sweep.svg").exists()


@linux
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_an_interrupted_sweep_leaves_no_process_and_no_file(shop: Path, tmp_path: Path, how: signal.Signals):
    """Ctrl-C reaches all processes of a terminal; a kill the parent alone, whose half started workers then complain."""
    process, workers = started(shop, tmp_path / "sweep.svg")
    if how == signal.SIGINT:
        os.killpg(process.pid, how)
    else:
        process.send_signal(how)
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == (130 if how == signal.SIGINT else -how)
    assert how == signal.SIGKILL or "Traceback" not in stderr
    assert gone(workers)
    assert [path.name for path in tmp_path.iterdir()] == ["shop"]


def test_who_waits_for_a_machine_and_for_an_item(shop: Path):
    """SO-2 waits behind SO-1; SO-1 for its material."""
    machine = pegboard("why", "--resource", "M", shop, "--quiet")
    assert (machine.returncode, "SO-2/1" in machine.stdout) == (0, True), machine.stderr
    assert "behind   SO-1 1 d" in machine.stdout
    (material,) = json.loads(pegboard("why", "--item", "RM", shop, "--json", "--quiet").stdout)["waiters"][:1]
    assert material["waited"] == 40 * 3600


def test_a_resource_that_there_is_not_is_a_finding(shop: Path):
    done = pegboard("why", "--resource", "MM", shop, "--quiet")
    assert (done.returncode, "C528" in done.stdout) == (1, True)


def test_why_asks_about_one_thing(shop: Path):
    done = pegboard("why", "SO-1", shop, "--resource", "M")
    assert (done.returncode, "C529" in done.stderr) == (2, True)
    assert pegboard("why").returncode == 2
