"""Take time away from resources, or give them more, in a problem that is there: nothing is planned or built again.

Quantities, work orders and pegs are as before, and so are the latest dates, which know no downtime of one machine.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from pegboard.domain.calendar import PPM, Stretch, timeline, union, without
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
    names = dict.fromkeys(c.resource for c in closed)
    gone = {name: [(c.start, c.end) for c in closed if c.resource == name] for name in names}
    return _with_hours(problem, {name: without(_hours(problem, name), spans) for name, spans in gone.items()})


def with_overtime(problem: Problem, opened: Mapping[str, Sequence[tuple[int, int]]]) -> Problem:
    """The problem with some resources open in more stretches, at full efficiency; each gets a calendar of its own."""
    more = {name: [(a, b, PPM) for a, b in hours] for name, hours in opened.items()}
    return _with_hours(problem, {name: union([*_hours(problem, name), *spans]) for name, spans in more.items()})


def _hours(problem: Problem, resource: str) -> list[Stretch]:
    row = problem.timeline_rows[int(problem.shop.timeline[problem.res_names.index(resource)])]
    return list(zip(row.start, row.end, row.rate, strict=True))


def _with_hours(problem: Problem, hours: Mapping[str, Sequence[Stretch]]) -> Problem:
    rows = list(problem.timeline_rows)
    by_res = problem.shop.timeline.copy()
    for name, stretches in hours.items():
        by_res[problem.res_names.index(name)] = len(rows)
        rows.append(timeline(stretches))
    return replace(
        problem,
        timelines=TimelineTable(rows).arrays,
        timeline_rows=rows,
        shop=problem.shop._replace(timeline=by_res),
    )
