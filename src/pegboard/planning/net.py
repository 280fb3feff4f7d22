"""Net the demands for one item against stock and open supply, and form new lots for what remains.

Demands are served in the order of allocation; each takes what is reserved for its order, free stock (first expiring
first), open orders, what earlier lots left over, and then a new lot. Who needs what when is `explode.py`'s business.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial

import msgspec

from pegboard.domain.calendar import FAR
from pegboard.domain.record import Options
from pegboard.planning.lotsize import LotRule
from pegboard.tables.supply import SupplyKind

_EPS = 1e-9


class Draw(msgspec.Struct, gc=False):
    """A demand for an item: of line `line` itself (`work` -1), or of operation `op` of work order `work`.

    Of a divided step `parts` are the quantities that `op` and the operations after it take of it.
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
    parts: tuple[float, ...] = ()


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


NewLots = Callable[[Sequence[Draw], float], list[Source]]
"""Make new supply of a quantity for these draws; an empty list where that is impossible."""


def net(
    draws: list[Draw],
    sources: list[Source],
    rule: LotRule,
    new_lots: NewLots,
    earliest_new: int,
    allocation: str,
    day_of: Callable[[int], int],
    barred: frozenset[tuple[str, str]],
) -> tuple[list[Taken], list[tuple[Draw, float]]]:
    """What each draw takes from which source, and what nobody can give.

    Supplies kept for an order serve it before all others. An open order that comes later than needed is passed over
    only if a new one would be there sooner. With `batch_days` the shortages of that many days from the first one share
    a lot; `day_of` numbers local days. `barred` holds pairs of a source and a line that must not meet.
    """
    draws.sort(key=allocation_key(allocation))
    taken: list[Taken] = []
    short: list[tuple[Draw, float]] = []
    waiting: list[tuple[Draw, float]] = []
    sources.sort(key=lambda s: (s.kind != "stock", s.expires if s.kind == "stock" else 0, s.available, s.id))
    left = [d.qty for d in draws]
    kept = {s.reserved or s.preferred for s in sources} - {""}
    if kept:
        for k, draw in enumerate(draws):
            if draw.order in kept or draw.line_id in kept:
                own = [s for s in sources if (s.reserved or s.preferred) in (draw.order, draw.line_id)]
                left[k] = _take(draw, left[k], own, taken, partial(_is_usable, draw, FAR, barred))
        sources[:] = [s for s in sources if not s.reserved]

    def close_window() -> None:
        lots = new_lots([d for d, _ in waiting], sum(q for _, q in waiting)) if waiting else []
        for draw, qty in waiting:
            missing = _take(draw, qty, lots, taken, lambda _: True)
            if missing > _EPS + 1e-12 * draw.qty:
                short.append((draw, missing))
        sources.extend(s for s in lots if s.left > _EPS)
        waiting.clear()

    for draw, wanted in zip(draws, left, strict=True):
        if waiting and abs(day_of(draw.need) - day_of(waiting[0][0].need)) > rule.batch_days:
            close_window()
        patience = max(draw.need, earliest_new)
        missing = _take(draw, wanted, sources, taken, partial(_is_usable, draw, patience, barred))
        if missing > _EPS + 1e-12 * draw.qty:
            waiting.append((draw, missing))
            if rule.batch_days <= 0:
                close_window()
        if sources and sources[0].left <= _EPS:
            sources[:] = [s for s in sources if s.left > _EPS]
    close_window()
    return taken, short


def _is_usable(draw: Draw, patience: int, barred: frozenset[tuple[str, str]], source: Source) -> bool:
    """Whether a source is unexpired at the need, there within `patience`, of the draw's variant, and not barred."""
    return (
        source.expires > draw.need
        and source.available <= patience
        and source.variant in ((), draw.options)
        and (not barred or (source.id, draw.line_id) not in barred)
    )


def allocation_key(allocation: str) -> Callable[[Draw], tuple[object, ...]]:
    """Who is served first: work orders on the shop floor, then by need date or by priority, then by the line's id."""
    if allocation == "priority":
        return lambda d: (not d.is_released, d.priority, d.need, d.line, d.work, d.op)
    return lambda d: (not d.is_released, d.need, d.priority, d.line, d.work, d.op)


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
