"""Long work behind a command: progress on stderr, the first compilation announced, an interruption at any moment."""

import os
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import NoReturn, TypeVar

from pegboard.app.warm import PLANNING, is_compiled
from pegboard.cli.console import Reporter

Found = TypeVar("Found")


def worked(work: Callable[[Reporter], Found], *, quiet: bool, kernel: str = PLANNING) -> tuple[Found, float]:
    """What `work` finds, and the seconds it took. It runs in a thread: no interruption may hit a kernel's call."""
    report = Reporter(quiet=quiet)
    began = time.perf_counter()
    if not is_compiled(kernel):
        report.say("first run on this machine: compiling the kernels, about half a minute, once")
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(work, report)
        try:
            found = running.result()
        except KeyboardInterrupt:
            report.close()
            _leave()
        finally:
            report.close()
    return found, time.perf_counter() - began


def _leave() -> NoReturn:
    """End at once after an interruption; nothing has been written yet."""
    sys.stderr.write("interrupted; nothing was written\n")
    sys.stderr.flush()
    os._exit(130)
