"""Use cases about buffers: the board of today, what an added order changes, a shared supply, a simulated life."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from pegboard.app.files import read
from pegboard.app.outcome import Outcome
from pegboard.domain.finding import Finding, in_order
from pegboard.domain.plan import BufferPlan
from pegboard.insight.buffer_board import by_urgency
from pegboard.planning.buffers.book import BufferBook
from pegboard.planning.buffers.share import Claim, shared, shared_in_multiples
from pegboard.planning.buffers.simulate import Simulated, simulate
from pegboard.planning.buffers.stage import stage
from pegboard.planning.leadtime import decoupled_days
from pegboard.planning.lotsize import rule_for
from pegboard.planning.pull import pull
from pegboard.planning.validate import validate
from pegboard.tables.process import ProcessTable

Report = Callable[[str, float], None]


@dataclass(frozen=True)
class Board:
    """The buffers of a factory as they stand, the most urgent first, and what was found on the way."""

    book: BufferBook
    rows: tuple[BufferPlan, ...]
    findings: tuple[Finding, ...]


def buffer_board(path: Path, report: Report) -> Board | list[Finding]:
    """The buffers of a factory, drawn on by the orders that can be supplied; findings where it cannot be read.

    It is the first half of a plan: lines that no schedule could place count too.
    """
    report("reading", 0.0)
    reading = read(path)
    if reading.snapshot is None:
        return in_order(reading.findings)
    factory, faults = validate(reading.snapshot)
    report("pulling orders through the bill of materials", 0.3)
    table = ProcessTable(factory)
    supply = pull(factory, table, {}, {}, {}, frozenset())
    book = BufferBook(factory, decoupled_days(factory, table))
    findings = in_order([*reading.findings, *faults, *supply.findings])
    report("done", 1.0)
    return Board(book, tuple(by_urgency(supply.buffers)), tuple(findings))


def with_buffers_of_today(outcome: Outcome) -> Outcome:
    """The plan with its buffers as they stand under all its lines, also those fitted in after it was made.

    What they order stays what the plan makes and buys: what a line fitted in has drawn is ordered by the next plan.
    """
    planned = outcome.planned
    factory, supply = planned.factory, planned.supply
    left_out = {supply.lines[i].id: why for i, why in supply.unplanned.items()}
    today = {b.item: b for b in pull(factory, planned.table, left_out, {}, {}, frozenset()).buffers}
    rows = [
        msgspec.structs.replace(today[b.item], order_qty=b.order_qty, order_by=b.order_by, due=b.due)
        for b in supply.buffers
    ]
    return replace(outcome, planned=replace(planned, supply=msgspec.structs.replace(supply, buffers=rows)))


def simulated(board: Board, days: int, demand: float, seed: int) -> list[Simulated]:
    """All buffers over so many days, in the order of the board, with `demand` times what is usual."""
    place = {row.item: i for i, row in enumerate(board.rows)}
    return sorted(simulate(stage(board.book, board.rows, days, demand, seed)), key=lambda s: place[s.item])


def share_of(board: Board, rows: Sequence[BufferPlan], supply: float) -> dict[str, float]:
    """A supply shared among some buffers by net flow: in their multiples if all have one, else exactly."""
    factory = board.book.factory
    multiples = [rule_for(factory, b.item, factory.first_supplier(b.item)).multiple for b in rows]
    claims = [Claim(b.item, b.tog, b.net_flow, multiple) for b, multiple in zip(rows, multiples, strict=True)]
    share = shared_in_multiples if all(c.multiple > 0 for c in claims) else shared
    return share(supply, claims)
