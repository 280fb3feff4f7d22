"""Tasks in processes of their own, supervised: a worker that is killed is noticed, and none outlives its parent.

Results do not depend on how many workers there are, or on which of them a task falls to.
"""

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, Generic, TypeVar

Shared = TypeVar("Shared")
Result = TypeVar("Result")
TRIES = 2
"""How often a task is begun: another process may have killed the first worker, but the second one dies of the task."""


@dataclass(frozen=True)
class Lost:
    """A worker that ended in the midst of a task, how, and whether the task was begun again."""

    task: int
    how: str
    again: bool


@dataclass(frozen=True)
class Done(Generic[Result]):
    """The results by task, and the workers that were lost on the way."""

    results: dict[int, Result]
    lost: list[Lost]


@dataclass
class _Worker:
    process: BaseProcess
    line: Connection
    task: int = -1


def in_workers(
    work: Callable[[Shared, int], Result], shared: Shared, tasks: int, workers: int, report: Callable[[int], None]
) -> Done[Result]:
    """`work(shared, k)` for every `k` below `tasks`, in so many processes; `report` hears how many are done.

    `work` is a function of a module. An exception of it is raised here, after all workers have ended.
    """
    waiting, tries = deque(range(tasks)), [0] * tasks
    done: Done[Result] = Done({}, [])
    crew: list[_Worker] = []
    try:
        while waiting or any(w.task >= 0 for w in crew):
            while waiting and len(crew) < max(1, min(workers, len(waiting) + sum(w.task >= 0 for w in crew))):
                crew.append(_hired(work, shared))
            for worker in (w for w in crew if w.task < 0 and waiting):
                worker.task = waiting.popleft()
                tries[worker.task] += 1
                worker.line.send(worker.task)
            wait([w.line for w in crew])
            for worker in [w for w in crew if w.line.poll()]:
                if (found := _heard(worker)) is None:
                    crew.remove(worker)
                    again = tries[worker.task] < TRIES
                    done.lost.append(Lost(worker.task, how_ended(worker.process), again))
                    if again:
                        waiting.appendleft(worker.task)
                    continue
                done.results[worker.task], worker.task = found[0], -1
                report(len(done.results))
    finally:
        for worker in crew:
            worker.process.kill()
            worker.process.join()
    return done


def _heard(worker: _Worker) -> tuple[Any] | None:
    """The result of a worker; None where it is no more. Raises what its work raised."""
    try:
        result = worker.line.recv()
    except (EOFError, OSError):
        worker.process.join()
        return None
    if isinstance(result, BaseException):
        raise result
    return (result,)


def how_ended(process: BaseProcess) -> str:
    """How a process that has been joined came to its end."""
    code = process.exitcode or 0
    return f"was ended by signal {-code}" if code < 0 else f"ended with exit code {code}"


def _hired(work: Callable[[Shared, int], Result], shared: Shared) -> _Worker:
    """A worker in a fresh process: forking beside running threads is not safe."""
    context = multiprocessing.get_context("spawn")
    mine, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, work, shared), daemon=True)
    with interruptions_held_back():
        process.start()
    theirs.close()
    return _Worker(process, mine)


@contextmanager
def interruptions_held_back() -> Iterator[None]:
    """What is started here never sees Ctrl-C, which a terminal sends to all: the parent alone decides."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    resource_tracker.ensure_running()  # it would let interruptions in again when the first worker starts it
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _serve(line: Connection, work: Callable[[Shared, int], Result], shared: Shared) -> None:
    """Do one task after the other until the parent is gone or has no more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=end_with_parent, daemon=True).start()
    while True:
        try:
            task = line.recv()
        except EOFError:
            return
        try:
            line.send(work(shared, task))
        except Exception as fault:
            line.send(fault)


def end_with_parent() -> None:
    """A parent that was killed, or left at once after Ctrl-C, ends nobody: each worker watches it."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
