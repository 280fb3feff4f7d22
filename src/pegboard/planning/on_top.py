"""Pull lines on top of a plan: they take what it leaves and nothing else, and nobody gives anything up for them."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import compress

import msgspec

from pegboard.domain.calendar import FAR
from pegboard.domain.factory import Factory
from pegboard.domain.finding import Finding
from pegboard.planning.buffers.book import usable_buffers
from pegboard.planning.ledger import Ledger
from pegboard.planning.net import Source
from pegboard.planning.offset import Offset
from pegboard.planning.purchase import PurchaseDates
from pegboard.planning.run import Barred, LeadDays, Run
from pegboard.tables.joined import Kept
from pegboard.tables.process import ProcessTable
from pegboard.tables.supply import LeftOut, Line, Link, Purchase, SupplyPlan

Leftovers = Mapping[str, Sequence[Source]]
"""What a plan leaves of each item. Work order or purchase `i` of the plan is index `-2 - i`, dated as it is planned."""


class Ground:
    """A plan to pull on top of: what it leaves, the names it has given, and what it has ordered.

    Items that are kept in stock order nothing here: their stock is there or not, and what is missing is made or bought
    for the line that misses it; nobody replenishes a buffer without a size.
    """

    def __init__(
        self, factory: Factory, leftovers: Leftovers, plan: SupplyPlan, kept: Kept, lead_days: LeadDays
    ) -> None:
        sized = usable_buffers(factory)
        items = {
            name: msgspec.structs.replace(item, policy="mto") if name in sized or item.policy == "stock" else item
            for name, item in factory.items.items()
        }
        self.factory = msgspec.structs.replace(factory, items=items, work_orders={})
        self.dates = PurchaseDates(self.factory)
        self.lead_days = lead_days
        self.leftovers = leftovers
        self.purchases: Sequence[Purchase] = list(compress(plan.purchases, kept.purchase.tolist()))
        self.work_names: Collection[str] = {
            *(w.wo for w in compress(plan.works, kept.work.tolist())),
            *(w.wo for rows in factory.work_orders.values() for w in rows),
        }
        self.purchase_names: Collection[str] = {p.po for p in self.purchases}


class _Left:
    """The leftovers of a plan as the supplies of a run."""

    def __init__(self, leftovers: Leftovers) -> None:
        self.findings: list[Finding] = []
        self._leftovers = leftovers

    def enter_work_orders(self, item: str) -> None:
        """None are entered: those that exist are in the plan."""

    def sources(self, item: str) -> Iterator[Source]:
        """Copies, from which a run may take."""
        return (msgspec.structs.replace(s) for s in self._leftovers.get(item, ()))


def pull_on_top(
    ground: Ground, factory: Factory, table: ProcessTable, lines: list[Line], barred: Barred
) -> tuple[SupplyPlan, list[LeftOut]]:
    """The supply of `lines` on top of a plan without the `barred` lots, and what is missing where there is none.

    `factory` and `table` are those of the ground, and may know more variants.
    """
    known = msgspec.structs.replace(ground.factory, variants=factory.variants)

    def supplies(ledger: Ledger) -> _Left:
        ledger.name_apart(ground.work_names, ground.purchase_names)
        return _Left(ground.leftovers)

    none: frozenset[int] = frozenset()
    run = Run(known, table, lines, ground.lead_days, none, frozenset(), barred, supplies, ground.dates)
    run.buyer.take(ground.purchases)
    run.run()
    missing = [] if run.is_whole else [s.left_out for s in run.true_shortages()]
    return run.result({}), missing


def redated(factory: Factory, table: ProcessTable, top: SupplyPlan, line: Line) -> SupplyPlan:
    """The supply of one line with the latest dates that another due date asks for; what is supplied stays."""
    works = [msgspec.structs.replace(w, need=FAR) for w in top.works]
    purchases = [msgspec.structs.replace(b, need=FAR) for b in top.purchases]
    drawn_by: dict[int, list[Link]] = defaultdict(list)
    for link in top.links:
        drawn_by[link.work].append(link)
    offset = Offset(table)

    def want(links: Sequence[Link], need: int) -> None:
        for link in links:
            if link.supply_kind == "wo" and link.index >= 0:
                works[link.index].need = min(works[link.index].need, need)
            elif link.supply_kind == "purchase" and link.index >= 0:
                purchases[link.index].need = min(purchases[link.index].need, need)

    want(drawn_by[-1], line.need)
    for w in range(len(works)):  # those who draw come before those that they draw on
        batch = offset.add(works, [w], factory.progress)
        for link in drawn_by[w]:
            at = link.op - batch.base
            latest = batch.start if table.rows[batch.row[at]].preds else batch.arrival
            want([link], int(latest[at]))
    return msgspec.structs.replace(
        top,
        lines=[line],
        works=works,
        purchases=purchases,
        latest_arrival=offset.column("arrival"),
        latest_start=offset.column("start"),
        latest_end=offset.column("end"),
    )
