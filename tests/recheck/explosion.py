"""One work order exploded through phantoms into components and choices."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.recheck.choices import Choice, Component, Node
from tests.recheck.formulas import amount
from tests.recheck.plan_records import WorkOrder
from tests.recheck.values import EPS, Row, Span, number, round_down, round_up

if TYPE_CHECKING:
    from tests.recheck.components import Components

DEEPEST = 50


@dataclass(frozen=True)
class Place:
    """Where in the product an explosion stands: how much is made there, at which steps, and how deep."""

    span: Span | None  # None: what the work order starts
    steps: tuple[str, ...]
    depth: int
    is_sure: bool


class Explosion:
    """The bill of materials of one work order."""

    def __init__(self, facts: Components, wo: WorkOrder) -> None:
        self.facts, self.wo, self.factory = facts, wo, facts.factory
        self.steps = sorted(facts.recipe(wo).steps)
        self.options = self.factory.options_of(wo.item, wo.options)
        rows = self.factory.routing.get(wo.item, [])
        numbers = {row["step"] for row in rows if row.get("route", "") in {"", wo.route}}
        self.left_out = numbers - {str(number_) for number_ in self.steps}

    def nodes(self) -> list[Node]:
        """Components, and choices between components."""
        return self.walk(self.wo.item, Place(None, (), 0, True))

    def walk(self, parent: str, place: Place) -> list[Node]:
        """What a bill of materials asks for."""
        groups: dict[object, list[tuple[Row, bool]]] = defaultdict(list)
        for i, (line, is_sure) in enumerate(self.facts.lines_in_force(self.wo, parent, self.options)):
            if parent == self.wo.item and line.get("step", "") in self.left_out:
                continue  # "Components of a step that a variant has not are not drawn"
            groups[line.get("alternate_group") or i] += self.facts.with_substitutes(self.wo, line, is_sure)
        found: list[Node] = []
        for members in groups.values():
            members.sort(key=lambda member: number(member[0].get("rank"), 1.0))
            ways = [tuple(self.fill(line, is_sure, place)) for line, is_sure in members]
            if len(ways) == 1:
                found += ways[0]
                continue
            if not any(is_sure for _, is_sure in members):
                ways.append(())
            found.append(Choice(tuple(ways)))
        return found

    def fill(self, line: Row, is_in_force: bool, place: Place) -> list[Node]:
        """What one line stands for: a component, or what a phantom holds."""
        own = line.get("step", "")
        # Reading: what a phantom holds is consumed where the phantom is, or where its own line says.
        texts = (*place.steps, own) if own or not place.steps else place.steps
        steps, is_sure = self.steps_for(texts), place.is_sure and is_in_force
        started = self.facts.step_quantities(self.wo, steps[0]) if steps else [self.wo.qty]
        least, most = place.span if place.span is not None else (started[0], started[-1])
        item = self.factory.items.get(line["component"])
        decimals = item.decimals if item is not None else 0
        if line.get("kind") in {"byproduct", "coproduct"}:
            # Reading: what is started is that of the step it names, or of the work order.
            gain = self.facts.line_need(line, min(least, self.wo.qty), max(most, self.wo.qty), self.options)
            low, high = (round_down(qty, decimals) for qty in gain or (0.0, 0.0))
            return [Component(line["component"], steps, low if is_sure else 0.0, high, True)] if high > EPS else []
        need = self.facts.line_need(line, least, most, self.options)
        if need is None:
            return []
        if item is not None and item.supply == "phantom" and place.depth < DEEPEST:
            # Reading: a phantom's own yield and rounding count, or it is looked through altogether.
            most_inside = round_up(need[1] / item.yield_, item.decimals)
            return self.walk(item.name, Place((need[0], most_inside), texts, place.depth + 1, is_sure))
        low, high = self.drawn(line, steps, (round_up(need[0], decimals), round_up(need[1], decimals)), decimals)
        return [Component(line["component"], steps, low if is_sure else 0.0, high)] if high > EPS else []

    def drawn(self, line: Row, steps: tuple[int, ...], need: Span, decimals: int) -> Span:
        """What of a need is drawn: less of what was issued, more of a split lot."""
        if self.wo.name in self.factory.work_orders and self.facts.is_issued(self.wo, steps):
            need = (0.0, need[1])
        n = max((len(self.wo.operations.get(step, [])) for step in steps), default=1)
        if n > 1:
            # Reading: each part of a split lot draws what it needs itself, rounded up and with its fixed part.
            fixed = amount(line.get("fixed_qty", ""), 0.0, self.options) or 0.0
            need = (need[0], need[1] + (n - 1) * (10.0**-decimals + fixed / number(line.get("yield"), 1.0)))
        return need

    def steps_for(self, texts: Sequence[str]) -> tuple[int, ...]:
        """Where a line is consumed; a step the routing lacks is read as the first, or as the next one."""
        if not self.steps:
            return ()
        found: list[int] = []
        for text in texts:
            wanted = int(text) if text else self.steps[0]
            found.append(wanted if wanted in self.steps else self.steps[0])
            if wanted not in self.steps:
                found += [later for later in self.steps if later > wanted][:1]
        return tuple(dict.fromkeys(found))
