"""The net flow of a buffer on a day, what it orders, and how urgent that is.

Net flow = on hand + on order - qualified demand, which is what is past due or due today, and spikes not far ahead.
"""

from collections.abc import Mapping

from pegboard.planning.buffers.zones import Sizing
from pegboard.planning.lotsize import LotRule

_EPS = 1e-9


def qualified_demand(demand: Mapping[int, float], today: int, horizon: int, threshold: float) -> float:
    """Past due + due today + each day up to and including `today + horizon` on which `threshold` or more is due.

    `demand` is the sum over all sources by day; a day that qualifies counts whole, not what it has above the threshold.
    """
    due = sum(q for day, q in demand.items() if day <= today)
    return due + sum(q for day, q in demand.items() if today < day <= today + horizon and q >= threshold - _EPS)


def is_triggered(net_flow: float, toy: float, trigger: str) -> bool:
    """Whether a buffer orders: `at_or_below` top of yellow, or only `below` it."""
    noise = _EPS * (1.0 + abs(toy))
    return net_flow <= toy + noise if trigger == "at_or_below" else net_flow < toy - noise


def order_lots(net_flow: float, sizing: Sizing, rule: LotRule, trigger: str, tolerance_pct: float = 0.0) -> list[float]:
    """Quantities to order now, to reach top of green: none above top of yellow or where nothing is missing."""
    need = sizing.tog - net_flow
    if not is_triggered(net_flow, sizing.toy, trigger) or need <= _EPS:
        return []
    return rule.lots(rounded_to_multiple(need, rule, tolerance_pct))


def rounded_to_multiple(need: float, rule: LotRule, tolerance_pct: float) -> float:
    """The need, less what it has above a multiple if that is at most so much of one; never below the minimum."""
    if rule.multiple <= 0 or tolerance_pct <= 0:
        return need
    whole = int(need / rule.multiple + _EPS) * rule.multiple
    is_near = need - whole <= rule.multiple * tolerance_pct / 100 + _EPS
    return whole if is_near and whole >= max(rule.min_qty, _EPS) else need


def percent(qty: float, of: float) -> float | None:
    """A quantity as a percentage with two decimals; None where the whole is nothing."""
    return round(100.0 * qty / of, 2) if of > 0 else None


def planning_colour(net_flow: float, sizing: Sizing) -> str:
    """The zone that the net flow lies in: green from top of yellow up, dark red at nothing or less."""
    if net_flow <= 0:
        return "dark_red"
    if net_flow >= sizing.toy:
        return "green"
    return "yellow" if net_flow >= sizing.tor else "red"
