"""A worker: takes one job after the other, holds it while it is done, and gives back what came of it.

It computes nothing itself, so it answers within a second whatever the job does: to its database, where somebody may
cancel the job, and to its supervisor, who may want it to end.
"""

import contextlib
import os
import signal
import time
from multiprocessing.connection import Connection, wait

from pegboard.app.jobs_errand import Ended, Errand
from pegboard.domain.scenario import StoreError
from pegboard.storage.database.connect import connect
from pegboard.storage.database.leasing import LEASE, Lease, Leasing, Standing

IDLE = 0.5
"""Seconds between two looks for a job."""
TOLD = 0.25
"""The least seconds between two writes of progress."""
LOOK = 0.5
"""Seconds between two looks whether a job is to be cancelled."""
HEARTBEAT = LEASE / 4
"""Seconds after which a worker that has nothing to say says that it lives."""
UNWRITTEN = LEASE / 2
"""Seconds for which a result is offered to a database that does not take it; the job is still held then."""
GRACE = 3.0
"""Seconds that a cancelled job has to end by itself."""
NICENESS = 10
"""Below that of whatever answers people."""


def serve(name: str, address: str, processors: int, supervisor: Connection) -> None:
    """Do jobs until the supervisor says that it is enough, or is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    leasing = Leasing(connect(address))
    pause = 0.0
    while not supervisor.poll(pause):
        pause = IDLE
        with contextlib.suppress(StoreError):  # a database that does not answer now may do so later
            if (lease := leasing.take(name)) is not None:
                Holding(leasing, lease).see_through(Errand(address, lease, processors), supervisor)
                pause = 0.0


class Holding:
    """A job that a worker holds, and when it said or asked something last."""

    def __init__(self, leasing: Leasing, lease: Lease) -> None:
        self._leasing, self._lease = leasing, lease
        self._told, self._told_at, self._looked_at = ("", 0.0), time.monotonic(), time.monotonic()
        self._cancelled_at = 0.0

    def see_through(self, errand: Errand, supervisor: Connection) -> None:
        """Watch over a job until it ends, is cancelled, or is lost to another worker."""
        try:
            while True:
                wait([errand.line, supervisor], timeout=TOLD)
                if (ended := errand.heard()) is not None:
                    return self._settle(ended)
                if supervisor.poll():
                    self._leasing.give_back(self._lease)
                    return None
                if self._standing(errand) == "lost":
                    return None
                if self._is_out_of_patience():
                    return self._settle(Ended(how="did not stop when it was asked to"))
        finally:
            errand.kill()

    def _standing(self, errand: Errand) -> Standing:
        """How the job stands with the database; as if nothing had happened where that does not answer."""
        now, (what, share) = time.monotonic(), errand.progress
        is_news = errand.progress != self._told and now - self._told_at >= TOLD
        standing: Standing = "held"
        with contextlib.suppress(StoreError):
            if is_news or now - self._told_at >= HEARTBEAT:
                self._told, self._told_at, self._looked_at = errand.progress, now, now
                standing = self._leasing.beat(self._lease, share, what)
            elif now - self._looked_at >= LOOK:
                self._looked_at = now
                standing = self._leasing.standing(self._lease)
        if standing == "cancelled" and not self._cancelled_at:
            self._cancelled_at = now
            errand.ask_to_stop()
        return standing

    def _is_out_of_patience(self) -> bool:
        return bool(self._cancelled_at) and time.monotonic() - self._cancelled_at > GRACE

    def _settle(self, ended: Ended) -> None:
        """Write what came of a job; say that it failed where the database will not have it for a while."""
        began = time.monotonic()
        while True:
            try:
                return self._write(ended)
            except StoreError as wrong:
                if time.monotonic() - began > UNWRITTEN:
                    self._leasing.fail(self._lease, [wrong.finding])
                    return None
                time.sleep(LOOK)

    def _write(self, ended: Ended) -> None:
        """Nothing is written where the job is no longer held."""
        if self._cancelled_at:
            self._leasing.cancelled(self._lease)
        elif ended.record is not None:
            self._leasing.finish(self._lease, ended.record)
        elif ended.findings:
            self._leasing.fail(self._lease, ended.findings)
        else:
            self._leasing.died(self._lease, ended.how)
