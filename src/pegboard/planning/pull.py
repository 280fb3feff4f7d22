"""Pull every order line back through all levels: demands, netting, new work orders and purchases, pegs.

Items are taken level by level, so that all demands for an item are known before it is netted; between the levels
the latest dates of the new work orders turn into the need dates of their components.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

import numpy as np

from pegboard.domain.calendar import FAR, bounds, demand_instant, local_day, receipt_instant
from pegboard.domain.factory import Factory
from pegboard.domain.finding import Finding, info, warning
from pegboard.domain.order import OrderLine
from pegboard.domain.quantity import round_down
from pegboard.domain.supply import WorkOrder
from pegboard.planning.check_lots import LotLimits, beyond_maintenance
from pegboard.planning.draw import Drawing
from pegboard.planning.lotsize import LotRule, rule_for
from pegboard.planning.net import Draw, Source, Taken, by_operation, net
from pegboard.planning.offset import Offset
from pegboard.planning.purchase import PurchaseDates
from pegboard.planning.routes import new_lots, process_under_way
from pegboard.tables.process import ProcessTable
from pegboard.tables.supply import LeftOut, Line, Link, Purchase, Shortage, SupplyPlan, Work

LARGEST_QTY = 1e9
"""Beyond it work no longer fits whole numbers of microseconds."""

Report = Callable[[str, float], None]
Barred = frozenset[tuple[str, str]]
"""Pairs of a lot and a line that a schedule has shown not to meet in time. Empty before there is a schedule."""


def pull(
    factory: Factory, table: ProcessTable, drop: dict[str, LeftOut], stuck: dict[str, Finding], barred: Barred
) -> SupplyPlan:
    """Planned supply for all open lines but those in `drop` (line id -> reason), without the work orders in `stuck`.

    A line that something can't be made or bought for is left out as a whole, and what it would have taken serves the
    others; lines that only failed because such a line stood before them get another chance.
    """
    lines = order_lines(factory)
    unplanned = {i: drop[line.id] for i, line in enumerate(lines) if line.id in drop}
    for i, line in enumerate(lines):
        if i not in unplanned and (left_out := _hopeless(factory, line)):
            unplanned[i] = left_out
    stuck = dict(stuck)
    while True:
        run = _Pull(factory, table, lines, frozenset(unplanned), frozenset(stuck), barred)
        run.run()
        if not run.shortages and not run.unfit:
            run.findings.extend(stuck.values())
            return run.result(unplanned)
        for shortage in run.true_shortages():
            if shortage.line >= 0:
                unplanned.setdefault(shortage.line, shortage.left_out)
            else:
                stuck[shortage.wo] = warning(
                    "P203",
                    shortage.wo,
                    f"work order {shortage.wo} cannot be completed: {shortage.left_out.why}",
                    "supply what is missing, or cancel it; it is left out of the plan",
                )


def order_lines(factory: Factory) -> list[Line]:
    """Open lines with a quantity left, sorted by order and line."""
    found = []
    for record in sorted(factory.lines, key=lambda o: (o.order, o.line)):
        qty = record.qty - record.shipped_qty
        if record.status == "open" and qty > 0:
            found.append(_line(factory, record, qty))
    return found


def _line(factory: Factory, record: OrderLine, qty: float) -> Line:
    due = demand_instant(record.due, factory.calendar, factory.zone)
    customer = factory.customers.get(record.customer)
    buffer = int(customer.delivery_buffer_min * 60) if customer else 0
    earliest = -FAR if record.earliest is None else receipt_instant(record.earliest, factory.calendar, factory.zone)
    return Line(
        record=record,
        id=record.id,
        qty=qty,
        due=due,
        need=due - buffer,
        earliest=earliest,
        priority=factory.priority(record),
        weight=factory.weight(record),
    )


def _hopeless(factory: Factory, line: Line) -> LeftOut | None:
    if line.record.item not in factory.items:
        return LeftOut("data", f"item {line.record.item} does not exist")
    if line.qty > LARGEST_QTY:
        return LeftOut("data", f"its quantity of {line.qty:g} is more than can be planned ({LARGEST_QTY:g})")
    if line.due > factory.horizon:
        return LeftOut("horizon", "due after the planning horizon")
    if factory.supply[line.record.item] == "phantom":
        return LeftOut("data", f"item {line.record.item} is a phantom and cannot be delivered")
    return None


class _Pull:
    """One run over all levels for a fixed set of lines."""

    def __init__(
        self,
        factory: Factory,
        table: ProcessTable,
        lines: list[Line],
        left_out: frozenset[int],
        stuck: frozenset[str],
        barred: Barred,
    ) -> None:
        self.factory, self.table, self.lines, self.left_out = factory, table, lines, left_out
        self.barred = barred
        self.drawing = Drawing(factory, table, lines)
        self._limits = LotLimits(table)
        self.offset = Offset(table)
        self.dates = PurchaseDates(factory)
        self.works: list[Work] = []
        self.purchases: list[Purchase] = []
        self.links: list[Link] = []
        self.findings: list[Finding] = []
        self.shortages: list[Shortage] = []
        self.unfit: list[Shortage] = []
        self._queues: dict[str, list[tuple[int, int]]] = defaultdict(list)
        self._draws: dict[str, list[Draw]] = defaultdict(list)
        self._numbers: dict[str, int] = defaultdict(int)
        self._taken_names = {w.wo for rows in factory.work_orders.values() for w in rows}
        self._open: dict[str, list[int]] = {}
        self._stuck = stuck
        self._no_way: dict[str, str] = {}
        self._scrapped: dict[str, float] = defaultdict(float)
        self._reported: dict[str, set[int]] = defaultdict(set)
        for (wo, number), step in factory.progress.items():
            self._scrapped[wo] += step.scrapped_qty
            self._reported[wo].add(number)
        self._variants = {i for (i, _), steps in factory.routing.items() if any("{" in s.family for s in steps)}

    def run(self) -> None:
        for i, line in enumerate(self.lines):
            if i not in self.left_out:
                self._draws[line.record.item].append(
                    Draw(
                        line.record.item,
                        line.qty,
                        line.need,
                        line.priority,
                        i,
                        line.record.order,
                        line.id,
                        line.record.options,
                        -1,
                        -1,
                        line.earliest,
                    )
                )
        levels: dict[int, set[str]] = defaultdict(set)
        for item in self._draws:
            levels[self.factory.level[item]].add(item)
        for item, records in self.factory.work_orders.items():
            self._open_work_orders(item, records)
            levels[self.factory.level[item]].add(item)
        level = 0
        while levels:
            items = sorted(levels.pop(level, ()))
            first = len(self.works)
            fresh: list[int] = []
            for item in items:
                self._net(item)
                fresh.extend(self._open.get(item, ()))
            fresh.extend(range(first, len(self.works)))
            for item in self._explode([w for w in fresh if w >= 0]):
                levels[self.factory.level[item]].add(item)
            level += 1

    def _open_work_orders(self, item: str, records: Sequence[WorkOrder]) -> None:
        """Work orders that exist already are supplies, and draw what their waiting steps still need."""
        rows = []
        for record in records:
            if record.wo in self._stuck:
                continue
            due = (
                self.factory.now
                if record.due is None
                else demand_instant(record.due, self.factory.calendar, self.factory.zone)
            )
            gone = record.completed_qty + max(record.scrapped_qty, self._scrapped.get(record.wo, 0.0))
            remaining = max(0.0, record.qty - gone)
            process = process_under_way(self.factory, self.table, item, self._reported[record.wo])
            total_yield = self.table.processes[process].total_yield
            self.works.append(
                Work(
                    wo=record.wo,
                    item=item,
                    qty=remaining,
                    good=round_down(remaining * total_yield, self.factory.items[item].decimals),
                    need=due,
                    line=-1,
                    earliest=-FAR,
                    level=self.factory.level[item],
                    options=record.options,
                    cures=True,
                    process=process,
                    root=record.wo,
                    record=record,
                )
            )
            rows.append(len(self.works) - 1)
        self._open[item] = rows

    # -- one item --------------------------------------------------------------------------------------------------

    def _net(self, item: str) -> None:
        draws = self._draws.pop(item, [])
        if not draws:
            return
        how = self.factory.supply[item]
        earliest = self.dates.earliest(item) if how == "buy" and item not in self.factory.blocked else FAR
        rule = rule_for(self.factory, item)
        taken, short = net(
            draws,
            self._sources(item, draws),
            rule,
            lambda d, q: self._new_lots(item, rule, d, q),
            earliest,
            self.factory.policy.allocation,
            self._day,
            self.barred,
        )
        for t, op, qty in by_operation(taken):
            self._link(item, t, op, qty)
            self._queues[item].append((t.draw.line, -1))
        for draw, qty in short:
            root = self.works[draw.work].root if draw.work >= 0 else ""
            self.shortages.append(Shortage(draw.line, root, item, qty, self._why_short(item, qty)))

    def _day(self, t: int) -> int:
        return local_day(t, self.factory.zone).toordinal()

    def _sources(self, item: str, draws: Sequence[Draw]) -> list[Source]:
        factory = self.factory
        found: list[Source] = []
        if factory.policy.net_finished_stock or any(d.work >= 0 for d in draws):
            for lot in factory.lots.get(item, ()):
                available = factory.now
                if lot.available_from is not None:
                    available = max(available, receipt_instant(lot.available_from, factory.calendar, factory.zone))
                expires = FAR if lot.expires is None else bounds(lot.expires, lot.expires, factory.zone)[0]
                name = f"{item}:{lot.lot}" if lot.lot else item
                found.append(Source("stock", name, -1, lot.qty, available, expires, lot.reserved_for))
        for po in factory.receipts.get(item, ()):
            left = po.qty - po.received_qty
            if left > 0:
                when = receipt_instant(po.promised or po.due, factory.calendar, factory.zone)
                if when < factory.now:
                    self.findings.append(
                        warning(
                            "P201",
                            po.id,
                            f"purchase order {po.id} of {left:g} {item} was due in the past and is not received",
                            "receive it or ask the supplier for a new date; it is planned to arrive now",
                            po.source,
                        )
                    )
                found.append(Source("po", po.id, -1, left, max(when, factory.now), reserved=po.reserved_for))
        for w in self._open.get(item, ()):
            work = self.works[w]
            order = work.record.order if work.record else ""
            if work.good > 0:
                found.append(
                    Source(
                        "wo", work.wo, w, work.good, max(work.need, factory.now), preferred=order, variant=work.options
                    )
                )
        return found

    def _new_lots(self, item: str, rule: LotRule, draws: Sequence[Draw], qty: float) -> list[Source]:
        factory = self.factory
        if item in factory.blocked or factory.items[item].policy == "buffer":
            return []
        if factory.supply[item] == "buy":
            return self._purchases(item, rule, draws, qty)
        need = min(d.need for d in draws)
        lots, why_none = new_lots(factory, self.table, item, rule, qty, need)
        if why_none:
            self._no_way[item] = why_none
        root = draws[0]
        options = self.lines[root.line].record.options if root.line >= 0 else self.works[root.work].options
        found = []
        for started, good, process in lots:
            work = Work(
                wo=self._name(root.line_id or self.works[root.work].root),
                item=item,
                qty=started,
                good=good,
                need=need,
                line=root.line,
                earliest=min(d.earliest for d in draws),
                level=factory.level[item],
                options=options,
                cures=any(d.work >= 0 for d in draws),
                process=process,
                root=self.works[root.work].root if root.line < 0 else "",
            )
            self.works.append(work)
            variant = options if item in self._variants else ()
            found.append(Source("wo", work.wo, len(self.works) - 1, good, 0, variant=variant))
        return found

    def _purchases(self, item: str, rule: LotRule, draws: Sequence[Draw], qty: float) -> list[Source]:
        earliest = self.dates.earliest(item)
        if earliest >= FAR or earliest > self.factory.horizon:
            return []
        found = []
        for lot in rule.lots(qty):
            self._numbers[item] += 1
            po = f"P-{item}-{self._numbers[item]}"
            self.purchases.append(
                Purchase(po, item, self.factory.sources.get(item), lot, earliest, min(d.need for d in draws))
            )
            found.append(Source("purchase", po, len(self.purchases) - 1, lot, earliest))
        return found

    def _name(self, line_id: str) -> str:
        while True:
            self._numbers[line_id] += 1
            name = f"{line_id}-{self._numbers[line_id]}"
            if name not in self._taken_names:
                return name

    def _link(self, item: str, t: Taken, op: int, qty: float) -> None:
        s, d = t.source, t.draw
        hard = bool(s.reserved)
        self.links.append(
            Link(
                s.kind,
                s.id,
                s.index,
                s.available,
                s.expires,
                d.line if d.work < 0 else -1,
                d.work,
                op,
                item,
                qty,
                hard,
            )
        )
        if s.kind == "wo":
            work = self.works[s.index]
            work.need = min(work.need, d.need) if work.record is None or work.line >= 0 else d.need
            work.earliest = min(work.earliest, d.earliest)
            if work.line < 0:
                work.line = d.line

    # -- between the levels ------------------------------------------------------------------------------------------

    def _explode(self, fresh: Sequence[int]) -> Iterable[str]:
        """Latest dates of these work orders, then the draws on their components; returns the items drawn."""
        if not fresh:
            return ()
        batch = self.offset.add(self.works, fresh, self.factory.progress)
        for w, qty, why in self._limits.exceeded(batch):
            work = self.works[w]
            self.unfit.append(Shortage(work.line, work.root, work.item, qty, LeftOut("data", why)))
        touched: set[str] = set()
        for draw in self.drawing.draws(self.works, batch):
            self._draws[draw.item].append(draw)
            touched.add(draw.item)
        return touched

    # -- what came of it ---------------------------------------------------------------------------------------------

    def _why_short(self, item: str, qty: float) -> LeftOut:
        factory = self.factory
        record = factory.items[item]
        if item in factory.blocked:
            return LeftOut("material", f"{qty:g} {item} short: {factory.blocked[item].what}")
        if record.policy == "buffer":
            have = sum(lot.qty for lot in factory.lots.get(item, ()))
            why = f"{qty:g} {item} short: it is kept in a buffer, which holds {have:g} and is not replenished in time"
            return LeftOut("buffer", why)
        if factory.supply[item] == "make":
            return LeftOut("material", f"{qty:g} {item} short: {self._no_way[item]}")
        return LeftOut("horizon", f"{qty:g} {item} short: a purchase would arrive after the planning horizon")

    def true_shortages(self) -> list[Shortage]:
        """Shortages that dropping other failing lines would not heal; at least one.

        A line fails truly if no other failing line took of the item that it lacks, or if its lot fits no oven.
        """
        failing = {s.line for s in self.shortages}
        took: dict[str, set[int]] = {item: {line for line, _ in rows} & failing for item, rows in self._queues.items()}
        true = [*self.unfit, *(s for s in self.shortages if not took.get(s.item, set()) - {s.line})]
        if true:
            return true
        worst = max(self.shortages, key=lambda s: (self.lines[s.line].need, self.lines[s.line].priority, s.line))
        return [worst]

    def result(self, unplanned: dict[int, LeftOut]) -> SupplyPlan:
        """The arrays and rows of this run; surplus supplies are remarked on."""
        given: dict[int, float] = defaultdict(float)
        for link in self.links:
            if link.supply_kind == "wo":
                given[link.index] += link.qty
        for w, work in enumerate(self.works):
            if work.record is not None and given[w] < work.good - 1e-9:
                self.findings.append(
                    info(
                        "P202",
                        work.wo,
                        f"work order {work.wo} yields {work.good - given[w]:g} {work.item} that no order needs",
                        "keep it as stock, or reduce the work order",
                    )
                )
        for batch in self.offset.batches:
            self.findings.extend(beyond_maintenance(self.table, batch))
        for parent, day in sorted(self.drawing.exploder.gaps):
            self.findings.append(
                warning(
                    "P204",
                    parent,
                    f"on {day} none of the dated BOM lines of {parent} is in force",
                    "close the gap between valid_from and valid_to; it is made without them",
                )
            )
        o = self.offset
        pred_ptr, pred_op = o.predecessors()
        return SupplyPlan(
            lines=self.lines,
            works=self.works,
            purchases=self.purchases,
            links=self.links,
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
