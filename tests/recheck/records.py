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
    is_subcontracted: bool
    lead_days: float
    per_lot: bool
    needs: tuple[NeedRow, ...]


@dataclass(frozen=True)
class Recipe:
    """The routing of an item under given options."""

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
