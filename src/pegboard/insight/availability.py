"""What of a stocked, bought or buffered item can still be promised, by day or week: the plan's view of its stock.

Receipts are all supplies of the plan, those it proposes included, since what they are pegged to is committed. A
commitment falls when the plan takes it: on its need, or when its supply is there if that is later.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Literal

import msgspec

from pegboard.domain.calendar import bounds, local_day, receipt_instant
from pegboard.domain.factory import Factory
from pegboard.domain.finding import Finding, error
from pegboard.domain.plan import Plan
from pegboard.insight.pegging import Pegging, SupplyKey, key_of
from pegboard.planning.atp import available_to_promise

Bucket = Literal["day", "week"]


class Period(msgspec.Struct, frozen=True, gc=False):
    """A day, or a week from Monday, in which something comes or goes; the first one begins today.

    `atp` is what its receipts leave until the next receipt, `cumulative` what can be promised by its end.
    """

    item: str
    start: str
    received: float
    committed: float
    atp: float
    cumulative: float


def refused(factory: Factory, item: str) -> Finding | None:
    """Why an item has no available-to-promise: there is none of the name, or it is made to order."""
    record = factory.items.get(item)
    if record is None:
        return error("S363", item, f"there is no item {item}", "see items.csv for the names")
    if factory.supply[item] == "buy" or record.policy != "mto":
        return None
    what = f"{item} is made to order: what can be promised depends on capacity, not on stock"
    return error("S365", item, what, "see its orders with pegboard why, or keep it in stock or a buffer")


def promises(factory: Factory, plan: Plan, item: str, bucket: Bucket) -> list[Period]:
    """Available to promise of an item, in the periods in which something comes or goes; stock on hand in the first."""
    pegging = Pegging(plan, factory)
    received, committed = _flows(factory, pegging, item)
    today = local_day(factory.now, factory.zone)
    starts = sorted({_start(day, today, bucket) for day in (today, *received, *committed)})
    place = {start: k for k, start in enumerate(starts)}
    receipts, commitments = [0.0] * len(starts), [0.0] * len(starts)
    for flow, sums in ((received, receipts), (committed, commitments)):
        for day, qty in flow.items():
            sums[place[_start(day, today, bucket)]] += qty
    found = available_to_promise(0.0, receipts, commitments)
    rows = zip(starts, receipts, commitments, found.discrete, found.cumulative, strict=True)
    return [Period(item, start.isoformat(), *(round(x, 6) for x in numbers)) for start, *numbers in rows]


def _flows(factory: Factory, pegging: Pegging, item: str) -> tuple[dict[date, float], dict[date, float]]:
    """What comes and what is committed, by local day; nothing before today."""
    received: dict[date, float] = defaultdict(float)
    committed: dict[date, float] = defaultdict(float)
    for when, qty in _receipts(factory, pegging, item):
        received[local_day(max(when, factory.now), factory.zone)] += qty
    for peg in pegging.plan.pegs:
        if peg.item == item:
            committed[local_day(max(peg.need, peg.available, factory.now), factory.zone)] += peg.qty
    return received, committed


def _receipts(factory: Factory, pegging: Pegging, item: str) -> Iterator[tuple[int, float]]:
    """`(when, quantity)` of the item's stock, open orders that are not past due, and planned supplies.

    What is kept for one order brings no more than that order takes of it: nobody else can be promised the rest.
    """
    hard: dict[SupplyKey, float] = defaultdict(float)
    for peg in pegging.plan.pegs:
        if peg.item == item and peg.kind == "hard":
            hard[key_of(peg)] += peg.qty
    for lot in factory.lots.get(item, ()):
        key = ("stock", f"{item}:{lot.lot}" if lot.lot else item, item)
        qty = min(lot.qty, hard[key]) if lot.reserved_for else lot.qty
        hard[key] -= qty if lot.reserved_for else 0.0
        if lot.expires is None or bounds(lot.expires, lot.expires, factory.zone)[0] > factory.now:
            when = lot.available_from
            yield factory.now if when is None else receipt_instant(when, factory.calendar, factory.zone), qty
    reserved = {("po", po.id, item) for po in factory.receipts.get(item, ()) if po.reserved_for}
    for key, supply in pegging.supplies.items():
        is_past_due = supply.kind == "po" and supply.available < factory.now
        if supply.item == item and supply.kind != "stock" and supply.qty is not None and not is_past_due:
            yield supply.available, pegging.pegged(key) if key in reserved or hard[key] > 0 else supply.qty


def _start(day: date, today: date, bucket: Bucket) -> date:
    """The first day of a bucket, today for the current one."""
    first = day - timedelta(days=day.weekday()) if bucket == "week" else day
    return max(first, today)
