"""A schedule together with all it was made from, and the facts about it that several views share."""

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from pegboard.domain.calendar import FAR, Timeline
from pegboard.domain.factory import Factory
from pegboard.planning.purchase import PurchaseDates
from pegboard.scheduling.problem import Ints, Problem, Schedule
from pegboard.tables.process import ProcessTable
from pegboard.tables.supply import Link, SupplyPlan


@dataclass(frozen=True)
class Planned:
    """Everything a view may ask of a finished plan."""

    factory: Factory
    table: ProcessTable
    supply: SupplyPlan
    problem: Problem
    schedule: Schedule

    @cached_property
    def dates(self) -> PurchaseDates:
        """Purchase dates of the factory."""
        return PurchaseDates(self.factory)

    @cached_property
    def is_first(self) -> np.ndarray:
        """Operations whose queue counts from the arrival of their material."""
        counts: Ints = np.diff(self.supply.pred_ptr)
        found: np.ndarray = counts == 0
        return found

    @cached_property
    def _last(self) -> tuple[Ints, Ints]:
        return self.supply.last_ops()

    def timeline(self, op: int) -> Timeline:
        """The calendar of the resource an operation runs on."""
        cand = self.schedule.cand[op]
        return self.problem.timeline_rows[int(self.problem.shop.timeline[self.problem.steps.cand_res[cand]])]

    def wanted(self, op: int) -> int:
        """When an operation wants its material: at its setup, or where its first queue begins."""
        start = int(self.schedule.setup_start[op])
        queue = int(self.problem.steps.queue[self.problem.ops.step[op]])
        if not self.is_first[op] or queue == 0:
            return start
        return self.timeline(op).before_open(start, queue)

    @cached_property
    def last_ops(self) -> list[list[int]]:
        """For each work order the operations nothing of its own follows."""
        ptr, last = self._last
        ops = last.tolist()
        return [ops[a:b] for a, b in ptr.tolist()]

    @cached_property
    def moved(self) -> Ints:
        """When each operation has ended and moved."""
        return self._after(np.zeros(self.problem.n_op, np.int64))

    def _after(self, wait: Ints) -> Ints:
        """When each operation has ended, waited so many elapsed seconds and moved on the factory's calendar."""
        rows = self.problem.ops.step
        move = np.array([round(r.step.move_min * 60) if r.step else 0 for r in self.table.rows], np.int64)[rows]
        found: Ints = self.schedule.end + wait
        calendar = self.factory.calendar
        for op in np.flatnonzero(move > 0).tolist():
            found[op] = calendar.after_open(int(found[op]), int(move[op]))
        return found

    def _latest(self, by_op: Ints, at_least: int) -> list[int]:
        """By work order the latest of its last operations; now where it has none left to do."""
        _, last = self._last
        found = np.full(len(self.supply.works), at_least, np.int64)
        np.maximum.at(found, self.supply.op_work[last], by_op[last])
        latest: list[int] = np.where(found == -FAR, self.factory.now, found).tolist()
        return latest

    def delivered(self, work: int) -> int:
        """When a work order's last operation has ended and moved; now where nothing is left to do."""
        return self.deliveries[work]

    def available(self, work: int) -> int:
        """When a parent may draw on a work order: its last operations ended, cured and moved."""
        return self._available[work]

    @cached_property
    def deliveries(self) -> list[int]:
        """When each work order is delivered."""
        return self._latest(self.moved, -FAR)

    @cached_property
    def _available(self) -> list[int]:
        wait = np.array([round(r.step.wait_min * 60) if r.step else 0 for r in self.table.rows], np.int64)
        return self._latest(self._after(wait[self.problem.ops.step]), self.factory.now)

    @cached_property
    def purchase_dates(self) -> list[tuple[int, int, int, bool]]:
        """For each purchase `(order_by, due, need, feasible)`: as late as those who draw on it allow."""
        wanted: dict[int, int] = {}
        for link in self.supply.links:
            if link.supply_kind == "purchase":
                need = self.supply.lines[link.line].need if link.line >= 0 else self.wanted(link.op)
                wanted[link.index] = min(need, wanted.get(link.index, need))
        found = []
        for i, purchase in enumerate(self.supply.purchases):
            need = wanted.get(i, purchase.need)
            if purchase.in_week:
                due = purchase.earliest
                order_by = self.dates.order_day(purchase.item, purchase.source, due)
            else:
                order_by, due, _ = self.dates.order_by(purchase.item, purchase.source, max(need, purchase.earliest))
            found.append((order_by, due, need, purchase.need >= purchase.earliest))
        return found

    def supplied_at(self, link: Link) -> int:
        """When the supply of a peg is there for its demand."""
        if link.supply_kind == "wo":
            return self.delivered(link.index) if link.line >= 0 else self.available(link.index)
        if link.supply_kind == "purchase":
            return self.purchase_dates[link.index][1]
        return link.available

    @cached_property
    def links_of_line(self) -> dict[int, list[Link]]:
        """The pegs that serve each line."""
        return self.supply.links_of_line()

    @cached_property
    def links_of_op(self) -> dict[int, list[Link]]:
        """The pegs that serve each operation."""
        found: dict[int, list[Link]] = defaultdict(list)
        for link in self.supply.links:
            if link.op >= 0:
                found[link.op].append(link)
        return found

    @cached_property
    def completion(self) -> list[int | None]:
        """When each line is complete, with its order's other lines where they ship together; None if left out."""
        own: list[int | None] = []
        for i, line in enumerate(self.supply.lines):
            links = self.links_of_line.get(i)
            own.append(max([line.earliest, *(self.supplied_at(x) for x in links)]) if links else None)
        together: dict[str, list[int]] = defaultdict(list)
        complete = {line.record.order for line in self.supply.lines if line.record.ship_complete}
        for i, line in enumerate(self.supply.lines):
            if line.record.order in complete:
                together[line.record.order].append(i)
        for rows in together.values():
            times = [t for i in rows if (t := own[i]) is not None]
            for i in rows:
                own[i] = max(times) if own[i] is not None else None
        return own

    def order_of(self, op: int) -> str:
        """The order that an operation is done for; the work order or stocked item where it is for none."""
        work = self.supply.works[int(self.supply.op_work[op])]
        return self.supply.lines[work.line].record.order if work.line >= 0 else work.root or work.stock or work.wo

    @cached_property
    def op_names(self) -> list[str]:
        """Work order and step of each operation."""
        return self.problem.op_names
