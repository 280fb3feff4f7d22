"""`pegboard why ORDER --fix`: what can be done about a late order, and doing it."""

from pathlib import Path
from zoneinfo import ZoneInfo

from pegboard.app.files import Run
from pegboard.app.live import LivePlan
from pegboard.app.remedies import Proved, remedies
from pegboard.app.remedying import apply_remedy, choose
from pegboard.cli.asked import listed, moment, number, records
from pegboard.cli.console import line, table
from pegboard.cli.findings import show_findings
from pegboard.cli.work import worked
from pegboard.domain.finding import Finding
from pegboard.domain.remedy import Mending, Remedy
from pegboard.insight.chain import duration


def prove(run: Run, wanted: list[str], *, quiet: bool) -> list[Proved]:
    """What can be done about each of these lines of a plan."""
    assert run.outcome is not None
    live = LivePlan(run.outcome)
    return worked(lambda report: [remedies(live, name, report) for name in wanted], quiet=quiet)[0]


def show_remedies(found: list[Proved], zone: ZoneInfo, chosen: Path) -> None:
    """A table of remedies for each line, numbered through all of them."""
    first = 1
    for proved in found:
        _mending(proved.mending, first, zone)
        first += len(proved.mending.remedies)
    if first > 1:
        order = found[0].mending.line.partition("/")[0]
        line(f"next     pegboard why {order} {chosen} --apply 1 --out PLAN")


def _mending(mending: Mending, first: int, zone: ZoneInfo) -> None:
    if mending.says:
        line(f"fix      {mending.line}: {mending.says}")
    if mending.remedies:
        line(f"fix      {mending.line}, late by {duration(mending.lateness or 0)}")
        rows = [_row(first + i, remedy, zone) for i, remedy in enumerate(mending.remedies)]
        table(("n", "complete", "late", "gains", "costs", "moved", "hurts", "remedy"), rows, frozenset({0, 2, 3, 4, 5}))
    for r in mending.remedies:
        if r.cost is None:
            line(f"unknown  cost: {r.cost_unknown}")
            break
    for said in mending.in_vain:
        line(f"in vain  {said}")
    line()


def _row(n: int, r: Remedy, zone: ZoneInfo) -> tuple[str, ...]:
    late = duration(r.lateness) if r.lateness > 0 else "no"
    hurt = listed(tuple(f"{h.line} {duration(h.now - h.was)}{' late' if h.now > h.due else ''}" for h in r.hurt), 2)
    cost = "?" if r.cost is None else number(r.cost, 2)
    return str(n), moment(r.completion, zone), late, duration(r.gain), cost, f"{r.moved:,}", hurt or "nobody", r.how


def do_remedy(found: list[Proved], n: int, factory: Path, out: Path, *, json: bool, quiet: bool) -> int:
    """Apply a remedy and say what was written; the exit code."""
    chosen = choose(found, n)
    if isinstance(chosen, Finding):
        show_findings([chosen], json=json)
        return 1
    proved, number_of = chosen
    done, _ = worked(lambda report: apply_remedy(factory, proved, number_of, out, "", report), quiet=quiet)
    if done.is_refused:
        show_findings(done.findings, json=json)
        return 1
    remedy = proved.mending.remedies[number_of - 1]
    if json:
        return records({"applied": remedy, "changes": done.changes, "findings": done.findings})
    show_findings(done.findings, json=False)
    line(f"applied  {remedy.how}")
    line(f"journal  {len(done.changes):,} changes in {factory / 'changes.jsonl'}")
    line(f"written  {out}")
    line(f"next     pegboard why {proved.mending.line.partition('/')[0]} {factory}")
    return 0


def fixed(found: list[Proved]) -> list[Mending]:
    """What is printed as records."""
    return [proved.mending for proved in found]
