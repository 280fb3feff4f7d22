"""Planned adjustments of a buffer: factors on usage, lead time and zones over days, and what a parent's bring along.

A promotion of a finished item makes its buffered components move faster too, by as much as it is made of them and
earlier by the time it takes to make it.
"""

from collections.abc import Iterable, Sequence

import msgspec


class Window(msgspec.Struct, frozen=True, gc=False):
    """A factor of a kind from the `first` to the `last` day, both included, running straight to `last_factor`."""

    kind: str
    first: int
    last: int
    factor: float
    last_factor: float

    def at(self, day: int) -> float:
        """The factor on a day; 1 outside of the window."""
        if not self.first <= day <= self.last:
            return 1.0
        if self.last == self.first:
            return self.factor
        return self.factor + (self.last_factor - self.factor) * (day - self.first) / (self.last - self.first)

    def changes(self) -> Iterable[int]:
        """The days on which the factor is another one than the day before."""
        if self.last_factor == self.factor:
            return (self.first, self.last + 1)
        return range(self.first, self.last + 2)


class Feeder(msgspec.Struct, frozen=True, gc=False):
    """A parent that draws `rate` a day of an item, `shift` days before it is itself wanted, with its usage windows."""

    windows: tuple[Window, ...]
    rate: float
    shift: int


class Adjustments(msgspec.Struct, frozen=True, gc=False):
    """All planned adjustments of one buffered item."""

    windows: tuple[Window, ...] = ()
    feeders: tuple[Feeder, ...] = ()

    def factor(self, kind: str, day: int) -> float:
        """The product of the factors of a kind that hold on a day."""
        return factor_on(self.windows, kind, day)

    def extra_usage(self, day: int) -> float:
        """What adjusted parents use of the item on a day beyond the usual: `(factor - 1) x rate` of each."""
        return sum(f.rate * (factor_on(f.windows, "adu", day + f.shift) - 1.0) for f in self.feeders)

    def changes(self) -> set[int]:
        """The days from which on a factor or an extra usage is another one than before."""
        own = {day for w in self.windows for day in w.changes()}
        return own | {day - f.shift for f in self.feeders for w in f.windows for day in w.changes()}


NONE = Adjustments()


def factor_on(windows: Sequence[Window], kind: str, day: int) -> float:
    """The product of the factors of a kind that hold on a day; 1 where none does."""
    product = 1.0
    for window in windows:
        if window.kind == kind:
            product *= window.at(day)
    return product
