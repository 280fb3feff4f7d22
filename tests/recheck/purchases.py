"""Nothing before now, and purchases with their lot rules and lead times."""

from __future__ import annotations

import math
from datetime import date, timedelta

from tests.recheck.case import Case
from tests.recheck.ledger import Ledger
from tests.recheck.records import Item
from tests.recheck.suppliers import expected_lateness
from tests.recheck.values import DAY, EPS, MINUTE, Row, is_multiple, number, same_amount


def check_now(case: Case, ledger: Ledger) -> None:
    """ "Everything before now is immutable history" (C9); beyond the horizon "work is reported as unplanned"."""
    horizon = case.now + case.factory.horizon_days * DAY
    for op in case.operations:
        if case.is_under_way(op) or case.is_pinned(op) or op.status == "done":
            continue
        ok = op.setup_start >= case.now - MINUTE
        ledger.test("now", ok, f"{op.name} starts {case.show(op.setup_start)}, before now")
        # Reading: what starts beyond the horizon is beyond it; a day of grace.
        ok = not math.isfinite(horizon) or op.setup_start <= horizon + DAY
        ledger.test("now", ok, f"{op.name} starts {case.show(op.setup_start)}, beyond the horizon")
    for line in case.plan.lines:
        if line.completion is not None:
            ledger.test("now", line.completion >= case.now - MINUTE, f"line {line.name} is complete before now")


def check_purchases(case: Case, ledger: Ledger) -> None:
    """ "A purchase ordered on day D arrives at the start of the first working interval of the factory on or after
    D + lead_time_days"; "order_by never lies before now"; "min_qty, then multiple, split at max_qty"."""
    for purchase in case.plan.purchases:
        if purchase.action != "order":
            continue
        name = f"purchase {purchase.po} of {purchase.item}"
        item = case.factory.items.get(purchase.item)
        if item is None:
            ledger.test("purchases", False, f"{name}: no such item")
            continue
        sources = case.factory.sources.get(purchase.item, [])
        ok = item.supply == "buy" or bool(sources)
        ledger.test("purchases", ok, f"{name}: it is a {item.supply} item without a supplier")
        mine = [row for row in sources if row["supplier"] == purchase.supplier]
        if sources:
            ledger.test("purchases", bool(mine), f"{name}: {purchase.supplier or 'nobody'} does not supply it")
        source = mine[0] if mine else (min(sources, key=lambda r: number(r.get("rank"), 1e9)) if sources else {})
        check_lot(ledger, name, item, source, purchase.qty)
        if purchase.order_by is None or purchase.due is None:
            ledger.test("purchases", False, f"{name}: order_by or due is blank")
            continue
        check_purchase_dates(case, ledger, name, item, source, purchase.order_by, purchase.due)


def check_lot(ledger: Ledger, name: str, item: Item, source: Row, qty: float) -> None:
    minimum, multiple, maximum = item.lot
    factor = number(source.get("uom_factor"), 1.0)
    # Reading: the supplier's minimum and multiple are in the item's unit, or in the supplier's own.
    low = number(source.get("min_qty"), minimum)
    ok = qty >= min(low, low * factor) - EPS and qty > 0
    ledger.test("purchases", ok, f"{name}: quantity {qty:g} is below the minimum {low:g}")
    step = number(source.get("multiple"), multiple)
    ok = is_multiple(qty, step) or is_multiple(qty, step * factor) or (maximum > 0 and same_amount(qty, maximum))
    ledger.test("purchases", ok, f"{name}: quantity {qty:g} is no multiple of {step:g}")
    if maximum > 0 and maximum >= low:
        ledger.test("purchases", qty <= maximum + EPS, f"{name}: quantity {qty:g} is above the maximum {maximum:g}")


def check_purchase_dates(
    case: Case, ledger: Ledger, name: str, item: Item, source: Row, order_by: float, due: float
) -> None:
    ordered = case.clock.day(order_by)
    lead = number(source.get("lead_time_days"), item.lead_days) + expected_lateness(case.factory, item.name, source)
    is_today = math.isfinite(case.now) and ordered == case.clock.day(case.now)
    # Reading: an order is placed on a day, so today's date is not before now.
    ok = order_by >= case.now - MINUTE or is_today
    ledger.test("purchases", ok, f"{name}: order_by {case.show(order_by)} lies before now")
    supplier = case.factory.suppliers.get(source.get("supplier", ""), {}).get("calendar", "")
    if supplier and not is_today:
        ok = is_open_day(case, supplier, ordered) or open_day_before(case, supplier, ordered) < case.now
        ledger.test("purchases", ok, f"{name}: {ordered} is a closed day of its supplier")
    arrival = purchase_arrival(case, ordered, lead, source, supplier)
    ok = due >= arrival - MINUTE
    ledger.test("purchases", ok, f"{name}: due {case.show(due)}, ordered {ordered} it arrives {case.show(arrival)}")


def is_open_day(case: Case, calendar: str, day: date) -> bool:
    midnight = case.clock.midnight
    return case.book.base(calendar).open_between(midnight(day), midnight(day + timedelta(days=1))) > 0


def open_day_before(case: Case, calendar: str, day: date) -> float:
    return case.book.base(calendar).last_open(case.clock.midnight(day))


def purchase_arrival(case: Case, ordered: date, lead: float, source: Row, supplier: str) -> float:
    """The earliest arrival that a reading of the lead time allows."""
    days = math.floor(lead + EPS)
    arrival_day = ordered + timedelta(days=days)
    part = max(0.0, lead - days) * DAY
    # Reading: without a supplier's calendar, working days cannot be told from calendar days.
    if source.get("lead_time_basis") == "working" and supplier:
        arrival_day = ordered
        for _ in range(3660):
            if days <= 0:
                break
            arrival_day += timedelta(days=1)
            days -= is_open_day(case, supplier, arrival_day)
    return max(case.book.plant.first_open(case.clock.midnight(arrival_day) + part), case.now)
