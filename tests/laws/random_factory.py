"""Small random factories as folders of CSV files, with the features of the contract in every combination.

A seed decides everything: how many features are mixed, which, and all numbers. The data are meant to be sound, so that
most lines can be planned; what is broken in data is the business of `tests/cli`. Variants, suppliers and buffers are
those of `random_supply.py`.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tests.laws.folder import FactoryFolder, Row
from tests.laws.random_supply import SUPPLY_FEATURES, Supply

SHOP_FEATURES = (
    *("levels", "phantoms", "item_yield", "step_yield", "component_yield", "fixed_qty", "per_qty"),
    *("step_consumption", "effectivity", "decimals", "no_routing"),
    *("stock", "expiry", "available_from", "reservation", "bad_stock", "purchase_orders"),
    *("work_orders", "progress", "locks", "lot_rules", "batch_days"),
    *("lunch", "nights", "calendar_efficiency", "exceptions", "resource_exceptions", "downtime", "closed_factory"),
    *("groups", "alternates", "own_times", "efficiency", "capacity", "infinite"),
    *("labour", "tools", "phases", "quantities", "skills"),
    *("changeovers", "wildcards", "initial_family", "tool_matrix"),
    *("queue", "wait", "move", "transfer", "network", "no_pause", "per_lot", "fixed_min"),
    *("suppliers", "working_days", "ship_complete", "due_times", "past_due", "earliest", "customers", "status"),
    *("norm_queue", "plain_setup", "by_priority", "keep_finished", "freeze", "zone", "clock_change", "short_horizon"),
    *("gaps", "shelf_life", "stretches", "ovens", "least_loads", "blocking", "storage", "skill_levels", "travel"),
    *("maintenance", "tool_maintenance", "subcontracting", "weekly_qty", "splits", "routes", "half_people"),
    *("crooked_changeovers",),
)
FEATURES = (*SHOP_FEATURES, *SUPPLY_FEATURES)

ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "America/Los_Angeles")
CLOCK_CHANGES = (  # a zone, and a Wednesday before its clocks change
    ("Europe/Berlin", date(2026, 3, 25)),
    ("Europe/Berlin", date(2026, 10, 21)),
    ("America/New_York", date(2026, 3, 4)),
    ("America/New_York", date(2026, 10, 28)),
    ("Australia/Lord_Howe", date(2026, 4, 1)),
)
MONDAY = date(2026, 6, 1)


def random_factory(seed: int, features: Iterable[str] | None = None) -> FactoryFolder:
    """The factory of a seed; `features` instead of the seed's own choice where given."""
    rng = random.Random(f"factory {seed}")
    density = rng.choice((0.15, 0.4, 0.65, 0.9))
    drawn = frozenset(name for name in SHOP_FEATURES if rng.random() < density)
    more = random.Random(f"supply {seed}")
    share = more.choice((0, 0.2, 0.5, 0.8))
    drawn |= {name for name in SUPPLY_FEATURES if more.random() < share}
    return _Maker(seed, rng, drawn if features is None else frozenset(features)).folder()


def quiet_features(features: Iterable[str]) -> frozenset[str]:
    """Without what ties a factory to one week: a change of the clocks."""
    return frozenset(features) - {"clock_change"}


@dataclass(frozen=True)
class _Machine:
    """A resource that a routing may name, as itself or by its group."""

    name: str
    group: str


