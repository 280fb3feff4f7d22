"""What orders leave of a forecast: customers use it up, and only the rest is expected on top of what they ordered."""

from collections.abc import Mapping, Sequence

LONE_DAYS = 30
"""How long a forecast holds that has no row after it and none before it."""


def left_of_forecast(rows: Sequence[tuple[int, float]], demand: Mapping[int, float], today: int) -> dict[int, float]:
    """What is still expected on each day from today on, beyond `demand`.

    A row `(day, qty)` holds to the day of the next one, the last as long as the one before it. Its quantity is spread
    evenly over its days; what is due within those still ahead uses up their part of it, whatever the day.
    """
    by_day: dict[int, float] = {}
    for day, qty in rows:
        by_day[day] = by_day.get(day, 0.0) + qty
    starts = sorted(by_day)
    if not starts:
        return {}
    length = starts[-1] - starts[-2] if len(starts) > 1 else LONE_DAYS
    left: dict[int, float] = {}
    for first, end in zip(starts, [*starts[1:], starts[-1] + length], strict=True):
        ahead = range(max(first, today), end)
        if ahead:
            expected = by_day[first] * len(ahead) / (end - first)
            ordered = sum(q for day, q in demand.items() if day in ahead)
            rest = max(0.0, expected - ordered) / len(ahead)
            left.update(dict.fromkeys(ahead, rest) if rest > 0 else {})
    return left
