"""`pegboard compare`: what a plan changes against another one, a sentence first, then the worst of everything."""

from collections.abc import Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

from pegboard.app.comparing import Compared, compare_plans
from pegboard.cli.asked import day, moment, number, records
from pegboard.cli.console import line, table
from pegboard.cli.findings import show_findings
from pegboard.cli.plan import counted
from pegboard.cli.work import worked
from pegboard.domain.plan import PurchasePlan
from pegboard.insight.comparing.comparison import Comparison
from pegboard.insight.comparing.lines import LineChange
from pegboard.insight.comparing.picture import draw_changes
from pegboard.insight.comparing.said import KINDS, headline

SHOWN = 8
ALL = 1 << 40


def run_compare(
    before: Path, after: Path, factory: Path | None, picture: Path | None, most: int, *, json: bool, quiet: bool
) -> int:
    """Compare two plan folders and print at most so many rows of each table; the exit code."""
    found, _ = worked(lambda report: compare_plans(before, after, factory, report), quiet=quiet)
    if not isinstance(found, Compared):
        show_findings(found, json=json)
        return 1
    c = found.comparison
    if picture is not None:
        picture.write_text(draw_changes(found.before, found.after, c), encoding="utf-8")
    if json:
        return records(c)
    show_comparison(c, most)
    show_findings(c.findings, json=False)
    if picture is not None:
        line(f"written  {picture}")
    line(f"next     {_next(c, after)}")
    return 0


def show_comparison(c: Comparison, most: int) -> None:
    """A sentence, then at most so many rows of each table, and an empty line."""
    line(headline(c))
    _summary(c)
    _lines(c, most)
    _payments(c, most)
    _moves(c, most)
    _supplies(c, most)
    _loads(c, most)
    _figures(c, most)
    line()


def _summary(c: Comparison) -> None:
    s = c.stability
    line(
        f"moved    {s.later:,} later, {s.earlier:,} earlier, {s.other_resource:,} to another resource, {s.frozen:,} in "
        f"the frozen zone; {s.mean_deviation_min / 60:,.1f} h on average, {sum(s.inversions.values()):,} pairs passed"
    )
    works, buys = ([change.kind for change in changes] for changes in (c.work_orders, c.purchases))
    for word, kinds in (("work    ", works), ("purchase", buys)):
        what = ", ".join(f"{kinds.count(kind):,} {kind}" for kind in ("added", "dropped", "quantity", "moved"))
        line(f"{word} {what}")
    line(f"ask      {counted(c.messages, 'message')} to suppliers about open orders, {c.messages_before:,} before")
    if c.bottleneck_before or c.bottleneck:
        line(f"busiest  {c.bottleneck or '-'}" + (f", before {c.bottleneck_before}" if _bottleneck_moved(c) else ""))
    money = (c.cost_before.total, c.cost.total)
    if None not in money:
        line(f"cost     {number(money[1], 2)}, before {number(money[0], 2)}")


def _bottleneck_moved(c: Comparison) -> bool:
    return c.bottleneck != c.bottleneck_before


def _lines(c: Comparison, most: int) -> None:
    zone = ZoneInfo(c.timezone)
    changed = [x for x in c.lines if x.kind != "kept"]
    rows = [
        (
            x.id,
            x.customer,
            KINDS[x.kind],
            moment(x.completion_before, zone),
            moment(x.completion, zone),
            "-" if x.later_min is None else f"{x.later_min / 1440:+,.2f}",
            "-" if x.lateness_min is None else f"{x.lateness_min / 1440:+,.2f}",
            _cause(x),
        )
        for x in changed[:most]
    ]
    head = ("order line", "customer", "is", "was complete", "now complete", "later d", "lateness d", "cause")
    _titled(head, rows, frozenset({5, 6}), len(changed))


def _cause(x: LineChange) -> str:
    return x.cause if x.cause == x.cause_before else f"{x.cause_before or '-'} > {x.cause or '-'}"


