"""`pegboard leadtime`: own, cumulative and decoupled lead times of items."""

import sys
from pathlib import Path

import msgspec

from pegboard.app.files import factory_lead_times
from pegboard.cli.console import line, table
from pegboard.cli.findings import show_findings

HEAD = ("item", "own d", "cumulative d", "through", "decoupled d", "through")


def run_leadtime(factory: Path, items: list[str], *, json: bool) -> int:
    """Show the lead times of these items, of all that nobody else needs if none is named."""
    found, findings, ends = factory_lead_times(factory)
    if found is None:
        show_findings(findings, json=json)
        return 1
    known = {row.item for row in found}
    unknown = [item for item in items if item not in known]
    if unknown:
        line(f"no such item, or one that cannot be supplied: {', '.join(unknown)}")
        return 1
    chosen = [row for row in found if row.item in (items or ends)]
    if json:
        sys.stdout.buffer.write(msgspec.json.encode(chosen))
        line()
        return 0
    rows = [
        (
            row.item,
            f"{row.own_days:.1f}",
            f"{row.cumulative_days:.1f}",
            " < ".join(row.through),
            f"{row.decoupled_days:.1f}",
            " < ".join(row.decoupled_through),
        )
        for row in sorted(chosen, key=lambda r: (-r.decoupled_days, -r.cumulative_days, r.item))
    ]
    table(HEAD, rows, right=frozenset({1, 2, 4}))
    line("next     buffer or hasten an item at the end of the longest chains")
    return 0
