"""Every row of buffers.csv follows from the factory, and what it orders is made or bought."""

from __future__ import annotations

import math
from datetime import timedelta
from decimal import Decimal

from tests.recheck.case import Case
from tests.recheck.ledger import Ledger
from tests.recheck.net_flow import check_qualified, on_hand_span, on_order_span
from tests.recheck.plan_records import PlannedLine
from tests.recheck.purchases import purchase_arrival
from tests.recheck.values import DAY, EPS, MINUTE, Row, as_number, number, round_up
from tests.recheck.zones import (
    Zones,
    buffer_of,
    decimal,
    expected_usage,
    factors,
    half_up,
    is_sized,
    lead_bounds,
    possible_zones,
    profile_of,
)

NAMED = ("adu", "dlt_days", "tor", "toy", "tog", "on_hand", "on_order", "qualified_demand", "net_flow", "order_qty")


def check_buffers(case: Case, ledger: Ledger) -> None:
    """One row for each buffer that is sized; the others are neither made nor bought."""
    for item in sorted(case.factory.buffered):
        row, sized = case.plan.buffers.get(item), is_sized(case, item)
        if row is None or not sized:
            ok = row is None and not sized
            said = "has no row" if row is None else "has a row"
            ledger.test("buffers", ok, f"{item} {said}, and is {'' if sized else 'not '}sized")
            if not sized:
                check_unsized(case, ledger, item)
            continue
        if any(as_number(row[column]) is None for column in NAMED):
            ledger.fault("buffers", f"{item} has a blank or a word among its numbers")
            continue
        check_size(case, ledger, item, row)
        check_position(case, ledger, item, row)
        check_colours(case, ledger, item, row)
        check_order(case, ledger, item, row)
    check_left_out(case, ledger)
    for item in case.plan.buffers:
        ledger.test("buffers", item in case.factory.buffered, f"{item} has a row and is no buffer")


def made_or_bought(case: Case, item: str) -> list[float]:
    """The quantities of all new orders of an item."""
    bought = [p.qty for p in case.plan.purchases if p.action == "order" and p.item == item]
    made = [w.good_qty for w in case.work_orders.values() if w.item == item and w.name not in case.factory.work_orders]
    return bought + made


def check_unsized(case: Case, ledger: Ledger, item: str) -> None:
    """ "Without one, or without a usable profile, it is not replenished"."""
    new = made_or_bought(case, item)
    ledger.test("buffers", not new, f"{item} is not sized, and {sum(new):g} of it are made or bought")


def check_left_out(case: Case, ledger: Ledger) -> None:
    """ "Draws take stock, open orders and replenishments by their dates, and wait for them": none is left out for want
    of a buffer that is sized, unless it cannot be made or bought, or its supplier's weeks are full to the horizon."""
    limited = {row["supplier"] for row in case.factory.tables["suppliers"] if row.get("weekly_qty")}
    stuck = {row["subject"] for row in case.plan.messages if row["code"] in ("P205", "B209", "S306")}
    for line in case.plan.lines:
        named = case.factory.buffered & set(line.reason.split()) if is_left_out(line) else set[str]()
        for item in sorted(named):
            from_limited = any(row["supplier"] in limited for row in case.factory.sources.get(item, ()))
            ok = not is_sized(case, item) or item in stuck or from_limited
            ledger.test("buffers", ok, f"line {line.name} is left out for {item}, which is sized and replenished")


def is_left_out(line: PlannedLine) -> bool:
    """Whether a line is not planned because of a buffer; a late one only waits for it."""
    return line.status == "unplanned" and line.cause == "buffer"


