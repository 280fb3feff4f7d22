"""The bill of process: the steps of making an item, their alternates and further needs."""

from collections.abc import Iterable
from typing import Literal

from pegboard.domain.expression import Amount
from pegboard.domain.record import Moment, Record, Steps

Phase = Literal["setup", "run", "both"]


class RoutingStep(Record, frozen=True, kw_only=True):
    """One operation of a routing; durations in minutes at efficiency 1.

    `wait_min` and `move_min` follow the step, `queue_min` precedes it. `max_wait_min` limits the gap to the
    next step. `transfer_qty` blank means the whole lot moves at once. `after` blank means the previous step.

    Lots of one `batch_key` run together up to `batch_qty`; a load below `batch_min_qty` waits for others, at most
    `batch_wait_min`. A `blocking` step keeps its resource until the next step's setup starts; `storage` names a space
    that holds the lot's quantity from the step's end until then. A lot may be divided over up to `max_split` resources,
    none below `split_min_qty`. `route` names the alternate route the step belongs to; blank is every route.

    Times may be formulas over the item's options; a step with a `condition` belongs to the variants that keep it.
    """

    item: str
    step: int
    name: str = ""
    resource: str
    setup_min: Amount = 0.0
    run_min: Amount = 0.0
    fixed_min: Amount = 0.0
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
    batch_min_qty: float | None = None
    batch_wait_min: float | None = None
    blocking: bool = False
    storage: str = ""
    max_split: int = 1
    split_min_qty: float | None = None
    route: str = ""
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
    setup_min: Amount | None = None
    run_min: Amount | None = None
    rank: int = 1
    cost_factor: float = 1.0


class RoutingNeed(Record, frozen=True, kw_only=True):
    """A further resource, group or skill held together with the primary resource during `phase`.

    With `min_level` only those whose skill has at least that level will do.
    """

    item: str
    step: int
    resource: str
    qty: float = 1.0
    phase: Phase = "both"
    min_level: float | None = None


class Route(Record, frozen=True, kw_only=True):
    """A way of making an item: the least rank among those in force at the need date and open to the lot's size."""

    item: str
    route: str
    rank: int = 1
    valid_from: Moment | None = None
    valid_to: Moment | None = None
    min_qty: float | None = None
    max_qty: float | None = None


def previous_numbers(steps: Iterable[RoutingStep]) -> dict[int, Steps]:
    """The number before each one, after which a step comes that does not say; none before the first."""
    numbers = sorted({step.step for step in steps})
    return {number: tuple(numbers[max(0, i - 1) : i]) for i, number in enumerate(numbers)}
