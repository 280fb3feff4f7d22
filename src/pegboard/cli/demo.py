"""`pegboard demo`: plan the built-in factory, and show it as a page where somebody sits at the terminal."""

import sys
import tempfile
from pathlib import Path

from pegboard.app.files import demo_factory
from pegboard.app.plants import brought_in
from pegboard.cli.console import line
from pegboard.cli.plan import run_plan
from pegboard.cli.serve import Serving, run_serve
from pegboard.scheduling.engines.dispatch import Options


def run_demo(out: Path, *, serve: bool, quiet: bool) -> int:
    """Plan and print; then, in a terminal, serve a plant of it that is gone when it ends; the exit code."""
    code = run_plan(demo_factory(), out, Options(), 0, keep_invalid=False, json=False, quiet=quiet)
    if code or not serve or not sys.stdout.isatty():
        return code
    line()
    with tempfile.TemporaryDirectory() as folder:
        address = f"sqlite:///{Path(folder) / 'plant.db'}"
        brought_in(address, demo_factory(), "pegboard demo", "the built-in factory")
        return run_serve(address, Serving(port=0, browser=True), quiet=quiet)