class _Maker:
    def __init__(self, seed: int, rng: random.Random, features: frozenset[str]) -> None:
        self.seed, self.rng, self.features = seed, rng, features
        self.rows: dict[str, list[dict[str, str]]] = defaultdict(list)
        self.zone = "UTC"
        self.today = MONDAY
        if self.has("zone"):
            self.zone = rng.choice(ZONES)
        if self.has("clock_change"):
            self.zone, self.today = rng.choice(CLOCK_CHANGES)
        self.machines: list[_Machine] = []
        self.calendars: list[str] = []
        self.levels: list[list[str]] = []  # made items, end items first
        self.bought: list[str] = []
        self.phantoms: list[str] = []
        self.steps: dict[str, list[int]] = {}
        self.has_begun = False  # one begun operation: two might hold one machine, tool or person
        self.decimals: dict[str, int] = {}

    def has(self, feature: str) -> bool:
        return feature in self.features

    def chance(self, feature: str, share: float = 0.5) -> bool:
        """Whether a feature that is on shows in this row."""
        return self.has(feature) and self.rng.random() < share

    def add(self, table: str, **cells: object) -> dict[str, str]:
        row = {key.rstrip("_"): _text(value) for key, value in cells.items() if value is not None}
        self.rows[table].append(row)
        return row

    def day(self, days: int) -> str:
        return (self.today + timedelta(days=days)).isoformat()

    def moment(self, days: int, hour: int, minute: int = 0) -> str:
        midnight = datetime(self.today.year, self.today.month, self.today.day)
        return (midnight + timedelta(days=days, hours=hour, minutes=minute)).isoformat(timespec="minutes")

    # -- the whole ---------------------------------------------------------------------------------------------------

    def folder(self) -> FactoryFolder:
        self._calendars()
        self._resources()
        self._items()
        self._bills()
        self._routings()
        self._suppliers()
        self._customers()
        self._orders()
        self._stock()
        self._purchase_orders()
        self._work_orders()
        supply = Supply(random.Random(f"rows {self.seed}"), self.features, self.rows, self.day, self.levels[0])
        supply.draw()
        tables: dict[str, tuple[Row, ...]] = {name: tuple(rows) for name, rows in self.rows.items()}
        return FactoryFolder(
            f"seed {self.seed}", self._settings(), self._policy() | supply.policy, tables, self.features
        )

    def _settings(self) -> dict[str, str]:
        settings = {
            "timezone": f'"{self.zone}"',
            "now": f"{self.today.isoformat()}T06:00:00",
            "horizon_days": "25" if self.has("short_horizon") else "90",
        }
        if self.has("closed_factory"):
            settings["calendar"] = '"STD"'
        return settings

    def _policy(self) -> dict[str, str]:
        policy: dict[str, str] = {}
        if self.has("norm_queue"):
            policy["queue_time"] = '"norm"'
        if self.has("plain_setup"):
            policy["efficiency_on_setup"] = "false"
        if self.has("by_priority"):
            policy["allocation"] = '"priority"'
        if self.has("keep_finished"):
            policy["net_finished_stock"] = "false"
        if self.has("freeze"):
            policy["freeze_minutes"] = "2880"
        return policy

    # -- time --------------------------------------------------------------------------------------------------------

    def _calendars(self) -> None:
        if self.has("lunch"):
            self.add("calendars", calendar="STD", weekday="mon-fri", start="08:00", end="12:00")
            self._shift("STD", "mon-fri", "13:00", "17:00")
        else:
            self._shift("STD", "mon-fri", "07:00", "15:30")
        self._shift("LONG", "mon-sat", "06:00", "22:00")
        self.calendars = ["STD", "LONG", ""]
        if self.has("nights"):
            self._shift("NIGHT", "mon-thu", "22:00", "06:00")
            self._shift("NIGHT", "sat", "00:30", "04:30")
            self.calendars.append("NIGHT")
        if self.has("exceptions"):
            for name in self.calendars:
                if name and self.rng.random() < 0.6:
                    self._exception(name)

    def _shift(self, calendar: str, weekday: str, start: str, end: str) -> None:
        efficiency = self.rng.choice((0.5, 0.8, 0.9)) if self.chance("calendar_efficiency") else None
        self.add("calendars", calendar=calendar, weekday=weekday, start=start, end=end, efficiency=efficiency)

    def _exception(self, name: str) -> None:
        """A holiday, overtime on a Saturday, or an hour closed within a day."""
        day = self.rng.randrange(1, 16)
        kind = self.rng.choice(("holiday", "overtime", "meeting"))
        if kind == "holiday":
            start, end, is_open = self.moment(day, 0), self.moment(day + 1, 0), "no"
        elif kind == "overtime":
            day = 5 - self.today.weekday() + 7 * self.rng.randrange(2)
            start, end, is_open = self.moment(day, 8), self.moment(day, 14), "yes"
        else:
            start, end, is_open = self.moment(day, 9, 15), self.moment(day, 10, 45), "no"
        self.add("calendar_exceptions", calendar=name, start=start, end=end, open=is_open, reason=kind)

    # -- resources ---------------------------------------------------------------------------------------------------

    def _resources(self) -> None:
        for i in range(self.rng.randrange(2, 6)):
            group = f"G{i % 2 + 1}" if self.has("groups") else ""
            name = f"M{i + 1}"
            self.machines.append(_Machine(name, group))
            capacity = self.rng.choice((2, 3)) if self.chance("capacity", 0.4) else None
            self.add(
                "resources",
                resource=name,
                kind="machine",
                group=group,
                calendar=self.rng.choice(self.calendars),
                capacity=capacity,
                efficiency=self.rng.choice((0.5, 0.75, 0.9, 1.25)) if self.chance("efficiency") else None,
                finite="no" if self.chance("infinite", 0.3) else None,
                changeover=self._matrix("M1"),
                initial_family=self.rng.choice(("A", "B", "C")) if self.chance("initial_family") else None,
                **self._upkeep("maintenance"),
            )
            self._trouble(name)
        self._further_resources()
        if self.has("storage"):
            self.add("resources", resource="RACK", kind="space", capacity=self.rng.choice((30, 60)))
        if self.has("changeovers"):
            self._matrices()

    def _upkeep(self, feature: str) -> dict[str, object]:
        """After some hours or operations, of which some have passed, a resource is maintained."""
        if not self.chance(feature, 0.4):
            return {}
        hours, cycles = self.rng.choice(((4, None), (10, None), (None, 1), (None, 3), (8, 2)))
        return {
            "maintenance_hours": hours,
            "maintenance_cycles": cycles,
            "maintenance_min": self.rng.choice((0, 20, 90, 300)),
            "used_hours": self.rng.choice((None, 3)) if hours else None,
            "used_cycles": self.rng.choice((None, 1)) if cycles else None,
        }

    def _matrix(self, name: str) -> str | None:
        return name if self.chance("changeovers", 0.6) else None

    def _trouble(self, name: str) -> None:
        if self.chance("downtime"):
            day = self.rng.randrange(0, 8)
            self.add(
                "downtime",
                resource=name,
                start=self.moment(day, self.rng.randrange(0, 16)),
                end=self.moment(day + self.rng.randrange(0, 3), self.rng.randrange(16, 24)),
            )
        if self.chance("resource_exceptions", 0.4):
            self._exception(name)

    def _further_resources(self) -> None:
        if self.has("labour"):
            for name in ("OP1", "OP2"):
                capacity = self.rng.choice((2, 3)) if self.has("quantities") else None
                calendar = self.rng.choice(("STD", "LONG", ""))
                self.add("resources", resource=name, kind="labour", group="OPS", calendar=calendar, capacity=capacity)
                self._trouble(name)
            if self.has("quantities"):
                self.add("resources", resource="FLOOR", kind="space", capacity=4)
        if self.has("labour") and self.has("skills"):
            valid_to = self.day(self.rng.randrange(3, 20)) if self.rng.random() < 0.6 else None
            self.add("skills", resource="OP1", skill="welding", level=2, valid_to=valid_to)
            self.add("skills", resource="OP2", skill="welding", level=1)
        if self.has("tools"):
            for name in ("T1", "T2"):
                matrix = self._matrix("M2") if self.has("tool_matrix") else None
                initial = "A" if matrix and self.has("initial_family") else None
                capacity = 2 if self.has("capacity") and not matrix else None
                self.add(
                    "resources",
                    resource=name,
                    kind="tool",
                    group="TOOLS",
                    calendar=self.rng.choice(("", "LONG")),
                    capacity=capacity,
                    changeover=matrix,
                    initial_family=initial,
                    travel_min=self.rng.choice((10, 45, 240)) if self.chance("travel", 0.8) else None,
                    **self._upkeep("tool_maintenance"),
                )
                self._trouble(name)

    def _matrices(self) -> None:
        for matrix in ("M1", "M2"):
            families = [(a, b) for a in "ABC" for b in "ABC" if a != b]
            for a, b in self.rng.sample(families, 4):
                self.add("changeovers", changeover=matrix, from_=a, to=b, minutes=self.rng.choice((10, 25, 60)))
            if self.has("crooked_changeovers") and not any(
                (row["changeover"], row["from"], row["to"]) == (matrix, "A", "C") for row in self.rows["changeovers"]
            ):
                self.add("changeovers", changeover=matrix, from_="A", to="C", minutes=180)  # by way of B it is shorter
            if self.has("wildcards"):
                self.add("changeovers", changeover=matrix, from_="*", to="*", minutes=15)
                self.add("changeovers", changeover=matrix, from_="A", to="*", minutes=20)
                if self.rng.random() < 0.5:
                    self.add("changeovers", changeover=matrix, from_="A", to="A", minutes=5)

    # -- what is made and bought -------------------------------------------------------------------------------------

    def _items(self) -> None:
        depth = self.rng.randrange(2, 5) if self.has("levels") else 1
        for level in range(depth):
            names = [f"{'FSPQ'[level]}{i + 1}" for i in range(self.rng.randrange(1, 4))]
            self.levels.append(names)
            for name in names:
                self._item(name, "make" if self.rng.random() < 0.7 else None)
        self.bought = [f"R{i + 1}" for i in range(self.rng.randrange(2, 5))]
        for name in self.bought:
            self._item(name, "buy")
        if self.has("phantoms"):
            self.phantoms = [f"X{i + 1}" for i in range(self.rng.randrange(1, 3))]
            for name in self.phantoms:
                self.add("items", item=name, supply="phantom")
                self.decimals[name] = 0

    def _item(self, name: str, supply: str | None) -> None:
        is_bought = supply == "buy"
        self.decimals[name] = self.rng.choice((0, 1, 2)) if self.has("decimals") else 0
        lots: dict[str, object] = {}
        if self.chance("lot_rules"):
            lots["min_qty"] = self.rng.choice((None, 5, 12))
            lots["multiple"] = self.rng.choice((None, 4, 5))
            lots["max_qty"] = self.rng.choice((None, None, 20))
        self.add(
            "items",
            item=name,
            supply=supply,
            pegging=self.rng.choice((None, None, "hard")),
            lead_time_days=self.rng.choice((1, 2, 3, 6, 9)) if is_bought else self.rng.choice((None, 2)),
            batch_days=self.rng.choice((2, 5)) if self.chance("batch_days", 0.4) else None,
            yield_=self.rng.choice((0.9, 0.95)) if self.chance("item_yield") and not is_bought else None,
            unit_cost=self.rng.choice((None, 4.5, 20)),
            shelf_life_days=self.rng.choice((1, 3, 10)) if self.chance("shelf_life", 0.4) and not is_bought else None,
            decimals=self.decimals[name] or None,
            **lots,
        )

    def _bills(self) -> None:
        for level, names in enumerate(self.levels):
            below = [name for deeper in self.levels[level + 1 :] for name in deeper]
            for name in names:
                parts = self.rng.sample(self.bought, self.rng.randrange(0 if below else 1, 3))
                if below:
                    parts += self.rng.sample(below, self.rng.randrange(1, min(3, len(below)) + 1))
                if self.phantoms and self.rng.random() < 0.5:
                    parts.append(self.rng.choice(self.phantoms))
                for part in parts:
                    self._bom_line(name, part)
        for i, phantom in enumerate(self.phantoms):
            inner = self.rng.sample(self.bought, self.rng.randrange(1, 3)) + self.phantoms[i + 1 : i + 2]
            for part in inner:
                self._bom_line(phantom, part)

    def _bom_line(self, parent: str, component: str) -> None:
        per = self.rng.choice((1, 1, 2, 3))
        dates: dict[str, str] = {}
        if self.chance("effectivity", 0.3):
            dates = self.rng.choice(
                ({"valid_from": self.day(-100)}, {"valid_to": self.day(9)}, {"valid_from": self.day(10)})
            )
        self.add(
            "bom",
            parent=parent,
            component=component,
            qty_per=per / 4 if self.decimals[component] and self.rng.random() < 0.5 else per,
            per_qty=self.rng.choice((10, 4)) if self.chance("per_qty", 0.3) else None,
            fixed_qty=self.rng.choice((1, 2)) if self.chance("fixed_qty", 0.3) else None,
            step=self.rng.choice((10, 20)) if self.chance("step_consumption") and parent[0] != "X" else None,
            yield_=self.rng.choice((0.9, 0.8)) if self.chance("component_yield", 0.4) else None,
            **dates,
        )

    def _routings(self) -> None:
        for names in self.levels:
            for name in names:
                if self.chance("no_routing", 0.2):
                    continue
                count = self.rng.randrange(1, 5)
                self.steps[name] = [10 * (i + 1) for i in range(count)]
                is_routed = self.chance("routes", 0.6)
                if is_routed:
                    self._routes(name)
                for number in self.steps[name]:
                    if is_routed and self.rng.random() < 0.6:
                        self._step(name, number, "R1")
                        self._step(name, number, "R2")
                    elif self.chance("subcontracting", 0.25):
                        self._subcontracted(name, number)
                    else:
                        self._step(name, number)
        for line in self.rows["bom"]:  # a line consumed at a step that the routing has not is consumed at the first
            if line.get("step") and int(line["step"]) not in self.steps.get(line["parent"], []):
                del line["step"]

    def _routes(self, item: str) -> None:
        """Two ways of making an item: the second one nearly always open; some components are for one of them only."""
        first = self.rng.choice(
            ({"min_qty": 10}, {"max_qty": 12}, {"valid_to": self.day(9)}, {"valid_from": self.day(5)})
        )
        self.add("routes", item=item, route="R1", rank=1, **first)
        second = {"max_qty": 25} if self.rng.random() < 0.1 else {}
        self.add("routes", item=item, route="R2", rank=self.rng.choice((1, 2)), **second)
        for line in self.rows["bom"]:
            if line["parent"] == item and self.rng.random() < 0.3:
                line["route"] = self.rng.choice(("R1", "R2"))

    def _subcontracted(self, item: str, number: int) -> None:
        self.add(
            "routing",
            item=item,
            step=number,
            name=f"step {number}",
            resource="OUTSIDE",
            supplier=self.rng.choice(("S1", "S2")),
            lead_time_days=self.rng.choice((0.5, 1, 3)),
            wait_min=60 if self.chance("wait", 0.2) else None,
            yield_=0.9 if self.chance("step_yield", 0.3) else None,
            max_wait_min=self.rng.choice((600, 6000)) if self.chance("gaps", 0.2) else None,
            after=self._after(item, number),
        )

    def _shop_floor(self) -> dict[str, object]:
        """Limits, ovens, blocking, storage and splits of a step; now and then some that nothing can keep."""
        cells: dict[str, object] = {}
        if self.chance("gaps", 0.3):
            lags = any(self.has(feature) for feature in ("queue", "wait", "move"))
            wide = lags and self.rng.random() < 0.9  # a limit below the lags is one that nothing can keep
            cells["max_wait_min"] = self.rng.choice((2000, 6000) if wide else (0, 30, 240, 2000))
        if self.chance("stretches", 0.3):
            cells["max_stretch_min"] = self.rng.choice((300, 1300, 4000))
        if self.chance("ovens", 0.3):
            cells |= {"batch_key": self.rng.choice(("K1", "K2")), "batch_qty": self.rng.choice((25, 40, 60))}
            if self.has("least_loads"):
                cells |= {
                    "batch_min_qty": self.rng.choice((10, 25)),
                    "batch_wait_min": self.rng.choice((None, 90, 600)),
                }
        if self.chance("blocking", 0.25):
            cells["blocking"] = "yes"
        if self.chance("storage", 0.3):
            cells["storage"] = "RACK"
        if self.chance("splits", 0.3):
            cells |= {"max_split": self.rng.choice((2, 3)), "split_min_qty": self.rng.choice((None, 4))}
        return cells

    def _step(self, item: str, number: int, route: str = "") -> None:
        rng = self.rng
        machine = rng.choice(self.machines)
        by_group = machine.group and rng.random() < 0.7
        run = rng.choice((2, 5, 12, 20))
        self.add(
            "routing",
            item=item,
            step=number,
            name=f"step {number}",
            resource=machine.group if by_group else machine.name,
            setup_min=rng.choice((5, 10, 30) if self.has("phases") else (0, 10, 30)),
            run_min=run,
            fixed_min=rng.choice((None, 15)) if self.has("fixed_min") else None,
            queue_min=rng.choice((30, 120, 600)) if self.chance("queue", 0.4) else None,
            move_min=rng.choice((15, 90)) if self.chance("move", 0.4) else None,
            wait_min=rng.choice((60, 720)) if self.chance("wait", 0.3) else None,
            family=rng.choice("ABC") if self.has("changeovers") and rng.random() < 0.8 else None,
            transfer_qty=rng.choice((1, 2, 5)) if self.chance("transfer", 0.5) else None,
            yield_=rng.choice((0.9, 0.97)) if self.chance("step_yield", 0.5) else None,
            after=self._after(item, number),
            pause="no" if self.chance("no_pause", 0.3) and run <= 5 else None,
            work_content_basis="per_lot" if self.chance("per_lot", 0.3) else None,
            route=route or None,
            **self._shop_floor(),
        )
        if route == "R2":
            return  # what else a step may use or needs is said once for both routes
        if self.chance("alternates"):
            self._alternate(item, number, machine, by_group=bool(by_group), run=run)
        self._needs(item, number)

    def _after(self, item: str, number: int) -> str | None:
        """Steps side by side and steps that join others; the first one is before all of them."""
        earlier = [step for step in self.steps[item] if step < number]
        if not self.has("network") or len(earlier) < 2 or self.rng.random() < 0.4:
            return None
        if self.rng.random() < 0.5:
            return str(earlier[0])
        return ";".join(str(step) for step in self.rng.sample(earlier, 2))

    def _alternate(self, item: str, number: int, machine: _Machine, *, by_group: bool, run: int) -> None:
        others = [m for m in self.machines if m != machine and not (by_group and m.group == machine.group)]
        if not others:
            return
        own = self.has("own_times")
        self.add(
            "routing_alternates",
            item=item,
            step=number,
            resource=self.rng.choice(others).name,
            run_factor=self.rng.choice((0.5, 1.5, 2)),
            setup_min=self.rng.choice((None, 5, 40)) if own else None,
            run_min=self.rng.choice((None, run + 3)) if own else None,
            rank=self.rng.choice((None, 2)),
        )

    def _needs(self, item: str, number: int) -> None:
        """Each need names another group, so that one resource never has to serve two needs of a step."""
        if self.chance("labour", 0.6):
            who = self.rng.choice(("OPS", "OP1", "welding") if self.has("skills") else ("OPS", "OP2"))
            # 2 units of a person with room for 2 or 3; without quantities each person is one unit.
            qty: float | None = self.rng.choice((None, 2)) if self.has("quantities") else None
            qty = self.rng.choice((0.5, 0.25, qty)) if self.has("half_people") else qty
            level = self.rng.choice((1, 2)) if who == "welding" and self.has("skill_levels") else None
            self.add(
                "routing_needs", item=item, step=number, resource=who, qty=qty, phase=self._phase(), min_level=level
            )
            if self.has("quantities") and self.rng.random() < 0.3:
                self.add("routing_needs", item=item, step=number, resource="FLOOR", qty=self.rng.choice((1.5, 3)))
        if self.chance("tools", 0.4):
            which = self.rng.choice(("TOOLS", "T1"))
            self.add("routing_needs", item=item, step=number, resource=which, phase=self._phase())

    def _phase(self) -> str | None:
        return self.rng.choice(("setup", "run", "both")) if self.has("phases") else None

    # -- the outside -------------------------------------------------------------------------------------------------

    def _suppliers(self) -> None:
        if self.has("subcontracting"):
            limits = [self.rng.choice((20, 50)) if self.chance("weekly_qty", 0.7) else None for _ in range(2)]
            self._weekdays("SHOP", ("mon", "tue", "wed", "fri"))
            self.add("suppliers", supplier="S1", calendar="SHOP", weekly_qty=limits[0])
            self.add("suppliers", supplier="S2", weekly_qty=limits[1])
        if not self.has("suppliers"):
            return
        self._weekdays("OFFICE", ("mon", "tue", "thu"))
        self.add("suppliers", supplier="V1", calendar="OFFICE")
        self.add("suppliers", supplier="V2")
        for name in self.bought:
            chosen = self.rng.sample(("V1", "V2"), self.rng.randrange(0, 3))
            for rank, supplier in enumerate(chosen, 1):
                self.add(
                    "item_suppliers",
                    item=name,
                    supplier=supplier,
                    lead_time_days=self.rng.choice((1, 2, 5, 10)),
                    lead_time_basis="working" if self.chance("working_days") else None,
                    min_qty=self.rng.choice((None, 10)) if self.has("lot_rules") else None,
                    multiple=self.rng.choice((None, 5)) if self.has("lot_rules") else None,
                    price=self.rng.choice((None, 3.25)),
                    rank=rank,
                )

    def _weekdays(self, calendar: str, days: Sequence[str]) -> None:
        for day in days:
            self.add("calendars", calendar=calendar, weekday=day, start="09:00", end="16:00")

    def _customers(self) -> None:
        if self.has("customers"):
            self.add("customers", customer="C1", priority=10, weight=3, delivery_buffer_min=480)
            self.add("customers", customer="C2", priority=200)

    def _orders(self) -> None:
        for i in range(self.rng.randrange(2, 7)):
            order = f"SO-{i + 1}"
            complete = "yes" if self.chance("ship_complete") else None
            for line in range(1, self.rng.choice((1, 1, 2, 3)) + 1):
                self._line(order, line, complete)

    def _line(self, order: str, line: int, ship_complete: str | None) -> None:
        rng = self.rng
        deeper = [name for level in self.levels[1:] for name in level]
        item = rng.choice(deeper + self.bought if deeper and rng.random() < 0.15 else self.levels[0])
        qty = rng.randrange(1, 31) + (0.5 if self.decimals[item] and rng.random() < 0.5 else 0)
        days = rng.randrange(-4, 0) if self.chance("past_due", 0.25) else rng.randrange(1, 24)
        due = self.moment(days, rng.randrange(6, 20), 30) if self.chance("due_times") else self.day(days)
        self.add(
            "orders",
            order=order,
            line=line if line > 1 or rng.random() < 0.5 else None,
            item=item,
            qty=qty,
            due=due,
            customer=rng.choice(("C1", "C2", "")) if self.has("customers") else None,
            earliest=self.day(max(0, days - 1)) if self.chance("earliest", 0.3) else None,
            priority=rng.choice((None, 1, 50, 100)),
            weight=rng.choice((None, 0.5, 5)),
            status=rng.choice(("open", "open", "quote", "hold", "closed")) if self.chance("status", 0.5) else None,
            ship_complete=ship_complete,
            shipped_qty=1 if self.chance("status", 0.3) and qty > 2 else None,
        )

    def _stock(self) -> None:
        if not self.has("stock"):
            return
        names = [name for level in self.levels for name in level] + self.bought
        for name in names:
            for lot in range(self.rng.randrange(0, 3)):
                self.add(
                    "stock",
                    item=name,
                    qty=self.rng.randrange(1, 40),
                    lot=f"L{lot + 1}-{name}",
                    status=self.rng.choice(("quality", "blocked")) if self.chance("bad_stock", 0.3) else None,
                    reserved_for=f"SO-{self.rng.randrange(1, 7)}" if self.chance("reservation", 0.25) else None,
                    available_from=self.day(self.rng.randrange(0, 8)) if self.chance("available_from", 0.3) else None,
                    expires=self.day(self.rng.randrange(0, 20)) if self.chance("expiry", 0.4) else None,
                )

    def _purchase_orders(self) -> None:
        if not self.has("purchase_orders"):
            return
        for i in range(self.rng.randrange(1, 4)):
            qty = self.rng.randrange(10, 60)
            due = self.rng.randrange(-2, 12)
            self.add(
                "purchase_orders",
                po=f"PO-{i + 1}",
                line=self.rng.choice((None, 1, 2)),
                item=self.rng.choice(self.bought),
                qty=qty,
                due=self.day(due),
                promised=self.moment(due + 2, 10) if self.rng.random() < 0.3 else None,
                received_qty=self.rng.choice((None, qty // 2)),
                reserved_for="SO-1" if self.chance("reservation", 0.2) else None,
            )

    # -- work in progress --------------------------------------------------------------------------------------------

    def _work_orders(self) -> None:
        if not self.has("work_orders"):
            return
        names = [name for level in self.levels for name in level]
        for i in range(self.rng.randrange(1, 4)):
            item = self.rng.choice(names)
            status = self.rng.choice(("planned", "firm", "released", "started"))
            qty = self.rng.randrange(5, 25)
            under_way = status in {"released", "started"}
            self.add(
                "work_orders",
                wo=f"WO-{i + 1}",
                item=item,
                qty=qty,
                status=status,
                order=f"SO-{self.rng.randrange(1, 4)}" if self.rng.random() < 0.4 else None,
                due=self.day(self.rng.randrange(-1, 15)),
                completed_qty=self.rng.choice((None, 2)) if status == "started" else None,
                scrapped_qty=self.rng.choice((None, 1)) if status == "started" else None,
            )
            if self.has("progress") and under_way and item in self.steps:
                self._progress(f"WO-{i + 1}", item, qty, is_started=status == "started")
            elif self.has("locks") and item in self.steps:
                self._lock(f"WO-{i + 1}", item, self.steps[item][0])

    def _progress(self, wo: str, item: str, qty: int, *, is_started: bool) -> None:
        """Steps done, then one begun, then one that waits and may be locked."""
        steps = self.steps[item]
        done = self.rng.randrange(0, len(steps)) if is_started else 0
        is_started = is_started and not self.has_begun
        for number in steps[:done]:
            finished = self.moment(self.rng.choice((-1, 0)), self.rng.randrange(0, 6))
            self.add("work_order_steps", wo=wo, step=number, status="done", finished=finished, good_qty=qty)
        if is_started:
            self.has_begun = True
            self.add(
                "work_order_steps",
                wo=wo,
                step=steps[done],
                resource=self._resource_for(item, steps[done]),
                status="started",
                started=self.moment(-1, self.rng.randrange(6, 20)),
                good_qty=self.rng.choice((None, 1)),
                scrapped_qty=self.rng.choice((None, 1)),
                remaining_min=self.rng.choice((None, 45)),
            )
            done += 1
        if self.has("locks") and done < len(steps):
            self._lock(wo, item, steps[done])

    def _lock(self, wo: str, item: str, number: int) -> None:
        self.add(
            "work_order_steps",
            wo=wo,
            step=number,
            resource=self._resource_for(item, number) if self.rng.random() < 0.7 else "",
            status="waiting",
            locked="yes" if self.rng.random() < 0.8 else None,
            start=self.moment(self.rng.randrange(1, 6), self.rng.randrange(9, 12)),
        )

    def _resource_for(self, item: str, number: int) -> str:
        step = next(r for r in self.rows["routing"] if r["item"] == item and r["step"] == str(number))
        able = [m.name for m in self.machines if step["resource"] in (m.name, m.group)]
        return self.rng.choice(able) if able else ""


def _text(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
