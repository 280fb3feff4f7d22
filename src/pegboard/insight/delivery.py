"""Delivery figures over order lines, and the effectiveness of equipment: published definitions, plain numbers.

On-time delivery says nothing without its reference date: the one the customer requested, the first one promised or the
last one promised. A plan's figures are those of its planned completions.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Literal

import msgspec

Reference = Literal["requested", "first_promise", "last_promise"]
"""Which date of a line counts as due; a line without the promise counts by the one before it in this list."""


class Delivery(msgspec.Struct, frozen=True, gc=False):
    """A line with its requested (`due`) and done instants in one unit, and its ordered and delivered quantities.

    `done` is None of what is not delivered. Lines without an `order` are orders of their own.
    """

    due: float
    done: float | None
    ordered: float
    delivered: float
    weight: float = 1.0
    order: str = ""
    first_promise: float | None = None
    last_promise: float | None = None

    def by(self, reference: Reference) -> float:
        """The date that counts."""
        first = self.due if self.first_promise is None else self.first_promise
        last = first if self.last_promise is None else self.last_promise
        return {"requested": self.due, "first_promise": first, "last_promise": last}[reference]


class DeliveryFigures(msgspec.Struct, frozen=True, gc=False):
    """Lateness L = C - d in the unit of the instants, over what is delivered; shares in percent of all lines.

    Tardiness is max(0, L). `otd_pct` (on-time delivery) counts lines done by the reference date, `otif_pct` those that
    are in full besides, `order_otif_pct` orders of which all lines are; `volume_pct` (volume fill) the quantity
    delivered on time, at most what was ordered, of that ordered.
    """

    reference: Reference
    lines: int
    mean_lateness: float
    mean_tardiness: float
    total_tardiness: float
    weighted_tardiness: float
    max_lateness: float
    tardy: int
    otd_pct: float
    otif_pct: float
    order_otif_pct: float
    volume_pct: float


def delivery_figures(
    lines: Sequence[Delivery], reference: Reference = "requested", window: float = 0.0, short_pct: float = 0.0
) -> DeliveryFigures:
    """The figures of these lines; all zero, and 100 percent, for none.

    A line is on time up to `window` after its date, and in full up to `short_pct` below what was ordered. Lines that
    are not delivered are neither, and are left out of lateness and tardiness.
    """
    late = [(line, line.done - line.by(reference)) for line in lines if line.done is not None]
    on_time = [line for line, lateness in late if lateness <= window]
    full = [line for line in on_time if line.delivered >= line.ordered * (1 - short_pct / 100)]
    total = sum(max(0.0, lateness) for _, lateness in late)
    n = len(late) or 1
    return DeliveryFigures(
        reference=reference,
        lines=len(lines),
        mean_lateness=sum(lateness for _, lateness in late) / n,
        mean_tardiness=total / n,
        total_tardiness=total,
        weighted_tardiness=sum(line.weight * max(0.0, lateness) for line, lateness in late),
        max_lateness=max((lateness for _, lateness in late), default=0.0),
        tardy=len(late) - len(on_time),
        otd_pct=_pct(len(on_time), len(lines)),
        otif_pct=_pct(len(full), len(lines)),
        order_otif_pct=_order_otif(lines, full),
        volume_pct=_pct(sum(min(x.delivered, x.ordered) for x in on_time), sum(x.ordered for x in lines)),
    )


def _order_otif(lines: Sequence[Delivery], full: Sequence[Delivery]) -> float:
    missing: dict[str, int] = defaultdict(int)
    for line in lines:
        missing[line.order] += 1
    for line in full:
        missing[line.order] -= 1
    single = sum(not line.order for line in lines)
    orders = sum(1 for order in missing if order)
    good = sum(1 for order, left in missing.items() if order and not left) + single - missing.get("", 0)
    return _pct(good, orders + single)


def _pct(part: float, whole: float) -> float:
    return 100 * part / whole if whole else 100.0


def oee(planned: float, running: float, possible: float, produced: float, good: float) -> float:
    """Overall equipment effectiveness in percent: availability x performance x quality.

    `running` of the `planned` minutes, `produced` of the `possible` pieces in that time, `good` of the produced.
    """
    return 100 * (running / planned) * (produced / possible) * (good / produced)
