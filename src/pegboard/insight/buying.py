"""The buyers' list: what to order, by when, of whom, and for which customers; and what to change of what is ordered."""

from collections.abc import Iterator, Sequence
from itertools import groupby

import msgspec

from pegboard.domain.calendar import DAY
from pegboard.domain.finding import Finding
from pegboard.domain.plan import Plan, PurchasePlan
from pegboard.insight.pegging import Pegging

CHANGES = ("S350", "S351", "S352", "S353", "S354", "S355")
"""The codes of findings about open purchase orders."""


class ToBuy(PurchasePlan, frozen=True, kw_only=True):
    """A purchase to order or an open one to change, with those who wait for it.

    `for_orders` are customer lines, the tightest first, `for_steps` the steps that draw it. `slack_days` is how much
    later than `due` it could come before the tightest line's latest dates are missed, an estimate; None where no
    customer waits. `excess` is what of a new purchase nobody wants yet.
    """

    for_orders: tuple[str, ...]
    for_steps: tuple[str, ...]
    slack_days: float | None
    excess: float | None


class Supplier(msgspec.Struct, frozen=True, gc=False):
    """Everything to say to one supplier; `cost` is that of the new purchases whose price is known."""

    supplier: str
    cost: float
    purchases: tuple[ToBuy, ...]
    changes: tuple[ToBuy, ...]


def buyers_list(plan: Plan) -> list[Supplier]:
    """All purchases and changes by supplier, in order of the order-by date."""
    rows = sorted(_rows(plan), key=lambda r: (r.supplier, r.order_by, r.item, r.po, r.action))
    return [_supplier(name, list(group)) for name, group in groupby(rows, key=lambda r: r.supplier)]


def change_findings(plan: Plan) -> list[Finding]:
    """What the plan says about open purchase orders."""
    return [f for f in plan.messages if f.code in CHANGES]


def _supplier(name: str, rows: Sequence[ToBuy]) -> Supplier:
    new = tuple(r for r in rows if r.action == "order")
    cost = round(sum(r.cost or 0.0 for r in new), 2)
    return Supplier(name, cost, new, tuple(r for r in rows if r.action != "order"))


def _rows(plan: Plan) -> Iterator[ToBuy]:
    pegging = Pegging(plan)
    for row in plan.purchases:
        yield _row(pegging, row)


def _row(pegging: Pegging, row: PurchasePlan) -> ToBuy:
    is_new = row.action == "order"
    key = ("purchase" if is_new else "po", row.po, row.item)
    reached = pegging.reach(key)
    lines = sorted(reached, key=lambda line: (reached[line].slack, line))
    steps = {p.demand if p.step is None else f"{p.demand}.{p.step}" for p in pegging.by_supply.get(key, ())}
    return ToBuy(
        **msgspec.structs.asdict(row),
        for_orders=tuple(lines),
        for_steps=tuple(sorted(steps)),
        slack_days=round(reached[lines[0]].slack / DAY, 4) if lines else None,
        excess=round(row.qty - pegging.pegged(key), 6) if is_new else None,
    )
