"""A factory folder of plain, well-formed CSV files."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.recheck.clock import Clock
from tests.recheck.formulas import parse_options
from tests.recheck.recipes import Recipes
from tests.recheck.records import Item, Maintenance, OrderLine, Recipe, Resource, Route
from tests.recheck.values import FOREVER, LineKey, Row, as_number, group_by, number, read_rows, split_list, yes

IDLE = {"done", "closed", "hold", "cancelled"}  # open work orders in these states need no place in time
FACTORY_TABLES = (
    *("items", "bom", "routing", "routing_alternates", "routing_needs", "resources", "skills", "calendars"),
    *("calendar_exceptions", "changeovers", "suppliers", "item_suppliers", "customers", "options", "orders", "stock"),
    *("purchase_orders", "work_orders", "work_order_steps", "downtime", "routes", "substitutes", "option_rules"),
    *("buffers", "buffer_profiles", "buffer_adjustments", "demand_history", "forecast", "uom"),
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
        self.orders_at_yellow = policy.get("buffer_trigger", "at_or_below") == "at_or_below"
        self.supplier_service = float(policy.get("supplier_service", 0))
        self.dedicates = policy.get("large_demand", "propose") == "dedicate"
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
        self.skills: dict[str, dict[str, Row]] = defaultdict(dict)
        for row in self.tables["skills"]:
            self.skills[row["skill"]][row["resource"]] = row
        self.routes: dict[str, list[Route]] = defaultdict(list)
        for row in self.tables["routes"]:
            self.routes[row["item"]].append(route_of(row))
        self.matrices: dict[str, dict[tuple[str, str], float]] = defaultdict(dict)
        for row in self.tables["changeovers"]:
            self.matrices[row["changeover"]][row["from"], row["to"]] = number(row["minutes"])
        self.substitutes = group_by(self.tables["substitutes"], "item")
        self.suppliers = {row["supplier"]: row for row in self.tables["suppliers"]}
        self.sources = group_by(self.tables["item_suppliers"], "item")
        self.order_lines = self._order_lines()
        self.work_orders = {row["wo"]: row for row in self.tables["work_orders"]}
        self.progress = {(row["wo"], int(row["step"])): row for row in self.tables["work_order_steps"]}
        self.buffered = {name for name, item in self.items.items() if item.policy == "buffer"}
        self.recipes = Recipes(self.tables, self.members, {name: item.yield_ for name, item in self.items.items()})

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
            is_hard=row.get("pegging") == "hard",
            safety_stock=number(row.get("safety_stock")),
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

    def recipe(self, item: str, options_text: str, route: str = "") -> Recipe:
        return self.recipes.recipe(item, options_text, route)

    def options_of(self, item: str, text: str) -> dict[str, str]:
        return self.recipes.options_of(item, text)

    def moment(self, text: str, blank: float) -> float:
        """A moment of the factory folder; a bare date is its midnight."""
        return self.clock.read(text) if text else blank


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
