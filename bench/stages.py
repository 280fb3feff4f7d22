"""Time the stages of planning in one process, kernels warm, and above all one scheduling pass.

Beside each pass stands the yardstick, the same operations dispatched in plain Python (`yardstick.py`), in the same run.
For each factory after the first: how much faster its time grows than its operations do.
"""

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from bench.__main__ import machine, table
from bench.repair import seconds, silent
from bench.yardstick import Work, cpu_seconds
from pegboard.app.files import read
from pegboard.planning.pull import pull
from pegboard.planning.validate import validate
from pegboard.scheduling.build import build
from pegboard.scheduling.check import check
from pegboard.scheduling.engines.dispatch import Dispatcher, Options
from pegboard.scheduling.engines.solve import solve
from pegboard.scheduling.problem import Problem, Schedule
from pegboard.tables.process import ProcessTable

STAGES = ("read", "validate", "pull", "build", "one pass", "search", "referee")


def work_of(p: Problem, schedule: Schedule) -> Work:
    """The operations of a schedule as the yardstick takes them."""
    after = [p.arcs.succ[a:b].tolist() for a, b in zip(p.arcs.ptr[:-1], p.arcs.ptr[1:], strict=True)]
    return Work(
        minutes=((schedule.end - schedule.setup_start) / 60).tolist(),
        resource=p.steps.cand_res[schedule.cand].tolist(),
        rank=[(f"{due:012}", op) for op, due in enumerate(p.due.tolist())],
        after=after,
        before=np.bincount(p.arcs.succ, minlength=p.n_op).tolist(),
    )


def stages(factory: Path, runs: int) -> tuple[int, dict[str, float], float]:
    """Operations, seconds by the clock of each stage, and CPU seconds of the yardstick."""
    took: dict[str, float] = {}

    def clocked(name: str, work: Callable[[], Any]) -> Any:
        began = time.perf_counter()
        found = work()
        took[name] = time.perf_counter() - began
        return found

    reading = clocked("read", lambda: read(factory))
    valid, _ = clocked("validate", lambda: validate(reading.snapshot))
    shop = ProcessTable(valid)
    supply = clocked("pull", lambda: pull(valid, shop, {}, {}, {}, frozenset()))
    problem = clocked("build", lambda: build(valid, shop, supply, frozenset()))
    planned = np.array([i not in supply.unplanned for i in range(len(supply.lines))])
    dispatcher = Dispatcher(problem, planned)
    target = dispatcher.reverse_start()
    ranks = dispatcher.by_key(target.astype(np.float64), 4.0)
    release = np.maximum(problem.not_before, target)
    took["one pass"], _ = seconds(lambda: dispatcher.forward(release, ranks), runs)
    result = clocked("search", lambda: solve(problem, planned, Options(), silent))
    clocked("referee", lambda: check(problem, result.schedule))
    return problem.n_op, took, cpu_seconds(work_of(problem, result.schedule))


def main() -> None:
    """Print the stages of each factory, and how time grows with size."""
    options = argparse.ArgumentParser(prog="python -m bench.stages", description=__doc__)
    options.add_argument("factory", type=Path, nargs="+", help="factory folders, the smallest first")
    options.add_argument("--runs", type=int, default=5, help="passes of each; the median is shown (default 5)")
    given = options.parse_args()
    rows: list[tuple[str, ...]] = []
    smaller: tuple[int, float] | None = None
    stages(given.factory[0], 1)  # warms kernels and disk
    for factory in given.factory:
        n_op, took, plain = stages(factory, given.runs)
        one = took["one pass"]
        growth = f"{one / smaller[1] * smaller[0] / n_op:.2f}" if smaller else ""
        smaller = n_op, one
        cells = (f"{took[stage]:.3f}" for stage in STAGES)
        rows.append((factory.name, f"{n_op:,}", *cells, f"{plain:.3f}", f"{one / plain:.2f}", growth))
    print(f"{machine()}; seconds by the clock\n")
    table(("factory", "operations", *STAGES, "yardstick", "pass x yardstick", "growth of a pass"), rows)


if __name__ == "__main__":
    main()
