"""How late suppliers have been, learned from received purchase orders, and the safety time that follows from it.

A receipt's lateness is the days from the date that was planned on, the promised one or else the due one, to the day on
which it came. Purchases themselves are dated in `purchase.py`.
"""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from zoneinfo import ZoneInfo

import msgspec

from pegboard.domain.calendar import local_date, local_day
from pegboard.domain.factory import Factory
from pegboard.domain.supply import PurchaseOrder

ENOUGH = 8
"""From so many receipts on an item of a supplier is judged by its own; with fewer by all of the supplier's."""

Lateness = dict[tuple[str, str], tuple[float, ...]]
"""Days late by item and supplier; all of a supplier's under a blank item."""


class Reliability(msgspec.Struct, frozen=True, gc=False):
    """A supplier's record: share delivered by the promised day, mean lateness in days, and all of them, sorted."""

    otd_pct: float
    mean_days: float
    lateness: tuple[float, ...]

    def percentile(self, share: float) -> float:
        """The lateness that `share` percent of the deliveries did not exceed, by nearest rank."""
        rank = max(1, math.ceil(share / 100 * len(self.lateness) - 1e-9))
        return self.lateness[rank - 1]


class SupplierRecord(msgspec.Struct, frozen=True, gc=False):
    """What is known of a supplier, or of one item from it, and what planning makes of that; days.

    `item` is blank for the supplier as a whole. `receipts` and the figures after it are those of that row alone, None
    where nothing was received. `quoted_days` is the lead time agreed on, `safety_days` what `supplier_service` adds to
    it, from the supplier's whole record where the item's own is too short.
    """

    supplier: str
    item: str
    receipts: int
    otd_pct: float | None
    mean_days: float | None
    p80_days: float | None
    p95_days: float | None
    quoted_days: float | None
    safety_days: float | None
    planned_days: float | None


def reliability(lateness_days: Sequence[float]) -> Reliability:
    """Reliability from past deliveries, each its days after the promised day. Raises ValueError for none."""
    if not lateness_days:
        raise ValueError("no deliveries to judge a supplier by")
    on_time = sum(days <= 0 for days in lateness_days)
    n = len(lateness_days)
    return Reliability(100 * on_time / n, sum(lateness_days) / n, tuple(sorted(lateness_days)))


def safety_days(factory: Factory) -> Mapping[tuple[str, str], float]:
    """Days that are added to the lead time of each item and supplier; without an entry where that is nothing."""
    service = factory.policy.supplier_service
    if service <= 0:
        return {}
    lateness = lateness_days(factory)
    found = {}
    for row in factory.snapshot.item_suppliers:
        days = _safety(lateness, row.item, row.supplier, service)
        if days > 0:
            found[row.item, row.supplier] = days
    return found


def supplier_records(factory: Factory) -> list[SupplierRecord]:
    """One row for each supplier with receipts or items, and one for each of its items, by name."""
    lateness = lateness_days(factory)
    quoted = {}
    for row in factory.snapshot.item_suppliers:
        if row.item in factory.items:
            own = factory.items[row.item].lead_time_days
            quoted[row.supplier, row.item] = own if row.lead_time_days is None else row.lead_time_days
    keys = {(supplier, item) for item, supplier in lateness} | set(quoted) | {(s, "") for s, _ in quoted}
    return [_record(factory, lateness, supplier, item, quoted.get((supplier, item))) for supplier, item in sorted(keys)]


def lateness_days(factory: Factory) -> Lateness:
    """Days late of all received orders, by item and supplier and by supplier alone."""
    found: dict[tuple[str, str], list[float]] = defaultdict(list)
    today = local_day(factory.now, factory.zone)
    for po in factory.snapshot.purchase_orders:
        if po.supplier and (came := received_on(po, factory.zone)) and came <= today:
            days = (came - local_date(po.promised or po.due, factory.zone)).days
            found[po.item, po.supplier].append(days)
            found["", po.supplier].append(days)
    return {key: tuple(sorted(days)) for key, days in found.items()}


def received_on(po: PurchaseOrder, zone: ZoneInfo) -> date | None:
    """The local day on which all of a purchase order came: its `received`, unless only a part has come by then."""
    if po.received is None or 0 < po.received_qty < po.qty:
        return None
    return local_date(po.received, zone)


def _record(factory: Factory, lateness: Lateness, supplier: str, item: str, quoted: float | None) -> SupplierRecord:
    days = lateness.get((item, supplier), ())
    known = reliability(days) if days else None
    safety = None if quoted is None else _safety(lateness, item, supplier, factory.policy.supplier_service)
    return SupplierRecord(
        supplier=supplier,
        item=item,
        receipts=len(days),
        otd_pct=None if known is None else round(known.otd_pct, 2),
        mean_days=None if known is None else round(known.mean_days, 2),
        p80_days=None if known is None else known.percentile(80),
        p95_days=None if known is None else known.percentile(95),
        quoted_days=quoted,
        safety_days=safety,
        planned_days=None if quoted is None or safety is None else quoted + safety,
    )


def _safety(lateness: Lateness, item: str, supplier: str, service: float) -> float:
    """The percentile of the item's own record if it is long enough, else of the supplier's; never below zero."""
    own = lateness.get((item, supplier), ())
    days = own if len(own) >= ENOUGH else lateness.get(("", supplier), ())
    return max(0.0, reliability(days).percentile(service)) if days and service > 0 else 0.0
