"""Time the replays of a plan: in this process, kernels warm, no files; beside it the yardstick for the same plan."""

import argparse
import statistics
import tempfile
import time
from pathlib import Path

from bench.__main__ import machine, table
from bench.yardstick import cpu_seconds, read
from pegboard.app.files import plan_factory, save_plan
from pegboard.insight.confidence import judged
from pegboard.insight.replay.replaying import Replay
from pegboard.planning.spread import spread_of
from pegboard.scheduling.engines.dispatch import Options


def silent(_: str, __: float) -> None:
    """A report that nobody reads."""


def main() -> None:
    """Print what a number of replays takes, in all and for each of them."""
    options = argparse.ArgumentParser(prog="python -m bench.confidence", description=__doc__)
    options.add_argument("factory", type=Path, help="a factory folder")
    options.add_argument("--replays", type=int, default=1000, help="replays of the plan (default 1000)")
    options.add_argument("--runs", type=int, default=3, help="runs; the median is shown (default 3)")
    given = options.parse_args()
    run = plan_factory(given.factory, Options(), 0, silent)
    if run.outcome is None:
        raise SystemExit(f"{given.factory} cannot be planned")
    planned = run.outcome.planned
    with tempfile.TemporaryDirectory() as folder:
        save_plan(run, Path(folder) / "plan")
        unit = cpu_seconds(read(Path(folder) / "plan"))
    replay = Replay(planned, spread_of(planned.factory, planned.table)[0])
    judged(planned, replay.whole, 1, 0, None)
    wall, cpu = [], []
    for _ in range(given.runs):
        began, used = time.perf_counter(), time.process_time()
        judged(planned, replay.whole, given.replays, 0, None)
        wall.append(time.perf_counter() - began)
        cpu.append(time.process_time() - used)
    seconds, work = statistics.median(wall), statistics.median(cpu)
    size = f"{planned.problem.n_op:,} operations, {given.replays:,} replays"
    print(f"{machine()}; {size}; medians of {given.runs} runs\n")
    head = ("factory", "wall s", "CPU s", "CPU ms a replay", "yardstick s", "replay x yardstick")
    each = work / given.replays
    took = (f"{seconds:.2f}", f"{work:.2f}", f"{1000 * each:.1f}", f"{unit:.4f}", f"{each / unit:.3f}")
    table(head, [(given.factory.name, *took)])


if __name__ == "__main__":
    main()
