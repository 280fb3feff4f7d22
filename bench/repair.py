"""Time the repair of a plan after the busiest machine is down for a day: in this process, kernels warm, no files.

The old schedule and the problem with the downtime are given; what is timed is finding the new schedule and its score.
The referee is timed beside it, and so are both ways to the new problem: new timelines alone, and planning again.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from bench.__main__ import machine, table
from pegboard.app.files import plan_factory
from pegboard.kernels.arrays import Schedule
from pegboard.scheduling.build import build
from pegboard.scheduling.check import check
from pegboard.scheduling.downtime import Closed, with_downtime
from pegboard.scheduling.engines.dispatch import Options
from pegboard.scheduling.engines.repair import DEGREES, repair
from pegboard.scheduling.problem import Problem
from pegboard.scheduling.result import score

DAY = 86_400


def busiest(p: Problem, schedule: Schedule) -> str:
    """The finite resource that operations hold longest as their primary one."""
    held = np.bincount(p.steps.cand_res[schedule.cand], schedule.end - schedule.start, p.shop.capacity.size)
    held[p.shop.capacity >= 1 << 40] = 0
    return p.res_names[int(np.argmax(held))]


def seconds(work: Callable[[], Any], runs: int) -> tuple[float, float]:
    """Median wall and CPU seconds, after one run that warms everything up."""
    work()
    wall, cpu = [], []
    for _ in range(runs):
        began, used = time.perf_counter(), time.process_time()
        work()
        wall.append(time.perf_counter() - began)
        cpu.append(time.process_time() - used)
    return statistics.median(wall), statistics.median(cpu)


def silent(_: str, __: float) -> None:
    """A report that nobody reads."""


def main() -> None:
    """Print what each degree takes, moves and costs."""
    options = argparse.ArgumentParser(prog="python -m bench.repair", description=__doc__)
    options.add_argument("factory", type=Path, help="a factory folder")
    options.add_argument("--day", type=int, default=21, help="days from now on which the machine is down (default 21)")
    options.add_argument("--runs", type=int, default=5, help="runs of each; the median is shown (default 5)")
    given = options.parse_args()
    outcome = plan_factory(given.factory, Options(), 0, silent).outcome
    if outcome is None:
        raise SystemExit(f"{given.factory} cannot be planned")
    planned = outcome.planned
    old, before = planned.schedule, planned.problem
    down = Closed(busiest(before, old), before.now + given.day * DAY, before.now + (given.day + 1) * DAY)
    p = with_downtime(before, [down])
    print(
        f"{machine()}; {down.resource} down on day {given.day}; {p.n_op:,} operations; medians of {given.runs} runs\n"
    )
    were_late = score(before, old, np.ones(before.line_due.size, bool)).lines_late
    rows = []
    for degree in DEGREES:
        wall, cpu = seconds(lambda degree=degree: repair(p, old, degree), given.runs)
        done = repair(p, old, degree)
        s = done.result.schedule
        rows.append(
            (
                degree,
                f"{wall:.3f}",
                f"{cpu:.3f}",
                f"{int((s.setup_start != old.setup_start).sum()):,}",
                f"{int((s.cand != old.cand).sum()):,}",
                f"{done.result.score.lines_late - were_late:+,}",
                f"{done.result.score.total_tardiness_days:.1f}",
                f"{len(check(done.problem, s).violations)}",
            )
        )
    table(("degree", "wall s", "CPU s", "moved", "other resource", "late lines", "tardiness d", "violations"), rows)
    ways: dict[str, Callable[[], Any]] = {
        "new timelines in the old problem": lambda: with_downtime(before, [down]),
        "the problem built again": lambda: build(planned.factory, planned.table, planned.supply, frozenset()),
        "the referee": lambda: check(p, old),
    }
    shown = [(name, *(f"{t:.3f}" for t in seconds(work, given.runs))) for name, work in ways.items()]
    table(("beside it", "wall s", "CPU s"), shown)


if __name__ == "__main__":
    main()
