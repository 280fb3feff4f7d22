"""The routing of an item under given options, on one of its routes."""

from __future__ import annotations

import math
import re

from tests.recheck.formulas import amount, fill_in, holds, parse_options
from tests.recheck.records import Mode, NeedRow, Recipe, Step
from tests.recheck.values import FOREVER, Row, group_by, number, yes


class Recipes:
    """The steps of every item, resolved once for each set of options and each route."""

    def __init__(
        self, tables: dict[str, list[Row]], members: dict[str, frozenset[str]], yields: dict[str, float]
    ) -> None:
        self.members, self.yields = members, yields
        self.routing = group_by(tables["routing"], "item")
        self.alternates = group_by(tables["routing_alternates"], "item")
        self.need_rows = group_by(tables["routing_needs"], "item")
        self.skilled = {
            skill: {row["resource"] for row in rows} for skill, rows in group_by(tables["skills"], "skill").items()
        }
        self.defaults = {
            (row["item"], row["option"].upper()): row["default"] for row in tables["options"] if row.get("default")
        }
        self._recipes: dict[tuple[str, str, str], Recipe] = {}

    def options_of(self, item: str, text: str) -> dict[str, str]:
        defaults = {name: value for (owner, name), value in self.defaults.items() if owner == item}
        return {**defaults, **parse_options(text)}

    def recipe(self, item: str, options_text: str, route: str = "") -> Recipe:
        """The steps of a route; "rows of a blank route belong to every route"."""
        key = (item, options_text, route)
        if key not in self._recipes:
            self._recipes[key] = self._resolve(item, self.options_of(item, options_text), route)
        return self._recipes[key]

    def _resolve(self, item: str, options: dict[str, str], route: str) -> Recipe:
        rows = [row for row in self.routing.get(item, []) if row.get("route", "") in {"", route}]
        rows.sort(key=lambda row: int(row["step"]))
        verdicts = [holds(row.get("condition", ""), options) for row in rows]
        # Of several rows of one step, told apart by their conditions, the one that surely holds counts.
        ranked = sorted(zip(verdicts, rows, strict=True), key=lambda pair: pair[0] is True)
        chosen = {int(row["step"]): (row, verdict is True) for verdict, row in ranked if verdict is not False}
        steps = {number: self._step(item, *chosen[number], options) for number in sorted(chosen)}
        rows = list({int(row["step"]): row for row in [*rows, *(row for row, _ in chosen.values())]}.values())
        order = [int(row["step"]) for row in rows]
        stated = {
            int(row["step"]): tuple(int(s) for s in re.split(r"[;,]", row["after"]) if s.strip())
            if row.get("after")
            else tuple(order[i - 1 : i])
            for i, row in enumerate(rows)
        }

        def resolve(step: int, seen: frozenset[int]) -> set[int]:
            """Reading: a predecessor that its condition leaves out hands on its own predecessors."""
            found: set[int] = set()
            for earlier in stated.get(step, ()):
                if earlier in steps:
                    found.add(earlier)
                elif earlier not in seen:
                    found |= resolve(earlier, seen | {earlier})
            return found

        before = {step: tuple(sorted(resolve(step, frozenset({step})))) for step in steps}
        followed = {earlier for earlier_steps in before.values() for earlier in earlier_steps}
        return Recipe(
            steps=steps,
            before=before,
            last=tuple(step for step in steps if step not in followed),
            rest_yields=self._rest_yields(steps, before, self.yields.get(item, 1.0)),
        )

    @staticmethod
    def _rest_yields(
        steps: dict[int, Step], before: dict[int, tuple[int, ...]], item_yield: float
    ) -> dict[int, tuple[float, ...]]:
        """Reading: "all later ones" are those of a higher number, or those that follow in the network of steps."""
        follows: dict[int, set[int]] = {step: {step} for step in steps}
        for step in sorted(steps, reverse=True):
            for later, earlier in before.items():
                if step in earlier:
                    follows[step] |= follows[later]
        rest: dict[int, tuple[float, ...]] = {}
        for step in steps:
            by_number = math.prod(s.yield_ for n, s in steps.items() if n >= step)
            by_network = math.prod(steps[n].yield_ for n in follows[step])
            rest[step] = tuple({by_number * item_yield, by_network * item_yield})
        return rest

    def _step(self, item: str, row: Row, is_certain: bool, options: dict[str, str]) -> Step:
        number_ = int(row["step"])
        setup, run = row.get("setup_min", ""), row.get("run_min", "")
        modes = [
            Mode(
                self.members.get(row["resource"], frozenset()),
                amount(setup, 0.0, options),
                amount(run, 0.0, options),
                1.0,
            )
        ]
        modes += [
            Mode(
                self.members.get(other["resource"], frozenset()),
                amount(other.get("setup_min") or setup, 0.0, options),
                amount(other.get("run_min") or run, 0.0, options),
                number(other.get("run_factor"), 1.0),
            )
            for other in self.alternates.get(item, [])
            if int(other["step"]) == number_
        ]
        needs = tuple(self._need(need) for need in self.need_rows.get(item, []) if int(need["step"]) == number_)
        return Step(
            number=number_,
            is_certain=is_certain,
            modes=tuple(modes),
            fixed_min=amount(row.get("fixed_min", ""), 0.0, options),
            queue_min=amount(row.get("queue_min", ""), 0.0, options) or 0.0,
            move_min=amount(row.get("move_min", ""), 0.0, options) or 0.0,
            wait_min=amount(row.get("wait_min", ""), 0.0, options) or 0.0,
            max_wait_min=amount(row["max_wait_min"], 0.0, options) if row.get("max_wait_min") else None,
            family=fill_in(row.get("family", ""), options),
            transfer_qty=number(row.get("transfer_qty")),
            yield_=number(row.get("yield"), 1.0),
            pause=yes(row.get("pause"), True),
            max_stretch_min=amount(row["max_stretch_min"], 0.0, options) if row.get("max_stretch_min") else None,
            batch_key=fill_in(row.get("batch_key", ""), options) or row.get("batch_key", ""),
            batch_qty=number(row.get("batch_qty")),
            blocking=yes(row.get("blocking")),
            storage=row.get("storage", ""),
            max_split=int(number(row.get("max_split"), 1.0)),
            split_min_qty=number(row.get("split_min_qty")),
            supplier=row.get("supplier", ""),
            lead_days=number(row.get("lead_time_days")),
            per_lot=row.get("work_content_basis") == "per_lot",
            needs=needs,
        )

    def _need(self, row: Row) -> NeedRow:
        name = row["resource"]
        able = frozenset(self.skilled[name]) if name in self.skilled else frozenset()
        return NeedRow(
            members=self.members.get(name, frozenset()) | able,
            skill=name if able else "",
            units=number(row.get("qty"), 1.0),
            phase=row.get("phase") or "both",
            name=name,
            min_level=number(row.get("min_level"), -FOREVER),
        )
