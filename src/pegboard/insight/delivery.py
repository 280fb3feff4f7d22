"""Delivery figures over order lines and of equipment: published definitions, plain numbers."""

from collections.abc import Sequence

import msgspec


class Delivery(msgspec.Struct, frozen=True, gc=False):
    """A line with its due and done instants in one unit, and its ordered and delivered quantities."""

    due: float
    done: float
    ordered: float
    delivered: float
    weight: float = 1.0

    @property
    def lateness(self) -> float:
        """Done minus due; negative when early."""
        return self.done - self.due

    @property
    def tardiness(self) -> float:
        """Lateness, but never below zero."""
        return max(0.0, self.lateness)


class DeliveryFigures(msgspec.Struct, frozen=True, gc=False):
    """Lateness in the unit of the instants; shares in percent of the lines, `volume_pct` of the quantity ordered.

    `otif_pct` counts lines on time and in full; `volume_pct` (volume fill) the quantity delivered on time, at most
    what was ordered.
    """

    mean_lateness: float
    mean_tardiness: float
    total_tardiness: float
    weighted_tardiness: float
    max_lateness: float
    tardy: int
    otd_pct: float
    otif_pct: float
    volume_pct: float


def delivery_figures(lines: Sequence[Delivery]) -> DeliveryFigures:
    """The figures of these lines; all zero, and 100 percent, for none."""
    if not lines:
        return DeliveryFigures(0.0, 0.0, 0.0, 0.0, 0.0, 0, 100.0, 100.0, 100.0)
    n = len(lines)
    tardy = sum(line.tardiness > 0 for line in lines)
    full = sum(line.tardiness == 0 and line.delivered >= line.ordered for line in lines)
    total = sum(line.tardiness for line in lines)
    ordered = sum(line.ordered for line in lines)
    punctual = sum(min(line.delivered, line.ordered) for line in lines if line.tardiness == 0)
    return DeliveryFigures(
        mean_lateness=sum(line.lateness for line in lines) / n,
        mean_tardiness=total / n,
        total_tardiness=total,
        weighted_tardiness=sum(line.weight * line.tardiness for line in lines),
        max_lateness=max(line.lateness for line in lines),
        tardy=tardy,
        otd_pct=100 * (n - tardy) / n,
        otif_pct=100 * full / n,
        volume_pct=100 * punctual / ordered if ordered else 100.0,
    )


def oee(planned: float, running: float, possible: float, produced: float, good: float) -> float:
    """Overall equipment effectiveness in percent: availability x performance x quality.

    `running` of the `planned` minutes, `produced` of the `possible` pieces in that time, `good` of the produced.
    """
    return 100 * (running / planned) * (produced / possible) * (good / produced)
