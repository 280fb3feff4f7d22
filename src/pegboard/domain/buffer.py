"""DDMRP buffers, their profiles and planned adjustments."""

from typing import Literal

from pegboard.domain.record import Moment, Record


class Buffer(Record, frozen=True, kw_only=True):
    """A decoupling point: zones computed from a profile, given (`override`) or two-sided (`min_max`)."""

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


class BufferProfile(Record, frozen=True, kw_only=True):
    """Lead-time and variability factors that size the zones."""

    profile: str
    lead_time_factor: float
    variability_factor: float
    alert_pct: float = 50.0


class BufferAdjustment(Record, frozen=True, kw_only=True):
    """A factor on usage, lead time or a zone, from `start` to `end`."""

    item: str
    kind: Literal["adu", "lead_time", "red", "yellow", "green"]
    factor: float
    start: Moment
    end: Moment
