"""Time why lines are late, and what would fix them: in this process, kernels warm, beside the yardstick."""

import argparse
import statistics
import tempfile
import time
from pathlib import Path

from bench.__main__ import machine, table
from bench.yardstick import cpu_seconds, read
from pegboard.app.files import plan_factory, save_plan
from pegboard.app.live import LivePlan
from pegboard.app.remedies import remedies
from pegboard.insight.explain import Explainer
from pegboard.scheduling.engines.dispatch import Options


def silent(_: str, __: float) -> None:
    """A report that nobody reads."""


def main() -> None:
    """Print what one line takes, in CPU seconds and in yardsticks."""
    options = argparse.ArgumentParser(prog="python -m bench.why", description=__doc__)
    options.add_argument("factory", type=Path, help="a factory folder")
    options.add_argument("--lines", type=int, default=10, help="late lines, evenly chosen (default 10)")
    given = options.parse_args()
    run = plan_factory(given.factory, Options(), 0, silent)
    if run.outcome is None:
        raise SystemExit(f"{given.factory} cannot be planned")
    planned = run.outcome.planned
    with tempfile.TemporaryDirectory() as folder:
        save_plan(run, Path(folder) / "plan")
        unit = cpu_seconds(read(Path(folder) / "plan"))
    lines = zip(planned.supply.lines, planned.completion, strict=True)
    late = [i for i, (line, done) in enumerate(lines) if done is not None and done > line.due]
    chosen = late[:: max(1, len(late) // given.lines)][: given.lines]
    if not chosen:
        raise SystemExit("no line is late")
    live, explainer = LivePlan(run.outcome), Explainer(planned)
    remedies(live, planned.supply.lines[chosen[0]].id, silent)
    why, fix, found = [], [], []
    for i in chosen:
        began = time.process_time()
        explainer.why(i)
        why.append(time.process_time() - began)
        began = time.process_time()
        found.append(len(remedies(live, planned.supply.lines[i].id, silent).trials))
        fix.append(time.process_time() - began)
    print(f"{machine()}; {planned.problem.n_op:,} operations; {len(chosen)} of {len(late)} late lines\n")
    rows = [
        (what, f"{statistics.median(took):.4f}", f"{max(took):.4f}", f"{statistics.median(took) / unit:.3f}")
        for what, took in (("why", why), ("with remedies", fix))
    ]
    table(("what", "median CPU s", "worst CPU s", "median, in yardsticks"), rows)
    print(f"\nyardstick {unit:.4f} s; {sum(found)} remedies in all")


if __name__ == "__main__":
    main()
