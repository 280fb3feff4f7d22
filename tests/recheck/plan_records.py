"""What the plan folder holds, row by row, as records."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.recheck.values import LineKey


@dataclass(slots=True)
class Operation:
    wo: str
    step: int
    resource: str
    also: tuple[str, ...]
    family: str
    setup_start: float
    start: float
    end: float
    setup_min: float
    run_min: float
    status: str
    qty: float | None

    @property
    def name(self) -> str:
        return f"{self.wo} step {self.step}"


@dataclass(slots=True)
class WorkOrder:
    name: str
    item: str
    qty: float
    good_qty: float
    start: float
    end: float
    need: float | None
    release: float | None
    options: str
    operations: dict[int, list[Operation]] = field(default_factory=dict)  # several where a lot is split
    route: str = ""
    needs: list[float] = field(default_factory=list)  # when what it supplies is wanted, its own need first
    served: list[float] = field(default_factory=list)  # how much of it each demand takes

    def all_operations(self) -> list[Operation]:
        return [op for parts in self.operations.values() for op in parts]

    def starts_of(self, steps: Iterable[int]) -> list[float]:
        """When each of the given steps that is planned begins; of a split one its last part."""
        return [max(op.setup_start for op in self.operations[step]) for step in steps if step in self.operations]


@dataclass(slots=True)
class PlannedLine:
    key: LineKey
    item: str
    qty: float
    due: float
    completion: float | None
    lateness_min: float | None
    status: str
    weight: float
    cause: str
    reason: str

    @property
    def name(self) -> str:
        return "/".join(self.key)


@dataclass(slots=True)
class Purchase:
    action: str
    po: str
    item: str
    supplier: str
    qty: float
    order_by: float | None
    due: float | None
    need: float | None


@dataclass(slots=True)
class Peg:
    row: int
    supply_kind: str
    supply: str
    demand_kind: str
    demand: str
    step: str
    item: str
    qty: float
    available: float | None
    need: float | None
    kind: str

    @property
    def name(self) -> str:
        route = f"{self.supply_kind} {self.supply} to {self.demand_kind} {self.demand}"
        return f"row {self.row} ({route}, item {self.item})"
