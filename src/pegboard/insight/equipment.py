"""How effective equipment has been (OEE), from what is reported of finished steps.

Counted are steps with a start, an end and pieces. Pieces are weighed by their standard run time at the resource's
efficiency, so that a resource that makes several items has one figure; reported setup time counts as running.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime

from pegboard.domain.calendar import Stretch, bounds, union
from pegboard.domain.expression import Amount
from pegboard.domain.factory import Factory
from pegboard.domain.plan import Row
from pegboard.domain.supply import WorkOrderStep
from pegboard.insight.delivery import oee


class Effectiveness(Row, frozen=True, kw_only=True):
    """Of one resource, over the open time from the first to the last report: availability x performance x quality.

    Shares are in percent: time run of time open, standard minutes made of minutes run, good of all by standard minutes.
    """

    resource: str
    reports: int
    planned_min: float
    running_min: float
    availability_pct: float
    performance_pct: float
    quality_pct: float
    oee_pct: float


def effectiveness(factory: Factory) -> tuple[Effectiveness, ...]:
    """The resources with usable reports, by name; none where nothing is reported, or standard times are formulas."""
    found: dict[str, list[tuple[Stretch, float, float]]] = defaultdict(list)
    for report in factory.snapshot.work_order_steps:
        for minutes in _standard(report, factory):
            pieces = report.good_qty + report.scrapped_qty
            if isinstance(report.started, datetime) and isinstance(report.finished, datetime) and pieces > 0:
                span = bounds(report.started, report.finished, factory.zone)
                found[report.resource].append(((*span, 1), minutes * pieces, minutes * report.good_qty))
    rows = (_of(name, reports, factory) for name, reports in sorted(found.items()))
    return tuple(row for row in rows if row is not None)


def _of(name: str, reports: list[tuple[Stretch, float, float]], factory: Factory) -> Effectiveness | None:
    timeline = factory.timelines.get(name, factory.always)
    spans = union([span for span, _, _ in reports])
    running = sum(timeline.open_until(end) - timeline.open_until(start) for start, end, _ in spans) / 60
    planned = (timeline.open_until(spans[-1][1]) - timeline.open_until(spans[0][0])) / 60
    made, good = sum(of_all for _, of_all, _ in reports), sum(of_good for _, _, of_good in reports)
    if not running or not made:
        return None
    return Effectiveness(
        resource=name,
        reports=len(reports),
        planned_min=round(planned, 4),
        running_min=round(running, 4),
        availability_pct=round(100 * running / planned, 4),
        performance_pct=round(100 * made / running, 4),
        quality_pct=round(100 * good / made, 4),
        oee_pct=round(oee(planned, running, running, made, good), 4),
    )


def _standard(report: WorkOrderStep, factory: Factory) -> Iterator[float]:
    """The standard minutes of a piece where the step and its resource are known, on the resource reported."""
    works = {w.wo: w.item for w in factory.snapshot.work_orders}
    resource = factory.resources.get(report.resource)
    item = works.get(report.wo)
    if resource is None or item is None:
        return
    for route in factory.route_names(item):
        for step in factory.routing.get((item, route), ()):
            if step.step == report.step:
                other = next(
                    (a for a in factory.alternates.get((item, step.step), ()) if a.resource == report.resource), None
                )
                amount: Amount = step.run_min if other is None or other.run_min is None else other.run_min
                if isinstance(amount, float | int):
                    yield amount * (1.0 if other is None else other.run_factor) / resource.efficiency
                return
