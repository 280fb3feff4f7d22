"""Compiled kernels do what their Python text says: operations and orders are the same without the compiler.

Guards against what numba compiles differently from Python: sizes of integers, division, the order of floating sums.
"""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

from tests.laws.folder import read_csv
from tests.laws.planning import plan
from tests.laws.random_factory import random_factory

SEEDS = (3, 7, 11, 19)


def hashes(folder: Path) -> dict[str, str]:
    """What each factory's plan came to, by seed and rule."""
    found = {}
    for seed in SEEDS:
        for rule in ("jit", "atc"):
            case = plan(random_factory(seed), folder / f"{seed}-{rule}", rule)
            rows = [
                sorted(row.items()) for name in ("operations", "orders") for row in read_csv(case.plan / f"{name}.csv")
            ]
            found[f"{seed} {rule}"] = hashlib.sha256(json.dumps(rows).encode()).hexdigest()
    return found


def test_compiled_kernels_equal_their_python_text(tmp_path: Path):
    """Small factories planned by this process, and by one in which numba compiles nothing."""
    command = [
        sys.executable,
        "-c",
        "from tests.laws.test_jit_equals_plain import plain; plain()",
        str(tmp_path / "plain"),
    ]
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "1", "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == hashes(tmp_path / "compiled")


def plain() -> None:
    """Print the hashes of the plans made in the folder named on the command line."""
    from numba import config

    assert config.DISABLE_JIT
    print(json.dumps(hashes(Path(sys.argv[1]))))
