"""One run over all levels: items are taken level by level, netted, and their new work orders exploded.

All demands for an item are known before it is netted; between the levels the latest dates of the new work orders turn
into the need dates of their components. What a run could not supply is `pull.py`'s business.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Protocol

import numpy as np

from pegboard.domain.calendar import DAY, local_day
from pegboard.domain.factory import Factory
from pegboard.domain.finding import Finding, info, warning
from pegboard.planning.alternates import Alternates
from pegboard.planning.buffers.book import BufferBook
from pegboard.planning.buying import Buyer
from pegboard.planning.check_lots import LotLimits, beyond_maintenance
from pegboard.planning.draw import Drawing
from pegboard.planning.explode import Exploder
from pegboard.planning.leadtime import decoupled_days
from pegboard.planning.ledger import Ledger, Pairing
from pegboard.planning.lotsize import rule_for
from pegboard.planning.net import Draw, Netting, Source, by_operation
from pegboard.planning.new_supply import NewSupply
from pegboard.planning.offset import Offset
from pegboard.planning.purchase import PurchaseDates
from pegboard.planning.stocking import Stocking
from pegboard.tables.process import ProcessTable
from pegboard.tables.supply import LeftOut, Line, Shortage, SupplyPlan

Barred = frozenset[tuple[str, str]]
"""Pairs of a lot and a line that a schedule has shown not to meet in time. Empty before there is a schedule."""
Root = tuple[int, str, str]
"""What a demand is for in the end: a line, or (-1) an existing work order or a stock."""


class Supplies(Protocol):
    """The supplies that are there before a run begins: those of the factory, or those that a plan leaves."""

    findings: list[Finding]

    def enter_work_orders(self, item: str) -> None:
        """Enter work orders of an item that exist in the ledger, when the item's turn comes."""

    def sources(self, item: str) -> Iterator[Source]:
        """All supplies of an item that can still be used."""


class LeadDays:
    """Decoupled lead times of all items, worked out when first asked for."""

    def __init__(self, factory: Factory, table: ProcessTable) -> None:
        self._factory, self._table = factory, table
        self._days: dict[str, float] | None = None

    def __call__(self) -> Mapping[str, float]:
        if self._days is None:
            self._days = decoupled_days(self._factory, self._table)
        return self._days


