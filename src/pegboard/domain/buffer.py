"""DDMRP buffers, their profiles and planned adjustments."""

from typing import Literal

from pegboard.domain.record import Moment, Record


class Buffer(Record, frozen=True, kw_only=True):
    """A decoupling point: zones computed from a profile, given (`override`) or two-sided (`min_max`).

    `extra_lead_time_days` lengthens the lead time for sizing alone; up to `multiple_tolerance_pct` of a multiple, an
    order is rounded down to it.
    """

    item: str
    profile: str = ""
    adu: float | None = None
    adu_past_days: float | None = None
    adu_forward_days: float | None = None
    adu_past_weight: float | None = None
    moq: float = 0.0
    order_cycle_days: float = 0.0
    spike_horizon_days: float | None = None
    spike_threshold: float | None = None
    kind: Literal["replenished", "override", "min_max"] = "replenished"
    tor: float | None = None
    toy: float | None = None
    tog: float | None = None
    extra_lead_time_days: float = 0.0
    multiple_tolerance_pct: float = 0.0


class BufferProfile(Record, frozen=True, kw_only=True):
    """Lead-time and variability factors that size the zones."""

    profile: str
    lead_time_factor: float
    variability_factor: float
    alert_pct: float = 50.0


class BufferAdjustment(Record, frozen=True, kw_only=True):
    """A factor on usage, lead time or a zone, from `start` to `end`; with `end_factor` it runs straight to that."""

    item: str
    kind: Literal["adu", "lead_time", "red", "yellow", "green"]
    factor: float
    start: Moment
    end: Moment
    end_factor: float | None = None
