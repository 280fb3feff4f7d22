"""Time the commands a planner types, each as a fresh process, and print what they took and what the plans are worth.

Seconds differ between machines. The ratios, to starting Python and to the yardstick (`yardstick.py`) measured between
the same runs, hardly do.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
PEGBOARD = Path(sys.executable).with_name("pegboard")
SIBLINGS = ("mto-10k", "mto-100k")
PASS, HELP = "python -c pass", "pegboard --help"


class Took(NamedTuple):
    """What one run of a command took; peak memory counts the largest process alone."""

    wall: float
    cpu: float
    peak_mb: float


def run(command: Sequence[str], **env: str) -> Took:
    """One run in a fresh process; a command that ends with 2 or more, or is killed, is an error."""
    with tempfile.TemporaryFile() as said:
        began = time.perf_counter()
        process = subprocess.Popen(command, cwd=ROOT, stdout=said, stderr=said, env={**os.environ, **env})
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in {0, 1}:
            said.seek(0)
            raise SystemExit(f"{' '.join(command)} ended with {process.returncode}:\n{said.read().decode()}")
    unit = 1 if sys.platform == "darwin" else 1024
    return Took(wall, used.ru_utime + used.ru_stime, used.ru_maxrss * unit / 1e6)


def yardstick(plan: Path) -> tuple[int, float]:
    """Operations of a plan, and the CPU seconds of dispatching them once."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.yardstick", str(plan)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    operations, seconds = done.stdout.split()
    return int(operations), float(seconds)


def middle(took: Sequence[Took]) -> Took:
    """The median of each figure."""
    return Took(*(statistics.median(column) for column in zip(*took, strict=True)))


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """An aligned table, all but the first column to the right."""
    widths = [max(len(row[i]) for row in [head, *rows]) for i in range(len(head))]
    for row in [head, *rows]:
        print("  ".join(f"{c:{'>' if i else '<'}{w}}" for i, (c, w) in enumerate(zip(row, widths, strict=True))))
    print()


def factories(given: Sequence[str]) -> list[Path]:
    """The example, then the factories given, else those in a sibling folder."""
    found = [Path(f) for f in given] or [
        p for name in SIBLINGS if (p := ROOT.parent / "shared" / "data" / name).exists()
    ]
    return [ROOT / "examples" / "lamps", *found]


def timed(names: Mapping[str, Sequence[str]], plans: Sequence[Path], runs: int) -> None:
    """Run everything in turn, so that a busy moment of the machine touches all of it, and print the medians."""
    took: dict[str, list[Took]] = {name: [] for name in names}
    unit: dict[str, list[float]] = {plan.name: [] for plan in plans}
    operations: dict[str, int] = {}
    for command in names.values():  # numba's cache and the disk's are warm from here on, and the plans are there
        run(command)
    for _ in range(runs):
        for name, command in names.items():
            took[name].append(run(command))
        for plan in plans:
            operations[plan.name], seconds = yardstick(plan)
            unit[plan.name].append(seconds)
    base = middle(took[PASS]).wall
    rows = []
    for name in names:
        wall, cpu, peak = middle(took[name])
        factory = name.removeprefix("plan ")
        one = statistics.median(unit[factory]) if factory in unit else None
        rows.append(
            (
                name,
                f"{operations[factory]:,}" if one else "",
                f"{wall:.3f}",
                f"{min(t.wall for t in took[name]):.3f}",
                f"{cpu:.3f}",
                f"{wall / base:.1f}",
                f"{one:.4f}" if one else "",
                f"{cpu / one:.1f}" if one else "",
                f"{peak:.0f}",
            )
        )
    head = ("command", "operations", "wall s", "min s", "CPU s", "x pass", "yardstick s", "x yardstick", "peak MB")
    table(head, rows)


def cold(plan: Callable[[Path], Sequence[str]], factory: Path) -> None:
    """The first run ever on a machine: the kernels are compiled into an empty folder."""
    with tempfile.TemporaryDirectory() as empty:
        took = run(plan(factory), NUMBA_CACHE_DIR=empty)
        size = sum(f.stat().st_size for f in Path(empty).rglob("*") if f.is_file())
    row = (f"plan {factory.name}", f"{took.wall:.1f}", f"{took.cpu:.1f}", f"{took.peak_mb:.0f}", f"{size / 1e6:.1f}")
    table(("first run, kernels compiled", "wall s", "CPU s", "peak MB", "cache MB"), [row])


def quality(plans: Sequence[Path]) -> None:
    """What the plans are worth, by their own `kpis.json`."""
    rows = []
    for plan in plans:
        k: dict[str, Any] = json.loads((plan / "kpis.json").read_text(encoding="utf-8"))
        tardiness = k["total_tardiness_days"] / k["orders"] if k["orders"] else 0.0
        rows.append(
            (
                plan.name,
                f"{k['orders']:,}",
                f"{k['on_time_pct']:.2f}",
                f"{tardiness:.4f}",
                f"{k['mean_lead_time_days']:.2f}",
                f"{k['objective']:.1f}",
                f"{k['bound']:.1f}",
                k["engine"],
            )
        )
    head = ("factory", "lines", "on time %", "mean tardiness d", "mean flow d", "objective", "bound", "engine")
    table(head, rows)


def machine() -> str:
    """Where this was measured."""
    cpu = next(
        (line.split(":")[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")),
        platform.processor() or platform.machine(),
    )
    return (
        f"{os.cpu_count()} CPUs ({cpu}), {platform.system()} {platform.machine()}, Python {platform.python_version()}"
    )


def _lines(path: str) -> list[str]:
    return Path(path).read_text(encoding="utf-8").splitlines() if Path(path).exists() else []


def main() -> None:
    """Print the machine, the timings, the first run, and the plans' quality."""
    options = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    options.add_argument("--runs", type=int, default=5, help="runs of each command; the median is shown (default 5)")
    options.add_argument("--factory", action="append", default=[], help="a factory to plan too; may be given again")
    options.add_argument("--no-cold", action="store_true", help="leave out the first run, which compiles the kernels")
    given = options.parse_args()
    if not hasattr(os, "wait4"):
        raise SystemExit("bench needs Linux or macOS, which tell what a finished process has used")
    with tempfile.TemporaryDirectory() as folder:
        chosen = factories(given.factory)
        plans = [Path(folder) / factory.name for factory in chosen]

        def plan(factory: Path) -> list[str]:
            return [str(PEGBOARD), "plan", str(factory), "--out", str(Path(folder) / factory.name), "--quiet"]

        commands = {PASS: [sys.executable, "-c", "pass"], HELP: [str(PEGBOARD), "--help"]}
        commands |= {f"plan {factory.name}": plan(factory) for factory in chosen}
        os.environ["XDG_STATE_HOME"] = folder  # the last factory planned stays what the user planned last
        print(f"{machine()}; medians of {given.runs} runs\n")
        timed(commands, plans, given.runs)
        if not given.no_cold:
            cold(plan, chosen[0])
        quality(plans)


if __name__ == "__main__":
    main()
