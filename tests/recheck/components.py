"""What work orders consume, exploded through phantoms."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.recheck.calendars import Reading
from tests.recheck.factory import Factory
from tests.recheck.facts import Facts
from tests.recheck.formulas import amount, holds
from tests.recheck.plan import Plan
from tests.recheck.plan_records import WorkOrder
from tests.recheck.values import DAY, EPS, FOREVER, Row, Span, is_bare_date, number, round_up


@dataclass(frozen=True)
class Component:
    """What a work order consumes of one item at one step, as the range that the readings allow."""

    item: str
    steps: tuple[int, ...]  # the steps that may consume it; the first is the plain reading
    low: float
    high: float
    is_byproduct: bool = False


class Components(Facts):
    """The bill of materials of every work order, as the ranges that the readings allow."""

    def __init__(self, factory: Factory, plan: Plan, reading: Reading) -> None:
        super().__init__(factory, plan, reading)
        self._components: dict[str, list[Component]] = {}

    def components(self, wo: WorkOrder) -> list[Component]:
        """What a work order consumes and yields besides its item, exploded through phantoms."""
        if wo.item not in self.factory.items:
            return []
        if wo.name not in self._components:
            self._components[wo.name] = self._explode(wo)
        return self._components[wo.name]

    def _explode(self, wo: WorkOrder) -> list[Component]:
        recipe = self.recipe(wo)
        options = self.factory.options_of(wo.item, wo.options)
        numbers = sorted(recipe.steps)
        found: list[Component] = []

        def steps_for(texts: Sequence[str]) -> tuple[int, ...]:
            """Where a line is consumed; a step the routing lacks is read as the first, or as the next one."""
            if not numbers:
                return ()
            options_: list[int] = []
            for text in texts:
                wanted = int(text) if text else numbers[0]
                options_.append(wanted if wanted in recipe.steps else numbers[0])
                if wanted not in recipe.steps:
                    options_ += [n for n in numbers if n > wanted][:1]
            return tuple(dict.fromkeys(options_))

        def walk(parent: str, span: Span | None, step_texts: Sequence[str], depth: int, sure: bool) -> None:
            for line, in_force in self._lines_in_force(wo, parent, options):
                is_sure = sure and in_force
                own = line.get("step", "")
                # Reading: what a phantom holds is consumed where the phantom is, or where its own line says.
                texts = [*step_texts, own] if own or not step_texts else list(step_texts)
                steps = steps_for(texts)
                started = self.step_quantities(wo, steps[0]) if steps else [wo.qty]
                least, most = span if span is not None else (started[0], started[-1])
                range_ = self._line_need(line, least, most, options)
                if range_ is None:
                    continue
                item = self.factory.items.get(line["component"])
                is_byproduct = line.get("kind") == "byproduct"
                if item is not None and item.supply == "phantom" and not is_byproduct and depth < 50:
                    # Reading: a phantom's own yield and rounding count, or it is looked through altogether.
                    most_inside = round_up(range_[1] / item.yield_, item.decimals)
                    walk(item.name, (range_[0], most_inside), texts, depth + 1, is_sure)
                    continue
                decimals = item.decimals if item is not None else 0
                need = (round_up(range_[0], decimals), round_up(range_[1], decimals))
                if is_byproduct:
                    need = range_
                if wo.name in self.factory.work_orders and self._is_issued(wo, steps):
                    need = (0.0, need[1])
                n = max((len(wo.operations.get(step, [])) for step in steps), default=1)
                if n > 1:
                    # Reading: each part of a split lot draws what it needs itself, rounded up and with its fixed part.
                    fixed = amount(line.get("fixed_qty", ""), 0.0, options) or 0.0
                    need = (need[0], need[1] + (n - 1) * (10.0**-decimals + fixed / number(line.get("yield"), 1.0)))
                if need[1] > EPS:
                    found.append(
                        Component(line["component"], steps, need[0] if is_sure else 0.0, need[1], is_byproduct)
                    )

        walk(wo.item, None, [], 0, True)
        return found

    def _is_issued(self, wo: WorkOrder, steps: tuple[int, ...]) -> bool:
        """Components of steps that have begun are on the shop floor already."""
        if self.factory.work_orders[wo.name].get("status") == "started" and not any(
            self.progress_status(wo.name, step) for step in self.recipe(wo).steps
        ):
            return True
        return not steps or any(self.progress_status(wo.name, s) in {"started", "paused", "done"} for s in steps)

    def _line_need(self, line: Row, least: float, most: float, options: dict[str, str]) -> tuple[float, float] | None:
        """ "(qty_per / per_qty x started + fixed_qty) / component yield"; None when a formula is unknown."""
        per = amount(line["qty_per"], 0.0, options)
        fixed = amount(line.get("fixed_qty", ""), 0.0, options)
        if per is None or fixed is None:
            return None
        per /= number(line.get("per_qty"), 1.0)
        yield_ = number(line.get("yield"), 1.0)
        return (abs(per) * least + abs(fixed)) / yield_, (abs(per) * most + abs(fixed)) / yield_

    def _lines_in_force(self, wo: WorkOrder, parent: str, options: dict[str, str]) -> Iterator[tuple[Row, bool]]:
        """The BOM lines that count, each with whether it surely does.

        Reading: effectivity is that of the order's need, release, start or end, or of the operation; where these
        disagree the line may count or not. Of an alternate group the lowest rank counts.
        """
        moments = [t for t in (wo.need, wo.release, wo.start, wo.end) if t is not None]
        moments += [op.setup_start for op in wo.all_operations()]
        groups: dict[str, list[tuple[float, Row, bool]]] = defaultdict(list)
        for line in self.factory.bom.get(parent, []):
            if line.get("route", "") not in {"", wo.route} and parent == wo.item:
                continue
            verdict = holds(line.get("condition", ""), options)
            verdicts = {self._in_force(line, moment) for moment in moments} if line_is_dated(line) else {True}
            verdicts = set().union(*[{True, False} if v is None else {v} for v in verdicts])
            if verdict is False or verdicts == {False}:
                continue
            is_sure = verdict is True and verdicts == {True}
            group = line.get("alternate_group", "")
            if group:
                groups[group].append((number(line.get("rank"), 1e9), line, is_sure))
            else:
                yield line, is_sure
        for members in groups.values():
            best = min((rank for rank, _, is_sure in members if is_sure), default=FOREVER)
            leading = [(rank, line, is_sure) for rank, line, is_sure in members if rank <= best]
            for _, line, is_sure in leading:
                yield line, is_sure and len(leading) == 1

    def _in_force(self, line: Row, moment: float) -> bool | None:
        """None on the last day, where "valid_to" may or may not include it."""
        start, end = line.get("valid_from", ""), line.get("valid_to", "")
        if start and moment < self.clock.read(start):
            return False
        if not end or moment < self.clock.read(end):
            return True
        return None if is_bare_date(end) and moment < self.clock.read(end) + DAY else False


def line_is_dated(line: Row) -> bool:
    return bool(line.get("valid_from") or line.get("valid_to"))
