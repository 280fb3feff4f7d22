"""The bill of process: the steps of making an item, their alternates and further needs."""

from typing import Literal

from pegboard.domain.record import Record, Steps

Phase = Literal["setup", "run", "both"]


class RoutingStep(Record, frozen=True, kw_only=True):
    """One operation of a routing; durations in minutes at efficiency 1.

    `wait_min` and `move_min` follow the step, `queue_min` precedes it. `max_wait_min` limits the gap to the
    next step. `transfer_qty` blank means the whole lot moves at once. `after` blank means the previous step.
    """

    item: str
    step: int
    name: str = ""
    resource: str
    setup_min: float = 0.0
    run_min: float = 0.0
    fixed_min: float = 0.0
    queue_min: float = 0.0
    move_min: float = 0.0
    wait_min: float = 0.0
    max_wait_min: float | None = None
    family: str = ""
    transfer_qty: float | None = None
    yield_: float = 1.0
    after: Steps = ()
    pause: bool = True
    max_stretch_min: float | None = None
    batch_key: str = ""
    batch_qty: float | None = None
    condition: str = ""
    supplier: str = ""
    lead_time_days: float | None = None
    work_content_basis: Literal["per_unit", "per_lot"] = "per_unit"


class RoutingAlternate(Record, frozen=True, kw_only=True):
    """Another resource (or group) for a step; blank times are the step's own."""

    item: str
    step: int
    resource: str
    run_factor: float = 1.0
    setup_min: float | None = None
    run_min: float | None = None
    rank: int = 1
    cost_factor: float = 1.0


class RoutingNeed(Record, frozen=True, kw_only=True):
    """A further resource, group or skill held together with the primary resource during `phase`."""

    item: str
    step: int
    resource: str
    qty: float = 1.0
    phase: Phase = "both"
