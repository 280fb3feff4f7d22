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
from pegboard.planning.explode import Exploder
from pegboard.planning.lotsize import LotRule, rule_for
from pegboard.planning.net import Draw, Source, Taken, net
from pegboard.planning.offset import Latest, Offset
from pegboard.planning.purchase import PurchaseDates
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
        if not run.shortages:
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
        self.exploder = Exploder(factory)
        self.offset = Offset(table)
        self.dates = PurchaseDates(factory)
        self.works: list[Work] = []
        self.purchases: list[Purchase] = []
        self.links: list[Link] = []
        self.findings: list[Finding] = []
        self.shortages: list[Shortage] = []
        self._queues: dict[str, list[tuple[int, int]]] = defaultdict(list)
        self._draws: dict[str, list[Draw]] = defaultdict(list)
        self._numbers: dict[str, int] = defaultdict(int)
        self._taken_names = {w.wo for rows in factory.work_orders.values() for w in rows}
        self._open: dict[str, list[int]] = {}
        self._stuck = stuck
        self._scrapped: dict[str, float] = defaultdict(float)
        for (wo, _), step in factory.progress.items():
            self._scrapped[wo] += step.scrapped_qty
        self._variants = {i for i, steps in factory.routing.items() if any("{" in s.family for s in steps)}

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
            good = round_down(remaining * self.table.total_yield(item), self.factory.items[item].decimals)
            self.works.append(
                Work(
                    record.wo,
                    item,
                    remaining,
                    good,
                    due,
                    -1,
                    -FAR,
                    self.factory.level[item],
                    record.options,
                    True,
                    record.wo,
                    record,
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
        taken, short = net(
            draws,
            self._sources(item, draws),
            rule_for(self.factory, item),
            lambda d, q: self._new_lots(item, d, q),
            earliest,
            self.factory.policy.allocation,
            self._day,
            self.barred,
        )
        for t in taken:
            self._link(item, t)
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

    def _new_lots(self, item: str, draws: Sequence[Draw], qty: float) -> list[Source]:
        factory = self.factory
        if item in factory.blocked or factory.items[item].policy == "buffer":
            return []
        if factory.supply[item] == "buy":
            return self._purchases(item, draws, qty)
        total_yield = self.table.total_yield(item)
        rule = rule_for(factory, item)
        root = draws[0]
        options = self.lines[root.line].record.options if root.line >= 0 else self.works[root.work].options
        found = []
        for started, good in _good_lots(rule, qty, total_yield):
            work = Work(
                self._name(root.line_id or self.works[root.work].root),
                item,
                started,
                good,
                min(d.need for d in draws),
                root.line,
                min(d.earliest for d in draws),
                factory.level[item],
                options,
                any(d.work >= 0 for d in draws),
                self.works[root.work].root if root.line < 0 else "",
            )
            self.works.append(work)
            variant = options if item in self._variants else ()
            found.append(Source("wo", work.wo, len(self.works) - 1, good, 0, variant=variant))
        return found

    def _purchases(self, item: str, draws: Sequence[Draw], qty: float) -> list[Source]:
        earliest = self.dates.earliest(item)
        if earliest >= FAR or earliest > self.factory.horizon:
            return []
        found = []
        for lot in rule_for(self.factory, item).lots(qty):
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

    def _link(self, item: str, t: Taken) -> None:
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
                d.op,
                item,
                t.qty,
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
        latest = self.offset.add(self.works, fresh, self.factory.progress)
        touched: set[str] = set()
        for w in fresh:
            touched.update(self._draw_components(w, latest))
        return touched

    def _draw_components(self, w: int, latest: Latest) -> set[str]:
        work = self.works[w]
        rows = range(work.first_op, work.first_op + work.n_op)
        started: dict[int | None, float] = {}
        where: dict[int | None, int] = {}
        for op in rows:
            step = self.table.rows[latest.row[op]].step
            if latest.issued[op]:
                continue
            number = step.step if step else None
            started[number], where[number] = latest.qty[op], op
        first_row = self.table.span[work.item][0]
        first = self.table.rows[first_row].step
        if first is not None and first.step in started:
            started[None], where[None] = started[first.step], where[first.step]
        touched: set[str] = set()
        if not started:
            return touched
        order = self.lines[work.line].record.order if work.line >= 0 else (work.record.order if work.record else "")
        line_id = self.lines[work.line].id if work.line >= 0 else work.root
        priority = self.lines[work.line].priority if work.line >= 0 else 100
        options = self.lines[work.line].record.options if work.line >= 0 else work.options
        is_released = work.record is not None and work.record.status in ("released", "started")
        for component, number, qty in self.exploder.components(work.item, started, work.need):
            op = where[number]
            need = latest.arrival[op] if not self.table.rows[latest.row[op]].preds else latest.start[op]
            self._draws[component].append(
                Draw(
                    component,
                    qty,
                    need,
                    priority,
                    work.line,
                    order,
                    line_id,
                    options,
                    w,
                    op,
                    work.earliest,
                    is_released,
                )
            )
            touched.add(component)
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
            return LeftOut("material", f"{qty:g} {item} short: no lot within its lot rules yields a whole good piece")
        return LeftOut("horizon", f"{qty:g} {item} short: a purchase would arrive after the planning horizon")

    def true_shortages(self) -> list[Shortage]:
        """Shortages that dropping other failing lines would not heal; at least one.

        A line fails truly if no other failing line took of the item that it lacks.
        """
        failing = {s.line for s in self.shortages}
        took: dict[str, set[int]] = {item: {line for line, _ in rows} & failing for item, rows in self._queues.items()}
        true = [s for s in self.shortages if not took.get(s.item, set()) - {s.line}]
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
        for parent, day in sorted(self.exploder.gaps):
            self.findings.append(
                warning(
                    "P204",
                    parent,
                    f"on {day} none of the dated BOM lines of {parent} is in force",
                    "close the gap between valid_from and valid_to; it is made without them",
                )
            )
        o = self.offset
        pred_ptr, pred_op = o.predecessors(o.array("row"), o.array("work"))
        return SupplyPlan(
            lines=self.lines,
            works=self.works,
            purchases=self.purchases,
            links=self.links,
            op_work=o.array("work"),
            op_row=o.array("row"),
            op_qty=np.array(o.latest.qty, np.float64),
            latest_arrival=o.array("arrival"),
            latest_start=o.array("start"),
            latest_end=o.array("end"),
            pred_ptr=pred_ptr,
            pred_op=pred_op,
            unplanned=unplanned,
            findings=self.findings,
        )


def _good_lots(rule: LotRule, wanted: float, total_yield: float) -> list[tuple[float, float]]:
    """Lots as `(started, good)` that yield at least `wanted`; none where a lot yields nothing whole."""
    found: list[tuple[float, float]] = []
    missing = wanted
    while missing > 1e-9 + 1e-12 * wanted:
        lot = rule.lot(missing / total_yield)
        good = round_down(lot * total_yield, rule.decimals)
        if good <= 0:
            return []
        found.append((lot, good))
        missing -= good
    return found
