"""How much the quantities of supplies change between two plans: what each item is to receive, period by period.

Sridharan, Berry & Udayabhanu (1988) measure it by the changes of quantity over the horizon that both plans cover.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from pegboard.domain.calendar import local_day
from pegboard.domain.plan import Plan, Row

Bucket = Literal["day", "week"]


class Instability(Row, frozen=True, kw_only=True):
    """Changes of a series of quantities Q_t, t from 0: `total` is the sum of |dQ_t|.

    `per_order` divides it by the orders (periods above 0) of the old series, `relative` by its quantity; None where it
    has none. `weighted` is the sum of (1 - alpha) alpha^t |dQ_t|, in which near changes count more.
    """

    total: float
    per_order: float | None
    relative: float | None
    weighted: float


class ItemInstability(Row, frozen=True, kw_only=True):
    """The instability of one item's supplies; quantities are in the item's unit."""

    item: str
    instability: Instability


def instability(before: Sequence[float], after: Sequence[float], alpha: float = 0.5) -> Instability:
    """The instability of two series over the same periods, which must be as long as each other."""
    changes = [abs(new - old) for old, new in zip(before, after, strict=True)]
    orders, quantity, total = sum(q > 0 for q in before), sum(before), sum(changes)
    return Instability(
        total=round(total, 6),
        per_order=round(total / orders, 6) if orders else None,
        relative=round(total / quantity, 6) if quantity else None,
        weighted=round(sum((1 - alpha) * alpha**t * change for t, change in enumerate(changes)), 6),
    )


def item_instability(
    before: Plan, after: Plan, bucket: Bucket = "week", alpha: float = 0.5
) -> tuple[ItemInstability, ...]:
    """The items whose supplies changed, by how much of what they had; an item that had none comes first.

    Supplies are work orders by the day they end and purchases by the day they come, from the later start of the plans
    on; period 0 is the one of that day, a week begins on Monday.
    """
    zone = ZoneInfo(after.timezone)
    today = local_day(max(before.now, after.now), zone)
    old, new = (_received(plan, zone, today, bucket) for plan in (before, after))
    found = []
    for item in sorted({*old, *new}):
        n = 1 + max((*old[item], *new[item]))
        was, now = ([by[item].get(t, 0.0) for t in range(n)] for by in (old, new))
        figures = instability(was, now, alpha)
        if figures.total:
            found.append(ItemInstability(item=item, instability=figures))
    return tuple(sorted(found, key=_nervous_first))


def _nervous_first(found: ItemInstability) -> tuple[float, str]:
    relative = found.instability.relative
    return (-float("inf") if relative is None else -relative), found.item


def _received(plan: Plan, zone: ZoneInfo, today: date, bucket: Bucket) -> dict[str, dict[int, float]]:
    """By item what comes in each period from today on."""
    found: dict[str, dict[int, float]] = defaultdict(lambda: defaultdict(float))
    supplies = [(w.item, w.end, w.good_qty) for w in plan.work_orders]
    supplies += [(p.item, p.due, p.qty) for p in plan.purchases if p.action == "order"]
    first = today - timedelta(days=today.weekday()) if bucket == "week" else today
    for item, t, qty in supplies:
        day = local_day(t, zone).toordinal()
        if day >= today.toordinal():
            found[item][(day - first.toordinal()) // (7 if bucket == "week" else 1)] += qty
    return found
