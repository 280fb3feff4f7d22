"""Where an order's supplies come from, and where a supply goes, over all levels: pegs as an indented tree.

Quantities are scaled to the root: of a component what goes into the root's share of its parent, of a supply what of the
root ends up there. Slack is that to the root order going down, to the tightest customer line going up (`pegging.py`).
"""

from collections.abc import Iterator, Sequence
from typing import Literal

import msgspec

from pegboard.domain.calendar import DAY
from pegboard.domain.plan import Peg
from pegboard.insight.pegging import Pegging, Supply, SupplyKey, key_of

MOST = 20_000
"""A tree is cut off at so many nodes: shared supplies stand in it once for each way to them."""

Direction = Literal["from", "to"]


class Node(msgspec.Struct, frozen=True, gc=False):
    """An order line, work order, purchase or stock on the way from or to the root, `depth` levels from it.

    `direction` tells the tree: where the root comes `from`, or what it goes `to`. `available` is when a supply is
    there, `need` when its parent in the tree starts or is due; `slack_days` how much later it could be, `criticality`
    the same but never below 0, and None where no customer waits. `excess` is what of the supply nobody wants.
    """

    root: str
    direction: Direction
    depth: int
    kind: str
    name: str
    step: int | None
    item: str
    qty: float
    available: int | None
    need: int | None
    slack_days: float | None
    criticality: float | None
    excess: float | None
    hard: bool


class Served(msgspec.Struct, frozen=True, gc=False):
    """A customer line that a supply serves: how much of it, its lateness, and that after a slip of the supply.

    Lateness is signed, in days. `slipped_days` is an estimate: the line as late as it is, or as the slip beyond the
    slack makes it, whichever is later; None where no slip is asked for.
    """

    root: str
    order: str
    customer: str
    item: str
    qty: float
    due: int
    lateness_days: float | None
    slack_days: float
    slipped_days: float | None


def roots(pegging: Pegging, name: str) -> tuple[list[str], list[SupplyKey]]:
    """The order lines and the supplies that a name stands for: an order or line, work order, purchase or item."""
    lines = [i for i, row in sorted(pegging.orders.items()) if name in (i, row.order)]
    supplies = [key for key in sorted(pegging.supplies) if _is_named(key, name)]
    return lines, supplies


def comes_from(pegging: Pegging, line: str) -> list[Node]:
    """The tree of an order line: what serves it, what that is made of, and so on; the line itself first."""
    row = pegging.orders[line]
    root = Node(
        line, "from", 0, "order", line, None, row.item, row.qty, row.completion, row.due, None, None, None, False
    )
    return _whole(root, _down(pegging, line, "order", line, 1.0, 0))


def made_from(pegging: Pegging, supply: Supply) -> list[Node]:
    """The tree of what a work order is made of; slack to the customer line that waits for it most."""
    reached = pegging.reach_of_work(supply.name)
    slack = min((r.slack for r in reached.values()), default=0)
    return _whole(_root(pegging, supply, "from"), _down(pegging, supply.name, "wo", supply.name, 1.0, slack))


def goes_to(pegging: Pegging, supply: Supply) -> list[Node]:
    """The tree of what a supply serves, up to the customer lines; the supply itself first."""
    return _whole(_root(pegging, supply, "to"), _up(pegging, supply))


def served(pegging: Pegging, supply: Supply, slip_days: float | None) -> list[Served]:
    """The customer lines that a supply serves, those with the least slack first."""
    found = []
    for line, reached in pegging.reach(supply.key).items():
        row, slack = pegging.orders[line], reached.slack / DAY
        late = None if row.lateness_min is None else row.lateness_min / 1440
        slipped = None
        if slip_days is not None and late is not None:
            slipped = round(max(late, slip_days - slack) if slip_days > slack else late, 4)
        found.append(
            Served(
                supply.name,
                line,
                row.customer,
                row.item,
                round(reached.qty, 6),
                row.due,
                None if late is None else round(late, 4),
                round(slack, 4),
                slipped,
            )
        )
    return sorted(found, key=lambda s: (s.slack_days, s.order))


def _is_named(key: SupplyKey, name: str) -> bool:
    kind, supply, item = key
    return name in (supply, item) or (kind == "po" and supply.rpartition("/")[0] == name)


