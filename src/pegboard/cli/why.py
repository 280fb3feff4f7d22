"""`pegboard why`: the chain of an order's lead time, or all that wait for a resource, a purchase or an item."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from pegboard.app.files import Run, last_factory
from pegboard.cli.asked import records
from pegboard.cli.console import line, table
from pegboard.cli.findings import refuse, show_findings
from pegboard.cli.plan import plan_with_progress
from pegboard.cli.waiting import show_waiting
from pegboard.domain.finding import error
from pegboard.insight.chain import LABEL, duration
from pegboard.insight.explain import Explainer, Why
from pegboard.insight.waiting import Asked
from pegboard.scheduling.engines.dispatch import Options
from pegboard.scheduling.rules import RuleError

CAUSES = 4


def chosen_subject(order: str, factory: Path | None, resource: str, purchase: str, item: str) -> str | Asked | int:
    """What is asked about: an order by its name, or something to wait for; the exit code where it is not one thing.

    Beside something to wait for the only place that is left is the factory's.
    """
    things = [Asked("resource", resource), Asked("purchase", purchase), Asked("item", item)]
    named = [thing for thing in things if thing.name]
    if len(named) == 1 and not (order and factory):
        return named[0]
    if order and not named:
        return order
    return refuse(
        [error("C529", "why", "why asks about one thing", "name an order, or one --resource, --purchase or --item")]
    )


def run_why(order: str, factory: Path | None, options: Options, *, json: bool, quiet: bool) -> int:
    """Explain the lines of an order; the exit code."""
    if factory is not None and not factory.exists() and Path(order).exists():
        order, factory = str(factory), Path(order)
    chosen, run = _planned(factory, options, quiet=quiet)
    if isinstance(run, int):
        return run
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
        return records(found)
    zone = run.outcome.planned.factory.zone
    for why in found:
        _show(why, run.outcome.planned.factory.now, zone)
    return 0


def run_waiting(asked: Asked, factory: Path | None, options: Options, *, json: bool, quiet: bool) -> int:
    """Show who waits for a resource, a purchase or an item; the exit code."""
    chosen, run = _planned(factory, options, quiet=quiet)
    if isinstance(run, int):
        return run
    if run.outcome is None:
        show_findings(run.findings, json=json)
        return 1
    return show_waiting(asked, run.outcome, chosen, json=json)


def _planned(factory: Path | None, options: Options, *, quiet: bool) -> tuple[Path, Run | int]:
    """Plan the factory again, which gives the same plan; the exit code where there is no factory or no such rule."""
    chosen = factory or (Path() if Path("items.csv").exists() else last_factory())
    if chosen is None:
        line("no factory has been planned yet")
        line("next     pegboard plan FACTORY --out PLAN, or pegboard why ORDER FACTORY")
        return Path(), 2
    try:
        return chosen, plan_with_progress(chosen, options, 0, quiet=quiet)[0]
    except RuleError as fault:
        return chosen, refuse([fault.finding])


def _show(why: Why, now: int, zone: ZoneInfo) -> None:
    name = f"{why.order}/{why.line}"
    if why.completion is None:
        line(f"{name}  is not planned: {why.reason}")
        return
    late = why.completion - why.due
    how = f"late by {duration(late)}" if late > 0 else f"on time, {duration(-late)} early" if late < 0 else "on time"
    line(f"{name}  complete {_when(why.completion, zone)}, due {_when(why.due, zone)}: {how}")
    rows = [(_when(s.start, zone), duration(s.seconds), LABEL[s.kind], s.what) for s in why.chain]
    if rows:
        table(("from", "took", "for", "what"), rows, right=frozenset({1}))
    line(f"sum      {duration(why.seconds)} from now, {_when(now, zone)}")
    totals: dict[str, int] = {}
    for s in why.chain:
        totals[LABEL[s.kind]] = totals.get(LABEL[s.kind], 0) + s.seconds
    line("of it    " + ", ".join(f"{k} {duration(v)}" for k, v in sorted(totals.items(), key=lambda kv: -kv[1])))
    if why.causes:
        line(f"late by  {duration(late)}: {_causes(why)}")
    if why.reason:
        line(f"cause    {why.cause}: {why.reason}")
    line()


def _causes(why: Why) -> str:
    """The largest causes of a lateness; the rest as one, so that what is said sums to it."""
    rest = why.causes[CAUSES:]
    others = [f"{duration(sum(c.seconds for c in rest))} in {len(rest)} smaller waits"] if rest else []
    return ", ".join([*(c.words for c in why.causes[:CAUSES]), *others])


def _when(t: int, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(t, zone).strftime("%a %Y-%m-%d %H:%M")


def _distance(a: str, b: str) -> int:
    """Letters that differ, counted from the end, where order numbers do."""
    return sum(x != y for x, y in zip(a[::-1].lower(), b[::-1].lower(), strict=False)) + abs(len(a) - len(b))
