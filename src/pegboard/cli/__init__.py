"""The command line: a door without logic of its own."""

import sys


def main() -> None:
    """Entry point; an interruption while the program is still loading ends it as quietly as any other."""
    try:
        from pegboard.cli.main import main as run
    except KeyboardInterrupt:
        sys.exit(130)
    run()
