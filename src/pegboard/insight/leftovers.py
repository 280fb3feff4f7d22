"""What a plan leaves to an order that comes later: of each item the supplies that nobody is pegged to, and when."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import compress

import msgspec
import numpy as np

from pegboard.domain.calendar import DAY, FAR
from pegboard.insight.planned import Planned
from pegboard.planning.byproducts import yielded
from pegboard.planning.explode import Exploder
from pegboard.planning.ledger import Ledger
from pegboard.planning.lotsize import rule_for
from pegboard.planning.net import Source
from pegboard.planning.on_top import Leftovers
from pegboard.planning.open_supply import OpenSupply
from pegboard.tables.joined import Kept

_EPS = 1e-9
_Key = tuple[str, str, int]
"""Kind, name and date of a supply."""


def leftovers(planned: Planned, kept: Kept) -> Leftovers:
    """The rest of stock, open orders, work orders and purchases, of what is kept of a plan.

    The safety stock of stocked items stays.
    """
    factory = planned.factory
    dated, made, bought = _taken(planned, kept)
    found: dict[str, list[Source]] = defaultdict(list)
    exploder = Exploder(factory)
    open_supply = OpenSupply(factory, planned.table, Ledger(factory, planned.table, [], exploder), frozenset())
    for item in sorted({*factory.lots, *factory.receipts}):
        for source in open_supply.sources(item):
            key = source.kind, source.id, source.available
            used = min(dated.get(key, 0.0), source.left)
            dated[key] = dated.get(key, 0.0) - used
            found[item].append(msgspec.structs.replace(source, left=source.left - used))
    for w in np.flatnonzero(kept.work).tolist():
        work = planned.supply.works[w]
        yields = [(work.item, work.good)]
        if work.item in factory.byproducts:
            yields.extend(yielded(planned.table, exploder, work))
        for item, qty in yields:
            rest = qty - made.get((w, item), 0.0)
            if rest > _EPS and (work.record is not None or factory.items[item].pegging != "hard"):
                found[item].append(_of_work(planned, w, item, rest))
    for i in np.flatnonzero(kept.purchase).tolist():
        purchase = planned.supply.purchases[i]
        rest = purchase.qty - bought.get(i, 0.0)
        if rest > _EPS and factory.items[purchase.item].pegging != "hard":
            due = planned.purchase_dates[i][1]
            expires = min(FAR, due + rule_for(factory, purchase.item).keeps)
            found[purchase.item].append(Source("purchase", purchase.po, -2 - i, rest, due, expires))
    return {item: tuple(_above_safety(rows, factory.items[item].safety_stock)) for item, rows in found.items()}


def _taken(planned: Planned, kept: Kept) -> tuple[dict[_Key, float], dict[tuple[int, str], float], dict[int, float]]:
    """What is pegged: of dated supplies, of work orders by item, and of purchases."""
    dated: dict[_Key, float] = defaultdict(float)
    made: dict[tuple[int, str], float] = defaultdict(float)
    bought: dict[int, float] = defaultdict(float)
    for link in compress(planned.supply.links, kept.link.tolist()):
        if link.supply_kind == "wo":
            made[link.index, link.item] += link.qty
        elif link.supply_kind == "purchase":
            bought[link.index] += link.qty
        else:
            dated[link.supply_kind, link.supply, link.available] += link.qty
    return dated, made, bought


def _of_work(planned: Planned, w: int, item: str, rest: float) -> Source:
    work, record = planned.supply.works[w], planned.factory.items[item]
    at = planned.available(w)
    keeps = FAR if record.shelf_life_days is None else int(record.shelf_life_days * DAY)
    order = work.record.order if work.record else ""
    return Source(
        "wo",
        work.wo,
        -2 - w,
        rest,
        at,
        min(FAR, at + keeps),
        reserved=order if record.pegging == "hard" else "",
        preferred=order,
        variant=work.options or None if item == work.item else None,
    )


def _above_safety(sources: list[Source], safety: float) -> Iterator[Source]:
    """The sources without the safety stock, which what is there first keeps."""
    for source in sources:
        kept = min(safety, source.left) if source.kind == "stock" else 0.0
        safety -= kept
        if source.left - kept > _EPS:
            yield msgspec.structs.replace(source, left=source.left - kept)
