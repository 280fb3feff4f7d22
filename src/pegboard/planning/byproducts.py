"""What a work order yields besides its item, and how much must be started for so much of it."""

from collections.abc import Iterator

from pegboard.domain.factory import Factory
from pegboard.domain.item import BomLine
from pegboard.domain.quantity import round_down, round_up
from pegboard.planning.explode import Exploder
from pegboard.tables.process import ProcessTable
from pegboard.tables.supply import Work


def yielded(table: ProcessTable, exploder: Exploder, work: Work) -> Iterator[tuple[str, float]]:
    """By-products of a work order with their quantities, in whole least quantities of each."""
    for line in exploder.byproducts(work, table.processes[work.process].route):
        qty = output(table.factory, line, started_at(table, work.process, work.good, work.qty, line.step))
        if qty > 0:
            yield line.component, qty


def output(factory: Factory, line: BomLine, started: float) -> float:
    """What comes of a by-product line when so much is started, rounded down to its item's decimals."""
    gross = line.quantity(started) * line.yield_
    return round_down(gross, factory.items[line.component].decimals)


def to_start(line: BomLine, wanted: float) -> float:
    """How much must be started for so much of a by-product."""
    fixed = line.quantity(0.0)
    per = line.quantity(1.0) - fixed
    return max(0.0, (wanted / line.yield_ - fixed) / per) if per > 0 else 0.0


def started_at(table: ProcessTable, process: int, good: float, lot: float, step: int | None) -> float:
    """The quantity a step of a lot starts with, for so many good pieces; of the first step where none is named."""
    p = table.processes[process]
    row = next((r for r in range(p.first, p.end) if table.rows[r].number == step), p.start)
    if row == p.start or abs(table.rows[row].tail_yield - p.total_yield) <= 1e-12:
        return lot
    return round_up(good / table.rows[row].tail_yield, table.factory.items[p.item].decimals)
