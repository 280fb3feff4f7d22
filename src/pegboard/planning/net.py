"""Net the demands for one item against stock and open supply, and form new lots for what remains.

Demands are served in the order of allocation; each takes what is reserved for its order, free stock (first expiring
first), open orders, what earlier lots left over, and then a new lot. Who needs what when is `explode.py`'s business.
"""

from collections.abc import Callable, Sequence
from functools import partial

import msgspec

from pegboard.domain.calendar import DAY, FAR
from pegboard.domain.record import Options
from pegboard.planning.lotsize import LotRule
from pegboard.tables.supply import SupplyKind

_EPS = 1e-9


class Draw(msgspec.Struct, gc=False):
    """A demand for an item: of line `line` itself (`work` -1), or of operation `op` of work order `work`."""

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


class Source(msgspec.Struct, gc=False):
    """A supply that is there or coming, with what is left of it.

    `preferred` names an order served first but not alone; a supply of one `variant` serves equal options only.
    """

    kind: SupplyKind
    id: str
    index: int
    left: float
    available: int
    expires: int = FAR
    reserved: str = ""
    preferred: str = ""
    variant: Options = ()


class Taken(msgspec.Struct, gc=False):
    """A quantity of a source given to a draw."""

    source: Source
    draw: Draw
    qty: float


NewLots = Callable[[Sequence[Draw], float], list[Source]]
"""Make new supply of a quantity for these draws; an empty list where that is impossible."""


def net(
    draws: list[Draw],
    sources: list[Source],
    rule: LotRule,
    new_lots: NewLots,
    earliest_new: int,
    allocation: str,
    expected_use: Callable[[Draw], int],
) -> tuple[list[Taken], list[tuple[Draw, float]]]:
    """What each draw takes from which source, and what nobody can give.

    An open order that comes later than needed is passed over only if a new one would be there sooner. With
    `batch_days` the shortages of that many days from the first one share a lot.
    """
    draws.sort(key=allocation_key(allocation))
    taken: list[Taken] = []
    short: list[tuple[Draw, float]] = []
    waiting: list[tuple[Draw, float]] = []
    window_end = -FAR
    sources.sort(key=lambda s: (s.kind != "stock", s.expires if s.kind == "stock" else 0, s.available, s.id))
    reserved = {s.reserved or s.preferred for s in sources} - {""}

    def close_window() -> None:
        if not waiting:
            return
        lots = new_lots([d for d, _ in waiting], sum(q for _, q in waiting))
        for draw, qty in waiting:
            missing = _take(draw, qty, lots, taken, lambda _: True)
            if missing > _EPS:
                short.append((draw, missing))
        sources.extend(s for s in lots if s.left > _EPS)
        waiting.clear()

    for draw in draws:
        if waiting and draw.need > window_end:
            close_window()
        left = draw.qty
        use = max(expected_use(draw), draw.need)
        patience = max(draw.need, earliest_new)

        if reserved and (draw.order in reserved or draw.line_id in reserved):
            own = [s for s in sources if (s.reserved or s.preferred) in (draw.order, draw.line_id)]
            left = _take(draw, left, own, taken, partial(_is_usable, draw, use, FAR))
        anybodys = [s for s in sources if not s.reserved] if reserved else sources
        left = _take(draw, left, anybodys, taken, partial(_is_usable, draw, use, patience))
        if left > _EPS:
            if not waiting:
                window_end = draw.need + int(rule.batch_days * DAY)
            waiting.append((draw, left))
            if rule.batch_days <= 0:
                close_window()
        if sources and sources[0].left <= _EPS:
            sources[:] = [s for s in sources if s.left > _EPS]
    close_window()
    return taken, short


def _is_usable(draw: Draw, use: int, patience: int, source: Source) -> bool:
    """Whether a source is unexpired at `use`, there within `patience`, and of the draw's variant if it is of one."""
    return source.expires > use and source.available <= patience and source.variant in ((), draw.options)


def allocation_key(allocation: str) -> Callable[[Draw], tuple[object, ...]]:
    """Who is served first: by need date, or by priority; then by the line's id, so that row order never matters."""
    if allocation == "priority":
        return lambda d: (d.priority, d.need, d.line, d.work, d.op)
    return lambda d: (d.need, d.priority, d.line, d.work, d.op)


def _take(
    draw: Draw, qty: float, sources: Sequence[Source], taken: list[Taken], allowed: Callable[[Source], bool]
) -> float:
    """Take up to `qty` from the sources in turn; what could not be taken is returned."""
    for source in sources:
        if qty <= _EPS:
            break
        if source.left > _EPS and allowed(source):
            part = min(qty, source.left)
            source.left = source.left - part if source.left - part > _EPS else 0.0
            qty -= part
            taken.append(Taken(source, draw, part))
    return max(qty, 0.0)
