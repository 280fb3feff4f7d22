"""Lead times of items: their own, and cumulative over all levels of the bill of materials.

Cumulative lead time = own + the largest over the components of (their cumulative lead time - how far into the making
they are needed). Phantoms have none of their own. Buffers are not looked at here.
"""

from collections.abc import Iterable, Mapping

import msgspec
import numpy as np
from numpy.typing import NDArray

from pegboard.domain.calendar import DAY
from pegboard.domain.factory import Factory
from pegboard.kernels.arrays import Steps
from pegboard.kernels.latest import run_works
from pegboard.planning.check_routes import is_of
from pegboard.tables.process import ProcessTable


class LeadTime(msgspec.Struct, frozen=True, gc=False):
    """Days of an item: its own, the cumulative ones, and the chain of items that decides them."""

    item: str
    own_days: float
    cumulative_days: float
    through: tuple[str, ...]


Component = tuple[str, float]
"""An item needed so many days after the making of its parent begins."""


def cumulative(own: Mapping[str, float], components: Mapping[str, Iterable[Component]], item: str) -> LeadTime:
    """Own and cumulative lead time of one item; `components` must be free of cycles. No recursion."""
    known: dict[str, LeadTime] = {}
    todo = [item]
    while todo:
        at = todo[-1]
        rows = sorted(components.get(at, ()))
        open_ = [c for c, _ in rows if c not in known]
        if open_:
            todo.extend(open_)
            continue
        todo.pop()
        longest = 0.0
        through: tuple[str, ...] = ()
        for component, offset in rows:
            days = known[component].cumulative_days - offset
            if days > longest:
                longest, through = days, known[component].through
        known[at] = LeadTime(at, own.get(at, 0.0), own.get(at, 0.0) + longest, (at, *through))
    return known[item]


def lead_times(factory: Factory, table: ProcessTable) -> list[LeadTime]:
    """Lead times of all items that can be supplied, one smallest lot each, on an average week.

    Of alternate routes the one of least rank counts. Working time is stretched by how much of the week its resource is
    open; nothing waits for anybody else.
    """
    own: dict[str, float] = {}
    steps, preferred = table.steps(), table.preferred()
    offsets: dict[tuple[str, int | None], float] = {}
    for item, how in factory.supply.items():
        if how == "buy":
            source = factory.sources.get(item)
            lead = source.lead_time_days if source else None
            own[item] = factory.items[item].lead_time_days if lead is None else lead
        elif how == "make" and table.makes(item):
            own[item] = _routing_days(factory, table, steps, preferred, item, offsets)
    components = {
        parent: [
            (line.component, offsets.get((parent, line.step), 0.0))
            for line in rows
            if is_of(line, factory.route_names(parent)[0])
        ]
        for parent, rows in factory.bom.items()
        if parent not in factory.blocked
    }
    return [cumulative(own, components, item) for item in sorted(factory.items) if item not in factory.blocked]


def _routing_days(
    factory: Factory,
    table: ProcessTable,
    steps: Steps,
    preferred: NDArray[np.int64],
    item: str,
    offsets: dict[tuple[str, int | None], float],
) -> float:
    """Days along the longest way through an item's steps; notes when each step begins."""
    process = table.processes[table.process(item)]
    qty = max(factory.items[item].min_qty, 1.0)
    ended: dict[int, float] = {}
    week = 7 * DAY
    for row in range(process.first, process.end):
        cand = int(preferred[row])
        timeline = table.timelines.rows[int(table.res_timeline[int(steps.cand_res[cand])])]
        share = max(timeline.open_until(factory.now + week) - timeline.open_until(factory.now), 1) / week
        work = (int(steps.cand_setup[cand]) + int(run_works(steps, np.array([cand]), np.array([qty]))[0])) / 1e6
        calendar = factory.calendar
        moving = max(calendar.open_until(factory.now + week) - calendar.open_until(factory.now), 1) / week
        begins = max((ended[p] for p in table.rows[row].preds), default=0.0) + int(steps.queue[row]) / share / DAY
        step = table.rows[row].step
        offsets[item, step.step if step else None] = begins
        after = int(steps.wait[row]) + int(steps.move[row]) / moving
        ended[row] = begins + (work / share + after) / DAY
    return max(ended.values(), default=0.0)
