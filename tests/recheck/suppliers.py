"""What suppliers deliver in a week, and how late they are by their history."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta

from tests.recheck.case import Case
from tests.recheck.factory import Factory
from tests.recheck.ledger import Ledger
from tests.recheck.values import EPS, Row, as_number

ENOUGH = 8  # receipts of an item from a supplier that say how late that item is


def check_weekly_receipts(case: Case, ledger: Ledger) -> None:
    """ "What arrives from one supplier in one local week from Monday, open purchase orders included, sums to at most
    weekly_qty; a lot that is larger on its own has a week to itself"."""
    weeks: dict[tuple[str, date], list[tuple[bool, float]]] = defaultdict(list)  # is it new, and how much
    for po in case.purchase_orders:
        weeks[po.supplier, monday(case, po.available)].append((False, po.qty))
    for purchase in case.plan.purchases:
        if purchase.action == "order" and purchase.due is not None:
            weeks[purchase.supplier, monday(case, purchase.due)].append((True, purchase.qty))
    for (supplier, week), lots in weeks.items():
        limit = as_number(case.factory.suppliers.get(supplier, {}).get("weekly_qty", ""))
        if limit is None or not any(is_new for is_new, _ in lots):
            continue
        total = sum(qty for _, qty in lots)
        ok = total <= limit + EPS or len(lots) == 1
        ledger.test("weekly-quantity", ok, f"{supplier} delivers {total:g} in the week of {week}, at most {limit:g}")


def monday(case: Case, instant: float) -> date:
    day = case.clock.day(instant)
    return day - timedelta(days=day.weekday())


def expected_lateness(factory: Factory, item: str, source: Row) -> float:
    """Days by which a lead time grows: "that percentile of the lateness in days, by nearest rank, never below zero: of
    the item and supplier from 8 receipts on, of the supplier otherwise".

    Reading: late against what was promised, or against what was asked for; the kinder one counts here.
    """
    supplier = source.get("supplier", "")
    if factory.supplier_service <= 0 or not supplier:
        return 0.0
    received = [
        row for row in factory.tables["purchase_orders"] if row.get("received") and row.get("supplier") == supplier
    ]
    own = [row for row in received if row["item"] == item]
    rows = own if len(own) >= ENOUGH else received
    if not rows:
        return 0.0
    by_promise = [days_late(factory, row, row.get("promised") or row["due"]) for row in rows]
    by_due = [days_late(factory, row, row["due"]) for row in rows]
    share = factory.supplier_service
    return max(0.0, min(nearest_rank(by_promise, share), nearest_rank(by_due, share)))


def days_late(factory: Factory, row: Row, asked: str) -> int:
    clock = factory.clock
    return (clock.day(clock.read(row["received"])) - clock.day(clock.read(asked))).days


def nearest_rank(values: Sequence[float], share: float) -> float:
    """The least of the values that `share` per cent of them do not exceed."""
    return sorted(values)[max(1, math.ceil(share / 100 * len(values) - EPS)) - 1]
