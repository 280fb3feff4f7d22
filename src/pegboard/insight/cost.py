"""What a line costs: the material it draws, the hours of its operations, and where a cost is not known, which one.

Hours are those of the work itself, at the efficiency of the resource. What purchases bring beyond the need is shown,
but not charged: others may use it.
"""

from collections.abc import Iterator
from functools import cached_property

import numpy as np

from pegboard.domain.factory import Factory
from pegboard.domain.quote import Cost
from pegboard.domain.supply import ItemSupplier
from pegboard.scheduling.problem import Problem, Schedule
from pegboard.tables.process import ProcessTable
from pegboard.tables.supply import Link, Purchase, SupplyPlan

_US_PER_HOUR = 3_600_000_000
_FREE = ("tool", "space")
"""Kinds of resources that cost nothing where no cost is given."""


class UnknownCostError(Exception):
    """A price or a rate is missing; the text says which."""


class Costing:
    """Adds up one fitted supply plan; `below` are the purchases of the plan that it stands on."""

    def __init__(
        self,
        factory: Factory,
        table: ProcessTable,
        supply: SupplyPlan,
        problem: Problem,
        schedule: Schedule,
        below: list[Purchase],
    ) -> None:
        self._factory, self._table, self._supply, self._below = factory, table, supply, below
        self._p, self._s = problem, schedule

    def cost(self, extra: float = 0.0) -> Cost:
        """The cost with something paid on top. Raises UnknownCostError."""
        material, bought = 0.0, {i: b.qty for i, b in enumerate(self._supply.purchases)}
        for link in self._supply.links:
            material += self._drawn(link) * link.qty
            if link.supply_kind == "purchase" and link.index >= 0:
                bought[link.index] -= link.qty
        spare = ((self._supply.purchases[i], qty) for i, qty in bought.items() if qty > 1e-9)
        excess = sum(self.price(b.item, b.source) * qty for b, qty in spare)
        setup, run = self._work
        return Cost(
            material=round(material, 2),
            run=round(run, 2),
            setup=round(setup, 2),
            extra=round(extra, 2),
            excess=round(excess, 2),
        )

    def price(self, item: str, source: ItemSupplier | None) -> float:
        """What one of an item costs. Raises UnknownCostError."""
        price = source.price if source else None
        price = self._factory.items[item].unit_cost if price is None else price
        if price is None:
            raise UnknownCostError(f"{item} has neither a price nor a unit_cost")
        return price

    def _drawn(self, link: Link) -> float:
        """The price of what a link draws; nothing where that is made for it, for then its parts are counted."""
        if link.supply_kind == "wo" and link.index >= 0:
            return 0.0
        if link.supply_kind == "purchase":
            row = self._supply.purchases[link.index] if link.index >= 0 else self._below[-2 - link.index]
            return self.price(link.item, row.source)
        return self.price(link.item, self._factory.first_supplier(link.item))

    @cached_property
    def _work(self) -> tuple[float, float]:
        """The cost of setups and of runs."""
        setup = run = 0.0
        for op in range(self._p.n_op):
            rate = sum(self._rates(op))
            set_up, runs = self._hours_of(op)
            setup += rate * set_up
            run += rate * runs
        return setup, run

    def hours_on(self, resource: str) -> float:
        """Hours that the operations take of a resource, as primary one."""
        on = [op for op in range(self._p.n_op) if self._primary(op) == resource]
        return sum(sum(self._hours_of(op)) for op in on)

    def dear(self) -> np.ndarray:
        """The candidates that cost more than the cheapest one for an operation. Raises UnknownCostError."""
        found = np.zeros(self._p.steps.cand_res.size, bool)
        for op in range(self._p.n_op):
            step = int(self._p.ops.step[op])
            cands = range(int(self._p.steps.cand_ptr[step]), int(self._p.steps.cand_ptr[step + 1]))
            costs = [self._cost_on(op, cand) for cand in cands]
            for cand, cost in zip(cands, costs, strict=True):
                found[cand] |= cost > min(costs) * (1 + 1e-9)
        return found

    def _cost_on(self, op: int, cand: int) -> float:
        """The cost of an operation on one of its candidates, without its further needs and changeovers."""
        res = int(self._p.steps.cand_res[cand])
        if res >= self._table.outside_res:
            return 0.0
        name = self._p.res_names[res]
        work = int(self._p.steps.cand_setup[cand]) + int(self._p.steps.cand_fixed[cand])
        hours = (work + float(self._p.steps.cand_run[cand] * self._p.ops.qty[op])) / _US_PER_HOUR
        return hours * self._rate(name) * self._factor(op, name)

    def _hours_of(self, op: int) -> tuple[float, float]:
        cand = self._s.cand[op]
        setup = int(self._p.steps.cand_setup[cand]) + int(self._s.changeover[op])
        run = int(self._p.steps.cand_fixed[cand]) + float(self._p.steps.cand_run[cand] * self._p.ops.qty[op])
        return setup / _US_PER_HOUR, run / _US_PER_HOUR

    def _primary(self, op: int) -> str:
        return self._p.res_names[int(self._p.steps.cand_res[self._s.cand[op]])]

    def _rates(self, op: int) -> Iterator[float]:
        """Cost per hour of all that an operation holds. Raises UnknownCostError."""
        if self._p.steps.cand_res[self._s.cand[op]] >= self._table.outside_res:
            raise UnknownCostError(f"the subcontracted step {self._p.name(op)} has no price")
        a, b = int(self._p.ops.need_ptr[op]), int(self._p.ops.need_ptr[op + 1])
        primary = self._primary(op)
        yield self._rate(primary) * self._factor(op, primary)
        yield from (self._rate(self._p.res_names[r]) for r in self._s.need_res[a:b].tolist())

    def _rate(self, name: str) -> float:
        resource = self._factory.resources.get(name)
        if resource is None or (resource.cost_per_hour is None and resource.kind in _FREE):
            return 0.0
        if resource.cost_per_hour is None:
            raise UnknownCostError(f"{name} has no cost_per_hour")
        return resource.cost_per_hour

    def _factor(self, op: int, resource: str) -> float:
        """What an alternate resource costs more for its step."""
        row = self._table.rows[self._p.ops.step[op]]
        if row.step is None or resource in self._factory.candidates(row.step.resource):
            return 1.0
        rows = self._factory.alternates.get((row.item, row.step.step), ())
        return next((a.cost_factor for a in rows if resource in self._factory.candidates(a.resource)), 1.0)
