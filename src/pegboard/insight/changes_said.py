"""Changes of open purchase orders in words: old and new date, who waits, what is at stake, and the chain of reasons."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from pegboard.domain.factory import Factory
from pegboard.domain.finding import Finding, info, warning
from pegboard.domain.plan import PurchasePlan
from pegboard.insight.chain import duration
from pegboard.insight.open_purchases import OpenPurchase

SHOWN = 3


class Change(msgspec.Struct, frozen=True, gc=False):
    """A proposal about one open purchase order: the row for the plan, and the finding that goes with it."""

    row: PurchasePlan
    finding: Finding


def sooner(factory: Factory, order: OpenPurchase, row: PurchasePlan) -> Change:
    """A purchase order to hasten: a warning where a customer is late because of it."""
    what = f"{_name(order)} comes on {_day(factory, order.due)} and is wanted on {_day(factory, row.need)}"
    advice = f"ask {order.po.supplier or 'the supplier'} for {_day(factory, row.need)}{_speed(factory, order)}"
    waiting = order.late or _tightest_first(order)
    chain = f"({_chain(order, waiting[0])}){_worth(factory, order)}"
    if not order.late:
        said = f"{what} by {_names(waiting)} {chain}"
        return Change(row, info("S351", order.po.id, said, advice, order.po.source))
    late = duration((order.pegging.orders[waiting[0]].lateness_min or 0.0) * 60)
    said = f"{what}; late because of it: {_names(waiting)}, the first of them by {late} {chain}"
    return Change(row, warning("S350", order.po.id, said, advice, order.po.source))


def later(factory: Factory, order: OpenPurchase, row: PurchasePlan) -> Change:
    """A purchase order to put off."""
    first = min(order.pegs, key=lambda peg: (peg.need, peg.demand))
    user = first.demand if first.step is None else f"{first.demand} step {first.step}"
    what = (
        f"{_name(order)} comes on {_day(factory, order.due)} and is not used before {_day(factory, row.need)}, "
        f"by {user}; it is for {_names(_tightest_first(order))}{_bound(factory, order.terms.cost(order.qty))}"
    )
    advice = f"ask for {_day(factory, row.need)}, or keep the date; nothing waits for it earlier"
    return Change(row, info("S352", order.po.id, what, advice, order.po.source))


def more(factory: Factory, order: OpenPurchase, row: PurchasePlan, riders: Sequence[str]) -> Change:
    """A purchase order that could bring what would be bought beside it."""
    what = (
        f"{_name(order)} comes on {_day(factory, order.due)}, in the week for which "
        f"{_names(riders)} would be bought from the same supplier"
    )
    advice = f"ask for {row.qty:g} instead of {order.qty:g}, and do not order {_names(riders)} if it is granted"
    return Change(row, info("S353", order.po.id, what, advice, order.po.source))


def less(factory: Factory, order: OpenPurchase, row: PurchasePlan) -> Change:
    """A purchase order of which a part is for nobody."""
    users = f"the rest is for {_names(_tightest_first(order))}" if order.pegs else "its buffer has enough without it"
    what = (
        f"of {_name(order)}, which comes on {_day(factory, order.due)}, {order.qty - row.qty:g} are for nobody; "
        f"{users}{_saved(factory, row)}"
    )
    return Change(
        row, info("S354", order.po.id, what, f"ask for {row.qty:g} instead of {order.qty:g}", order.po.source)
    )


def none(factory: Factory, order: OpenPurchase, row: PurchasePlan) -> Change:
    """A purchase order that nobody needs."""
    is_buffered = factory.items[order.po.item].policy == "buffer"
    why = "its buffer is above the top of green without it" if is_buffered else "no order needs it"
    what = f"{_name(order)} comes on {_day(factory, order.due)} and {why}{_saved(factory, row)}"
    return Change(row, info("S355", order.po.id, what, "cancel it, or keep it as stock", order.po.source))


def _name(order: OpenPurchase) -> str:
    by = f" from {order.po.supplier}" if order.po.supplier else ""
    return f"purchase order {order.po.id} of {order.qty:g} {order.po.item}{by}"


def _tightest_first(order: OpenPurchase) -> list[str]:
    return sorted(order.reach, key=lambda line: (order.reach[line].slack, line)) or sorted(
        {p.demand for p in order.pegs}
    )


def _names(names: Sequence[str]) -> str:
    rest = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + rest


def _chain(order: OpenPurchase, line: str) -> str:
    """`PO-7 > SO-1/1-2 step 10 > SO-1/1`: from the supply to who waits for it."""
    if line not in order.reach:
        return f"{order.po.id} > {line}"
    pegs = order.pegging.chain(("po", order.po.id, order.po.item), line)
    users = [p.demand if p.step is None else f"{p.demand} step {p.step}" for p in pegs]
    return " > ".join([order.po.id, *users])


def _worth(factory: Factory, order: OpenPurchase) -> str:
    """What the waiting customer lines are worth, where prices are known."""
    lines = [order.pegging.orders[line] for line in order.late or order.reach]
    prices = [(factory.items[o.item].price, o.qty) for o in lines]
    known = [price * qty for price, qty in prices if price is not None]
    return f"; orders worth {_money(factory, sum(known))} wait for it" if known else ""


def _bound(factory: Factory, cost: float | None) -> str:
    return "" if cost is None else f"; until then {_money(factory, cost)} lie in stock"


def _saved(factory: Factory, row: PurchasePlan) -> str:
    return "" if row.cost is None else f"; that saves {_money(factory, -row.cost)}"


def _speed(factory: Factory, order: OpenPurchase) -> str:
    """What the supplier offers for haste, where that is known."""
    source = order.source
    if source is None or source.expedite_days is None:
        return ""
    cost = "" if source.expedite_cost is None else f" for {_money(factory, source.expedite_cost)}"
    return f"; hastened, it takes {source.expedite_days:g} days{cost}"


def _money(factory: Factory, amount: float) -> str:
    return f"{amount:,.2f} {factory.snapshot.settings.currency}".rstrip()


def _day(factory: Factory, t: int | None) -> str:
    return "no day" if t is None else datetime.fromtimestamp(t, factory.zone).strftime("%a %Y-%m-%d")
