"""The columns of the factory files, derived from the domain's records, each named once.

A record's fields are the columns of its file; here are only the facts that a type does not say: which
columns name a record, and which numbers mean nothing for any use. Other names for a column stand in
`synonyms.py`, the reading of its cells in `cells.py`.
"""

from collections.abc import Iterable
from datetime import date, datetime
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec

from pegboard.domain.expression import Amount
from pegboard.domain.record import ClockMin, Ids, Options, Record, Steps, Weekdays
from pegboard.domain.snapshot import FILES, ObjectiveWeights, Snapshot, Uncertainty

Kind = Literal[
    "text", "number", "amount", "integer", "yes/no", "choice", "moment", "clock", "weekdays", "options", "ids", "steps"
]


class Range(msgspec.Struct, frozen=True):
    """The numbers that mean something: from `low` to `high`, `low` itself only when `closed`."""

    low: float
    closed: bool = True
    high: float = float("inf")

    def holds(self, value: float) -> bool:
        """Whether `value` lies inside."""
        return (self.low <= value if self.closed else self.low < value) and value <= self.high

    def __str__(self) -> str:
        """`at least 0`, `above 0 and at most 1`: to stand behind "must be"."""
        low = f"{'at least' if self.closed else 'above'} {self.low:g}"
        return low if self.high == float("inf") else f"{low} and at most {self.high:g}"


class Column(msgspec.Struct, frozen=True):
    """One column of a file: its header, the field it fills, what its cells hold and what a blank cell means."""

    file: str
    column: str
    field: str
    kind: Kind
    required: bool
    default: Any = None
    choices: tuple[str, ...] = ()
    range: Range | None = None


class FactoryFile(msgspec.Struct, frozen=True):
    """One file of the factory folder.

    `key` names the fields that no two records may share; empty where records have no identity of their own.
    `name` is the part of the key that a person would call the record by.
    """

    file: str
    record: type[Record]
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    name: tuple[str, ...]

    def column(self, field: str) -> Column:
        """The column of a field."""
        return next(c for c in self.columns if c.field == field)


REQUIRED_FILES = ("items", "orders")

KEYS: dict[str, tuple[str, ...]] = {
    "items": ("item",),
    "bom": ("parent", "component", "step", "kind", "condition", "valid_from", "alternate_group", "route"),
    "substitutes": ("item", "substitute"),
    "routes": ("item", "route"),
    "routing": ("item", "step", "condition", "route"),
    "routing_alternates": ("item", "step", "resource"),
    "routing_needs": ("item", "step", "resource", "phase"),
    "resources": ("resource",),
    "skills": ("resource", "skill"),
    "calendars": ("calendar", "weekday", "start", "end"),
    "calendar_exceptions": ("calendar", "start", "end"),
    "changeovers": ("changeover", "from_", "to"),
    "suppliers": ("supplier",),
    "item_suppliers": ("item", "supplier"),
    "customers": ("customer",),
    "options": ("item", "option"),
    "option_rules": ("item", "when", "require"),
    "buffers": ("item",),
    "buffer_profiles": ("profile",),
    "buffer_adjustments": ("item", "kind", "start", "end"),
    "uom": ("item", "from_", "to"),
    "orders": ("order", "line"),
    "stock": (),  # two lots of one item may differ in a user's column alone, such as the location
    "purchase_orders": ("po", "line"),
    "work_orders": ("wo",),
    "work_order_steps": ("wo", "step"),
    "downtime": ("resource", "start", "end"),
    "demand_history": (),
    "forecast": (),
}

_NOT_NEGATIVE = Range(0)
_POSITIVE = Range(0, closed=False)
_SHARE = Range(0, closed=False, high=1)

