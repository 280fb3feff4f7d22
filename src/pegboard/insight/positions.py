"""Where to buffer: each buffer with what it keeps and what it buys, each item with its promise."""

from collections.abc import Mapping, Sequence

import msgspec

from pegboard.planning.leadtime import Levels, chain, longest_ways, split
from pegboard.planning.positions.problem import TICKS, Choice, Positions


class Point(msgspec.Struct, frozen=True, gc=False):
    """A lead time in days that can be promised for all items asked for, and the average stock that this takes.

    The cheapest choice of buffers has a stock of at least `least_value`, the same where the choice is exact.
    """

    days: float
    stock_value: float
    buffers: int
    least_value: float

    @property
    def is_exact(self) -> bool:
        """Whether no cheaper choice exists."""
        return self.least_value >= self.stock_value

    @property
    def gap_pct(self) -> float:
        """By how many per cent of its value a choice may be dearer than the cheapest."""
        return 0.0 if self.is_exact else 100.0 * (self.stock_value - self.least_value) / self.stock_value


class Position(msgspec.Struct, frozen=True, gc=False):
    """A buffer of a choice: its lead time, daily usage and average stock, and what would be without it.

    Without it `needed_by` of the items asked for take longer than the target, and the longest takes `without_days`. A
    buffer that nobody needs is there because it lets dearer ones above it be smaller.
    """

    item: str
    decoupled_days: float
    adu: float
    stock_qty: float
    stock_value: float
    without_days: float
    needed_by: int


class Quote(msgspec.Struct, frozen=True, gc=False):
    """The lead time that can be promised for an item, before and after, and what the latter is spent on."""

    item: str
    today_days: float
    days: float
    touch_days: float
    queue_days: float
    wait_days: float
    closed_days: float
    given_days: float
    through: tuple[str, ...]


class Advice(msgspec.Struct, frozen=True):
    """The curve of stock against lead time, the choice for a target, and what it means for each item."""

    currency: str
    items: int
    candidates: int
    today: Point
    curve: tuple[Point, ...]
    target_days: float | None
    choice: Point | None
    positions: tuple[Position, ...]
    quotes: tuple[Quote, ...]


def point(problem: Positions, choice: Choice) -> Point:
    """A choice as a point of the curve."""
    return Point(choice.ticks / TICKS, choice.value * problem.unit, sum(choice.buffered), choice.bound * problem.unit)


def position_rows(
    problem: Positions, choice: Choice, target: int, adu: Mapping[str, float], cost: Mapping[str, float]
) -> tuple[Position, ...]:
    """The buffers of a choice, the dearest stock first."""
    ticks = problem.ticks(choice.buffered)
    rows: list[Position] = []
    for i, name in enumerate(problem.names):
        if choice.buffered[i]:
            other = problem.ticks([b and k != i for k, b in enumerate(choice.buffered)])
            value = problem.stock(i, ticks[i]) * problem.unit
            rows.append(
                Position(
                    name,
                    ticks[i] / TICKS,
                    adu[name],
                    value / cost[name] if cost[name] > 0 else 0.0,
                    value,
                    max(other[w] for w in problem.wanted) / TICKS,
                    sum(other[w] > target for w in problem.wanted),
                )
            )
    return tuple(sorted(rows, key=lambda r: (-r.stock_value, -r.needed_by, r.item)))


def quotes(levels: Levels, today: frozenset[str], buffered: frozenset[str], items: Sequence[str]) -> tuple[Quote, ...]:
    """What can be promised for each item with the buffers of today and with others, the longest first."""
    before = longest_ways(levels.own, levels.components, today)
    ways = longest_ways(levels.own, levels.components, buffered)
    rows = [
        Quote(i, before[i].days, ways[i].days, *split(levels, ways, i), through=chain(ways, i)) for i in sorted(items)
    ]
    return tuple(sorted(rows, key=lambda r: (-r.days, r.item)))
