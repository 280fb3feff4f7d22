"""Re-check a plan folder against its factory folder: `python -m tests.recheck FACTORY PLAN`."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tests.recheck.rules import examine


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Re-check a plan folder against its factory folder.")
    parser.add_argument("factory", type=Path)
    parser.add_argument("plan", type=Path)
    parser.add_argument("--max", type=int, default=50, help="violations to print (50)")
    chosen = parser.parse_args(arguments)
    ledger = examine(chosen.factory, chosen.plan)
    broken = Counter(sentence.split(":", 1)[0] for sentence in ledger.violations)
    print(f"{'rule':<14}{'checked':>10}{'violations':>12}")
    for rule in sorted({*ledger.checked, *broken}):
        print(f"{rule:<14}{ledger.checked[rule]:>10}{broken[rule]:>12}")
    for sentence in ledger.violations[: chosen.max]:
        print(sentence)
    if len(ledger.violations) > chosen.max:
        print(f"... and {len(ledger.violations) - chosen.max} more")
    return 1 if ledger.violations else 0


if __name__ == "__main__":
    sys.exit(main())
