"""What the factory folder holds, row by row, as records."""

from __future__ import annotations

from dataclasses import dataclass

from tests.recheck.values import EPS


@dataclass(frozen=True)
class Item:
    name: str
    supply: str
    policy: str
    decimals: int
    yield_: float
    lead_days: float
    lot: tuple[float, float, float]  # minimum, multiple, maximum; 0 where there is none
    shelf_life_days: float | None
    is_hard: bool
    safety_stock: float


@dataclass(frozen=True)
class Maintenance:
    """After so many hours of work or so many operations a resource is maintained for so many minutes."""

    hours: float
    cycles: float
    minutes: float
    used_hours: float
    used_cycles: float


@dataclass(frozen=True)
class Resource:
    name: str
    kind: str
    groups: frozenset[str]
    calendar: str
    capacity: float
    efficiency: float
    is_finite: bool
    matrix: str
    initial_family: str
    travel_min: float
    maintenance: Maintenance | None


@dataclass(frozen=True)
class Route:
    """A way of making an item, open from and to a day and a quantity."""

    name: str
    rank: float
    valid_from: str
    valid_to: str
    min_qty: float
    max_qty: float


@dataclass(frozen=True)
class Mode:
    """One way to do a step: the resources that may, and the times there."""

    resources: frozenset[str]
    setup_min: float | None
    run_min: float | None
    run_factor: float


@dataclass(frozen=True)
class NeedRow:
    members: frozenset[str]
    skill: str
    units: float
    phase: str
    name: str
    min_level: float


@dataclass(frozen=True)
class Step:
    """A routing step as it applies to one item and one set of options."""

    number: int
    is_certain: bool  # False: its condition could not be decided from the options at hand
    modes: tuple[Mode, ...]
    fixed_min: float | None
    queue_min: float
    move_min: float
    wait_min: float
    max_wait_min: float | None
    family: str | None
    transfer_qty: float
    yield_: float
    pause: bool
    max_stretch_min: float | None
    batch_key: str
    batch_qty: float
    blocking: bool
    storage: str
    max_split: int
    split_min_qty: float
    supplier: str
    lead_days: float
    per_lot: bool
    needs: tuple[NeedRow, ...]

    @property
    def is_subcontracted(self) -> bool:
        return bool(self.supplier)


@dataclass(frozen=True)
class Recipe:
    """The routing of an item under given options, on one of its routes."""

    steps: dict[int, Step]
    before: dict[int, tuple[int, ...]]
    last: tuple[int, ...]
    rest_yields: dict[int, tuple[float, ...]]  # yields of a step and all later ones and the item's: the readings


@dataclass(frozen=True)
class OrderLine:
    order: str
    line: str
    item: str
    qty: float
    open_qty: float
    due_text: str
    earliest: str
    status: str
    ship_complete: bool
    options: dict[str, str]
    customer: str

    @property
    def is_open(self) -> bool:
        return self.status in {"", "open"} and self.open_qty > EPS

    @property
    def name(self) -> str:
        return f"{self.order}/{self.line}"
