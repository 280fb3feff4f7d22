"""What work orders consume: the lines of bills that are in force, and of alternates the one that was taken."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator

from tests.recheck.calendars import Reading
from tests.recheck.choices import Component, combinations, misfits
from tests.recheck.explosion import Explosion
from tests.recheck.factory import Factory
from tests.recheck.facts import Facts
from tests.recheck.formulas import amount, holds
from tests.recheck.plan import Plan
from tests.recheck.plan_records import WorkOrder
from tests.recheck.values import DAY, Row, is_bare_date, number

MOST_COMBINATIONS = 3_000


class Components(Facts):
    """The bill of materials of every work order, as the ranges that the readings allow."""

    def __init__(self, factory: Factory, plan: Plan, reading: Reading) -> None:
        super().__init__(factory, plan, reading)
        self._components: dict[str, list[Component]] = {}
        self.pegged: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
        for peg in plan.pegs:
            if peg.demand_kind == "wo":
                self.pegged[peg.demand][peg.item] += peg.qty

    def components(self, wo: WorkOrder) -> list[Component]:
        """What a work order consumes and yields besides its item, exploded through phantoms.

        "Of the lines of one alternate_group in force a work order takes one, not a mixture": the one that its pegs
        name; which one it should be is not checked.
        """
        if wo.item not in self.factory.items:
            return []
        if wo.name not in self._components:
            nodes = Explosion(self, wo).nodes()
            possible = itertools.islice(combinations(nodes), MOST_COMBINATIONS)
            self._components[wo.name] = min(possible, key=lambda parts: misfits(parts, self.pegged[wo.name]))
        return self._components[wo.name]

    def lines_of(self, wo: WorkOrder) -> list[Row]:
        """The lines of a work order's own bill that are surely in force."""
        options = self.factory.options_of(wo.item, wo.options)
        return [line for line, is_sure in self.lines_in_force(wo, wo.item, options) if is_sure]

    def with_substitutes(self, wo: WorkOrder, line: Row, is_sure: bool) -> list[tuple[Row, bool]]:
        """A line and those that `substitutes.csv` makes of it: "`factor` of the substitute stand for one of the item;
        substitutes of substitutes are not looked at"."""
        found = [(line, is_sure)]
        if line.get("kind") in {"byproduct", "coproduct"}:
            return found
        for row in self.factory.substitutes.get(line["component"], []):
            verdicts = self._verdicts(wo, row)
            if verdicts != {False}:
                other = {**line, "component": row["substitute"], "factor": row.get("factor", ""), "rank": "2"}
                found.append((other, is_sure and verdicts == {True}))
        return found

    def is_issued(self, wo: WorkOrder, steps: tuple[int, ...]) -> bool:
        """Components of steps that have begun are on the shop floor already."""
        if self.factory.work_orders[wo.name].get("status") == "started" and not any(
            self.progress_status(wo.name, step) for step in self.recipe(wo).steps
        ):
            return True
        return not steps or any(self.progress_status(wo.name, s) in {"started", "paused", "done"} for s in steps)

    def line_need(self, line: Row, least: float, most: float, options: dict[str, str]) -> tuple[float, float] | None:
        """ "(qty_per / per_qty x started + fixed_qty) / component yield", of a by-product "times its yield"; None when
        a formula is unknown."""
        per, per_qty = amount(line["qty_per"], 0.0, options), amount(line.get("per_qty", ""), 1.0, options)
        fixed = amount(line.get("fixed_qty", ""), 0.0, options)
        if per is None or fixed is None or not per_qty:
            return None
        yield_ = number(line.get("yield"), 1.0)
        share = yield_ if line.get("kind") in {"byproduct", "coproduct"} else number(line.get("factor"), 1.0) / yield_
        each = abs(per) / per_qty
        return (each * least + abs(fixed)) * share, (each * most + abs(fixed)) * share

    def lines_in_force(self, wo: WorkOrder, parent: str, options: dict[str, str]) -> Iterator[tuple[Row, bool]]:
        """The BOM lines that count, each with whether it surely does."""
        for line in self.factory.bom.get(parent, []):
            if line.get("route", "") not in {"", wo.route} and parent == wo.item:
                continue
            verdict, verdicts = holds(line.get("condition", ""), options), self._verdicts(wo, line)
            if verdict is not False and verdicts != {False}:
                yield line, verdict is True and verdicts == {True}

    def _verdicts(self, wo: WorkOrder, row: Row) -> set[bool]:
        """Whether a dated row is in force.

        Reading: effectivity is that of the order's need, release, start or end, or of the operation; where these
        disagree the row may count or not.
        """
        if not row.get("valid_from") and not row.get("valid_to"):
            return {True}
        moments = [t for t in (wo.need, wo.release, wo.start, wo.end) if t is not None]
        moments += [op.setup_start for op in wo.all_operations()]
        verdicts = {self._in_force(row, moment) for moment in moments}
        return set[bool]().union(*({True, False} if v is None else {v} for v in verdicts))

    def _in_force(self, line: Row, moment: float) -> bool | None:
        """None on the last day, where "valid_to" may or may not include it."""
        start, end = line.get("valid_from", ""), line.get("valid_to", "")
        if start and moment < self.clock.read(start):
            return False
        if not end or moment < self.clock.read(end):
            return True
        return None if is_bare_date(end) and moment < self.clock.read(end) + DAY else False
