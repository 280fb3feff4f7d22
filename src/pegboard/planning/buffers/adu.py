"""Average daily usage of a buffered item: from what was used, from what is planned, or from both.

All days count, those without demand too. The past ends yesterday: what today will bring nobody knows yet.
"""

from collections.abc import Mapping

from pegboard.domain.buffer import Buffer

USUAL_DAYS = 90
"""The window where a buffer names none."""

DailyQty = Mapping[int, float]
"""Quantities by day."""


def past_adu(used: DailyQty, today: int, days: float) -> float:
    """Usage per day over the `days` that end yesterday; 0 for no days."""
    return _sum(used, today - int(days), today) / int(days) if days >= 1 else 0.0


def forward_adu(planned: DailyQty, today: int, days: float) -> float:
    """Planned demand per day over `days` from today on; 0 for no days."""
    return _sum(planned, today, today + int(days)) / int(days) if days >= 1 else 0.0


def blended(past: float, forward: float, past_weight: float) -> float:
    """Past and forward usage, the past with its weight and the forward with the rest of 1."""
    return past_weight * past + (1.0 - past_weight) * forward


def adu_of(buffer: Buffer, used: DailyQty, planned: DailyQty, today: int) -> float:
    """The average daily usage that a row of `buffers.csv` asks for, before any adjustment.

    A number that is given counts as it is. Where neither it nor a window is given, the usual past counts, and for a
    new item, without any usage in it, what is planned.
    """
    if buffer.adu is not None:
        return buffer.adu
    if buffer.adu_past_days is None and buffer.adu_forward_days is None:
        is_new = not any(today - USUAL_DAYS <= day < today for day in used)
        return forward_adu(planned, today, USUAL_DAYS) if is_new else past_adu(used, today, USUAL_DAYS)
    past_days, forward_days = buffer.adu_past_days or 0.0, buffer.adu_forward_days or 0.0
    past, forward = past_adu(used, today, past_days), forward_adu(planned, today, forward_days)
    if past_days < 1 or forward_days < 1:
        return past + forward
    return blended(past, forward, 0.5 if buffer.adu_past_weight is None else buffer.adu_past_weight)


def change(recent: float, adu: float) -> float:
    """How far recent usage lies from the average, as a share of it: the ADU alert compares it with a threshold."""
    return abs(recent - adu) / adu if adu > 0 else 0.0


def _sum(qty: DailyQty, first: int, end: int) -> float:
    return sum(q for day, q in qty.items() if first <= day < end)