def _payments(c: Comparison, most: int) -> None:
    rows = [
        (p.pays, p.gains, p.resource, number(p.hours, 1), "-" if p.later_min is None else f"{p.later_min / 1440:+,.2f}")
        for p in c.payments[:most]
    ]
    _titled(("pays", "for", "mostly on", "h taken", "later d"), rows, frozenset({3, 4}), len(c.payments))


def _moves(c: Comparison, most: int) -> None:
    zone = ZoneInfo(c.timezone)
    rows = [
        (
            m.operation,
            m.resource_before if m.resource == m.resource_before else f"{m.resource_before} > {m.resource}",
            moment(m.setup_start_before, zone),
            moment(m.setup_start, zone),
            f"{m.later_min / 60:+,.1f}",
        )
        for m in c.stability.moves[:most]
    ]
    _titled(("operation", "resource", "was", "starts", "h"), rows, frozenset({4}), len(c.stability.moves))


def _supplies(c: Comparison, most: int) -> None:
    zone = ZoneInfo(c.timezone)
    grave = [x for x in c.work_orders if x.kind != "moved"]
    works = [
        (x.wo, x.item, x.kind, number(x.qty_before), number(x.qty), moment(x.end_before, zone), moment(x.end, zone))
        for x in grave[:most]
    ]
    _titled(("work order", "item", "is", "qty was", "qty", "ended", "ends"), works, frozenset({3, 4}), len(grave))
    buys = [
        (
            x.po or x.po_before,
            x.supplier,
            x.kind,
            number(x.qty_before),
            number(x.qty),
            moment(x.due_before, zone),
            moment(x.due, zone),
        )
        for x in c.purchases[:most]
    ]
    head = ("purchase", "supplier", "is", "qty was", "qty", "was due", "due")
    _titled(head, buys, frozenset({3, 4}), len(c.purchases))
    asked = [
        (x.po, x.item, x.supplier, *(_asked(rows, zone) for rows in (x.before, x.after)))
        for x in c.message_changes[:most]
    ]
    _titled(("open purchase", "item", "supplier", "asked", "ask now"), asked, frozenset(), len(c.message_changes))


def _asked(rows: Sequence[PurchasePlan], zone: ZoneInfo) -> str:
    """What is asked of a supplier, with what is wanted."""
    said = [
        f"{r.action} {f'to {day(r.need, zone)}' if r.action in ('expedite', 'defer') else number(r.qty)}" for r in rows
    ]
    return ", ".join(said) or "-"


def _loads(c: Comparison, most: int) -> None:
    changed = [x for x in c.loads if (x.hours, x.overtime) != (x.hours_before, x.overtime_before)]
    rows = [
        (
            x.resource,
            number(x.hours_before, 1),
            number(x.hours, 1),
            f"{x.hours - x.hours_before:+,.1f}",
            number(x.overtime_before, 1),
            number(x.overtime, 1),
        )
        for x in changed[:most]
    ]
    head = ("resource", "busy h was", "busy h", "change", "overtime h was", "overtime h")
    _titled(head, rows, frozenset(range(1, 6)), len(changed))


def _figures(c: Comparison, most: int) -> None:
    shown = [f for f in c.figures if most == ALL or f.before != f.after]
    rows = [
        (f.name, f.unit, number(f.before, 2), number(f.after, 2), _verdict(f.before, f.after, f.better)) for f in shown
    ]
    _titled(("figure", "unit", "was", "is", ""), rows, frozenset({2, 3}), len(rows))


def _verdict(before: float | None, after: float | None, better: str) -> str:
    if before is None or after is None or before == after or not better:
        return ""
    return "better" if (after > before) == (better == "more") else "worse"


def _titled(head: tuple[str, ...], rows: Sequence[tuple[str, ...]], right: frozenset[int], total: int) -> None:
    """A table below an empty line, if it has rows, and how many it does not show."""
    if not rows:
        return
    line()
    table(head, rows, right)
    if total > len(rows):
        line(f"and {total - len(rows):,} more; --all shows them")


def _next(c: Comparison, after: Path) -> str:
    worst = c.lines[0] if c.lines else None
    if worst and worst.kind in ("became_unplanned", "became_late", "later"):
        return f"pegboard why {worst.id}"
    return f"pegboard plot {after} --out plan.svg"