class Run:
    """One run for a fixed set of lines; the stocks in `unfilled` are not replenished."""

    def __init__(
        self,
        factory: Factory,
        table: ProcessTable,
        lines: list[Line],
        lead_days: LeadDays,
        left_out: frozenset[int],
        unfilled: frozenset[str],
        barred: Barred,
        supplies: Callable[[Ledger], Supplies],
        dates: PurchaseDates,
    ) -> None:
        self.factory, self.table, self.lines, self.left_out = factory, table, lines, left_out
        self.exploder = Exploder(factory)
        self.ledger = Ledger(factory, table, lines, self.exploder)
        self.findings = self.ledger.findings
        self.open = supplies(self.ledger)
        self.buyer = Buyer(factory, dates)
        self.new = NewSupply(factory, table, self.ledger, self.buyer)
        self.alternates = Alternates(factory, self.open.sources, self._soonest)
        self.drawing = Drawing(factory, table, lines, self.exploder, self.alternates.choose)
        self.offset = Offset(table)
        book = BufferBook(factory, lead_days() if _has_buffers(factory) else {})
        self.stocking = Stocking(factory, book, self.new, unfilled, self._soonest, self._day)
        self.shortages: list[Shortage] = []
        self.unfit: list[Shortage] = []
        self._lead_days = lead_days
        self._limits = table.derived(LotLimits)
        self._pairing = Pairing(self.ledger, barred)
        self._draws: dict[str, list[Draw]] = defaultdict(list)

    def run(self) -> None:
        levels: dict[int, set[str]] = defaultdict(set)
        for i, line in enumerate(self.lines):
            if i not in self.left_out:
                self._draw(self._of_line(i, line))
        for item in {*self._draws, *self.factory.work_orders, *self.stocking.items()}:
            levels[self.factory.level[item]].add(item)
        level = 0
        while levels:
            first = len(self.ledger.works)
            for item in sorted(levels.pop(level, ())):
                self.open.enter_work_orders(item)
                self._net(item)
            for item in self._explode(range(first, len(self.ledger.works))):
                levels[self.factory.level[item]].add(item)
            level += 1

    def _of_line(self, i: int, line: Line) -> Draw:
        record = line.record
        options = self.factory.variants.of(record.item, record.options)
        return Draw(
            *(record.item, line.qty, line.need, line.priority, i, record.order, line.id, options),
            work=-1,
            op=-1,
            earliest=line.earliest,
            customer=record.customer,
        )

    # -- one item --------------------------------------------------------------------------------------------------

    def _draw(self, draw: Draw) -> None:
        self._draws[draw.item].append(draw)
        self.alternates.note(draw)

    def _net(self, item: str) -> None:
        draws = self._draws.pop(item, [])
        is_kept = self.stocking.is_kept(item)
        if not draws and not is_kept:
            return
        uses_stock = self.factory.policy.net_finished_stock or is_kept or any(d.work >= 0 for d in draws)
        sources = [s for s in self.open.sources(item) if s.kind != "stock" or uses_stock]
        netting = Netting(draws, sources, self.factory.policy.allocation, self._pairing)
        if is_kept:
            self.stocking.net(item, netting)
        else:
            netting.serve_kept()
            anew = partial(self._lot_for_lot, item)
            netting.serve(rule_for(self.factory, item), anew, self.new.soonest_by_qty(item), self._day)
        for t, op, qty in by_operation(netting.taken):
            self.ledger.peg(item, t, op, qty)
        for draw, qty in netting.short:
            self.shortages.append(Shortage(*self._root(draw.line, draw.work), item, qty, self._why_short(draw, qty)))

    def _root(self, line: int, work: int) -> Root:
        """What a draw of a work order is for in the end."""
        found = self.ledger.works[work] if line < 0 <= work else None
        return (line, found.root, found.stock) if found else (line, "", "")

    def _lot_for_lot(self, item: str, draws: Sequence[Draw], qty: float) -> list[Source]:
        if self.factory.items[item].policy == "buffer":
            return []
        return self.new.for_draws(item, draws, qty)

    def _day(self, t: int) -> int:
        return local_day(t, self.factory.zone).toordinal()

    def _soonest(self, item: str) -> int:
        """When a new supply can be there at best: bought, or made after its decoupled lead time."""
        if self.factory.supply[item] == "buy":
            return self.new.soonest(item)
        return self.factory.now + int(self._lead_days().get(item, 0.0) * DAY)

    # -- between the levels ------------------------------------------------------------------------------------------

    def _explode(self, fresh: Sequence[int]) -> Iterable[str]:
        """Latest dates of these work orders, then the draws on their components; returns the items drawn."""
        if not fresh:
            return ()
        works = self.ledger.works
        batch = self.offset.add(works, fresh, self.factory.progress)
        for w, qty, why in self._limits.exceeded(batch):
            self.unfit.append(Shortage(*self._root(works[w].line, w), works[w].item, qty, LeftOut("data", why)))
        touched: set[str] = set()
        for draw in self.drawing.draws(works, batch):
            self._draw(draw)
            touched.add(draw.item)
        return touched

    @property
    def is_whole(self) -> bool:
        """Whether nothing is missing, and each lot can be made."""
        return not self.shortages and not self.unfit

    # -- what came of it ---------------------------------------------------------------------------------------------

    def _why_short(self, draw: Draw, qty: float) -> LeftOut:
        factory, item = self.factory, draw.item
        if item in factory.blocked:
            return LeftOut("material", f"{qty:g} {item} short: {factory.blocked[item].what}")
        if why_not := factory.variants.why_not(item, draw.options):
            return LeftOut("data", f"{qty:g} {item} short: {why_not}")
        if factory.items[item].policy == "buffer":
            have = sum(lot.qty for lot in factory.lots.get(item, ()))
            comes = "orders no more that comes in time" if self.stocking.is_replenished(item) else "is not replenished"
            return LeftOut("buffer", f"{qty:g} {item} short: it is kept in a buffer, which holds {have:g} and {comes}")
        if factory.supply[item] == "make":
            return LeftOut(
                "material", f"{qty:g} {item} short: {self.new.no_way.get((item, draw.options), 'nothing makes it')}"
            )
        if factory.items[item].shelf_life_days is not None and self.new.soonest(item) <= factory.horizon:
            why = (
                f"{qty:g} {item} short: a purchase would spoil before it is used, or arrive after the planning horizon"
            )
            return LeftOut("material", why)
        return LeftOut("horizon", f"{qty:g} {item} short: a purchase would arrive after the planning horizon")

    def true_shortages(self) -> list[Shortage]:
        """Shortages that must be given in to; at least one.

        Of those that lack an item the last to be served go without, until what they give back covers the others. Items
        of a supplier whose weeks are limited take room from each other, and count as one.
        """
        given_up = {root_of(s): s for s in self.unfit}
        lacking: dict[str, list[Shortage]] = defaultdict(list)
        for shortage in self.shortages:
            lacking[self.buyer.pool(shortage.item)].append(shortage)
        taken = self._taken(lacking)
        for pool, rows in sorted(lacking.items()):
            held: dict[Root, float] = defaultdict(float)
            for s in rows:
                held[root_of(s)] += s.qty
            missing = sum(held.values())
            for root, qty in taken.get(pool, {}).items():
                held[root] += qty
            missing -= sum(held[root] for root in given_up if root in held)
            for s in sorted(rows, key=self._patience, reverse=True):
                if missing > 1e-9 and root_of(s) not in given_up:
                    given_up[root_of(s)] = s
                    missing -= held[root_of(s)]
        return list(given_up.values())

    def _taken(self, pools: Collection[str]) -> dict[str, dict[Root, float]]:
        """How much each demand has been given of what these pools hold."""
        pool = {item: name for item in self.factory.items if (name := self.buyer.pool(item)) in pools}
        found: dict[str, dict[Root, float]] = defaultdict(lambda: defaultdict(float))
        for link in self.ledger.links:
            if link.item in pool:
                line = link.line if link.line >= 0 else self.ledger.works[link.work].line
                found[pool[link.item]][self._root(line, link.work)] += link.qty
        return found

    def _patience(self, shortage: Shortage) -> tuple[int, ...]:
        """Who goes without first: stocks, then what is wanted last."""
        if shortage.line < 0:
            return (1,)
        line = self.lines[shortage.line]
        return (0, line.need, line.priority, shortage.line)

    def result(self, unplanned: dict[int, LeftOut]) -> SupplyPlan:
        """The arrays and rows of this run; surplus supplies are remarked on."""
        for work, qty in self.ledger.left_over():
            what = f"work order {work.wo} yields {qty:g} {work.item} that no order needs"
            self.findings.append(info("P202", work.wo, what, "keep it as stock, or reduce the work order"))
        for batch in self.offset.batches:
            self.findings.extend(beyond_maintenance(self.table, batch))
        for parent, day in sorted(self.exploder.gaps):
            self.findings.append(
                warning(
                    "P204",
                    parent,
                    f"on {day} none of the dated BOM lines of {parent} is in force",
                    "close the gap between valid_from and valid_to; it is made without them",
                )
            )
        self.findings.extend([*self.open.findings, *self.stocking.findings])
        o = self.offset
        pred_ptr, pred_op = o.predecessors()
        return SupplyPlan(
            lines=self.lines,
            works=self.ledger.works,
            purchases=self.ledger.purchases,
            links=self.ledger.links,
            buffers=self.stocking.positions,
            op_work=o.column("work"),
            op_row=o.column("row"),
            op_qty=o.column("qty").astype(np.float64),
            op_part=o.column("part"),
            latest_arrival=o.column("arrival"),
            latest_start=o.column("start"),
            latest_end=o.column("end"),
            pred_ptr=pred_ptr,
            pred_op=pred_op,
            unplanned=unplanned,
            findings=self.findings,
        )


def root_of(shortage: Shortage) -> Root:
    return shortage.line, shortage.wo, shortage.stock


def _has_buffers(factory: Factory) -> bool:
    return any(item.policy == "buffer" for item in factory.items.values())
