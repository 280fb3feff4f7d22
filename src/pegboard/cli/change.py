"""`pegboard change`: what changes do to a factory, in a line each, and into its journal on request."""

import shlex
import sys
from pathlib import Path
from typing import Any

import msgspec

from pegboard.app.changing import Changed, ChangeUnreadableError, Tried, try_changes
from pegboard.cli.console import line
from pegboard.cli.findings import refuse, show_findings
from pegboard.cli.plan import counted
from pegboard.exchange import CHANGES_FILE


def run_change(factory: Path, changes: list[str], who: str, why: str, *, apply: bool, json: bool) -> int:
    """Show what each change does; 0 where all can be made, 1 where not, 2 for one that says nothing."""
    try:
        done = try_changes(factory, changes, who, why, keep=apply)
    except ChangeUnreadableError as wrong:
        return refuse(wrong.findings)
    if json:
        sys.stdout.buffer.write(msgspec.json.encode(_records(done)))
        line()
    else:
        _show(done, factory, changes, apply=apply)
    return 1 if done.is_refused else 0


def _records(done: Changed) -> dict[str, Any]:
    tried = [{"change": t.change, "says": t.says, "refused": t.is_refused, "findings": t.findings} for t in done.tried]
    return {"changes": tried, "findings": done.findings, "journal_length": done.length}


def _show(done: Changed, factory: Path, changes: list[str], *, apply: bool) -> None:
    for tried in done.tried:
        _show_one(tried)
    show_findings(done.findings, json=False)
    if done.is_refused:
        line("nothing was written" if apply else "nothing can be written like this")
        line(f"next     correct what is refused; pegboard validate {factory} reads the factory")
    elif done.length is None:
        line(f"next     pegboard change {factory} {shlex.join(changes)} --apply")
    else:
        line(f"written  {factory / CHANGES_FILE}, {counted(done.length, 'change')} in all")
        line(f"next     pegboard plan {factory} --out PLAN")


def _show_one(tried: Tried) -> None:
    line(f"{'refused' if tried.is_refused else 'change':<8} {tried.says}")
    for f in tried.findings:
        line(f"{f.severity:<8} {f.code}  {f.what}")
        if f.advice:
            line(f"{'':14} {f.advice}")