def check_size(case: Case, ledger: Ledger, item: str, row: Row) -> None:
    """Usage, decoupled lead time and the zones that follow from them."""
    printed = Zones(decimal(row["tor"]), decimal(row["toy"]), decimal(row["tog"]))
    found = list(dict.fromkeys(possible_zones(case, item, row)))
    tops = f"{found[0].tor} {found[0].toy} {found[0].tog}"
    said = f"{printed.tor} {printed.toy} {printed.tog}"
    ledger.test("zones", printed in found, f"{item} has the tops {said}, its usage and lead time make them {tops}")
    usage = expected_usage(case, item)
    if usage is not None and not others_adjusted(case, item):
        factor = factors(case, item, "adu")
        usages = {half_up(usage, 4), half_up(usage * factor, 4), half_up(half_up(usage, 4) * factor, 4)}
        ok = decimal(row["adu"]) in usages
        ledger.test("zones", ok, f"{item} has an ADU of {row['adu']}, the files say {half_up(usage, 4)}")
    low, high = lead_bounds(case, item)
    stretch, dlt = float(factors(case, item, "lead_time")), number(row["dlt_days"])
    ok = min(low, low * stretch) - 0.01 <= dlt <= max(high, high * stretch) + 0.01
    ledger.test("zones", ok, f"{item} has a decoupled lead time of {dlt:g} days, not {low:g} to {high:g}")


def others_adjusted(case: Case, item: str) -> bool:
    """Whether the usage of another item is adjusted, which "must be exploded to buffered children" (1.7)."""
    return any(row["kind"] == "adu" and row["item"] != item for row in case.factory.tables["buffer_adjustments"])


def check_position(case: Case, ledger: Ledger, item: str, row: Row) -> None:
    """Stock, open orders, demand and what they come to."""
    on_hand, on_order = number(row["on_hand"]), number(row["on_order"])
    low, high = on_hand_span(case, item)
    ok = low - EPS <= on_hand <= high + EPS
    ledger.test("net-flow", ok, f"{item} has {on_hand:g} on hand, its free stock is {low:g}")
    low, high = on_order_span(case, item)
    ledger.test("net-flow", low - EPS <= on_order <= high + EPS, f"{item} has {on_order:g} on order, open are {low:g}")
    flow = decimal(row["on_hand"]) + decimal(row["on_order"]) - decimal(row["qualified_demand"])
    ok = abs(flow - decimal(row["net_flow"])) <= Decimal("1e-6")
    ledger.test("net-flow", ok, f"{item} has a net flow of {row['net_flow']}, its parts come to {flow}")
    check_qualified(case, ledger, item, row)


def check_colours(case: Case, ledger: Ledger, item: str, row: Row) -> None:
    """ "priority_pct is net flow / top of green"; "green from top of yellow up, yellow from top of red, red below,
    dark_red at nothing or less"; the alert is that of on hand / top of red."""
    flow, tor, toy, tog = (number(row[column]) for column in ("net_flow", "tor", "toy", "tog"))
    check_share(ledger, item, "priority_pct", row, flow, tog)
    check_share(ledger, item, "on_hand_pct", row, number(row["on_hand"]), tor)
    colour = "green" if flow >= toy - EPS else "yellow" if flow >= tor - EPS else "red"
    # Reading: a net flow of nothing in a buffer without zones is green or dark red.
    colours = {colour} if flow > EPS else {"dark_red"} if flow < toy - EPS else {"dark_red", colour}
    ledger.test("colours", row["colour"] in colours, f"{item} is {row['colour']} at a net flow of {flow:g}")
    buffer, on_hand = buffer_of(case, item), number(row["on_hand"])
    profile = profile_of(case, buffer) if buffer is not None else None
    least = number(profile.get("alert_pct") if profile is not None else "", 50.0)
    share = 100 * on_hand / tor if tor > 0 else math.inf
    alert = "green" if share >= 100 - EPS else "yellow" if share >= least - EPS else "red"
    # Reading: nothing on hand is dark red only with demand due; a buffer without a red zone need not be alerted.
    alerts = {alert} if on_hand > EPS else {"dark_red", alert}
    if tor <= 0:
        alerts |= {"", "green", "dark_red"}
    ledger.test("colours", row["alert"] in alerts, f"{item} alerts {row['alert']!r} at {share:.1f} % of red on hand")


def check_share(ledger: Ledger, item: str, column: str, row: Row, part: float, whole: float) -> None:
    stated = as_number(row[column])
    if whole <= 0:
        ledger.test("colours", stated is None, f"{item} says {column} {row[column]} of nothing")
        return
    ok = stated is not None and abs(stated - 100 * part / whole) <= 0.0051 + EPS
    ledger.test("colours", ok, f"{item} says {column} {row[column]!r}, it is {100 * part / whole:.2f}")


