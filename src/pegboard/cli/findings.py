"""Findings on screen, or as JSON lines of the records the plan folder holds."""

import sys
from collections.abc import Sequence

import msgspec

from pegboard.cli.console import line
from pegboard.domain.finding import Finding

SHOWN = 60


def show_findings(findings: Sequence[Finding], *, json: bool) -> None:
    """Each finding with its place and advice, the first sixty of each severity; all of them with `--json`."""
    if json:
        sys.stdout.buffer.write(msgspec.json.encode(findings))
        line()
        return
    for severity in ("error", "warning", "info"):
        chosen = [f for f in findings if f.severity == severity]
        for f in chosen[:SHOWN]:
            place = f"{f.source}: " if f.source else ""
            line(f"{severity:<8} {f.code}  {place}{f.what}")
            if f.advice:
                line(f"{'':14} {f.advice}")
        if len(chosen) > SHOWN:
            line(f"{severity:<8} and {len(chosen) - SHOWN:,} more; --json shows all")


def refuse(findings: Sequence[Finding]) -> int:
    """Say on stderr what is wrong with the command itself; the exit code for wrong usage."""
    for f in findings:
        sys.stderr.write(
            f"{f.severity:<8} {f.code}  {f.source}{': ' if f.source else ''}{f.what}\n{'':14} {f.advice}\n"
        )
    return 2
