"""The supervisor: keeps so many workers alive, for a command of its own or inside the server."""

import atexit
import contextlib
import os
import socket
import threading
import time
from dataclasses import dataclass
from itertools import count
from multiprocessing import Pipe, get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess

from pegboard.app.jobs_worker import serve
from pegboard.app.workers import interruptions_held_back
from pegboard.domain.scenario import StoreError
from pegboard.storage.database.connect import opened
from pegboard.storage.database.leasing import Leasing

PAUSE = 1.0
"""Seconds before a dead worker is replaced: one that cannot even begin must not keep the machine busy."""
PATIENCE = 15.0
"""Seconds that workers have to give their jobs back before they are killed."""


@dataclass(frozen=True)
class _Worker:
    name: str
    process: BaseProcess
    line: Connection


class Supervisor:
    """So many workers for the database of an address, from `start` to `stop`; the processors are divided among them."""

    def __init__(self, address: str, workers: int = 1) -> None:
        self._address, self._wanted = address, workers
        self._numbers = count(1)
        self._crew: list[_Worker] = []
        self._wake, self._asleep = Pipe()
        self._watching = threading.Thread(target=self._watch, daemon=True)

    def start(self) -> None:
        """Begin to do jobs; returns at once. A program that ends without `stop` ends its workers too."""
        atexit.register(self.stop)
        self._watching.start()

    def stop(self) -> None:
        """End all workers; jobs under way wait again, for others. May be called twice."""
        atexit.unregister(self.stop)
        if self._watching.is_alive():
            self._wake.send(None)
            self._watching.join()

    def workers(self) -> tuple[int, ...]:
        """The process ids of the workers that live."""
        return tuple(worker.process.pid or 0 for worker in self._crew if worker.process.is_alive())

    def _watch(self) -> None:
        while not self._asleep.poll():
            while len(self._crew) < self._wanted:
                self._crew.append(self._hired())
            wait([self._asleep, *(worker.process.sentinel for worker in self._crew)])
            for worker in [w for w in self._crew if not w.process.is_alive()]:
                self._crew.remove(worker)
                self._bury(worker)
                self._asleep.poll(PAUSE)
        self._dismiss()

    def _hired(self) -> _Worker:
        name = f"{socket.gethostname()}-{os.getpid()}-{next(self._numbers)}"
        context = get_context("spawn")
        mine, theirs = context.Pipe()
        processors = max(1, (os.cpu_count() or 1) // self._wanted)
        process = context.Process(target=serve, args=(name, self._address, processors, theirs), name=name)
        with interruptions_held_back():
            process.start()
        theirs.close()
        return _Worker(name, process, mine)

    def _bury(self, worker: _Worker) -> None:
        """Let others take what a dead worker held at once, not only when it lapses."""
        worker.line.close()
        with contextlib.suppress(StoreError), opened(self._address) as engine:
            Leasing(engine).bereave(worker.name)

    def _dismiss(self) -> None:
        for worker in self._crew:
            worker.line.close()  # each of them sees that, whatever it does
        until = time.monotonic() + PATIENCE
        for worker in self._crew:
            worker.process.join(max(0.0, until - time.monotonic()))
            if worker.process.is_alive():
                worker.process.kill()
                worker.process.join()
                self._bury(worker)
        self._crew.clear()
