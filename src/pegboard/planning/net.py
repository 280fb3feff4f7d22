"""Net the demands for one item against stock and open supply, and form new lots for what remains.

Demands are served in the order of allocation; each takes what is kept for its order, free stock (first expiring
first), open orders, what earlier lots left over, and then a new lot. Who needs what when is `explode.py`'s business.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Protocol

import msgspec

from pegboard.domain.calendar import FAR
from pegboard.domain.record import Options
from pegboard.planning.lotsize import LotRule
from pegboard.tables.supply import SupplyKind

_EPS = 1e-9


class Draw(msgspec.Struct, gc=False):
    """A demand for an item: of line `line` itself (`work` -1), of operation `op` of work order `work`, or (both -1)
    to stock.

    `options` are those that matter to the item. It `is_spare` where it fills up a stock that nobody has drawn so far
    down. Of a divided step `parts` are the quantities that `op` and the operations after it take of it.
    """

    item: str
    qty: float
    need: int
    priority: int
    line: int
    order: str
    line_id: str
    options: Options
    work: int
    op: int
    earliest: int
    is_released: bool = False
    is_spare: bool = False
    parts: tuple[float, ...] = ()
    customer: str = ""

    @property
    def owner(self) -> str:
        """The order it belongs to, or the existing work order."""
        return self.order or self.line_id

    def is_for(self, name: str) -> bool:
        """Whether a supply kept for an order, a line or a customer is kept for this draw."""
        return name in (self.order, self.line_id, self.customer)


class Source(msgspec.Struct, gc=False):
    """A supply that is there or coming, with what is left of it.

    It can be there at `available`, and is planned for `planned` where that is later. `reserved` names the order, line
    or customer that alone may take it, `preferred` an order served first but not alone; a supply of one `variant`
    serves equal ones only, one without serves all. A by-product is `made_by` a work order of another item.
    """

    kind: SupplyKind
    id: str
    index: int
    left: float
    available: int
    expires: int = FAR
    reserved: str = ""
    preferred: str = ""
    variant: Options | None = None
    planned: int = 0
    made_by: int = -1


class Taken(msgspec.Struct, gc=False):
    """A quantity of a source given to a draw."""

    source: Source
    draw: Draw
    qty: float


NewLots = Callable[[Sequence[Draw], float], list[Source]]
"""Make new supply of a quantity for these draws; an empty list where that is impossible."""


class Pairs(Protocol):
    """Says which sources may serve which draws whatever their dates, and is told which do."""

    def allows(self, source: Source, draw: Draw) -> bool:
        """Whether a source may serve a draw."""

    def note(self, source: Source, draw: Draw) -> None:
        """Hear that a draw has taken of a source."""


class AnyPairs:
    """All sources may serve all draws."""

    def allows(self, source: Source, draw: Draw) -> bool:  # noqa: ARG002 - all are alike
        """They may."""
        return True

    def note(self, source: Source, draw: Draw) -> None:
        """Nothing comes of it."""


def none_new(_draws: Sequence[Draw], _qty: float) -> list[Source]:
    """No new supply: the draws wait for what there is."""
    return []


def never(_qty: float) -> int:
    """No new supply is there before any other."""
    return FAR


class Netting:
    """The draws on one item and its supplies: `taken` grows as they are served, `short` is what nobody can give."""

    def __init__(self, draws: list[Draw], sources: list[Source], allocation: str, pairs: Pairs) -> None:
        draws.sort(key=allocation_key(allocation))
        sources.sort(key=_usual_order)
        self.draws, self.sources = draws, sources
        self.left = [d.qty for d in draws]
        self.taken: list[Taken] = []
        self.short: list[tuple[Draw, float]] = []
        self._pairs = pairs

    def add(self, sources: Iterable[Source]) -> None:
        """More supplies, at their place in the order of dates."""
        self.sources.extend(sources)
        self.sources.sort(key=_usual_order)

    def serve_kept(self) -> None:
        """Give what is kept for an order to that order, before all others are served."""
        kept = {s.reserved or s.preferred for s in self.sources} - {""}
        if not kept:
            return
        for k, draw in enumerate(self.draws):
            if draw.order in kept or draw.line_id in kept or draw.customer in kept:
                own = [s for s in self.sources if (name := s.reserved or s.preferred) and draw.is_for(name)]
                self.left[k] = self._take(draw, self.left[k], own, partial(self._is_usable, draw, FAR))

    def serve(
        self, rule: LotRule, new_lots: NewLots, earliest_new: Callable[[float], int], day_of: Callable[[int], int]
    ) -> None:
        """Serve all draws in turn, with new lots for what supplies do not cover.

        An open order that comes later than needed is passed over only if a new one would be there sooner:
        `earliest_new` says when, for a quantity. With `batch_days` the shortages of a variant in that many days from
        the first one share a lot; `day_of` numbers local days.
        """
        windows: dict[Options, list[tuple[Draw, float]]] = {}
        for draw, wanted in zip(self.draws, self.left, strict=True):
            waiting = windows.setdefault(draw.options, [])
            if waiting and not _share_a_lot(rule, waiting[0][0], draw, day_of):
                self._close_window(waiting, new_lots)
            patience = max(draw.need, earliest_new(wanted))
            missing = self._take(draw, wanted, self.sources, partial(self._is_usable, draw, patience))
            if missing > _EPS + 1e-12 * draw.qty:
                waiting.append((draw, missing))
                if rule.batch_days <= 0:
                    self._close_window(waiting, new_lots)
            if self.sources and self.sources[0].left <= _EPS:
                self.sources[:] = [s for s in self.sources if s.left > _EPS]
        for waiting in windows.values():
            self._close_window(waiting, new_lots)

    def _close_window(self, waiting: list[tuple[Draw, float]], new_lots: NewLots) -> None:
        """One supply for all that wait; who may not have of it gets one of his own."""
        if not waiting:
            return
        draws, wanted = zip(*waiting, strict=True)
        lots = new_lots(draws, sum(wanted))
        for draw, qty in waiting:
            missing = self._take(draw, qty, lots, lambda s, d=draw: self._pairs.allows(s, d))  # type: ignore[misc]
            if lots and missing > _EPS + 1e-12 * draw.qty and len(waiting) > 1:
                own = new_lots([draw], missing)
                missing = self._take(draw, missing, own, lambda _: True)
                lots.extend(own)
            if missing > _EPS + 1e-12 * draw.qty:
                self.short.append((draw, missing))
        self.sources.extend([s for s in lots if s.left > _EPS])
        waiting.clear()

    def _is_usable(self, draw: Draw, patience: int, source: Source) -> bool:
        """Whether a source is unexpired at the need, there within `patience`, and for draws like this one."""
        return (
            source.expires > draw.need
            and source.available <= patience
            and source.variant in (None, draw.options)
            and (not source.reserved or draw.is_for(source.reserved))
            and self._pairs.allows(source, draw)
        )

    def _take(self, draw: Draw, qty: float, sources: Sequence[Source], allowed: Callable[[Source], bool]) -> float:
        """Take up to `qty` from the sources in turn; what could not be taken is returned.

        Stock that is released after it is needed waits its turn among what is to come.
        """
        for source in _as_they_come(sources, draw.need):
            if qty <= _EPS:
                break
            if source.left > _EPS and allowed(source):
                part = min(qty, source.left)
                source.left = source.left - part if source.left - part > _EPS else 0.0
                qty -= part
                self.taken.append(Taken(source, draw, part))
                self._pairs.note(source, draw)
        return max(qty, 0.0)


def by_operation(taken: Sequence[Taken]) -> Iterator[tuple[Taken, int, float]]:
    """What each operation takes of what its draw was given: `(taken, operation, quantity)`.

    The parts of a divided step are served one after the other, so that the first has what is there first.
    """
    at: dict[int, tuple[int, float]] = {}
    for t in taken:
        parts, op, qty = t.draw.parts, t.draw.op, t.qty
        if not parts:
            yield t, op, qty
            continue
        part, served = at.get(id(t.draw), (0, 0.0))
        while qty > _EPS:
            while part < len(parts) - 1 and parts[part] - served <= _EPS:
                part, served = part + 1, 0.0
            given = qty if part == len(parts) - 1 else min(qty, parts[part] - served)
            yield t, op + part, given
            served += given
            qty -= given
        at[id(t.draw)] = (part, served)


def allocation_key(allocation: str) -> Callable[[Draw], tuple[object, ...]]:
    """Who is served first: work orders on the shop floor, then by need date or by priority, then by the line's id.

    What only fills up a stock comes last.
    """
    if allocation == "priority":
        return lambda d: (not d.is_released, d.is_spare, d.priority, d.need, d.line, d.work, d.op)
    return lambda d: (not d.is_released, d.is_spare, d.need, d.priority, d.line, d.work, d.op)


def _usual_order(s: Source) -> tuple[object, ...]:
    """Stock before what is to come; of stock what expires first, of the rest what comes first."""
    return (s.kind != "stock", s.expires if s.kind == "stock" else 0, _date(s), s.id)


def _as_they_come(sources: Sequence[Source], need: int) -> Sequence[Source]:
    """Sources in their usual order, in which stock comes first, but stock that is not there by `need` by its date."""
    if not any(s.kind == "stock" and s.available > need for s in sources):
        return sources
    there = [s for s in sources if s.kind == "stock" and s.available <= need]
    coming = [s for s in sources if s.kind != "stock" or s.available > need]
    return [*there, *sorted(coming, key=lambda s: (_date(s), s.id))]


def _date(source: Source) -> int:
    return max(source.available, source.planned)


def _share_a_lot(rule: LotRule, first: Draw, draw: Draw, day_of: Callable[[int], int]) -> bool:
    """Whether the shortage of a draw may be covered by one lot with that of the first."""
    return (
        abs(day_of(draw.need) - day_of(first.need)) <= rule.batch_days
        and abs(draw.need - first.need) <= rule.keeps
        and (not rule.single_order or draw.owner == first.owner)
    )
