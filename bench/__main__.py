"""Time the commands a planner types, each as a fresh process, and print a table.

Seconds differ between machines; the ratio to starting Python, measured in the same run, hardly does.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PEGBOARD = Path(sys.executable).with_name("pegboard.exe" if os.name == "nt" else "pegboard")


def seconds(command: list[str]) -> float:
    """Wall time of one run; a command that ends with 2 or more, or is killed, is an error."""
    began = time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    took = time.perf_counter() - began
    if done.returncode not in {0, 1}:
        raise SystemExit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr}")
    return took


def main() -> None:
    """Run every command in turn, so that a busy moment of the machine touches them all."""
    options = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    options.add_argument("--runs", type=int, default=5, help="runs of each command; the median is shown (default 5)")
    options.add_argument("--factory", default="examples/lamps", help="factory folder (default examples/lamps)")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as out:
        commands = {
            "python -c pass": [sys.executable, "-c", "pass"],
            "pegboard --help": [str(PEGBOARD), "--help"],
            f"pegboard plan {given.factory}": [str(PEGBOARD), "plan", given.factory, "--out", out],
        }
        for command in commands.values():  # numba's cache and the disk's are warm from here on
            seconds(command)
        took: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(given.runs):
            for name, command in commands.items():
                took[name].append(seconds(command))
    median = {name: statistics.median(times) for name, times in took.items()}
    base = median["python -c pass"]
    width = max(map(len, commands))
    print(f"{'command':{width}}  {'median s':>8}  {'min s':>7}  {'ratio':>6}")
    for name in commands:
        print(f"{name:{width}}  {median[name]:8.3f}  {min(took[name]):7.3f}  {median[name] / base:6.1f}")


if __name__ == "__main__":
    main()
