"""A plan folder; faults of form are found while it is read."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.recheck.clock import Clock
from tests.recheck.ledger import Ledger
from tests.recheck.plan_records import Operation, Peg, PlannedLine, Purchase, WorkOrder
from tests.recheck.values import Row, as_number, is_bare_date, number, read_rows, split_list

PLAN_COLUMNS = {
    "orders.csv": "order line customer item qty due completion lateness_min status weight cause reason",
    "work_orders.csv": "wo item qty good_qty status release start end need level options",
    "operations.csv": "wo step name resource also family setup_start start end setup_min run_min latest_start "
    "slack_min status locked",
    "purchases.csv": "action po item supplier qty order_by due need cost feasible",
    "pegs.csv": "supply_kind supply demand_kind demand step item qty available need kind",
    "buffers.csv": "item adu dlt_days tor toy tog on_hand on_order qualified_demand net_flow priority_pct colour "
    "order_qty on_hand_pct alert order_by due",
    "messages.csv": "severity code subject what advice source",
}
PLAN_KEYS = {
    "kpis.json": "orders lines_on_time lines_late lines_unplanned on_time_pct total_tardiness_days "
    "weighted_tardiness_days max_lateness_days mean_lead_time_days makespan_days setup_hours utilisation wip_value "
    "inventory_value purchases engine seconds objective bound gap",
    "certificate.json": "checked violations ignored factory_hash plan_hash seed version",
}
TIMES = {  # column -> may it be blank
    "orders.csv": {"due": False, "completion": True},
    "work_orders.csv": {"release": True, "start": True, "end": True, "need": True},
    "operations.csv": {"setup_start": False, "start": False, "end": False, "latest_start": True},
    "purchases.csv": {"order_by": True, "due": True, "need": True},
    "pegs.csv": {"available": True, "need": True},
    "buffers.csv": {"order_by": True, "due": True},
}
NUMBERS = {
    "orders.csv": {"qty": False, "lateness_min": True, "weight": True},
    "work_orders.csv": {"qty": False, "good_qty": False},
    "operations.csv": {"step": False, "setup_min": False, "run_min": False},
    "purchases.csv": {"qty": False},
    "pegs.csv": {"qty": False},
}
WORDS = {
    ("orders.csv", "status"): {"on_time", "late", "unplanned", "covered"},
    ("purchases.csv", "action"): {"order", "expedite", "defer", "increase", "decrease", "cancel"},
    ("purchases.csv", "feasible"): {"yes", "no"},
    ("pegs.csv", "supply_kind"): {"stock", "po", "wo", "purchase", "buffer"},
    ("pegs.csv", "demand_kind"): {"order", "wo"},
    ("pegs.csv", "kind"): {"soft", "hard"},
    ("messages.csv", "severity"): {"error", "warning", "info"},
}


class Plan:
    """A plan folder; faults of form go to the ledger while it is read."""

    def __init__(self, folder: Path, clock: Clock, ledger: Ledger) -> None:
        self.clock = clock
        self.ledger = ledger
        self.is_readable = True
        self._stamps: dict[str, float | None] = {}
        tables = {name: self._table(folder, name) for name in PLAN_COLUMNS}
        self.documents = {name: self._document(folder, name) for name in PLAN_KEYS}
        self.purchase_rows: dict[str, list[Purchase]] = defaultdict(list)
        self.lines = [self._line(row) for row in tables["orders.csv"]] if self.is_readable else []
        self.work_orders: dict[str, WorkOrder] = {}
        self.unscheduled: list[str] = []
        self.operations: list[Operation] = []
        self.purchases: list[Purchase] = []
        self.pegs: list[Peg] = []
        self.buffers: dict[str, Row] = {}
        self.messages = tables["messages.csv"]
        if self.is_readable:
            self._read_supply(tables)

    def _read_supply(self, tables: dict[str, list[Row]]) -> None:
        for row in tables["work_orders.csv"]:
            if row["wo"] in self.work_orders:
                self.ledger.fault("files", f"work_orders.csv names {row['wo']} twice")
            if row["start"] and row["end"]:
                self.work_orders[row["wo"]] = self._work_order(row)
            else:
                self.unscheduled.append(row["wo"])
        self.operations = [self._operation(row) for row in tables["operations.csv"]]
        self.purchases = [self._purchase(row) for row in tables["purchases.csv"]]
        for purchase in self.purchases:
            self.purchase_rows[purchase.po].append(purchase)
        self.pegs = [self._peg(i, row) for i, row in enumerate(tables["pegs.csv"], 2)]
        self.buffers = {row["item"]: row for row in tables["buffers.csv"]}

    def _table(self, folder: Path, name: str) -> list[Row]:
        """The rows of a file that are whole: every column there, every time and number readable."""
        if not (folder / name).exists():
            self.ledger.test("files", False, f"{name} is missing")
            self.is_readable = False
            return []
        with (folder / name).open(encoding="utf-8", newline="") as handle:
            header = [column.strip() for column in next(csv.reader(handle), [])]
        missing = [column for column in PLAN_COLUMNS[name].split() if column not in header]
        self.ledger.test("files", not missing, f"{name} lacks the column(s) {', '.join(missing)}")
        if missing:
            self.is_readable = False
            return []
        rows = read_rows(folder, name)
        for i, row in enumerate(rows, 2):
            self._check_cells(name, i, row)
        return rows

    def _check_cells(self, name: str, line: int, row: Row) -> None:
        """ "times ISO 8601 local to the factory with offset"."""
        for column, optional in TIMES.get(name, {}).items():
            text = row[column]
            ok = optional if not text else self.stamp(text, column) is not None
            self.is_readable &= ok
            self.ledger.test("files", ok, f"{name} line {line}: {column} {text!r} is no local time with offset")
        for column, optional in NUMBERS.get(name, {}).items():
            text = row[column]
            ok = optional if not text else as_number(text) is not None
            self.is_readable &= ok
            self.ledger.test("files", ok, f"{name} line {line}: {column} {text!r} is no number")
        for (file, column), words in WORDS.items():
            if file == name:
                self.ledger.test("files", row[column] in words, f"{name} line {line}: {column} is {row[column]!r}")

    def stamp(self, text: str, column: str = "") -> float | None:
        if text not in self._stamps:
            self._stamps[text] = self._read_stamp(text)
        found = self._stamps[text]
        if found is None and column == "order_by" and is_bare_date(text):
            return self.clock.read(text)  # Reading: an order is placed on a day, so a bare date will do.
        return found

    def _read_stamp(self, text: str) -> float | None:
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            return None
        if moment.tzinfo is None or moment.utcoffset() != moment.astimezone(self.clock.zone).utcoffset():
            return None
        return moment.timestamp() / 60

    def _document(self, folder: Path, name: str) -> dict[str, Any]:
        try:
            found = json.loads((folder / name).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            self.ledger.test("files", False, f"{name} is missing or is no JSON")
            return {}
        missing = [key for key in PLAN_KEYS[name].split() if key not in found]
        self.ledger.test("files", not missing, f"{name} lacks the key(s) {', '.join(missing)}")
        return dict(found)

    def _line(self, row: Row) -> PlannedLine:
        due = self.stamp(row["due"])
        return PlannedLine(
            key=(row["order"], row["line"] or "1"),
            item=row["item"],
            qty=number(row["qty"]),
            due=due if due is not None else 0.0,
            completion=self.stamp(row["completion"]) if row["completion"] else None,
            lateness_min=as_number(row["lateness_min"]),
            status=row["status"],
            weight=number(row["weight"], 1.0),
            cause=row["cause"],
            reason=row["reason"],
        )

    def _work_order(self, row: Row) -> WorkOrder:
        return WorkOrder(
            name=row["wo"],
            item=row["item"],
            qty=number(row["qty"]),
            good_qty=number(row["good_qty"]),
            start=self.stamp(row["start"]) or 0.0,
            end=self.stamp(row["end"]) or 0.0,
            need=self.stamp(row["need"]) if row["need"] else None,
            release=self.stamp(row["release"]) if row["release"] else None,
            options=row["options"],
        )

    def _operation(self, row: Row) -> Operation:
        return Operation(
            wo=row["wo"],
            step=int(float(row["step"])),
            resource=row["resource"],
            also=tuple(split_list(row["also"])),
            family=row["family"],
            setup_start=self.stamp(row["setup_start"]) or 0.0,
            start=self.stamp(row["start"]) or 0.0,
            end=self.stamp(row["end"]) or 0.0,
            setup_min=number(row["setup_min"]),
            run_min=number(row["run_min"]),
            status=row["status"],
            qty=as_number(row.get("qty", "")),  # a column that older plans have not
        )

    def _purchase(self, row: Row) -> Purchase:
        return Purchase(
            action=row["action"],
            po=row["po"],
            item=row["item"],
            supplier=row["supplier"],
            qty=number(row["qty"]),
            order_by=self.stamp(row["order_by"], "order_by") if row["order_by"] else None,
            due=self.stamp(row["due"]) if row["due"] else None,
            need=self.stamp(row["need"]) if row["need"] else None,
        )

    def _peg(self, line: int, row: Row) -> Peg:
        return Peg(
            row=line,
            supply_kind=row["supply_kind"],
            supply=row["supply"],
            demand_kind=row["demand_kind"],
            demand=row["demand"],
            step=row["step"],
            item=row["item"],
            qty=number(row["qty"]),
            available=self.stamp(row["available"]) if row["available"] else None,
            need=self.stamp(row["need"]) if row["need"] else None,
            kind=row["kind"],
        )

    def latest_time(self) -> float:
        return max((value for value in self._stamps.values() if value is not None), default=0.0)

    def earliest_time(self) -> float:
        return min((value for value in self._stamps.values() if value is not None), default=0.0)
