"""`pegboard leadtime`: own, cumulative and decoupled lead times of items, and where to buffer to shorten them."""

import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from pegboard.app.files import factory_lead_times
from pegboard.app.positions import advise
from pegboard.cli.console import line, table
from pegboard.cli.findings import show_findings
from pegboard.cli.work import worked
from pegboard.insight.positions import Advice, Point, Position, Quote
from pegboard.insight.stock_curve import draw_curve

SPENT = ("touch", "queue", "wait", "closed", "given")
SHOWN = 30


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
            *(f"{days:.1f}" for days in (row.own_days, row.cumulative_days, row.decoupled_days)),
            *(f"{getattr(row, f'{what}_days'):.1f}" for what in SPENT),
            " < ".join(row.decoupled_through),
        )
        for row in sorted(chosen, key=lambda r: (-r.decoupled_days, -r.cumulative_days, r.item))
    ]
    table(("item", "own d", "cumulative d", "decoupled d", *SPENT, "through"), rows, right=frozenset(range(1, 9)))
    line(f"next     pegboard leadtime {factory} --target DAYS")
    return 0


def run_positions(
    factory: Path, items: list[str], target: float | None, out: Path | None, *, json: bool, quiet: bool
) -> int:
    """Show where to buffer for a target, and draw what each target takes."""
    if target is not None and not 0 <= target < float("inf"):
        line(f"--target {target:g} is no lead time; give days from 0 up")
        return 2
    found, _ = worked(lambda report: advise(factory, items, target, report), quiet=quiet)
    if found.advice is None:
        show_findings(found.findings, json=json)
        return 1
    if out is not None:
        out.write_text(draw_curve(found.name, found.advice), encoding="utf-8")
    if json:
        sys.stdout.buffer.write(msgspec.json.encode(found.advice))
        line()
    else:
        _show(found.advice)
        show_findings(found.findings, json=False)
        if out is not None:
            line(f"written  {out}")
        _show_next(factory, found.advice)
    return int(any(f.severity == "error" for f in found.findings))


def _show(advice: Advice) -> None:
    money = f"stock {advice.currency}".rstrip()
    curve = [(f"{p.days:.2f}", f"{p.stock_value:,.0f}", f"{p.buffers}", _proof(p)) for p in advice.curve]
    table(("longest d", money, "buffers", ""), curve, right=frozenset({0, 1, 2}))
    if advice.choice is not None:
        line()
        _show_positions(advice.positions, money)
    line()
    _show_quotes(advice.quotes)
    line()
    line(f"asked    {advice.items:,} items, made of {advice.candidates:,} that may be buffered")
    line(f"today    {_said(advice.today, advice.currency)}")
    if advice.choice is not None:
        line(f"target   {advice.target_days:g} d: {_said(advice.choice, advice.currency)}; {_proof(advice.choice)}")


def _show_positions(positions: Sequence[Position], money: str) -> None:
    rows = [
        (
            p.item,
            f"{p.decoupled_days:.1f}",
            f"{p.adu:,.2f}",
            f"{p.stock_qty:,.1f}",
            f"{p.stock_value:,.0f}",
            f"{p.without_days:.1f}",
            f"{p.needed_by:,}" if p.needed_by else "others are smaller",
        )
        for p in positions[:SHOWN]
    ]
    table(("buffer", "decoupled d", "adu", "stock", money, "without it d", "needed by"), rows, frozenset(range(1, 7)))
    _show_rest(len(positions))


def _show_quotes(quotes: Sequence[Quote]) -> None:
    rows = [
        (
            q.item,
            f"{q.today_days:.1f}",
            f"{q.days:.1f}",
            *(f"{getattr(q, f'{what}_days'):.1f}" for what in SPENT),
            " < ".join(q.through),
        )
        for q in quotes[:SHOWN]
    ]
    table(("item", "today d", "then d", *SPENT, "through"), rows, frozenset(range(1, 8)))
    _show_rest(len(quotes))


def _show_rest(count: int) -> None:
    if count > SHOWN:
        line(f"and {count - SHOWN:,} more; --json shows all")


def _said(point: Point, currency: str) -> str:
    stock = f"{point.stock_value:,.0f} {currency}".rstrip()
    return f"{point.days:.2f} d for {point.buffers} buffers with an average stock of {stock}"


def _proof(point: Point) -> str:
    if point.is_exact:
        return "exact"
    return f"within {point.gap_pct:.1f} %" if point.least_value > 0 else "not proven"


def _show_next(factory: Path, advice: Advice) -> None:
    if advice.choice is None:
        line(f"next     pegboard leadtime {factory} --target DAYS")
    elif advice.choice.buffers == 0:
        line(f"next     nothing is to be buffered for that; pegboard leadtime {factory} --target with fewer days")
    else:
        line("next     set policy to buffer in items.csv for them, and give each a row in buffers.csv")