def _root(pegging: Pegging, supply: Supply, direction: Direction) -> Node:
    reached = pegging.reach(supply.key)
    slack = min((r.slack for r in reached.values()), default=None)
    pegs = pegging.by_supply.get(supply.key, ())
    return Node(
        root=supply.name,
        direction=direction,
        depth=0,
        kind=supply.kind,
        name=supply.name,
        step=None,
        item=supply.item,
        qty=pegging.pegged(supply.key) if supply.qty is None else supply.qty,
        available=supply.available,
        need=min((p.need for p in pegs), default=None),
        slack_days=_days(slack),
        criticality=_criticality(slack),
        excess=pegging.excess(supply),
        hard=False,
    )


def _whole(root: Node, below: Iterator[Node]) -> list[Node]:
    """The root and what lies below it, cut off where it grows beyond reason."""
    found = [root]
    for node in below:
        found.append(node)
        if len(found) >= MOST:
            break
    return found


def _down(pegging: Pegging, root: str, kind: str, name: str, share: float, beyond: int) -> Iterator[Node]:
    """Depth first, without recursion: each entry is a peg, its depth, and share and slack of what draws on it."""
    todo = [(peg, 1, share, beyond) for peg in _last_first(pegging.by_demand.get((kind, name), ()))]
    while todo:
        peg, depth, share, beyond = todo.pop()
        slack = pegging.latest(peg) - peg.available + beyond
        supply = pegging.supplies[key_of(peg)]
        yield _node(peg, root, "from", depth, supply.kind, supply.name, peg.qty * share, slack, pegging.excess(supply))
        if peg.supply_kind == "wo":
            within = peg.qty * share / max(supply.qty or 0.0, pegging.pegged(supply.key))
            below = beyond + pegging.leeway(peg)
            children = _last_first(pegging.by_demand.get(("wo", peg.supply), ()))
            todo.extend((child, depth + 1, within, below) for child in children)


def _up(pegging: Pegging, supply: Supply) -> Iterator[Node]:
    """Depth first: each entry is a peg, its depth, the root's quantity in each unit of its supply, and slack so far."""
    start = _last_first(pegging.by_supply.get(supply.key, ()))
    todo = [(peg, 1, 1.0, pegging.latest(peg) - peg.available) for peg in start]
    while todo:
        peg, depth, share, slack = todo.pop()
        qty = peg.qty * share
        if peg.demand_kind == "order":
            yield _node(peg, supply.name, "to", depth, "order", peg.demand, qty, slack, None)
            continue
        work = pegging.works[peg.demand]
        reached = pegging.reach_of_work(work.wo)
        least = slack + min((r.slack for r in reached.values()), default=0)
        yield _node(peg, supply.name, "to", depth, "wo", work.wo, qty, least if reached else None, None)
        for output in pegging.outputs(work.wo):
            made = pegging.supplies[output]
            each = qty / max(made.qty or 0.0, pegging.pegged(output))
            todo.extend(
                (up, depth + 1, each, slack + pegging.leeway(up)) for up in _last_first(pegging.by_supply[output])
            )


def _node(
    peg: Peg,
    root: str,
    direction: Direction,
    depth: int,
    kind: str,
    name: str,
    qty: float,
    slack: int | None,
    excess: float | None,
) -> Node:
    return Node(
        root=root,
        direction=direction,
        depth=depth,
        kind=kind,
        name=name,
        step=peg.step,
        item=peg.item,
        qty=round(qty, 6),
        available=peg.available,
        need=peg.need,
        slack_days=_days(slack),
        criticality=_criticality(slack),
        excess=excess,
        hard=peg.kind == "hard",
    )


def _last_first(pegs: Sequence[Peg]) -> list[Peg]:
    """Pegs in the reverse of their order, for a stack."""
    order = sorted(pegs, key=lambda p: (p.step or 0, p.item, p.available, p.supply, p.need, p.demand))
    return order[::-1]


def _days(slack: int | None) -> float | None:
    return None if slack is None else round(slack / DAY, 4)


def _criticality(slack: int | None) -> float | None:
    return None if slack is None else max(0.0, round(slack / DAY, 4))
