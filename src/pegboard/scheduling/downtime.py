"""Take time away from resources in a problem that is there already: nothing is planned or built again.

Quantities, work orders and pegs are as before, and so are the latest dates, which know no downtime of one machine.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pegboard.domain.calendar import timeline, without
from pegboard.scheduling.problem import Problem
from pegboard.tables.timelines import TimelineTable


@dataclass(frozen=True)
class Closed:
    """A resource cannot work from `start` to `end`, in UTC seconds."""

    resource: str
    start: int
    end: int


def with_downtime(problem: Problem, closed: Sequence[Closed]) -> Problem:
    """The problem with some resources closed for a time; each gets a calendar of its own. Raises ValueError."""
    rows = list(problem.timeline_rows)
    by_res = problem.shop.timeline.copy()
    for name in dict.fromkeys(c.resource for c in closed):
        res = problem.res_names.index(name)
        row = rows[int(by_res[res])]
        open_time = list(zip(row.start, row.end, row.rate, strict=True))
        by_res[res] = len(rows)
        rows.append(timeline(without(open_time, [(c.start, c.end) for c in closed if c.resource == name])))
    return replace(
        problem,
        timelines=TimelineTable(rows).arrays,
        timeline_rows=rows,
        shop=problem.shop._replace(timeline=by_res),
    )
