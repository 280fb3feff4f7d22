"""`pegboard why`: the chain of an order's lead time, line by line."""

import sys
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from pegboard.app.files import last_factory
from pegboard.cli.console import line, table
from pegboard.cli.findings import refuse, show_findings
from pegboard.cli.plan import plan_with_progress
from pegboard.insight.chain import LABEL, duration
from pegboard.insight.explain import Explainer, Why
from pegboard.scheduling.engines.dispatch import Options
from pegboard.scheduling.rules import RuleError

CAUSES = 4


def run_why(order: str, factory: Path | None, rule: str, allowance: float | None, *, json: bool, quiet: bool) -> int:
    """Plan the factory again, which gives the same plan, and explain the lines of an order."""
    chosen = factory or (Path() if Path("items.csv").exists() else last_factory())
    if chosen is None:
        line("no factory has been planned yet")
        line("next     pegboard plan FACTORY --out PLAN, or pegboard why ORDER FACTORY")
        return 2
    if not chosen.exists() and Path(order).exists():
        order, chosen = str(chosen), Path(order)
    try:
        run, _ = plan_with_progress(chosen, Options(rule=rule, allowance_days=allowance), 0, quiet=quiet)
    except RuleError as fault:
        return refuse([fault.finding])
    if run.outcome is None:
        show_findings(run.findings, json=json)
        return 1
    lines = run.outcome.planned.supply.lines
    wanted = [i for i, x in enumerate(lines) if order in (x.record.order, x.id)]
    if not wanted:
        near = sorted({x.record.order for x in lines}, key=lambda name: (_distance(name, order), name))[:3]
        line(f"no open order {order} in {chosen}; near it: {', '.join(near)}")
        return 1
    explainer = Explainer(run.outcome.planned)
    found = [explainer.why(i) for i in wanted]
    if json:
        sys.stdout.buffer.write(msgspec.json.encode(found))
        line()
        return 0
    zone = run.outcome.planned.factory.zone
    for why in found:
        _show(why, run.outcome.planned.factory.now, zone)
    return 0


def _show(why: Why, now: int, zone: ZoneInfo) -> None:
    name = f"{why.order}/{why.line}"
    if why.completion is None:
        line(f"{name}  is not planned: {why.reason}")
        return
    late = why.completion - why.due
    how = (
        f"late by {duration(late)}: {_causes(why)}"
        if late > 0
        else f"on time, {duration(-late)} early"
        if late < 0
        else "on time"
    )
    line(f"{name}  complete {_when(why.completion, zone)}, due {_when(why.due, zone)}: {how}")
    rows = [(_when(s.start, zone), duration(s.seconds), LABEL[s.kind], s.what) for s in why.chain]
    if rows:
        table(("from", "took", "for", "what"), rows, right=frozenset({1}))
    line(f"sum      {duration(why.seconds)} from now, {_when(now, zone)}")
    totals: dict[str, int] = {}
    for s in why.chain:
        totals[LABEL[s.kind]] = totals.get(LABEL[s.kind], 0) + s.seconds
    line("of it    " + ", ".join(f"{k} {duration(v)}" for k, v in sorted(totals.items(), key=lambda kv: -kv[1])))
    if why.reason:
        line(f"cause    {why.cause}: {why.reason}")
    line()


def _causes(why: Why) -> str:
    """The largest causes of a lateness and how many there are besides."""
    rest = len(why.causes) - CAUSES
    more = f" and {rest} more" if rest > 0 else ""
    return ", ".join(c.words for c in why.causes[:CAUSES]) + more


def _when(t: int, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(t, zone).strftime("%a %Y-%m-%d %H:%M")


def _distance(a: str, b: str) -> int:
    """Letters that differ, counted from the end, where order numbers do."""
    return sum(x != y for x, y in zip(a[::-1].lower(), b[::-1].lower(), strict=False)) + abs(len(a) - len(b))
