"""What the stock of a buffer warns of: today, over the next lead time, and of supply that comes too late.

Net flow says when to order; these say what to hurry.
"""

import math
from collections.abc import Mapping

import msgspec

from pegboard.planning.buffers.zones import Sizing

USUAL_PCT = 50.0
"""Share of top of red below which on hand is red, where no profile says so."""


def on_hand_alert(on_hand: float, tor: float, alert_pct: float, due_now: float) -> str:
    """The colour of what is on hand against top of red; dark red where nothing is there and something is due."""
    if on_hand <= 0 and due_now > 0:
        return "dark_red"
    if on_hand >= tor:
        return "green"
    return "yellow" if on_hand * 100 >= tor * alert_pct else "red"


class Low(msgspec.Struct, frozen=True, gc=False):
    """The first day on which projected stock is below a level, and the lowest it gets."""

    day: int
    lowest: float


def projected_low(
    on_hand: float, receipts: Mapping[int, float], demand: Mapping[int, float], sizing: Sizing, level: float, today: int
) -> Low | None:
    """Where stock falls below `level` within one decoupled lead time from today on; None where it never does.

    Demand is what is ordered, where that is more than average usage over the lead time, else average usage: never both.
    Past-due demand counts today. Receipts count on their day, past-due ones not until they have a new one.
    """
    days = range(today, today + math.ceil(sizing.dlt_days - 1e-9))
    actual = [demand.get(d, 0.0) for d in days]
    actual[:1] = [sum(q for d, q in demand.items() if d <= today)] if actual else []
    if sum(actual) <= sizing.adu * sizing.dlt_days:
        actual = [sizing.adu] * len(days)
    stock, first, lowest = on_hand, None, math.inf
    for day, used in zip(days, actual, strict=True):
        stock += receipts.get(day, 0.0) - used
        lowest = min(lowest, stock)
        if first is None and stock < level - 1e-9:
            first = day
    return None if first is None else Low(first, lowest)


class Unsynchronised(msgspec.Struct, frozen=True, gc=False):
    """The first day on which demand is not covered, how much is missing then, and the day supply comes to heal it."""

    day: int
    missing: float
    supply_day: int


def unsynchronised(
    on_hand: float, receipts: Mapping[int, float], demand: Mapping[int, float], today: int, until_day: int
) -> Unsynchronised | None:
    """The earliest shortage up to `until_day` for which supply is under way, but comes after the need.

    Actions: hurry the supply, put the parent off, or make less of the parent. It holds for any item, buffered or not.
    """
    overdue = sum(q for d, q in demand.items() if d < today)
    stock = on_hand - overdue
    for day in sorted({today, *(d for d in (*receipts, *demand) if today <= d <= until_day)}):
        stock += receipts.get(day, 0.0) - demand.get(day, 0.0)
        later = [d for d, q in receipts.items() if d > day and q > 0]
        if stock < -1e-9 and later:
            return Unsynchronised(day, -stock, min(later))
    return None


def lead_time_alert(lead_days: float, days_to_due: int) -> str:
    """How near a supply of a long lead time is: the last third of it in three equal zones of whole days, then late.

    Blank before the last third.
    """
    zone = math.ceil(lead_days / 9 - 1e-9)
    for colour, first in (("late", -1), ("red", zone), ("yellow", 2 * zone), ("green", 3 * zone)):
        if days_to_due <= first:
            return colour
    return ""
