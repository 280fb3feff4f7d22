"""`pegboard buffers`: the board of buffers, its picture, a supply shared among them, and a simulated life."""

import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from pegboard.app.buffers import Board, buffer_board, share_of, simulated
from pegboard.app.warm import PULLING
from pegboard.cli.console import line, table
from pegboard.cli.findings import show_findings
from pegboard.cli.work import worked
from pegboard.domain.plan import BufferPlan
from pegboard.insight.buffer_board import draw_board
from pegboard.planning.buffers.simulate import Simulated

BOARD = (
    *("item", "ADU", "DLT d", "TOR", "TOY", "TOG", "on hand", "on order", "qualified", "net flow", "%", "colour"),
    *("order", "wanted", "alert"),
)
LIFE = ("item", "green d", "yellow d", "red d", "out d", "lowest", "average", "target", "orders", "ordered")
MOST_DAYS, MOST_DEMAND = 36_500, 1_000


class Life(msgspec.Struct, frozen=True):
    """How the buffers are to be simulated."""

    days: int
    demand: float
    seed: int


def run_buffers(
    factory: Path,
    items: list[str],
    out: Path | None,
    life: Life | None,
    share: float | None,
    *,
    json: bool,
    quiet: bool,
) -> int:
    """Show the buffers of a factory, of these items if some are named."""
    wrong = _wrong_usage(life, share)
    if wrong:
        line(wrong)
        return 2
    board, _ = worked(lambda report: buffer_board(factory, report), quiet=quiet, kernel=PULLING)
    if not isinstance(board, Board):
        show_findings(board, json=json)
        return 1
    unknown = sorted(set(items) - {row.item for row in board.rows})
    if unknown or not board.rows:
        about = {*unknown} if unknown else {row.item for row in board.book.factory.items.values()}
        show_findings([f for f in board.findings if f.code.startswith("V2") and f.subject in about], json=False)
        line(f"no buffer of {', '.join(unknown)}" if unknown else "no buffer that can be sized")
        line("next     give items policy buffer, a row in buffers.csv and a profile in buffer_profiles.csv")
        return 1
    rows = [row for row in board.rows if not items or row.item in items]
    if out is not None:
        out.write_text(draw_board(rows), encoding="utf-8")
    if life is not None:
        chosen = {row.item for row in rows}
        found = [s for s in simulated(board, life.days, life.demand, life.seed) if s.item in chosen]
        _print(found) if json else _show_life(found, life)
    elif share is not None:
        given = share_of(board, rows, share)
        _print(given) if json else _show_share(rows, given, share)
    else:
        _print(rows) if json else _show_board(board, rows, factory, out)
    return 0


def _wrong_usage(life: Life | None, share: float | None) -> str:
    if life is not None and not 1 <= life.days <= MOST_DAYS:
        return f"--simulate {life.days} is no number of days from 1 to {MOST_DAYS}"
    if life is not None and (not 0 <= life.demand <= MOST_DEMAND or life.seed < 0):
        return f"--demand is a factor from 0 to {MOST_DEMAND}, and --seed a number of at least 0"
    if share is not None and not 0 <= share < float("inf"):
        return f"--share {share:g} is nothing to share; give a quantity"
    return ""


def _print(found: Any) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(found))
    line()


def _show_board(board: Board, rows: Sequence[BufferPlan], factory: Path, out: Path | None) -> None:
    zone = board.book.factory.zone
    table(BOARD, [_cells(row, zone) for row in rows], right=frozenset({*range(1, 11), 12}))
    if out is not None:
        line(f"written  {out}")
    line(f"next     pegboard buffers {factory} --simulate 365")


def _cells(row: BufferPlan, zone: ZoneInfo) -> tuple[str, ...]:
    numbers = (row.adu, row.dlt_days, row.tor, row.toy, row.tog, row.on_hand, row.on_order, row.qualified_demand)
    return (
        row.item,
        *(f"{number:g}" for number in (*numbers, row.net_flow)),
        "n/a" if row.priority_pct is None else f"{row.priority_pct:.1f}",
        row.colour.replace("_", " "),
        f"{row.order_qty:g}" if row.order_qty else "",
        "" if row.due is None else f"{datetime.fromtimestamp(row.due, zone):%Y-%m-%d}",
        row.alert.replace("_", " "),
    )


def _show_life(found: Sequence[Simulated], life: Life) -> None:
    def cells(s: Simulated) -> tuple[str, ...]:
        days = (s.green_days, s.yellow_days, s.red_days, s.dark_red_days)
        stock = (s.lowest, s.average, s.target)
        return (s.item, *(f"{d}" for d in days), *(f"{q:g}" for q in stock), f"{s.orders}", f"{s.ordered:g}")

    table(LIFE, [cells(s) for s in found], right=frozenset(range(1, 10)))
    out, all_days = sum(s.dark_red_days for s in found), life.days * len(found)
    line(f"{life.days} days at {life.demand:g} times the usual demand, seed {life.seed}: out on {out / all_days:.1%}")
    line(
        "next     where a buffer is out, raise its factors or hasten its supply; where average is far above target, cut"
    )


def _show_share(rows: Sequence[BufferPlan], given: dict[str, float], supply: float) -> None:
    def percent(qty: float, row: BufferPlan) -> str:
        return f"{100 * qty / row.tog:.1f}" if row.tog > 0 else "n/a"

    cells = [
        (
            b.item,
            f"{b.net_flow:g}",
            percent(b.net_flow, b),
            f"{given[b.item]:g}",
            percent(b.net_flow + given[b.item], b),
        )
        for b in rows
    ]
    table(("item", "net flow", "%", "share", "then %"), cells, right=frozenset(range(1, 5)))
    line(f"shared   {sum(given.values()):g} of {supply:g}")
    line("next     order or ship these quantities")
