"""The shortage view: what is missing by item and day for the work orders that are to start, and who needs it."""

from collections import defaultdict
from collections.abc import Sequence

import msgspec

from pegboard.domain.calendar import local_day
from pegboard.domain.factory import Factory
from pegboard.insight.kit import Kit, Part


class Shortage(msgspec.Struct, frozen=True, gc=False):
    """An item that is short for starts on a day: sums over the work orders that want it.

    `covered_at` is when the last of it comes, None where nothing is planned to bring it; `demands` are work orders and
    `orders` the customer lines behind them.
    """

    item: str
    day: str
    need: float
    available: float
    short: float
    covered_at: int | None
    demands: tuple[str, ...]
    orders: tuple[str, ...]


def shortages(factory: Factory, kits: Sequence[Kit]) -> list[Shortage]:
    """What is short, by item and local day of start."""
    found: dict[tuple[str, str], list[tuple[Kit, Part]]] = defaultdict(list)
    for kit in kits:
        day = local_day(kit.start, factory.zone).isoformat()
        for part in kit.parts:
            if part.short > 0:
                found[part.item, day].append((kit, part))
    return [_shortage(item, day, rows) for (item, day), rows in sorted(found.items())]


def _shortage(item: str, day: str, rows: list[tuple[Kit, Part]]) -> Shortage:
    dates = [part.covered_at for _, part in rows]
    known = [t for t in dates if t is not None]
    return Shortage(
        item=item,
        day=day,
        need=round(sum(part.need for _, part in rows), 6),
        available=round(sum(part.available for _, part in rows), 6),
        short=round(sum(part.short for _, part in rows), 6),
        covered_at=max(known) if len(known) == len(dates) else None,
        demands=tuple(kit.wo for kit, _ in rows),
        orders=tuple(sorted({line for kit, _ in rows for line in kit.orders})),
    )
