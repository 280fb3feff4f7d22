"""What a random factory has of variants, alternates, by-products, suppliers and buffers: rows changed and added.

Drawn after everything else and by a generator of their own, so that the factory of a seed is otherwise what it was.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

SUPPLY_FEATURES = (
    *("configured", "option_rules", "option_formulas", "stock_variants"),
    *("alternate_groups", "substitutes", "byproducts", "coproducts", "perishables"),
    *("two_suppliers", "supplier_weeks", "supplier_service"),
    *("buffers", "buffer_kinds", "adjustments", "usage", "stocked", "dedicate"),
)
COLOURS = ("red", "blue")
LINE_CONDITIONS = ("COLOUR=red", "COLOUR!=RED", "SIZE>=3 or COLOUR=blue", "not SIZE in 1,2")
Rows = dict[str, list[dict[str, str]]]


class Supply:
    """The rows of a random factory, before and after."""

    def __init__(
        self, rng: random.Random, features: frozenset[str], rows: Rows, day: Callable[[int], str], ends: Sequence[str]
    ) -> None:
        self.rng, self.features, self.rows, self.day, self.ends = rng, features, rows, day, ends
        self.bought = [row["item"] for row in rows["items"] if row.get("supply") == "buy"]
        phantoms = {row["item"] for row in rows["items"] if row.get("supply") == "phantom"}
        self.made = [row["item"] for row in rows["items"] if row["item"] not in {*self.bought, *phantoms}]
        self.policy: dict[str, str] = {}

    def chance(self, feature: str, share: float = 0.5) -> bool:
        return feature in self.features and self.rng.random() < share

    def add(self, table: str, **cells: object) -> None:
        """A row of the cells that are given."""
        given = {key.rstrip("_"): value for key, value in cells.items() if value is not None}
        self.rows[table].append({k: f"{v:g}" if isinstance(v, float) else str(v) for k, v in given.items()})

    def item(self, name: str) -> dict[str, str]:
        return next(row for row in self.rows["items"] if row["item"] == name)

    def lines(self, parent: str) -> list[dict[str, str]]:
        return [row for row in self.rows["bom"] if row["parent"] == parent]

    def draw(self) -> None:
        """All features, one after the other."""
        for name in self.ends:
            if self.chance("configured", 0.5):
                self._configure(name)
        for name in self.made:
            if self.chance("alternate_groups", 0.4):
                self._group(name)
            if self.chance("byproducts", 0.3):
                self._byproduct(name)
        if self.chance("coproducts", 0.4):
            self._coproduct(self.rng.choice(self.made))
        for name in self.bought:
            if self.chance("substitutes", 0.3):
                self._substitute(name)
            if self.chance("perishables", 0.25):
                self.item(name)["shelf_life_days"] = str(self.rng.choice((3, 8, 20)))
        self._suppliers()
        self._buffers()

    # -- variants ----------------------------------------------------------------------------------------------------

    def _configure(self, name: str) -> None:
        """Two options of an end item; lines, steps and times that go by them."""
        self.add("options", item=name, option="COLOUR", values=";".join(COLOURS))
        self.add("options", item=name, option="SIZE", values="1..5", required="no", default=2)
        if self.chance("option_rules"):
            self.add(
                "option_rules", item=name, when="COLOUR=red", require="SIZE<=4", message="red is not made so large"
            )
        for line in self.lines(name):
            if self.rng.random() < 0.3:
                line["condition"] = self.rng.choice(LINE_CONDITIONS)
            if self.chance("option_formulas", 0.3):
                line["qty_per"] = self.rng.choice(("1+SIZE", "SIZE/2", "(SIZE+1)*0.5"))
        self._configure_steps(name)
        for row in self.rows["orders"]:
            if row["item"] == name:
                row["options"] = self._choice()
        for row in self.rows["work_orders"]:
            if row["item"] == name:
                row["options"] = f"COLOUR={self.rng.choice(COLOURS)};SIZE={self.rng.choice((2, 3))}"
        for row in self.rows["stock"]:
            if row["item"] == name and self.chance("stock_variants", 0.7):
                row["options"] = f"COLOUR={self.rng.choice(COLOURS)};SIZE=2"

    def _configure_steps(self, name: str) -> None:
        """Conditions on steps but the first, of what is not in work; a step that a lock or a part names stays."""
        is_open = any(row["item"] == name for row in self.rows["work_orders"])
        steps = [row for row in self.rows["routing"] if row["item"] == name]
        for row in steps:
            if not is_open and row["step"] != "10" and self.rng.random() < 0.3:
                row["condition"] = self.rng.choice(("COLOUR=blue", "SIZE<3", "COLOUR=red and SIZE>1"))
            if self.chance("option_formulas", 0.3) and row.get("run_min"):
                row["run_min"] = self.rng.choice(("2*SIZE", "10/SIZE", "3+SIZE"))

    def _choice(self) -> str:
        """Mostly a good configuration; now and then none, a wrong one, or one that a rule forbids."""
        draw = self.rng.random()
        if draw < 0.04:
            return "SIZE=3"
        if draw < 0.08:
            return "COLOUR=green;SIZE=1"
        size = self.rng.choice(("", ";SIZE=1", ";SIZE=3", ";size=3.0", ";SIZE=5"))
        return f"COLOUR={self.rng.choice((*COLOURS, 'Red'))}{size}"

    # -- materials ---------------------------------------------------------------------------------------------------

    def _group(self, parent: str) -> None:
        """Two bought components stand in for each other."""
        lines = [row for row in self.lines(parent) if row["component"] in self.bought]
        if len(lines) < 2:
            return
        for rank, row in enumerate(self.rng.sample(lines, 2), 1):
            row |= {"alternate_group": "G", "rank": str(rank)}

    def _substitute(self, name: str) -> None:
        other = self.rng.choice(self.bought)
        if other != name:
            dates = self.rng.choice(({}, {}, {"valid_from": self.day(5)}, {"valid_to": self.day(8)}))
            self.add("substitutes", item=name, substitute=other, factor=self.rng.choice((0.5, 1, 2)), rank=2, **dates)

    def _byproduct(self, parent: str) -> None:
        self.add(
            "bom",
            parent=parent,
            component=self.rng.choice(self.bought),
            qty_per=self.rng.choice((1, 0.25, 2)),
            kind="byproduct",
            yield_=self.rng.choice((None, 0.9)),
            fixed_qty=self.rng.choice((None, 1)),
        )

    def _coproduct(self, parent: str) -> None:
        """Something that is only made together with something else, and one order of it."""
        self.add("items", item="K1", supply="make")
        self.add("bom", parent=parent, component="K1", qty_per=self.rng.choice((1, 2)), kind="coproduct")
        due = self.day(self.rng.randrange(4, 20))
        self.add("orders", order="SO-K", item="K1", qty=self.rng.randrange(3, 30), due=due)
        if any(row["item"] == parent for row in self.rows["options"]):
            self.rows["orders"][-1]["options"] = "COLOUR=red"

    # -- suppliers ---------------------------------------------------------------------------------------------------

    def _suppliers(self) -> None:
        if "two_suppliers" not in self.features:
            return
        for supplier in ("W1", "W2"):
            week = self.rng.choice((25, 60)) if self.chance("supplier_weeks", 0.7) else None
            self.add("suppliers", supplier=supplier, weekly_qty=week)
        for name in self.bought:
            if any(row["item"] == name for row in self.rows["item_suppliers"]) and self.rng.random() < 0.5:
                continue
            for supplier in self.rng.sample(("W1", "W2"), self.rng.randrange(1, 3)):
                self._source(name, supplier)
        if self.chance("supplier_service", 0.8):
            self.policy["supplier_service"] = self.rng.choice(("80", "95"))
            self._receipts()

    def _source(self, name: str, supplier: str) -> None:
        self.add(
            "item_suppliers",
            item=name,
            supplier=supplier,
            lead_time_days=self.rng.choice((1, 3, 6)),
            min_qty=self.rng.choice((None, None, 8)),
            multiple=self.rng.choice((None, None, 4)),
            price=self.rng.choice((None, 2, 5)),
            rank=self.rng.choice((1, 2)),
        )

    def _receipts(self) -> None:
        """What W1 has delivered, of one item often enough to be judged by it."""
        for i in range(self.rng.choice((4, 9, 14))):
            ago = self.rng.randrange(20, 60)
            self.add(
                "purchase_orders",
                po=f"OLD-{i}",
                item=self.bought[0 if self.rng.random() < 0.8 else -1],
                qty=10,
                due=self.day(-ago),
                supplier="W1",
                status="received",
                received_qty=10,
                received=self.day(-ago + self.rng.choice((-1, 0, 0, 0, 1, 2))),
            )

    # -- buffers -----------------------------------------------------------------------------------------------------

    def _buffers(self) -> None:
        candidates = [*self.bought, *(name for name in self.made if name not in self.ends)]
        for name in candidates:
            if self.chance("buffers", 0.3):
                self._buffer(name)
            elif self.chance("stocked", 0.2):
                self.item(name).update(policy="stock", safety_stock=str(self.rng.choice((0, 5, 20))))
                if self.rng.random() < 0.6:
                    start = self.rng.randrange(-3, 2)
                    self.add("forecast", item=name, date=self.day(start), qty=self.rng.choice((10, 30)))
                    self.add("forecast", item=name, date=self.day(7), qty=self.rng.choice((0, 20)))
        if self.rows["buffers"]:
            self.add("buffer_profiles", profile="P", lead_time_factor=0.5, variability_factor=0.4, alert_pct=60)
            self.add("buffer_profiles", profile="M", lead_time_factor=0.75, variability_factor=0.25)
        if self.chance("dedicate", 0.4):
            self.policy["large_demand"] = '"dedicate"'

    def _buffer(self, name: str) -> None:
        """A buffer that is sized by a profile, given, of two zones, or not sized at all."""
        self.item(name)["policy"] = "buffer"
        if self.rng.random() < 0.05:
            return
        cells: dict[str, object] = {"profile": self.rng.choice(("P", "M")), "adu": self.rng.choice((1.5, 3, 8))}
        if self.chance("usage"):
            cells["adu"] = None
            cells["adu_past_days"] = self.rng.choice((7, 30))
            for ago in self.rng.sample(range(40), 9):
                self.add("demand_history", item=name, date=self.day(-ago), qty=self.rng.randrange(1, 25))
        if self.chance("buffer_kinds", 0.4):
            tops = self.rng.choice((("min_max", 10, None, 40), ("override", 10, 25, 50), ("min_max", None, None, None)))
            cells |= dict(zip(("kind", "tor", "toy", "tog"), tops, strict=True))
        cells["moq"] = self.rng.choice((None, 12))
        cells["order_cycle_days"] = self.rng.choice((None, 4))
        cells["spike_horizon_days"] = self.rng.choice((None, None, 3))
        cells["spike_threshold"] = self.rng.choice((None, None, 9))
        self.add("buffers", item=name, **cells)
        if self.chance("adjustments", 0.5):
            kind = self.rng.choice(("adu", "lead_time", "red", "yellow", "green"))
            start = self.rng.choice((-5, 0, 4))
            span = {"start": self.day(start), "end": self.day(start + 10)}
            self.add("buffer_adjustments", item=name, kind=kind, factor=self.rng.choice((0.5, 1.5)), **span)
