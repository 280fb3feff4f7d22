"""What the commands that ask a plan share: getting it, printing records, days and quantities as people write them."""

import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from pegboard.app.answers import Asked, asked
from pegboard.app.files import last_factory
from pegboard.cli.console import line
from pegboard.cli.findings import show_findings
from pegboard.cli.work import worked


def answer(factory: Path | None, plan: Path | None, show: Callable[[Asked], int], *, json: bool, quiet: bool) -> int:
    """Get the plan, say what is doubtful about it, and let `show` answer from it; the exit code."""
    chosen = factory or (Path() if Path("items.csv").exists() else last_factory())
    if chosen is None:
        line("no factory has been planned yet")
        line("next     pegboard plan FACTORY --out PLAN, or name the factory")
        return 2
    found, _ = worked(lambda report: asked(chosen, plan, report), quiet=quiet)
    if isinstance(found, list):
        show_findings(found, json=json)
        return 1
    if not json:
        show_findings(found.findings, json=False)
    return show(found)


def records(value: Any) -> int:
    """Print records as JSON; the exit code."""
    sys.stdout.buffer.write(msgspec.json.encode(value))
    line()
    return 0


def day(t: int | None, zone: ZoneInfo) -> str:
    """An instant as the day it falls on; `-` for none."""
    return "-" if t is None else datetime.fromtimestamp(t, zone).strftime("%a %Y-%m-%d")


def moment(t: int | None, zone: ZoneInfo) -> str:
    """An instant as day and time; `-` for none."""
    return "-" if t is None else datetime.fromtimestamp(t, zone).strftime("%a %Y-%m-%d %H:%M")


def number(value: float | None, decimals: int | None = None) -> str:
    """A number as short as it is, or with so many decimals; `-` for none."""
    if value is None:
        return "-"
    return f"{value:,.{decimals}f}" if decimals is not None else f"{value:,.6f}".rstrip("0").rstrip(".")


def listed(names: tuple[str, ...], most: int = 3) -> str:
    """The first few of a list of names and how many more there are."""
    rest = f" +{len(names) - most}" if len(names) > most else ""
    return ", ".join(names[:most]) + rest
