"""Time validating and exploding a deep factory in one warm process, and say how much memory the process took.

Without a folder the factory of `bench.deep` is made: 20,000 items on ten levels and 5,000 orders.
"""

import argparse
import resource
import statistics
import sys
import tempfile
import time
from pathlib import Path

from bench import deep
from bench.__main__ import machine, table
from pegboard.app.files import read
from pegboard.planning.pull import pull
from pegboard.planning.validate import validate
from pegboard.tables.process import ProcessTable

STAGES = ("validate", "explode, net and peg", "both")


def peak_mb() -> float:
    """The most memory this process has had at once."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 1e6


def main() -> None:
    """Print the median seconds of each stage, the size of what it found, and the peak memory."""
    options = argparse.ArgumentParser(prog="python -m bench.explode", description=(__doc__ or "").splitlines()[0])
    options.add_argument("factory", type=Path, nargs="?", help="a factory folder instead of the deep one")
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--runs", type=int, default=3, help="runs after one that warms up; the median is shown")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        snapshot = read(given.factory or deep.write(Path(folder), given.seed)).snapshot
    took: list[tuple[float, float, float]] = []
    for _ in range(given.runs + 1):
        began = time.perf_counter()
        valid, _ = validate(snapshot)
        shop = ProcessTable(valid)
        checked = time.perf_counter()
        supply = pull(valid, shop, {}, {}, {}, frozenset())
        ended = time.perf_counter()
        took.append((checked - began, ended - checked, ended - began))
    print(f"{machine()}; medians of {given.runs} runs after a first one\n")
    size = (f"{len(snapshot.items):,}", f"{len(supply.lines):,}", f"{len(supply.works):,}", f"{len(supply.links):,}")
    middle = [f"{statistics.median(column):.2f}" for column in zip(*took[1:], strict=True)]
    head = ("items", "lines", "work orders", "pegs", *(f"{name} s" for name in STAGES), "peak MB")
    table(head, [(*size, *middle, f"{peak_mb():.0f}")])


if __name__ == "__main__":
    main()
