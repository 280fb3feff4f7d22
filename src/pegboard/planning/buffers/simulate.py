"""Live through the days to come with all buffers at once: receive, ship, compute net flow, order.

An order of a buffer draws on the buffered components below it on the day it is ordered, and is there after the
decoupled lead time, a day at the least. A component that is short is owed and does not put its parent's supply off.
What is demanded within the spike horizon is known. Limits of capacity, and maxima, which only divide orders, are not
looked at. All quantities are arrays over buffers.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec
import numpy as np
from numpy.typing import NDArray

from pegboard.planning.buffers.zones import Sizing
from pegboard.planning.lotsize import LotRule

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Stage:
    """All buffers of a simulation and what they start from; `n` buffers, `days` days, day 0 is today.

    `sizing` holds the zones of each buffer from a day on; `receipts[i, d]` what is open on day 0 and comes on day d;
    `demand[i, d]` what customers want; `arrival[i, d]` the day on which an order of day d comes. `parent`, `component`
    and `per_piece` are the draws of one buffer on another. `level` numbers buffers so that components come later.
    """

    items: tuple[str, ...]
    rules: tuple[LotRule, ...]
    sizing: tuple[Mapping[int, Sizing], ...]
    alert_pct: Floats
    level: Ints
    on_hand: Floats
    receipts: Floats
    demand: Floats
    arrival: Ints
    parent: Ints
    component: Ints
    per_piece: Floats
    trigger: str


class Simulated(msgspec.Struct, frozen=True, gc=False):
    """What became of one buffer: days of each colour of on hand, stock, and orders.

    Days are dark red on which something due could not be shipped. `target` is top of red and half of green, today's.
    """

    item: str
    green_days: int
    yellow_days: int
    red_days: int
    dark_red_days: int
    lowest: float
    average: float
    target: float
    orders: int
    ordered: float


def simulate(stage: Stage) -> list[Simulated]:
    """The life of every buffer over the days of a stage. O(days x levels) array operations."""
    n, days = stage.demand.shape
    run = _Run(stage)
    colours, stock = np.zeros((4, n), np.int64), np.zeros((days, n))
    orders, ordered = np.zeros(n, np.int64), np.zeros(n)
    for day in range(days):
        placed = run.live(day)
        orders += placed > 0
        ordered += placed
        stock[day] = run.on_hand
        for k, is_so in enumerate(run.colours()):
            colours[k] += is_so
    green, yellow, red, dark_red = colours.tolist()
    return [
        Simulated(
            item=item,
            green_days=green[i],
            yellow_days=yellow[i],
            red_days=red[i],
            dark_red_days=dark_red[i],
            lowest=float(stock[:, i].min()),
            average=round(float(stock[:, i].mean()), 2),
            target=stage.sizing[i][0].target_on_hand,
            orders=int(orders[i]),
            ordered=float(ordered[i]),
        )
        for i, item in enumerate(stage.items)
    ]


class _Run:
    """The state of all buffers on a day."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        n, days = stage.demand.shape
        self.on_hand, self.owed = stage.on_hand.copy(), np.zeros(n)
        self.pipeline = np.zeros((days + 1, n))  # the last row takes what comes after the end
        self.pipeline[:days] = stage.receipts.T[:days]
        self.on_order = stage.receipts.sum(axis=1)
        self.tor, self.toy, self.tog = np.zeros(n), np.zeros(n), np.zeros(n)
        self.spikes = np.zeros((days, n))
        self.groups = [np.flatnonzero(stage.level == level) for level in np.unique(stage.level)]
        self.draws = [np.flatnonzero(np.isin(stage.parent, group)) for group in self.groups]
        self.lots = Lots(stage.rules)
        self.changes: dict[int, list[int]] = {}
        for i, sizes in enumerate(stage.sizing):
            for day in sizes:
                self.changes.setdefault(day, []).append(i)

    def live(self, day: int) -> Floats:
        """One day; returns what each buffer orders. Parents order before their components ship."""
        stage = self.stage
        for i in self.changes.get(day, ()):
            self._resize(i, stage.sizing[i][day])
        self.on_hand += self.pipeline[day]
        self.on_order -= self.pipeline[day]
        self.owed += stage.demand[:, day]
        placed = np.zeros(self.owed.size)
        for group, draws in zip(self.groups, self.draws, strict=True):
            shipped = np.minimum(self.on_hand[group], self.owed[group])
            self.on_hand[group] -= shipped
            self.owed[group] -= shipped
            placed[group] = self._order(group, day)
            if draws.size:
                drawn = placed[stage.parent[draws]] * stage.per_piece[draws]
                self.owed += np.bincount(stage.component[draws], drawn, self.owed.size)
        self.on_order += placed
        at = np.minimum(stage.arrival[:, day], stage.demand.shape[1])
        np.add.at(self.pipeline, (at, np.arange(placed.size)), placed)
        return placed

    def colours(self) -> tuple[NDArray[np.bool_], ...]:
        """Green, yellow, red and dark red by what is on hand against top of red."""
        short = self.owed > 1e-9
        green = ~short & (self.on_hand >= self.tor - 1e-9)
        yellow = ~short & ~green & (self.on_hand * 100 >= self.tor * self.stage.alert_pct - 1e-9)
        return green, yellow, ~short & ~green & ~yellow, short

    def _order(self, group: Ints, day: int) -> Floats:
        net_flow = self.on_hand[group] + self.on_order[group] - self.owed[group] - self.spikes[day, group]
        noise = 1e-9 * (1.0 + np.abs(self.toy[group]))
        if self.stage.trigger == "at_or_below":
            is_triggered = net_flow <= self.toy[group] + noise
        else:
            is_triggered = net_flow < self.toy[group] - noise
        need = self.tog[group] - net_flow
        placed: Floats = np.where(is_triggered & (need > 1e-9), self.lots.of(group, need), 0.0)
        return placed

    def _resize(self, i: int, sizing: Sizing) -> None:
        """Take new zones, and see the spikes of all days with the new threshold and horizon."""
        self.tor[i], self.toy[i], self.tog[i] = sizing.tor, sizing.toy, sizing.tog
        demand = self.stage.demand[i]
        upto = np.concatenate([[0.0], np.cumsum(np.where(demand >= sizing.spike_threshold - 1e-9, demand, 0.0))])
        tomorrow = np.arange(1, demand.size + 1)
        self.spikes[:, i] = upto[np.minimum(tomorrow + sizing.spike_horizon, demand.size)] - upto[tomorrow]


class Lots:
    """Lot rules as arrays: minimum, multiple and decimals of each buffer."""

    def __init__(self, rules: tuple[LotRule, ...]) -> None:
        self.least = np.array([r.min_qty for r in rules])
        self.multiple = np.array([r.multiple for r in rules])
        self.scale = np.array([10.0**r.decimals for r in rules])

    def of(self, group: Ints, need: Floats) -> Floats:
        """Needs rounded up to decimals, raised to the minimum and rounded up to the multiple."""
        scale, multiple = self.scale[group], self.multiple[group]
        lot = np.maximum(np.ceil(need * scale - 1e-9) / scale, self.least[group])
        whole = np.where(multiple > 0, multiple, 1.0)
        lots: Floats = np.where(multiple > 0, np.ceil(lot / whole - 1e-9) * whole, lot)
        return lots
