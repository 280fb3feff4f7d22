"""A factory and a plan side by side: the recipes of its work orders and what was reported of their steps."""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from datetime import date

from tests.recheck.calendars import CalendarBook, Reading
from tests.recheck.factory import Factory
from tests.recheck.plan import Plan
from tests.recheck.plan_records import Operation, WorkOrder
from tests.recheck.records import Recipe, Step
from tests.recheck.routes import allowed_routes
from tests.recheck.values import DAY, Row, number, round_up, same_amount, yes


class Facts:
    """A factory, a plan and a reading of the calendars, with what is known of each operation."""

    def __init__(self, factory: Factory, plan: Plan, reading: Reading) -> None:
        self.factory = factory
        self.plan = plan
        self.clock = factory.clock
        self.now = factory.now
        self.book = CalendarBook(factory, reading, *self._range())
        self.work_orders = plan.work_orders
        planned: dict[str, list[Operation]] = defaultdict(list)
        for op in plan.operations:
            planned[op.wo].append(op)
        for wo in plan.work_orders.values():
            wo.operations = {}
            wo.needs, wo.served = [wo.need if wo.need is not None else wo.end], []
        for peg in plan.pegs:
            if peg.supply_kind == "wo" and peg.supply in plan.work_orders and peg.need is not None:
                plan.work_orders[peg.supply].needs.append(peg.need)
                plan.work_orders[peg.supply].served.append(peg.qty)
        for wo in plan.work_orders.values():
            wo.route = self._route(wo, planned[wo.name])
        self.operations = [op for op in plan.operations if self._is_known(op)]
        for op in self.operations:
            self.work_orders[op.wo].operations.setdefault(op.step, []).append(op)

    def _range(self) -> tuple[date, date]:
        clock, factory = self.clock, self.factory
        dues = [clock.read(line.due_text) for line in factory.order_lines.values() if line.due_text]
        first = min([self.plan.earliest_time(), *dues] + ([self.now] if math.isfinite(self.now) else []))
        leads = [number(row.get("lead_time_days")) for row in factory.tables["item_suppliers"]]
        leads += [item.lead_days for item in factory.items.values()]
        last = max([self.plan.latest_time(), *dues]) + (120 + 2 * max(leads, default=0.0)) * DAY
        return clock.day(first - 40 * DAY), clock.day(min(last, first + 12_000 * DAY))

    def _is_known(self, op: Operation) -> bool:
        """Operations whose work order, item and step are known; the others are faults of the rule `steps`."""
        wo = self.work_orders.get(op.wo)
        return wo is not None and wo.item in self.factory.items and op.step in self.recipe(wo).steps

    def recipe(self, wo: WorkOrder) -> Recipe:
        return self.factory.recipe(wo.item, wo.options, wo.route)

    def _route(self, wo: WorkOrder, planned: list[Operation]) -> str:
        """The route that explains most of the planned operations; a lawful one where there is a choice."""
        if wo.item not in self.factory.items:
            return ""
        names = [*allowed_routes(self.factory, wo), *sorted(route.name for route in self.factory.routes[wo.item]), ""]
        return max(names, key=lambda name: sum(self._explains(wo, name, op) for op in planned))

    def _explains(self, wo: WorkOrder, route: str, op: Operation) -> bool:
        step = self.factory.recipe(wo.item, wo.options, route).steps.get(op.step)
        if step is None or step.is_subcontracted:
            return step is not None
        return op.family == (step.family or "") and any(op.resource in mode.resources for mode in step.modes)

    def step(self, op: Operation) -> Step:
        return self.recipe(self.work_orders[op.wo]).steps[op.step]

    def progress(self, wo: str, step: int) -> Row:
        return self.factory.progress.get((wo, step), {})

    def next_operations(self, op: Operation) -> list[Operation]:
        """The operations of the steps that follow, as far as they are planned."""
        wo = self.work_orders[op.wo]
        after = (step for step, before in self.recipe(wo).before.items() if op.step in before)
        return [later for step in after for later in wo.operations.get(step, [])]

    def parts(self, op: Operation) -> list[Operation]:
        """The operations into which the step of this one is split, itself included."""
        return self.work_orders[op.wo].operations[op.step]

    def progress_status(self, wo: str, step: int) -> str:
        return self.progress(wo, step).get("status", "")

    def is_under_way(self, op: Operation) -> bool:
        return self.progress_status(op.wo, op.step) in {"started", "paused"}

    def is_pinned(self, op: Operation) -> bool:
        row = self.progress(op.wo, op.step)
        return yes(row.get("locked")) and bool(row.get("start"))

    def is_scheduled(self, op: Operation) -> bool:
        """On a resource of ours: not bought outside, not on a resource nobody knows."""
        return op.resource in self.factory.resources and not self.step(op).is_subcontracted

    def show(self, instant: float | None) -> str:
        return "no time" if instant is None else self.clock.show(instant)

    def step_quantities(self, wo: WorkOrder, step: int) -> list[float]:
        """What may be started at a step.

        "started = good / (product of the yields of this step and all later ones, and the item's), rounded up".
        Reading: good is the plan's good_qty, or what qty started leaves after every yield (they differ by rounding).
        """
        recipe, decimals = self.recipe(wo), self.factory.items[wo.item].decimals
        found: set[float] = set()
        first = min(recipe.steps, default=step)
        for total, rest in itertools.product(recipe.rest_yields[first], recipe.rest_yields[step]):
            for good in {wo.good_qty, wo.qty * total}:
                found.add(round_up(good / rest, decimals))
        if step == first or all(rest == recipe.rest_yields[first][0] for rest in recipe.rest_yields[step]):
            found = {wo.qty}
        row = self.progress(wo.name, step)
        if wo.name in self.factory.work_orders:
            # Reading: of an open work order, what is reported may or may not have been taken off already.
            reported = number(row.get("good_qty")) + number(row.get("scrapped_qty"))
            found |= {quantity - reported for quantity in found} | {
                number(self.progress(wo.name, before).get("good_qty")) or wo.qty for before in recipe.before[step]
            }
        return sorted(quantity for quantity in found if quantity > 0) or [wo.qty]

    def quantities(self, op: Operation) -> list[float]:
        """What an operation starts: the whole step, or its own part of a split one."""
        whole, n = self.step_quantities(self.work_orders[op.wo], op.step), len(self.parts(op))
        if n == 1:
            return whole
        return [op.qty] if op.qty is not None else [quantity / n for quantity in whole]

    def started(self, op: Operation) -> float:
        """What an operation starts, as the plan says where the readings allow it."""
        found = self.quantities(op)
        return op.qty if op.qty is not None and any(same_amount(op.qty, qty) for qty in found) else found[0]
