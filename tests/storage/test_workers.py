"""Workers as real processes: killed at any moment, told to end, and told to leave a job."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from pegboard.app import jobs_supervisor
from pegboard.app.jobs import Kind, Replan, Sweep, cancelled, submitted
from pegboard.app.jobs_doing import record
from pegboard.app.jobs_errand import Ended, Errand
from pegboard.app.jobs_ground import Ground, ground
from pegboard.app.jobs_supervisor import Supervisor
from pegboard.app.plants import brought_in
from pegboard.storage.database.connect import connect
from pegboard.storage.database.jobs import Job, Jobs
from pegboard.storage.database.leasing import Leasing
from tests.cli.command import GOOD, write

ENDLESS = Sweep(demand=("0.5..1.5",), steps=200)
"""More plans than these tests wait for."""
LONG = Sweep(demand=("0.5..1.5",), steps=3)
"""Three plans in processes of their own, which take a second to begin."""
MANY = "order,item,qty,due\n" + "".join(f"SO-{n},GOOD,5,2026-06-20\n" for n in range(100))


@pytest.fixture
def engine(address: str, tmp_path: Path) -> Iterator[Engine]:
    """A plant of a hundred orders."""
    brought_in(address, write(tmp_path / "factory", **{**GOOD, "orders": MANY}), "ann", "")
    found = connect(address)
    yield found
    found.dispose()


@pytest.fixture
def supervisor(engine: Engine, address: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Supervisor]:
    """One worker, that is replaced at once."""
    monkeypatch.setattr(jobs_supervisor, "PAUSE", 0.0)
    found = Supervisor(address)
    found.start()
    yield found
    found.stop()


def when(engine: Engine, number: int, is_so: Callable[[Job], bool]) -> Job:
    """A job as soon as it is so; a minute of waiting is a failure."""
    for _ in range(3000):
        if is_so(found := Jobs(engine).find(number)):
            return found
        time.sleep(0.02)
    raise AssertionError(found)


def has_ended(job: Job) -> bool:
    return job.state not in ("waiting", "running")


def children(pid: int) -> list[int]:
    found = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, check=False)
    return [int(line) for line in found.stdout.split()]


def is_alive(pid: int) -> bool:
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return state != "" and not state.startswith("Z")


def undisturbed(engine: Engine, kind: Kind) -> bytes:
    """The record of a job that nobody disturbs, done in this process."""
    submitted(engine, kind, "ann")
    lease = Leasing(engine).take("undisturbed")
    assert lease is not None
    at = ground(engine, lease)
    assert isinstance(at, Ground)
    found = record(kind, at, 1, lambda what, share: None)
    assert isinstance(found, bytes)
    Leasing(engine).finish(lease, found)
    return found


def test_a_job_whose_worker_is_killed_is_done_by_another_to_the_same_bytes(engine: Engine, supervisor: Supervisor):
    """Killed in the midst of a sweep: nothing of it is left, and the second try gives what it would have given."""
    number = submitted(engine, LONG, "ann").id
    when(engine, number, lambda job: job.step != "")
    (worker,) = supervisor.workers()
    begun = [*(errands := children(worker)), *(one for errand in errands for one in children(errand))]
    os.kill(worker, signal.SIGKILL)
    found = when(engine, number, has_ended)
    assert (found.state, found.tries) == ("done", 2)
    assert supervisor.workers() != (worker,)
    assert begun
    assert [pid for pid in begun if is_alive(pid)] == []
    assert Jobs(engine).result(number) == undisturbed(engine, LONG)


@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
def test_a_job_that_kills_three_workers_fails_and_the_next_one_is_done(engine: Engine, supervisor: Supervisor):
    number, after = submitted(engine, ENDLESS, "ann").id, submitted(engine, Replan(), "ann").id
    for tries in (1, 2, 3):
        when(engine, number, lambda job, tries=tries: job.tries == tries and job.state == "running")
        os.kill(supervisor.workers()[0], signal.SIGKILL)
    found = when(engine, number, has_ended)
    assert (found.state, found.tries, [f.code for f in found.findings]) == ("failed", 3, ["C701"])
    assert f"job {number} (sweep) was begun 3 times" in found.findings[0].what
    assert when(engine, after, has_ended).state == "done"


@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
def test_a_process_that_is_killed_three_times_leaves_its_worker_alive(engine: Engine, supervisor: Supervisor):
    """As when memory runs out: the job fails and says so, and the worker goes on."""
    number = submitted(engine, ENDLESS, "ann").id
    for tries in (1, 2, 3):
        when(engine, number, lambda job, tries=tries: job.tries == tries and job.state == "running")
        (worker,) = supervisor.workers()
        while not (errands := children(worker)):
            time.sleep(0.02)
        os.kill(errands[0], signal.SIGKILL)
    found = when(engine, number, has_ended)
    assert (found.state, [f.code for f in found.findings]) == ("failed", ["C701"])
    assert "was ended by signal 9" in found.findings[0].what
    assert supervisor.workers() == (worker,)


@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
def test_a_job_is_cancelled_while_it_runs(engine: Engine, supervisor: Supervisor):
    number = submitted(engine, ENDLESS, "ann").id
    when(engine, number, lambda job: "of 200 plans" in job.step)
    cancelled(engine, number)
    found = when(engine, number, has_ended)
    assert (found.state, found.findings, Jobs(engine).result(number)) == ("cancelled", (), None)


@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
def test_a_process_that_is_asked_to_stop_ends_by_itself_at_its_next_report(engine: Engine, address: str):
    submitted(engine, ENDLESS, "ann")
    lease = Leasing(engine).take("w1")
    assert lease is not None
    errand = Errand(address, lease, 1)
    while errand.progress[0] == "":
        assert errand.heard() is None
    errand.ask_to_stop()
    while (ended := errand.heard()) is None:
        time.sleep(0.02)
    errand.kill()
    assert ended == Ended(how="was asked to stop")


@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
def test_a_job_that_does_not_react_is_ended_when_it_is_cancelled(engine: Engine, supervisor: Supervisor):
    """Its process is halted, so that it hears nothing."""
    number = submitted(engine, ENDLESS, "ann").id
    when(engine, number, lambda job: "of 200 plans" in job.step)
    (halted,) = children(supervisor.workers()[0])
    os.kill(halted, signal.SIGSTOP)
    cancelled(engine, number)
    assert when(engine, number, has_ended).state == "cancelled"
    while is_alive(halted):  # the system takes its time to end a large one
        time.sleep(0.02)


@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
def test_what_is_under_way_when_the_supervisor_ends_waits_again(engine: Engine, address: str):
    """Two jobs, by two workers at once."""
    supervisor = Supervisor(address, 2)
    supervisor.start()
    numbers = [submitted(engine, ENDLESS, "ann").id for _ in range(2)]
    for number in numbers:
        when(engine, number, lambda job: job.step != "")
    workers = supervisor.workers()
    supervisor.stop()
    assert [(job.state, job.tries) for job in map(Jobs(engine).find, numbers)] == [("waiting", 0)] * 2
    assert (len(workers), supervisor.workers()) == (2, ())
    assert not any(is_alive(pid) for pid in workers)


@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_the_command_ends_and_takes_its_workers_with_it(engine: Engine, address: str, how: signal.Signals):
    """By SIGTERM and Ctrl-C, which a service and a terminal send to all processes at once, it ends well.

    By SIGKILL it cannot, and its workers end by themselves.
    """
    command = [sys.executable, "-c", "from pegboard.cli.main import main; main()", "worker", address]
    number = submitted(engine, ENDLESS, "ann").id
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)
    when(engine, number, lambda job: job.step != "")
    workers = children(process.pid)
    if how == signal.SIGKILL:
        process.kill()
    else:
        os.killpg(process.pid, how)
    printed, _ = process.communicate(timeout=60)
    assert process.returncode == (-signal.SIGKILL if how == signal.SIGKILL else 0)
    assert f"job {number}    sweep       running" in printed
    found = when(engine, number, lambda job: job.state == "waiting")
    assert found.tries == 0
    while any(is_alive(pid) for pid in workers):
        time.sleep(0.02)
