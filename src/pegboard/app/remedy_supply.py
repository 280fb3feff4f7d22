"""Expedite what a late line waits for: the purchase or open order that binds, by the fewest days that help."""

import math
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta

from pegboard.app.in_changed import tried, with_lead_time
from pegboard.app.trial import Price, Subject, Trial
from pegboard.domain.calendar import DAY, local_date, local_day
from pegboard.domain.change import SetLeadTime, SupplierDelay
from pegboard.domain.supply import ItemSupplier, PurchaseOrder
from pegboard.insight.lateness import LateCause

MOST = 2
"""Purchases that are tried."""
_AT_ONCE = 1.0
"""The shortest lead time of what nobody is known to sell: without any, it could not be bought."""


def expedited(subject: Subject, causes: Sequence[LateCause]) -> Iterator[Trial | str]:
    """A trial for each purchase that the line waits for, or why it cannot be hastened."""
    waits = [c for c in causes if c.kind == "material"][:MOST]
    for cause in waits:
        order = _open_order(subject, cause)
        found = _open(subject, order) if order else _new(subject, cause)
        if found:
            yield found


def _open_order(subject: Subject, cause: LateCause) -> PurchaseOrder | None:
    rows = subject.planned.factory.receipts.get(cause.subject, ())
    return next((po for po in rows if po.id == cause.supply), None)


def _open(subject: Subject, po: PurchaseOrder) -> Trial | str:
    zone = subject.planned.factory.zone
    there = local_date(po.promised or po.due, zone)
    most = (there - local_day(subject.now, zone)).days

    def asked(days: int) -> Trial | None:
        change = SupplierDelay(po=f"{po.po}/{po.line}", days=-days)
        day = there - timedelta(days=days)
        how = f"expedite purchase order {po.id} of {po.item} by {_days(days)}, to {day:%a %Y-%m-%d}"
        return tried(subject, "expedite", how, [change], Price(None, f"what {po.id} costs sooner is not known"))

    return _fewest(subject, most, asked) or f"expedite {po.id}: it gains nothing"


def _new(subject: Subject, cause: LateCause) -> Trial | str | None:
    supply, factory = subject.planned.supply, subject.planned.factory
    row = next((b for b in supply.purchases if b.po == cause.supply and b.item == cause.subject), None)
    if row is None:
        return None
    source, own = row.source, factory.items[row.item].lead_time_days
    usual = own if source is None or source.lead_time_days is None else source.lead_time_days
    least = _AT_ONCE if source is None else source.expedite_days or 0.0
    supplier = source.supplier if source else ""
    by = f" from {supplier}" if supplier else ""
    if usual <= least:
        return f"expedite {row.item}{by}: it cannot come sooner"

    def asked(days: int) -> Trial | None:
        lead = max(least, usual - days)
        change = SetLeadTime(supplier=supplier, item=row.item, days=lead)
        how = f"expedite {row.item}{by} by {_days(usual - lead)}, to a lead time of {_days(lead)}"
        return with_lead_time(subject, "expedite", how, change, _price(source, row.item))

    return _fewest(subject, math.ceil(usual - least), asked) or f"expedite {row.item}{by}: it gains nothing"


def _fewest(subject: Subject, most: int, asked: Callable[[int], Trial | None]) -> Trial | None:
    """The trial with the fewest days that bring the line on time, else with those beyond which it gains no more."""
    most = min(most, math.ceil((subject.done - subject.line.due) / DAY))
    best = asked(most) if most >= 1 else None
    if best is None or best.gain(subject) <= 0:
        return None
    target = max(best.completion[subject.line.id], subject.line.due)
    low, high = 1, most
    while low < high:
        days = (low + high) // 2
        trial = asked(days)
        if trial is not None and trial.completion[subject.line.id] <= target:
            best, high = trial, days
        else:
            low = days + 1
    return best


def _price(source: ItemSupplier | None, item: str) -> Price:
    if source is None or source.expedite_cost is None:
        return Price(None, f"{item} has no expedite_cost")
    return Price(source.expedite_cost)


def _days(n: float) -> str:
    return "1 day" if n == 1 else f"{n:g} days"