# By column name; a name with a file in front of it wins.
RANGES: dict[str, Range] = {
    "adu": _NOT_NEGATIVE,
    "adu_forward_days": _NOT_NEGATIVE,
    "adu_past_days": _NOT_NEGATIVE,
    "adu_past_weight": Range(0, high=1),
    "alert_pct": _NOT_NEGATIVE,
    "batch_days": _NOT_NEGATIVE,
    "batch_min_qty": _POSITIVE,
    "batch_qty": _POSITIVE,
    "batch_wait_min": _NOT_NEGATIVE,
    "capacity": _NOT_NEGATIVE,
    "change_qty_pct": Range(0, high=100),
    "completed_qty": _NOT_NEGATIVE,
    "cost": _NOT_NEGATIVE,
    "cost_factor": _NOT_NEGATIVE,
    "cost_per_hour": _NOT_NEGATIVE,
    "decimals": Range(0, high=9),
    "defer_days": _NOT_NEGATIVE,
    "delivery_buffer_min": _NOT_NEGATIVE,
    "efficiency": _POSITIVE,
    "expedite_cost": _NOT_NEGATIVE,
    "expedite_days": _NOT_NEGATIVE,
    "end_factor": _NOT_NEGATIVE,
    "extra_lead_time_days": _NOT_NEGATIVE,
    "factor": _NOT_NEGATIVE,
    "fixed_min": _NOT_NEGATIVE,
    "fixed_qty": _NOT_NEGATIVE,
    "forecast.qty": _NOT_NEGATIVE,
    "freeze_minutes": _NOT_NEGATIVE,
    "good_qty": _NOT_NEGATIVE,
    "horizon_days": _POSITIVE,
    "lead_time_days": _NOT_NEGATIVE,
    "lead_time_factor": _NOT_NEGATIVE,
    "maintenance_cycles": Range(1),
    "maintenance_hours": _POSITIVE,
    "maintenance_min": _NOT_NEGATIVE,
    "max_qty": _POSITIVE,
    "max_split": Range(1),
    "max_stretch_min": _POSITIVE,
    "max_wait_min": _NOT_NEGATIVE,
    "min_qty": _NOT_NEGATIVE,
    "min_ship_qty": _NOT_NEGATIVE,
    "minutes": _NOT_NEGATIVE,
    "moq": _NOT_NEGATIVE,
    "move_min": _NOT_NEGATIVE,
    "multiple": _NOT_NEGATIVE,
    "multiple_tolerance_pct": Range(0, high=100),
    "order_cycle_days": _NOT_NEGATIVE,
    "orders.qty": _POSITIVE,
    "per_qty": _POSITIVE,
    "price": _NOT_NEGATIVE,
    "purchase_orders.qty": _POSITIVE,
    "qty_per": _NOT_NEGATIVE,
    "queue_min": _NOT_NEGATIVE,
    "received_qty": _NOT_NEGATIVE,
    "remaining_min": _NOT_NEGATIVE,
    "routing_needs.qty": _POSITIVE,
    "run_factor": _POSITIVE,
    "run_min": _NOT_NEGATIVE,
    "safety_stock": _NOT_NEGATIVE,
    "scrapped_qty": _NOT_NEGATIVE,
    "setup_min": _NOT_NEGATIVE,
    "shelf_life_days": _POSITIVE,
    "shipped_qty": _NOT_NEGATIVE,
    **{f"objective.{goal}": _NOT_NEGATIVE for goal in ObjectiveWeights.__struct_fields__},
    **{f"confidence.{name}": _NOT_NEGATIVE for name in Uncertainty.__struct_fields__},
    "confidence.late_pct": Range(0, high=100),
    "confidence.operation_bias": Range(-1, closed=False),
    "rules.until_days": _POSITIVE,
    "spike_horizon_days": _NOT_NEGATIVE,
    "spike_threshold": _NOT_NEGATIVE,
    "split_min_qty": _POSITIVE,
    "step": _NOT_NEGATIVE,
    "substitutes.factor": _POSITIVE,
    "supplier_service": Range(0, high=100),
    "tog": _NOT_NEGATIVE,
    "tor": _NOT_NEGATIVE,
    "toy": _NOT_NEGATIVE,
    "transfer_qty": _POSITIVE,
    "travel_min": _NOT_NEGATIVE,
    "unit_cost": _NOT_NEGATIVE,
    "uom.factor": _POSITIVE,
    "uom_factor": _POSITIVE,
    "used_cycles": _NOT_NEGATIVE,
    "used_hours": _NOT_NEGATIVE,
    "variability_factor": _NOT_NEGATIVE,
    "wait_min": _NOT_NEGATIVE,
    "weekly_qty": _NOT_NEGATIVE,
    "weight": _NOT_NEGATIVE,
    "work_orders.qty": _POSITIVE,
    "yield": _SHARE,
}

_KINDS: tuple[tuple[Any, Kind], ...] = (
    (str, "text"),
    (float, "number"),
    (Amount, "amount"),
    (int, "integer"),
    (bool, "yes/no"),
    (date | datetime, "moment"),
    (datetime, "moment"),
    (ClockMin, "clock"),
    (Weekdays, "weekdays"),
    (Options, "options"),
    (Ids, "ids"),
    (Steps, "steps"),
)


@cache
def factory_schema() -> tuple[FactoryFile, ...]:
    """All files of the factory folder with their columns, in the order of the contract."""
    return tuple(_file(name) for name in FILES)


@cache
def factory_file(name: str) -> FactoryFile:
    """One file by its name without ending."""
    return next(f for f in factory_schema() if f.file == name)


def columns_of(file: str, struct: type[msgspec.Struct], leave_out: Iterable[str] = ()) -> tuple[Column, ...]:
    """A column for each field of a struct, except those left out."""
    hints = get_type_hints(struct)
    fields = [field for field in msgspec.structs.fields(struct) if field.name not in leave_out]
    return tuple(_column(file, field, hints[field.name]) for field in fields)


def _file(name: str) -> FactoryFile:
    (record, _) = get_args(get_type_hints(Snapshot)[name])
    columns = columns_of(name, record, leave_out=Record.__struct_fields__)
    required = {c.field for c in columns if c.required}
    key = KEYS[name]
    naming = tuple(f for f in key if f in required or f == "line") or (columns[0].field,)
    return FactoryFile(name, record, columns, key, naming)


def _column(file: str, field: msgspec.structs.FieldInfo, hint: Any) -> Column:
    header = field.name.removesuffix("_")
    kind, choices = _kind(hint)
    default = field.default if field.default_factory is msgspec.NODEFAULT else field.default_factory()
    required = default is msgspec.NODEFAULT
    allowed = RANGES.get(f"{file}.{header}", RANGES.get(header)) if kind in ("number", "amount", "integer") else None
    return Column(file, header, field.name, kind, required, None if required else default, choices, allowed)


def _kind(hint: Any) -> tuple[Kind, tuple[str, ...]]:
    if get_origin(hint) in (Union, UnionType):
        rest = tuple(a for a in get_args(hint) if a is not NoneType)
        hint = rest[0] if len(rest) == 1 else Union[rest]  # noqa: UP007 - built from a tuple
    if get_origin(hint) is Literal:
        return "choice", get_args(hint)
    return next(kind for known, kind in _KINDS if hint is known or hint == known), ()