def check_order(case: Case, ledger: Ledger, item: str, row: Row) -> None:
    """ "At or below top of yellow, what is missing to top of green is ordered: at least the minimum, rounded up to the
    multiple, split at the maximum"; what is ordered stands in the plan."""
    flow, toy, tog = (number(row[column]) for column in ("net_flow", "toy", "tog"))
    ordered, missing = number(row["order_qty"]), tog - flow
    is_triggered = flow <= toy + EPS if case.factory.orders_at_yellow else flow < toy - EPS
    if not is_triggered or missing <= EPS:
        ledger.test("buffer-orders", ordered == 0, f"{item} orders {ordered:g} at a net flow of {flow:g} over {toy:g}")
        return
    sizes = possible_sizes(case, item, missing)
    ok = any(low - EPS <= ordered <= high + EPS for low, high in sizes)
    ledger.test("buffer-orders", ok, f"{item} orders {ordered:g}, missing are {missing:g}, in lots {sizes[0][0]:g}")
    if not ordered:
        return
    new = sum(made_or_bought(case, item))
    ok = new >= ordered - EPS or is_excused(case, item) or is_too_late(case, item)
    ledger.test("buffer-orders", ok, f"{item} orders {ordered:g}, and {new:g} are made or bought")
    due, order_by = (case.plan.stamp(row[column]) if row[column] else None for column in ("due", "order_by"))
    ok = due is not None and order_by is not None
    ledger.test("buffer-orders", ok, f"{item} orders {ordered:g} without order_by or due")
    if due is not None and order_by is not None:
        lead = number(row["dlt_days"]) * min(1.0, float(factors(case, item, "lead_time")))
        earliest = case.clock.midnight(case.clock.day(case.now) + timedelta(days=math.floor(lead)))
        ok = due >= min(earliest, case.now + lead * DAY) - MINUTE
        ledger.test("buffer-orders", ok, f"{item} is due {case.show(due)}, sooner than in {lead:g} days")
        ledger.test("buffer-orders", order_by <= due + MINUTE, f"{item} is ordered after it is due")


def is_excused(case: Case, item: str) -> bool:
    """Reading: what cannot be made or bought is a message."""
    return any(item in row["subject"] or item in row["what"] for row in case.plan.messages)


def is_too_late(case: Case, item: str) -> bool:
    """Reading: what a supplier can bring only beyond the horizon is not bought yet."""
    horizon, today = case.now + case.factory.horizon_days * DAY, case.clock.day(case.now)
    arrivals = [
        purchase_arrival(case, today, number(row.get("lead_time_days")), row, calendar_of(case, row))
        for row in case.factory.sources.get(item, [])
    ]
    return bool(arrivals) and min(arrivals) > horizon


def calendar_of(case: Case, source: Row) -> str:
    return case.factory.suppliers.get(source["supplier"], {}).get("calendar", "")


def possible_sizes(case: Case, item: str, missing: float) -> list[tuple[float, float]]:
    """What may be ordered for a missing quantity, least and most.

    Reading: minimum and multiple are those of the item, of any supplier in its own unit or the item's, or the buffer's
    moq; where lots are split at a maximum each of them obeys the others.
    """
    known, buffer = case.factory.items[item], buffer_of(case, item) or {}
    lots = {known.lot[:2]}
    for row in case.factory.sources.get(item, []):
        factor = number(row.get("uom_factor"), 1.0)
        own = (number(row.get("min_qty"), known.lot[0]), number(row.get("multiple"), known.lot[1]))
        lots |= {own, (own[0] * factor, own[1] * factor)}
    moq, maximum = number(buffer.get("moq")), known.lot[2]
    found: dict[tuple[float, float], None] = {}
    for minimum, multiple in sorted(lots):
        for least in (minimum, max(minimum, moq)):
            whole = max(round_up(missing, known.decimals), least)
            whole = math.ceil(whole / multiple - EPS) * multiple if multiple > 0 else whole
            is_split = 0 < maximum < whole
            found[whole if not is_split else missing, whole if not is_split else whole + least + 2 * multiple] = None
    return list(found)
