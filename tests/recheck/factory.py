"""A factory folder of plain, well-formed CSV files."""

from __future__ import annotations

import math
import re
import tomllib
from collections import defaultdict
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.recheck.clock import Clock
from tests.recheck.formulas import amount, fill_in, holds, parse_options
from tests.recheck.records import Item, Maintenance, Mode, NeedRow, OrderLine, Recipe, Resource, Route, Step
from tests.recheck.values import FOREVER, LineKey, Row, as_number, group_by, number, read_rows, split_list, yes

IDLE = {"done", "closed", "hold", "cancelled"}  # open work orders in these states need no place in time
FACTORY_TABLES = (
    *("items", "bom", "routing", "routing_alternates", "routing_needs", "resources", "skills", "calendars"),
    *("calendar_exceptions", "changeovers", "suppliers", "item_suppliers", "customers", "options", "orders", "stock"),
    *("purchase_orders", "work_orders", "work_order_steps", "downtime", "routes"),
)


class Factory:
    """A factory folder of plain, well-formed CSV files."""

    def __init__(self, folder: Path) -> None:
        settings: dict[str, Any] = {}
        if (folder / "factory.toml").exists():
            settings = tomllib.loads((folder / "factory.toml").read_text(encoding="utf-8"))
        policy = settings.get("policy", {})
        self.tables = {name: read_rows(folder, f"{name}.csv") for name in FACTORY_TABLES}
        self.clock = Clock(settings.get("timezone", "UTC"))
        self.default_calendar: str = settings.get("calendar", "")
        self.horizon_days = float(settings.get("horizon_days", 365))
        self.queue_is_minimum = policy.get("queue_time", "minimum") == "minimum"
        self.efficiency_on_setup = bool(policy.get("efficiency_on_setup", True))
        now = settings.get("now")
        # Without `now` the planning instant was "the moment of the run", which the plan does not carry.
        self.now = -FOREVER if now is None else self._instant(now)
        self.resources = {row["resource"]: self._resource(row) for row in self.tables["resources"]}
        self.members = self._members()
        self.routing = group_by(self.tables["routing"], "item")
        self.bom = group_by(self.tables["bom"], "parent")
        self.items = {row["item"]: self._item(row) for row in self.tables["items"]}
        self.alternates = group_by(self.tables["routing_alternates"], "item")
        self.need_rows = group_by(self.tables["routing_needs"], "item")
        self.skills: dict[str, dict[str, Row]] = defaultdict(dict)
        for row in self.tables["skills"]:
            self.skills[row["skill"]][row["resource"]] = row
        self.routes: dict[str, list[Route]] = defaultdict(list)
        for row in self.tables["routes"]:
            self.routes[row["item"]].append(route_of(row))
        self.matrices: dict[str, dict[tuple[str, str], float]] = defaultdict(dict)
        for row in self.tables["changeovers"]:
            self.matrices[row["changeover"]][row["from"], row["to"]] = number(row["minutes"])
        self.suppliers = {row["supplier"]: row for row in self.tables["suppliers"]}
        self.sources = group_by(self.tables["item_suppliers"], "item")
        self.order_lines = self._order_lines()
        self.work_orders = {row["wo"]: row for row in self.tables["work_orders"]}
        self.progress = {(row["wo"], int(row["step"])): row for row in self.tables["work_order_steps"]}
        self.buffered = {name for name, item in self.items.items() if item.policy == "buffer"}
        self.defaults = {
            (row["item"], row["option"].upper()): row["default"] for row in self.tables["options"] if row.get("default")
        }
        self._recipes: dict[tuple[str, str, str], Recipe] = {}

    def _instant(self, value: object) -> float:
        if isinstance(value, datetime):
            return self.clock.instant(value)
        return self.clock.read(str(value))

    def _item(self, row: Row) -> Item:
        name = row["item"]
        made = name in self.routing or name in self.bom
        lot = (number(row.get("min_qty")), number(row.get("multiple")), number(row.get("max_qty")))
        return Item(
            name=name,
            supply=row.get("supply") or ("make" if made else "buy"),
            policy=row.get("policy") or "mto",
            decimals=int(number(row.get("decimals"))),
            yield_=number(row.get("yield"), 1.0),
            lead_days=number(row.get("lead_time_days")),
            lot=lot,
            shelf_life_days=as_number(row.get("shelf_life_days", "")),
        )

    def _resource(self, row: Row) -> Resource:
        return Resource(
            name=row["resource"],
            kind=row.get("kind") or "machine",
            groups=frozenset(split_list(row.get("group"))),
            calendar=row.get("calendar", ""),
            capacity=number(row.get("capacity"), 1.0),
            efficiency=number(row.get("efficiency"), 1.0),
            is_finite=yes(row.get("finite"), True),
            matrix=row.get("changeover", ""),
            initial_family=row.get("initial_family", ""),
            travel_min=number(row.get("travel_min")),
            maintenance=maintenance_of(row),
        )

    def _members(self) -> dict[str, frozenset[str]]:
        """Resource or group id -> the resources it stands for."""
        found: dict[str, set[str]] = defaultdict(set)
        for resource in self.resources.values():
            found[resource.name].add(resource.name)
            for group in resource.groups:
                found[group].add(resource.name)
        return {name: frozenset(members) for name, members in found.items()}

    def _order_lines(self) -> dict[LineKey, OrderLine]:
        lines: dict[LineKey, OrderLine] = {}
        for row in self.tables["orders"]:
            key = (row["order"], row.get("line") or "1")
            qty = number(row["qty"])
            lines[key] = OrderLine(
                order=key[0],
                line=key[1],
                item=row["item"],
                qty=qty,
                open_qty=qty - number(row.get("shipped_qty")),
                due_text=row["due"],
                earliest=row.get("earliest", ""),
                status=row.get("status", ""),
                ship_complete=yes(row.get("ship_complete")),
                options=parse_options(row.get("options", "")),
                customer=row.get("customer", ""),
            )
        return lines

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
            rest_yields=self._rest_yields(steps, before, self.items[item].yield_),
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
        able = frozenset(self.skills.get(name, {})) if name in self.skills else frozenset()
        return NeedRow(
            members=self.members.get(name, frozenset()) | able,
            skill=name if able else "",
            units=number(row.get("qty"), 1.0),
            phase=row.get("phase") or "both",
            name=name,
            min_level=number(row.get("min_level"), -FOREVER),
        )


def route_of(row: Row) -> Route:
    return Route(
        name=row["route"],
        rank=number(row.get("rank"), 1.0),
        valid_from=row.get("valid_from", ""),
        valid_to=row.get("valid_to", ""),
        min_qty=number(row.get("min_qty")),
        max_qty=number(row.get("max_qty"), FOREVER),
    )


def maintenance_of(row: Row) -> Maintenance | None:
    """None for what is never maintained; the rule is for resources of capacity 1 only."""
    if not row.get("maintenance_hours") and not row.get("maintenance_cycles"):
        return None
    return Maintenance(
        hours=number(row.get("maintenance_hours"), FOREVER),
        cycles=number(row.get("maintenance_cycles"), FOREVER),
        minutes=number(row.get("maintenance_min")),
        used_hours=number(row.get("used_hours")),
        used_cycles=number(row.get("used_cycles")),
    )
