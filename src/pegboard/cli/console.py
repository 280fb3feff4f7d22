"""How results and progress look: aligned tables on stdout, progress on stderr, nothing that outlives its line."""

import sys
import time
from collections.abc import Sequence

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn

PATIENCE = 1.0


class Reporter:
    """Shows progress once a run has taken a second: a bar in a terminal, a line for each stage elsewhere."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet
        self._began = time.perf_counter()
        self._console = Console(stderr=True)
        self._bar: Progress | None = None
        self._task: TaskID | None = None
        self._said = ""

    def __call__(self, what: str, share: float) -> None:
        """Take note of a stage and how much of the whole is done."""
        if self._quiet or time.perf_counter() - self._began < PATIENCE:
            return
        if not self._console.is_terminal:
            if what != self._said and share < 1.0:
                self._console.print(f"{what} ...", highlight=False)
            self._said = what
            return
        if self._bar is None:
            self._bar = Progress(BarColumn(30), TextColumn("{task.description}"), console=self._console, transient=True)
            self._bar.start()
            self._task = self._bar.add_task(what, total=1.0)
        if self._task is not None:
            self._bar.update(self._task, completed=share, description=what)

    def say(self, what: str) -> None:
        """Say at once that something takes a while."""
        if not self._quiet:
            self._console.print(what, highlight=False)

    def close(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None


def line(text: str = "") -> None:
    """One line of a result."""
    sys.stdout.write(text + "\n")


def table(head: Sequence[str], rows: Sequence[Sequence[str]], right: frozenset[int] = frozenset()) -> None:
    """An aligned table; the columns in `right` hold numbers."""
    widths = [max(len(r[i]) for r in [head, *rows]) for i in range(len(head))]
    for row in [head, *rows]:
        cells = [c.rjust(w) if i in right else c.ljust(w) for i, (c, w) in enumerate(zip(row, widths, strict=True))]
        line("  ".join(cells).rstrip())
