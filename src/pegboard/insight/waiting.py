"""Who waits for a resource, a purchase or an item: the chains of all lines, asked the other way round.

A line waits for it where the chain of its lead time does; what it loses by that is the part of its lateness that falls
to it (`lateness.py`). Somebody who waits beside the chain, and would be no earlier without, is not listed.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from difflib import get_close_matches
from typing import Literal, NamedTuple

import msgspec

from pegboard.domain.calendar import iso
from pegboard.domain.finding import Finding, error
from pegboard.domain.plan import Plan
from pegboard.insight.chain import Segment
from pegboard.insight.explain import Explainer, Why
from pegboard.insight.lateness import LateCause
from pegboard.insight.load import WeekLoad, weeks_of
from pegboard.insight.planned import Planned

Asking = Literal["resource", "purchase", "item"]


class Asked(NamedTuple):
    """What may be waited for, by its kind and name."""

    kind: Asking
    name: str


class Holder(msgspec.Struct, frozen=True, gc=False):
    """An order that had what others waited for, and for how many seconds they waited behind it, all together."""

    order: str
    seconds: int


class Waiter(msgspec.Struct, frozen=True, gc=False):
    """A line that waits: how long, how much later than its due date it is, and how much of that is owed to the wait.

    Seconds; `late` is signed. `behind` are the orders ahead of it, the longest first.
    """

    order: str
    line: str
    due: int
    completion: int
    late: int
    waited: int
    lost: int
    behind: tuple[str, ...]

    @property
    def id(self) -> str:
        """`order/line`, the name of the line everywhere."""
        return f"{self.order}/{self.line}"


class Waiting(msgspec.Struct, frozen=True, gc=False):
    """All that wait for one thing, those who lose most first, and whom they wait for; the load of a resource."""

    kind: Asking
    name: str
    waiters: tuple[Waiter, ...]
    waited: int
    lost: int
    holders: tuple[Holder, ...]
    weeks: tuple[WeekLoad, ...] = ()
    what: str = ""


def waiting_for(explainer: Explainer, plan: Plan, asked: Asked) -> Waiting | Finding:
    """Who waits for what is asked for; a finding where the plan knows no such thing."""
    kind, name = asked
    known = _known(explainer.p, plan, kind)
    if name not in known:
        near = get_close_matches(name, known, n=3, cutoff=0.4)
        advice = (
            f"near it: {', '.join(near)}" if near else "see resources.csv and items.csv, and purchases.csv of the plan"
        )
        return error("C528", name, f"the plan knows no {kind} {name}", advice)
    if kind == "resource":
        found = _waiting(explainer, kind, name, lambda s: s.kind == "resource" and s.subject == name)
        return msgspec.structs.replace(found, what=known[name], weeks=weeks_of(explainer.p, name))
    if kind == "purchase":
        found = _waiting(explainer, kind, name, lambda s: s.kind in ("material", "buffer") and s.supply == name)
        return msgspec.structs.replace(found, what=known[name])
    found = _waiting(explainer, kind, name, lambda s: s.kind in ("material", "buffer") and s.subject == name)
    return msgspec.structs.replace(found, what=known[name])


def _known(p: Planned, plan: Plan, kind: str) -> dict[str, str]:
    """What of a kind may be waited for, each in words."""
    if kind == "resource":
        resources = p.factory.resources
        return {r: f"{r} {resources[r].name}".strip() for r in p.problem.res_names if r in resources}
    if kind == "item":
        return {name: f"{name} {item.name}".strip() for name, item in p.factory.items.items()}
    open_ones = {
        po.id: f"purchase order {po.id}: {po.qty - po.received_qty:g} of {item}"
        for item, rows in p.factory.receipts.items()
        for po in rows
    }
    proposed = {
        b.po: f"purchase {b.po}: {b.qty:g} of {b.item}{f' from {b.supplier}' if b.supplier else ''}, "
        f"order by {iso(b.order_by, p.factory.zone)[:10]}, there {iso(b.due, p.factory.zone)[:10]}"
        for b in plan.purchases
        if b.action == "order"
    }
    return open_ones | proposed


def _waiting(explainer: Explainer, kind: Asking, name: str, waits: Callable[[Segment | LateCause], bool]) -> Waiting:
    waiters: list[Waiter] = []
    ahead: Counter[str] = Counter()
    for i, done in enumerate(explainer.p.completion):
        if done is None:
            continue
        why = explainer.why(i)
        mine = [s for s in why.chain if waits(s)]
        if mine:
            behind = _ahead(mine)
            ahead.update(behind)
            waiters.append(_waiter(why, done, sum(s.seconds for s in mine), behind, filter(waits, why.causes)))
    return Waiting(
        kind,
        name,
        tuple(sorted(waiters, key=lambda w: (-w.lost, -w.waited, w.id))),
        sum(w.waited for w in waiters),
        sum(w.lost for w in waiters),
        tuple(Holder(order, n) for order, n in sorted(ahead.items(), key=lambda kv: (-kv[1], kv[0]))),
    )


def _ahead(segments: Iterable[Segment]) -> Counter[str]:
    """Seconds behind each order."""
    found: Counter[str] = Counter()
    for s in segments:
        for a in s.ahead:
            found[a.order] += a.seconds
    return found


def _waiter(why: Why, done: int, waited: int, behind: Counter[str], causes: Iterable[LateCause]) -> Waiter:
    first = sorted(behind, key=lambda order: (-behind[order], order))
    lost = sum(c.seconds for c in causes)
    return Waiter(why.order, why.line, why.due, done, done - why.due, waited, lost, tuple(first))
