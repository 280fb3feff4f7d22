"""`pegboard dispatch`: what a resource does in which order, on screen and on paper."""

from pathlib import Path
from zoneinfo import ZoneInfo

from pegboard.app.answers import Asked
from pegboard.app.dispatch_list import Lists, dispatch_lists, printed
from pegboard.app.instants import end_of
from pegboard.cli.asked import answer, listed, moment, number, records
from pegboard.cli.console import line, table
from pegboard.cli.findings import refuse, show_findings
from pegboard.domain.finding import Finding
from pegboard.exchange.atomic import replacing
from pegboard.insight.dispatch_list import Dispatched

HEAD = ("begin", "end", "work order", "step", "item", "qty", "setup min", "family", "with", "for", "due", "fetch")


def run_dispatch(
    factory: Path, resource: str, until: str, pdf: Path | None, plan: Path | None, *, json: bool, quiet: bool
) -> int:
    """Show the dispatch list of a resource, or of all, and write it as PDF."""

    def show(found: Asked) -> int:
        last = end_of(until, found.factory.zone)
        if isinstance(last, Finding):
            return refuse([last])
        lists = dispatch_lists(found.factory, found.plan, resource, last)
        if isinstance(lists, Finding):
            show_findings([lists], json=json)
            return 1
        if pdf is not None:
            with replacing(pdf.parent) as files:
                files.write(pdf.name, printed(found.factory, found.plan, lists))
        if json:
            return records(lists)
        _show(found, lists)
        if pdf is not None:
            line(f"written  {pdf}")
        line(f"next     pegboard {'alerts' if pdf is not None else f'dispatch {factory} --pdf FILE'}")
        return 0

    return answer(factory, plan, show, json=json, quiet=quiet)


def _show(found: Asked, lists: Lists) -> None:
    for name, rows in lists.items():
        known = found.factory.resources.get(name)
        line(f"{name}  {known.name if known else ''}".rstrip())
        table(HEAD, [_row(row, found.factory.zone) for row in rows], right=frozenset({5, 6}))
        line()


def _row(row: Dispatched, zone: ZoneInfo) -> tuple[str, ...]:
    return (
        moment(row.setup_start, zone),
        moment(row.end, zone),
        row.wo,
        f"{row.step} {row.name}".strip(),
        row.item,
        number(row.qty),
        number(row.setup_min, 0),
        row.family,
        listed(row.with_, 2),
        row.order,
        moment(row.due, zone),
        listed(tuple(f"{number(f.qty)} {f.item}{'' if f.is_there else ' (to come)'}" for f in row.fetch), 3),
    )
