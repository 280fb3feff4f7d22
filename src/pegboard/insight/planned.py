"""A schedule together with all it was made from, and the facts about it that several views share."""

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from pegboard.domain.calendar import Timeline
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
        followed = np.zeros(self.problem.n_op, bool)
        followed[self.supply.pred_op] = True
        return [[op for op in range(w.first_op, w.first_op + w.n_op) if not followed[op]] for w in self.supply.works]

    @cached_property
    def moved(self) -> Ints:
        """When each operation has ended and moved."""
        calendar = self.factory.calendar
        rows = self.table.rows
        step = self.problem.ops.step.tolist()
        ends = self.schedule.end.tolist()
        out = []
        for row, end in zip(step, ends, strict=True):
            move = rows[row].step.move_min if rows[row].step else 0.0
            out.append(calendar.after_open(end, round(move * 60)) if move else end)
        return np.array(out, np.int64)

    def delivered(self, work: int) -> int:
        """When a work order's last operation has ended and moved; now where nothing is left to do."""
        ends = self.last_ops[work]
        return max((int(self.moved[op]) for op in ends), default=self.factory.now)

    def available(self, work: int) -> int:
        """When a parent may draw on a work order: its last operations ended, cured and moved."""
        latest = self.factory.now
        for op in self.last_ops[work]:
            step = self.table.rows[self.problem.ops.step[op]].step
            wait, move = (round(step.wait_min * 60), round(step.move_min * 60)) if step else (0, 0)
            latest = max(latest, self.factory.calendar.after_open(int(self.schedule.end[op]) + wait, move))
        return latest

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
            order_by, due, _ = self.dates.order_by(purchase.item, max(wanted[i], purchase.earliest))
            found.append((order_by, due, wanted[i], purchase.need >= purchase.earliest))
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

    @cached_property
    def op_names(self) -> list[str]:
        """Work order and step of each operation."""
        return self.problem.op_names
