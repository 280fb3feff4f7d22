"""The supplies of an item that are there or on their way: stock, purchase orders, work orders, by-products."""

from collections import defaultdict
from collections.abc import Iterator

from pegboard.domain.calendar import FAR, bounds, demand_instant, receipt_instant
from pegboard.domain.factory import Factory
from pegboard.domain.finding import Finding, warning
from pegboard.domain.quantity import round_down
from pegboard.domain.supply import PurchaseOrder, StockLot, WorkOrder
from pegboard.planning.ledger import Ledger
from pegboard.planning.lotsize import rule_for
from pegboard.planning.net import Source
from pegboard.planning.routes import process_under_way
from pegboard.tables.process import ProcessTable
from pegboard.tables.supply import Work


class OpenSupply:
    """Reads open supplies as sources; work orders that exist are entered in the ledger when their item's turn comes."""

    def __init__(self, factory: Factory, table: ProcessTable, ledger: Ledger, stuck: frozenset[str]) -> None:
        self._factory, self._table, self._ledger, self._stuck = factory, table, ledger, stuck
        self.works: dict[str, list[int]] = {}
        self.findings: list[Finding] = []
        self._scrapped: dict[str, float] = defaultdict(float)
        self._reported: dict[str, set[int]] = defaultdict(set)
        for (wo, number), step in factory.progress.items():
            self._scrapped[wo] += step.scrapped_qty
            self._reported[wo].add(number)

    def enter_work_orders(self, item: str) -> None:
        """Enter the work orders of an item that exist: they are supplies, and draw what their waiting steps need."""
        records = [r for r in self._factory.work_orders.get(item, ()) if r.wo not in self._stuck]
        self.works[item] = [self._ledger.add_work(self._work(item, record)) for record in records]

    def _work(self, item: str, record: WorkOrder) -> Work:
        factory = self._factory
        due = factory.now if record.due is None else demand_instant(record.due, factory.calendar, factory.zone)
        gone = record.completed_qty + max(record.scrapped_qty, self._scrapped.get(record.wo, 0.0))
        remaining = max(0.0, record.qty - gone)
        process = process_under_way(factory, self._table, item, record.options, self._reported[record.wo])
        total_yield = self._table.processes[process].total_yield
        self._remark_on_what_is_done_too_soon(record, process)
        return Work(
            wo=record.wo,
            item=item,
            qty=remaining,
            good=round_down(remaining * total_yield, factory.items[item].decimals),
            need=due,
            line=-1,
            earliest=-FAR,
            level=factory.level[item],
            options=record.options,
            cures=True,
            process=process,
            root=record.wo,
            record=record,
        )

    def _remark_on_what_is_done_too_soon(self, record: WorkOrder, process: int) -> None:
        """What people report is done is done, also where a step before it is not."""
        rows, way = self._table.rows, self._table.processes[process]
        done = {r for r in range(way.first, way.end) if self._is_done(record.wo, rows[r].number)}
        for r in sorted(done):
            for before in (p for p in rows[r].preds if p not in done):
                name = f"{record.wo}.{rows[r].number}"
                what = f"operation {name} is done, but {record.wo}.{rows[before].number} before it is not"
                advice = "report what is done; what is done is not planned again, and the other one still is"
                self.findings.append(warning("P207", name, what, advice, record.source))

    def _is_done(self, wo: str, number: int) -> bool:
        step = self._factory.progress.get((wo, number))
        return step is not None and step.status == "done"

    def sources(self, item: str) -> Iterator[Source]:
        """All open supplies of an item that can still be used."""
        yield from (self._of_stock(lot) for lot in self._factory.lots.get(item, ()))
        for po in self._factory.receipts.get(item, ()):
            if po.qty > po.received_qty and (source := self._of_purchase(po)):
                yield source
        for w in self.works.get(item, ()):
            if self._ledger.works[w].good > 0:
                yield self._of_work(w)
        for w, qty in self._ledger.byproducts.get(item, ()):
            work = self._ledger.works[w]
            yield Source("wo", work.wo, w, qty, max(work.need, self._factory.now), made_by=w)

    def _of_stock(self, lot: StockLot) -> Source:
        factory = self._factory
        available = factory.now
        if lot.available_from is not None:
            available = max(available, receipt_instant(lot.available_from, factory.calendar, factory.zone))
        expires = FAR if lot.expires is None else bounds(lot.expires, lot.expires, factory.zone)[0]
        name = f"{lot.item}:{lot.lot}" if lot.lot else lot.item
        variant = lot.options or None
        return Source("stock", name, -1, lot.qty, available, expires, lot.reserved_for, variant=variant)

    def _of_purchase(self, po: PurchaseOrder) -> Source | None:
        """An open purchase order; nothing where its date has passed: nobody knows when it comes."""
        factory = self._factory
        when = receipt_instant(po.promised or po.due, factory.calendar, factory.zone)
        left = po.qty - po.received_qty
        if when >= factory.now:
            expires = min(FAR, when + rule_for(factory, po.item).keeps)
            return Source("po", po.id, -1, left, when, expires, reserved=po.reserved_for)
        what = f"purchase order {po.id} of {left:g} {po.item} was due in the past and is not received"
        advice = "receive it or ask the supplier for a new date; until then nothing is planned with it"
        self.findings.append(warning("P201", po.id, what, advice, po.source))
        return None

    def _of_work(self, w: int) -> Source:
        work = self._ledger.works[w]
        order = work.record.order if work.record else ""
        alone = self._factory.items[work.item].pegging == "hard"
        return Source(
            "wo",
            work.wo,
            w,
            work.good,
            max(work.need, self._factory.now),
            reserved=order if alone else "",
            preferred=order,
            variant=work.options,
        )
