"""Clear to build: which of the next work orders have their parts, allocated in the order in which they start.

Only stock on hand and open orders that come before the start count; what the plan would still buy or make does not,
but says when a missing part will be there. What the plan pegs to customer lines directly is left to them. Two policies:
`reserve` lets an earlier work order keep the parts it has while it waits for others; `skip` leaves them to a later one
that can be completed with them.
"""

from collections import defaultdict
from typing import Literal

import msgspec

from pegboard.domain.calendar import DAY
from pegboard.domain.factory import Factory
from pegboard.domain.plan import Plan, WorkOrderPlan
from pegboard.domain.quantity import round_down
from pegboard.insight.kit_supplies import EPS, Lot, lots_of
from pegboard.insight.pegging import Pegging

Policy = Literal["reserve", "skip"]
Status = Literal["full", "partial", "short"]


class Part(msgspec.Struct, frozen=True, gc=False):
    """A component of a work order: wanted, there by the start, and missing.

    `cover` is the supply it waits for and `covered_at` when that is there; blank and None where nothing is missing, or
    where nothing is planned to bring it.
    """

    item: str
    need: float
    available: float
    short: float
    cover: str
    covered_at: int | None


class Kit(msgspec.Struct, frozen=True, gc=False):
    """A work order and its parts: `complete` of them are there in full, and `buildable` of `qty` could be started."""

    wo: str
    item: str
    qty: float
    start: int
    priority: int
    orders: tuple[str, ...]
    status: Status
    complete: int
    buildable: float
    clear_at: int | None
    parts: tuple[Part, ...]


def clear_to_build(factory: Factory, plan: Plan, policy: Policy, days: float) -> list[Kit]:
    """The kits of the work orders that start within so many days, in order of start, priority and name.

    Those that have begun have drawn their parts, and only what they still draw is looked at.
    """
    pegging = Pegging(plan, factory)
    until = plan.now + int(days * DAY)
    works = [(w, *_whom(factory, pegging, w)) for w in plan.work_orders if w.start < until]
    works.sort(key=lambda row: (row[0].start, row[1], row[0].wo))
    lots = lots_of(factory, pegging)
    needs = {w.wo: _needs(pegging, w.wo) for w, _, _ in works}
    have = {w.wo: _allocate(lots, w, needs[w.wo], policy) for w, _, _ in works}
    return [_kit(factory, lots, w, p, orders, needs[w.wo], have[w.wo], policy) for w, p, orders in works]


def _whom(factory: Factory, pegging: Pegging, work: WorkOrderPlan) -> tuple[int, tuple[str, ...]]:
    """The most urgent priority among the customer lines that a work order serves, and their names."""
    lines = sorted(pegging.reach_of_work(work.wo))
    known = {line.id: factory.priority(line) for line in factory.lines}
    return min((known.get(line, 100) for line in lines), default=100), tuple(lines)


def _needs(pegging: Pegging, wo: str) -> dict[str, float]:
    found: dict[str, float] = defaultdict(float)
    for peg in pegging.by_demand.get(("wo", wo), ()):
        found[peg.item] += peg.qty
    return {item: round(found[item], 6) for item in sorted(found)}


def _allocate(
    lots: dict[str, list[Lot]], work: WorkOrderPlan, needs: dict[str, float], policy: Policy
) -> dict[str, float]:
    """What is there for a work order at its start, taken from the lots; left in them where `skip` finds no full kit."""
    found, taken = {}, []
    for item, wanted in needs.items():
        missing = wanted
        for lot in lots.get(item, ()):
            if lot.is_firm and lot.available <= work.start and lot.serves(work.wo, work.start) and missing > EPS:
                part = min(missing, lot.left)
                lot.left -= part
                missing -= part
                taken.append((lot, part))
        found[item] = round(wanted - max(0.0, missing), 6)
    if policy == "skip" and any(needs[item] - found[item] > EPS for item in needs):
        for lot, part in taken:
            lot.left += part
    return found


def _kit(
    factory: Factory,
    lots: dict[str, list[Lot]],
    work: WorkOrderPlan,
    priority: int,
    orders: tuple[str, ...],
    needs: dict[str, float],
    have: dict[str, float],
    policy: Policy,
) -> Kit:
    is_full = all(needs[item] - have[item] <= EPS for item in needs)
    keeps = is_full or policy == "reserve"
    parts = tuple(_part(lots, work, item, needs[item], have[item], keeps=keeps) for item in needs)
    complete = sum(p.short <= EPS for p in parts)
    share = min((p.available / p.need for p in parts if p.need > 0), default=1.0)
    buildable = work.qty if is_full else round_down(work.qty * share, factory.items[work.item].decimals)
    dates = [p.covered_at for p in parts if p.short > EPS or p.covered_at is not None]
    known = [t for t in dates if t is not None]
    return Kit(
        wo=work.wo,
        item=work.item,
        qty=work.qty,
        start=work.start,
        priority=priority,
        orders=orders,
        status="full" if is_full else "partial" if complete or buildable > 0 else "short",
        complete=complete,
        buildable=buildable,
        clear_at=work.start if is_full else max(known) if len(known) == len(dates) else None,
        parts=parts,
    )


def _part(lots: dict[str, list[Lot]], work: WorkOrderPlan, item: str, need: float, have: float, *, keeps: bool) -> Part:
    """A part with the supply that brings what it does not keep, of what is left once all kits are laid out."""
    missing = need - have if keeps else need
    used: list[Lot] = []
    for lot in lots.get(item, ()):
        if missing > EPS and lot.serves(work.wo, work.start):
            part = min(missing, lot.left)
            lot.left -= part
            missing -= part
            used.append(lot)
    last = max(used, key=lambda lot: lot.available) if used and missing <= EPS else None
    return Part(item, need, have, round(need - have, 6), last.name if last else "", last.available if last else None)
