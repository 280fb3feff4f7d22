"""What a choice of buffers costs, and which lead times it leaves: the problem as plain numbers.

A buffer cuts the way that lead times take through its item, and keeps a stock that grows with the item's own decoupled
lead time. That one shrinks again with buffers further down, so that no choice can be judged by itself.
"""

from collections.abc import Sequence

import msgspec

TICKS = 100
"""Lead times are whole hundredths of a day."""


class StockLine(msgspec.Struct, frozen=True, gc=False):
    """Average stock for decoupled lead times up to `until` ticks: the larger of two lines, in units of value.

    `slope` holds where the green zone covers lead time; `low_slope` and `base` where green is the least order.
    """

    until: int
    slope: int
    low_slope: int
    base: int

    def value(self, ticks: int) -> int:
        """Value of the average stock, top of red and half of green."""
        return max(self.slope * ticks, self.low_slope * ticks + self.base)


class Part(msgspec.Struct, frozen=True, gc=False):
    """A component by index, wanted `offset` ticks after the making of its parent begins."""

    item: int
    offset: int


class Positions(msgspec.Struct, frozen=True):
    """Items by index, components before their parents.

    Decoupled lead time is `own` plus the longest over `parts` that are not buffered; that of `wanted` items is to be
    short. Items that `may` be buffered keep a stock by `lines`, in order of lead time. A unit of value is `unit` of the
    factory's money: whole numbers make a proof of optimality one.
    """

    names: tuple[str, ...]
    own: tuple[int, ...]
    parts: tuple[tuple[Part, ...], ...]
    may: tuple[bool, ...]
    lines: tuple[tuple[StockLine, ...], ...]
    wanted: tuple[int, ...]
    unit: float

    def ticks(self, buffered: Sequence[bool]) -> list[int]:
        """Decoupled lead times under a choice of buffers."""
        found: list[int] = []
        for own, parts in zip(self.own, self.parts, strict=True):
            below = max((found[p.item] - p.offset for p in parts if not buffered[p.item]), default=0)
            found.append(own + max(below, 0))
        return found

    def stock(self, item: int, ticks: int) -> int:
        """Value of the stock of one buffer."""
        return next(line for line in self.lines[item] if ticks <= line.until).value(ticks)

    def stocks(self, buffered: Sequence[bool]) -> int:
        """Value of all stocks under a choice of buffers."""
        return sum(self.stock(i, t) for i, t in enumerate(self.ticks(buffered)) if buffered[i])

    def longest(self, buffered: Sequence[bool]) -> int:
        """The longest lead time of those wanted: what can be promised for all of them."""
        ticks = self.ticks(buffered)
        return max(ticks[i] for i in self.wanted)


class Choice(msgspec.Struct, frozen=True):
    """Buffers that keep a target: the value of their stock, and a value that no such choice can be below."""

    buffered: tuple[bool, ...]
    ticks: int
    value: int
    bound: int

    @property
    def is_exact(self) -> bool:
        """Whether no cheaper choice exists."""
        return self.bound >= self.value

    @property
    def gap_pct(self) -> float:
        """By how many per cent of its value a choice may be dearer than the cheapest."""
        return 0.0 if self.value <= self.bound else 100.0 * (self.value - self.bound) / self.value
