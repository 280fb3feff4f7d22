"""The planned adjustments of each buffer, with what adjusted parents bring along.

The windows of a parent's usage are moved earlier by the lead times of all that is made on the way down to the buffer.
They are based on the parent's usage before adjustment, so that no factor counts twice.
"""

import math
from collections import defaultdict
from collections.abc import Mapping

from pegboard.domain.buffer import Buffer
from pegboard.domain.calendar import bounds, local_day
from pegboard.domain.factory import Factory
from pegboard.planning.buffers.adjust import Adjustments, Feeder, Window
from pegboard.planning.buffers.bill import Bill, below, bill
from pegboard.planning.buffers.usage import Usage


def adjustments(
    factory: Factory, buffers: Mapping[str, Buffer], usage: Usage, dlt_days: Mapping[str, float]
) -> dict[str, Adjustments]:
    """Windows and feeders of each buffer that has some."""
    windows = windows_of(factory)
    feeders: dict[str, list[Feeder]] = defaultdict(list)
    parents = {p: tuple(w for w in rows if w.kind == "adu") for p, rows in windows.items() if p in factory.items}
    parts = bill(factory) if any(parents.values()) else {}
    for parent, of_usage in sorted(parents.items()):
        adu = usage.adu(buffers.get(parent, Buffer(item=parent)), usage.ordered.get(parent, {}))
        if not of_usage or adu <= 0:
            continue
        for use in below(parent, parts, factory.level, lambda _: True, lambda i: own_days(i, factory, parts, dlt_days)):
            if use.component in buffers:
                feeders[use.component].append(Feeder(of_usage, adu * use.qty, use.shift))
    return {
        item: Adjustments(windows.get(item, ()), tuple(feeders.get(item, ())))
        for item in {*windows, *feeders}
        if item in buffers
    }


def windows_of(factory: Factory) -> dict[str, tuple[Window, ...]]:
    """The rows of `buffer_adjustments.csv` by item, on local days."""
    found: dict[str, list[Window]] = defaultdict(list)
    for a in factory.snapshot.buffer_adjustments:
        start, end = bounds(a.start, a.end, factory.zone)
        first, last = (local_day(t, factory.zone).toordinal() for t in (start, end - 1))
        found[a.item].append(Window(a.kind, first, last, a.factor, a.factor if a.end_factor is None else a.end_factor))
    return {item: tuple(rows) for item, rows in found.items()}


def own_days(item: str, factory: Factory, parts: Bill, dlt_days: Mapping[str, float]) -> int:
    """Whole days of an item itself: its decoupled lead time less the longest of its unbuffered components."""
    below_it = (dlt_days.get(c, 0.0) for c in parts.get(item, {}) if factory.items[c].policy != "buffer")
    return max(0, math.ceil(dlt_days.get(item, 0.0) - max(below_it, default=0.0) - 1e-9))
