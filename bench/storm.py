"""A storm of random changes on a factory: a plan after each, how long it took, and whether memory stays flat.

Each change is made on the plan of the one before, as in the life of a plant. What crashes or is not certified is
printed with the change that did it, and the storm goes on without that change.
"""

import argparse
import gc
import json
import random
import statistics
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, NamedTuple

from bench.__main__ import machine, table
from bench.storm_changes import random_change
from pegboard.app.evaluate import Mode, evaluate
from pegboard.app.files import read
from pegboard.app.live import LivePlan
from pegboard.app.outcome import Outcome
from pegboard.app.planning import make_plan
from pegboard.domain.change import Change
from pegboard.domain.snapshot import Snapshot
from pegboard.planning.changing import apply, describe
from pegboard.scheduling.engines.dispatch import Options

Way = Literal["repair", "replan", "alternate"]


class Gust(NamedTuple):
    """One change of a storm, the CPU seconds of its plan, and what is wrong with it; blank where nothing is."""

    number: int
    change: Change
    mode: Mode
    refused: str
    seconds: float
    fault: str
    outcome: Outcome


def silent(_: str, __: float) -> None:
    """A report that nobody reads."""


def storm(snapshot: Snapshot, changes: int, seed: int, way: Way) -> Iterator[Gust]:
    """So many changes in sequence, each planned; the same arguments give the same storm."""
    rng = random.Random(seed)
    outcome = make_plan(snapshot, [], "", 0, Options(), silent)
    _warm(snapshot, outcome)
    for number in range(1, changes + 1):
        mode: Mode = ("replan", "repair")[number % 2] if way == "alternate" else way  # type: ignore[assignment]
        change = random_change(rng, snapshot, outcome.plan)
        done = apply(snapshot, change)
        if done.is_refused:
            yield Gust(number, change, mode, done.findings[0].what, 0.0, "", outcome)
            continue
        began = time.process_time()
        fault, after = "", outcome
        try:
            after = evaluate(LivePlan(outcome), done.snapshot, mode, [], "", silent)
        except Exception:
            fault = traceback.format_exc()
        seconds = time.process_time() - began
        if not fault and not after.is_certified:
            broken = after.verdict.violations
            fault = f"{len(broken)} violations: {broken[0].constraint}: {broken[0].subject} {broken[0].what}"
        if not fault:
            snapshot, outcome = done.snapshot, after
        yield Gust(number, change, mode, "", seconds, fault, outcome)


def _warm(snapshot: Snapshot, outcome: Outcome) -> None:
    """Have all kernels compiled: those that fit lines in, and those that repair."""
    for kind in ("set_due", "resource_down"):
        change = random_change(random.Random(0), snapshot, outcome.plan, kind)
        evaluate(LivePlan(outcome), apply(snapshot, change).snapshot, "repair", [], "", silent)


def resident_mb() -> float:
    """Memory of this process now, where the system tells."""
    status = Path("/proc/self/status")
    found = (
        [row.split()[1] for row in status.read_text().splitlines() if row.startswith("VmRSS")]
        if status.exists()
        else []
    )
    return int(found[0]) / 1024 if found else 0.0


def main() -> None:
    """Print what went wrong as it happens, then times and memory."""
    options = argparse.ArgumentParser(prog="python -m bench.storm", description=__doc__)
    options.add_argument("factory", type=Path, help="a factory folder or workbook")
    options.add_argument("--changes", type=int, default=1000, help="how many (default 1000)")
    options.add_argument("--seed", type=int, default=0, help="which storm (default 0)")
    options.add_argument("--mode", choices=("repair", "replan", "alternate"), default="alternate", help="how to plan")
    given = options.parse_args()
    snapshot = read(given.factory).snapshot
    if snapshot is None:
        raise SystemExit(f"{given.factory} cannot be read")
    print(
        f"{machine()}; {given.changes:,} changes on {given.factory.name}, seed {given.seed}, {given.mode}\n", flush=True
    )
    took: dict[str, list[float]] = {"repair": [], "replan": []}
    applied: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    faults = 0
    marks = []
    gust = None
    for gust in storm(snapshot, given.changes, given.seed, given.mode):
        kind = str(gust.change.__struct_config__.tag)
        if gust.refused:
            refused[kind] += 1
        else:
            applied[kind] += 1
            took[gust.mode].append(gust.seconds)
        if gust.fault:
            faults += 1
            print(f"{gust.number} {gust.mode} {describe(gust.change)}\n{gust.change}\n{gust.fault}\n", flush=True)
        if gust.number in {1, given.changes // 10, given.changes // 2, given.changes}:
            gc.collect()
            plan = gust.outcome.plan
            marks.append(
                (f"{gust.number:,}", f"{resident_mb():.0f}", f"{len(plan.orders):,}", f"{len(plan.operations):,}")
            )
    rows = [
        (mode, f"{len(s):,}", *(f"{x:.3f}" for x in (s[0], statistics.median(s), max(s))), f"{max(s) / s[0]:.2f}")
        for mode, s in took.items()
        if s
    ]
    table(("planned by", "plans", "first CPU s", "median", "worst", "worst / first"), rows)
    table(("after change", "resident MB", "lines", "operations"), marks)
    table(("kind", "planned", "refused"), [(k, str(applied[k]), str(refused[k])) for k in sorted({*applied, *refused})])
    print(json.dumps({"faults": faults}))


if __name__ == "__main__":
    main()
