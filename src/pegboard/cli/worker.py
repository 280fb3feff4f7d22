"""`pegboard worker`: do the jobs of a plant, here or on any machine that reaches its database, until told to end."""

import signal
import sys
import threading
from types import FrameType

from pegboard.app.jobs_supervisor import Supervisor
from pegboard.cli.console import line
from pegboard.cli.findings import refuse
from pegboard.domain.finding import error
from pegboard.domain.scenario import StoreError
from pegboard.storage.database.connect import opened
from pegboard.storage.database.jobs import OPEN, Job, Jobs, Seen
from pegboard.storage.database.upgrade import check

LOOK = 0.3
"""Seconds between two looks at what became of jobs."""
MOST = 256


def run_worker(address: str, count: int, *, until_done: bool) -> int:
    """Supervise so many workers until Ctrl-C, SIGTERM, or there is no more to do; the exit code."""
    if not 1 <= count <= MOST:
        return refuse([error("C711", "--count", f"--count {count} is not between 1 and {MOST}", "leave it out")])
    try:
        with opened(address) as engine:
            check(engine)
            _supervised(Supervisor(address, count), Jobs(engine), until_done=until_done)
    except StoreError as wrong:
        refuse([wrong.finding])
        return 1
    line(f"next     pegboard jobs {address}")
    return 0


def _supervised(supervisor: Supervisor, jobs: Jobs, *, until_done: bool) -> None:
    """Let workers work, and say what becomes of jobs."""
    enough = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        enough.set()

    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    told = Told(jobs)
    supervisor.start()
    try:
        while not enough.wait(LOOK):
            told.look()
            if until_done and told.is_all_done:
                return
    finally:
        supervisor.stop()
        told.look()
        for number, handler in before.items():
            signal.signal(number, handler)


class Told:
    """Says each step of each job from now on, and once that the database does not answer."""

    def __init__(self, jobs: Jobs) -> None:
        self._jobs = jobs
        found, self._seen = jobs.changes_since(Seen())
        self._words = {job.id: _word(job) for job in found if job.state in OPEN}
        self._is_away = False

    @property
    def is_all_done(self) -> bool:
        """Whether no job waits or runs."""
        return not self._seen.open and not self._is_away

    def look(self) -> None:
        """Say what has changed."""
        try:
            changed, self._seen = self._jobs.changes_since(self._seen)
        except StoreError as wrong:
            if not self._is_away:
                refuse([wrong.finding])
            self._is_away = True
            return
        self._is_away = False
        for job in changed:
            if (word := _word(job)) != self._words.get(job.id):
                line(f"job {job.id:<4} {job.kind:<11} {word}")
                for wrong_ in job.findings:
                    line(f"{'':8} {wrong_.code}  {wrong_.what}")
            self._words[job.id] = word
        sys.stdout.flush()  # a service's log is read while it runs


def _word(job: Job) -> str:
    return f"{job.state}, try {job.tries}" if job.state == "running" and job.tries > 1 else job.state
