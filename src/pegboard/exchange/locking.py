"""One writer at a time among all processes: the operating system's lock on a file.

The system frees it when its holder ends, however that ends, so that no stale lock can stay behind.
"""

import contextlib
import errno
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

_PAUSE = 0.02

if sys.platform == "win32":
    import msvcrt

    def _take(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _take(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


PATIENCE = 60.0
"""Seconds to wait for others before giving up: what is done under a lock takes a fraction of one."""


@contextlib.contextmanager
def alone(factory: Path, file: str) -> Iterator[None]:
    """Be the only one who writes a file of a factory; raises TimeoutError where others do not end."""
    folder = beside(factory)
    folder.mkdir(parents=True, exist_ok=True)
    with locked(folder / f"{file}.lock", PATIENCE):
        yield


def beside(factory: Path) -> Path:
    """The folder for what Pegboard keeps of a factory for itself: in its folder, or beside its workbook."""
    return factory / ".pegboard" if factory.is_dir() else factory.with_suffix(".pegboard")


@contextlib.contextmanager
def locked(file: Path, patience: float) -> Iterator[None]:
    """Be the only one in this context for a file; raises TimeoutError where others stay in it for so many seconds."""
    handle = os.open(file, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        _wait(handle, file, time.monotonic() + patience)
        yield
    finally:
        os.close(handle)


def _wait(handle: int, file: Path, until: float) -> None:
    while True:
        try:
            _take(handle)
        except (BlockingIOError, PermissionError) as busy:  # what POSIX and Windows say of a file that others hold
            if time.monotonic() >= until:
                raise TimeoutError(errno.ETIMEDOUT, "another process has held it for too long", str(file)) from busy
            time.sleep(_PAUSE)
        else:
            return
