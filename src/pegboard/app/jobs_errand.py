"""The process in which one job is done: fresh for each, so that its memory comes back and its death harms no other.

It only computes: the worker that began it holds the job, hears its reports, and writes what comes of it.
"""

import os
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection

import msgspec

from pegboard.app.workers import how_ended, interruptions_held_back
from pegboard.domain.finding import Finding, error
from pegboard.domain.scenario import StoreError
from pegboard.storage.database.connect import connect
from pegboard.storage.database.leasing import Lease

Progress = tuple[str, float]
"""What is under way, and the share of the whole that is done."""


@dataclass(frozen=True)
class Ended:
    """How an errand came to its end: with a record, with the findings that there is none for, or dead."""

    record: bytes | None = None
    findings: tuple[Finding, ...] = ()
    how: str = ""


class Stopped(BaseException):
    """The worker wants no more of this job; nothing that handles errors may take it for one."""


class Errand:
    """A job under way in a process of its own; `progress` is what it said last."""

    def __init__(self, address: str, lease: Lease, processors: int) -> None:
        self.line, theirs = get_context("spawn").Pipe()
        self._process = get_context("spawn").Process(target=_go, args=(theirs, address, lease, processors))
        self.progress: Progress = ("", 0.0)
        with interruptions_held_back():
            self._process.start()
        theirs.close()

    def heard(self) -> Ended | None:
        """Take in all that has been said; how it ended, if it has."""
        try:
            while self.line.poll():
                said: Progress | Ended = self.line.recv()
                if isinstance(said, Ended):
                    return said
                self.progress = said
        except (EOFError, OSError):
            self._process.join()
            return Ended(how=how_ended(self._process))
        return None

    def ask_to_stop(self) -> None:
        """Have it end at the next report that it makes."""
        try:
            self.line.send(None)
        except OSError:
            return

    def kill(self) -> None:
        """End it at once; what it has begun itself ends with it."""
        self._process.kill()
        self._process.join()
        self.line.close()


def _go(line: Connection, address: str, lease: Lease, processors: int) -> None:
    """Do a job, and say how it goes and ends."""
    wanted_no_more, sending = threading.Event(), threading.Lock()
    threading.Thread(target=_listen, args=(line, wanted_no_more), daemon=True).start()

    def report(what: str, share: float) -> None:
        if wanted_no_more.is_set():
            raise Stopped
        with sending:
            line.send((what, share))

    try:
        ended = _done(address, lease, processors, report)
    except Stopped:
        ended = Ended(how="was asked to stop")
    with sending:
        line.send(ended)


def _listen(line: Connection, wanted_no_more: threading.Event) -> None:
    """The worker speaks once, to stop the job. One that is gone ends nobody, so each errand watches for that."""
    try:
        line.recv()
    except (EOFError, OSError):
        os._exit(1)
    wanted_no_more.set()


def _done(address: str, lease: Lease, processors: int, report: Callable[[str, float], None]) -> Ended:
    from pegboard.app.jobs import Kind
    from pegboard.app.jobs_doing import record
    from pegboard.app.jobs_ground import ground
    from pegboard.scheduling.rules import RuleError

    try:
        report("reading", 0.0)
        asked: Kind = msgspec.convert({**msgspec.json.decode(lease.params), "kind": lease.kind}, Kind)
        at = ground(connect(address), lease)
        found = at if isinstance(at, list) else record(asked, at, processors, report)
    except (StoreError, RuleError) as wrong:
        return Ended(findings=(wrong.finding,))
    except Exception as fault:
        traceback.print_exc()
        what = f"job {lease.id} ({lease.kind}) met a fault of Pegboard: {type(fault).__name__}: {fault}"
        return Ended(findings=(error("C709", f"job {lease.id}", what, "report it; the worker's log has the details"),))
    return Ended(record=found) if isinstance(found, bytes) else Ended(findings=tuple(found))
