"""How large the zones of a buffer are.

Yellow covers usage over the decoupled lead time, red what varies, green how much is ordered at once. Each zone is
rounded half up by itself, red safety from the rounded red base: published examples come out to the piece only so.
"""

import math

import msgspec

from pegboard.domain.buffer import Buffer, BufferProfile
from pegboard.domain.quantity import half_up
from pegboard.planning.buffers.adjust import NONE, Adjustments

ADU_DECIMALS = 4
DLT_DECIMALS = 2
SUM_DECIMALS = 9  # what is added up shows no noise of binary fractions


class Sizing(msgspec.Struct, frozen=True, gc=False):
    """The zones of a buffer on a day and what they were computed from.

    `adu` and `dlt_days` are after adjustments; days of demand from `spike_threshold` up count as spikes if they are at
    most `spike_horizon` days ahead.
    """

    adu: float
    dlt_days: float
    red: float
    yellow: float
    green: float
    spike_threshold: float
    spike_horizon: int

    @property
    def tor(self) -> float:
        """Top of red."""
        return self.red

    @property
    def toy(self) -> float:
        """Top of yellow: at or below it the buffer orders."""
        return round(self.red + self.yellow, SUM_DECIMALS)

    @property
    def tog(self) -> float:
        """Top of green: up to it the buffer orders."""
        return round(self.red + self.yellow + self.green, SUM_DECIMALS)

    @property
    def largest_draw(self) -> float:
        """Green and yellow together: what draws more at once should be supplied on its own."""
        return round(self.yellow + self.green, SUM_DECIMALS)

    @property
    def target_on_hand(self) -> float:
        """Average stock of a buffer that works: top of red and half of green."""
        return self.red + self.green / 2


def is_given(buffer: Buffer) -> bool:
    """Whether the zones are given and need no profile."""
    if buffer.kind == "override":
        return None not in (buffer.tor, buffer.toy, buffer.tog)
    return buffer.kind == "min_max" and None not in (buffer.tor, buffer.tog)


def size(
    buffer: Buffer,
    profile: BufferProfile,
    adu: float,
    dlt_days: float,
    decimals: int,
    day: int = 0,
    adjustments: Adjustments = NONE,
) -> Sizing:
    """The zones on a day from usage and decoupled lead time before adjustments, in the item's decimals."""
    adu = half_up(max(0.0, adu * adjustments.factor("adu", day) + adjustments.extra_usage(day)), ADU_DECIMALS)
    dlt = half_up(dlt_days * adjustments.factor("lead_time", day), DLT_DECIMALS)
    red, yellow, green = _given(buffer) if is_given(buffer) else _computed(buffer, profile, adu, dlt, decimals)
    red = half_up(red * adjustments.factor("red", day), decimals)
    horizon = dlt if buffer.spike_horizon_days is None else buffer.spike_horizon_days
    return Sizing(
        adu=adu,
        dlt_days=dlt,
        red=red,
        yellow=half_up(yellow * adjustments.factor("yellow", day), decimals),
        green=half_up(green * adjustments.factor("green", day), decimals),
        spike_threshold=red / 2 if buffer.spike_threshold is None else buffer.spike_threshold,
        spike_horizon=math.ceil(horizon - 1e-9),
    )


def _given(buffer: Buffer) -> tuple[float, float, float]:
    tor, tog = buffer.tor or 0.0, buffer.tog or 0.0
    toy = tor if buffer.kind == "min_max" else buffer.toy or 0.0
    return tor, toy - tor, tog - toy


def _computed(
    buffer: Buffer, profile: BufferProfile, adu: float, dlt: float, decimals: int
) -> tuple[float, float, float]:
    """Red, yellow and green by the factors of the profile; a min-max buffer has no yellow."""
    usage = adu * (dlt + buffer.extra_lead_time_days)
    base = half_up(usage * profile.lead_time_factor, decimals)
    safety = half_up(base * profile.variability_factor, decimals)
    green = half_up(max(usage * profile.lead_time_factor, adu * buffer.order_cycle_days, buffer.moq), decimals)
    yellow = 0.0 if buffer.kind == "min_max" else half_up(usage, decimals)
    return base + safety, yellow, green
