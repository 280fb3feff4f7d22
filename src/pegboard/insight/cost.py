"""What a line costs: the material it draws, the hours of its operations, and where a cost is not known, which one.

Hours are those of the work itself, at the efficiency of the resource. What purchases bring beyond the need is shown,
but not charged: others may use it.
"""

from collections.abc import Iterator
from functools import cached_property

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
        for name in (primary, *(self._p.res_names[r] for r in self._s.need_res[a:b].tolist())):
            resource = self._factory.resources.get(name)
            rate = resource.cost_per_hour if resource else 0.0
            if rate is None and resource and resource.kind not in _FREE:
                raise UnknownCostError(f"{name} has no cost_per_hour")
            yield (rate or 0.0) * (self._factor(op, name) if name == primary else 1.0)

    def _factor(self, op: int, resource: str) -> float:
        """What an alternate resource costs more for its step."""
        row = self._table.rows[self._p.ops.step[op]]
        if row.step is None or resource in self._factory.candidates(row.step.resource):
            return 1.0
        rows = self._factory.alternates.get((row.item, row.step.step), ())
        return next((a.cost_factor for a in rows if resource in self._factory.candidates(a.resource)), 1.0)
