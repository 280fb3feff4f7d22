"""The parts of a buffer's net flow: stock, open supply and qualified demand."""

from __future__ import annotations

import math
from collections import defaultdict
from datetime import date, timedelta

from tests.recheck.case import Case
from tests.recheck.factory import IDLE
from tests.recheck.ledger import Ledger
from tests.recheck.values import DAY, EPS, Row, Span, number, same_amount
from tests.recheck.zones import buffer_of


def on_hand_span(case: Case, item: str) -> Span:
    """ "Free stock not reserved". Reading: stock that is there later is on hand or on order, what is reserved for an
    order that is not open is on hand or not, and so is what expires today."""
    lots = case.lots_of[item]
    alive = {line.order for line in case.factory.order_lines.values() if line.is_open}
    low = sum(lot.qty for lot in lots if not lot.reserved_for and lot.available <= case.now < lot.expires - DAY)
    return low, sum(lot.qty for lot in lots if lot.reserved_for not in alive)


def on_order_span(case: Case, item: str) -> Span:
    """ "Open supply not reserved". Reading: work orders that name an order are reserved or not; by-products of planned
    work orders count or not; a purchase order of this morning is past due or not."""
    alive = {line.order for line in case.factory.order_lines.values() if line.is_open}
    pos = case.purchase_orders_of[item]
    low = sum(po.qty for po in pos if not po.reserved_for and po.available > case.now)
    high = sum(po.qty for po in pos if po.reserved_for not in alive)
    high += sum(lot.qty for lot in case.lots_of[item] if lot.available > case.now and lot.reserved_for not in alive)
    for wo in case.work_orders.values():
        row = case.factory.work_orders.get(wo.name)
        if row is not None and row.get("status") not in IDLE and wo.item == item:
            low += 0.0 if row.get("order") else wo.good_qty
            high += wo.good_qty
        high += sum(part.high for part in case.components(wo) if part.is_byproduct and part.item == item)
    return low, high


def check_qualified(case: Case, ledger: Ledger, item: str, row: Row) -> None:
    """ "past due - due today - whole days of at least the spike threshold up to and including today + horizon".

    Checked where order lines alone draw on the item, and nothing is reserved.
    """
    stated = number(row["qualified_demand"])
    expected = {qualified(demand_by_day(case, item, before), case, item, row) for before in (0.0, 1 / 60)}
    is_drawn = any(line["component"] == item for lines in case.factory.bom.values() for line in lines) or any(
        line["substitute"] == item for line in case.factory.tables["substitutes"]
    )
    is_simple = not is_drawn and not has_reservations(case, item) and not case.factory.dedicates
    if is_simple:
        ok = any(same_amount(stated, qty) for qty in expected)
        ledger.test("net-flow", ok, f"{item} has a qualified demand of {stated:g}, due and spikes are {expected}")
    ledger.test("net-flow", stated >= -EPS, f"{item} has a qualified demand of {stated:g}")


def qualified(days: dict[date, float], case: Case, item: str, row: Row) -> float:
    """What is due by today, and the whole days that are spikes."""
    today, last = case.clock.day(case.now), last_day(case, item, row)
    due = sum(qty for day, qty in days.items() if day <= today)
    return due + sum(qty for day, qty in days.items() if today < day <= last and is_spike(case, item, row, qty))


def demand_by_day(case: Case, item: str, before: float) -> dict[date, float]:
    """What order lines draw on each day. "A draw falls due on the local day of its need", the due date less the
    customer's buffer; a line that is left out draws nothing.

    Reading: midnight, when a day without a shift ends, is of that day (a moment `before`) or of the next.
    """
    found: dict[date, float] = defaultdict(float)
    buffers = {row["customer"]: number(row.get("delivery_buffer_min")) for row in case.factory.tables["customers"]}
    for line in case.plan.lines:
        known = case.factory.order_lines.get(line.key)
        if known is None or known.item != item or line.status == "unplanned":
            continue
        found[case.clock.day(line.due - buffers.get(known.customer, 0.0) - before)] += known.open_qty
    return found


def last_day(case: Case, item: str, row: Row) -> date:
    """ "Today + horizon (in whole days, rounded up)"; the horizon is the decoupled lead time if none is given."""
    horizon = number((buffer_of(case, item) or {}).get("spike_horizon_days"), number(row["dlt_days"]))
    return case.clock.day(case.now) + timedelta(days=math.ceil(horizon - EPS))


def is_spike(case: Case, item: str, row: Row, qty: float) -> bool:
    """ "The threshold is half of red if not given"."""
    threshold = number((buffer_of(case, item) or {}).get("spike_threshold"), number(row["tor"]) / 2)
    return qty >= threshold - EPS


def has_reservations(case: Case, item: str) -> bool:
    """Whether some supply is kept for an order that is open."""
    alive = {line.order for line in case.factory.order_lines.values() if line.is_open}
    supplies = [*case.lots_of[item], *case.purchase_orders_of[item]]
    held = any(row["item"] == item and row.get("order") in alive for row in case.factory.work_orders.values())
    return held or any(supply.reserved_for in alive for supply in supplies)
