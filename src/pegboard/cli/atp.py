"""`pegboard atp`: what of a stocked, bought or buffered item can still be promised, and when."""

from datetime import date
from pathlib import Path

from pegboard.app.answers import Asked
from pegboard.cli.asked import answer, number, records
from pegboard.cli.console import line, table
from pegboard.cli.findings import show_findings
from pegboard.insight.availability import Bucket, promises, refused


def run_atp(factory: Path | None, plan: Path | None, item: str, bucket: Bucket, *, json: bool, quiet: bool) -> int:
    """Show the periods in which the item comes or goes."""

    def show(found: Asked) -> int:
        if fault := refused(found.factory, item):
            show_findings([fault], json=json)
            return 1
        rows = promises(found.factory, found.plan, item, bucket)
        if json:
            return records(rows)
        shown = [
            (
                date.fromisoformat(r.start).strftime("%a %Y-%m-%d"),
                *(number(x) for x in (r.received, r.committed, r.atp, r.cumulative)),
            )
            for r in rows
        ]
        table((f"{bucket} from", "received", "committed", "ATP", "cumulative"), shown, right=frozenset({1, 2, 3, 4}))
        line(f"promise  {number(max(0.0, rows[0].cumulative))} {found.factory.items[item].uom} at once")
        line(f"next     pegboard pegs {item}")
        return 0

    return answer(factory, plan, show, json=json, quiet=quiet)
