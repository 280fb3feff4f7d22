"""What a sweep shows: each plan in numbers, how far it holds, what binds first, and where easier was not better."""

from collections.abc import Sequence
from itertools import pairwise

import msgspec

from pegboard.domain.finding import Finding, info
from pegboard.domain.plan import Plan
from pegboard.insight.load import loads
from pegboard.insight.planned import Planned

FULL = 100.0
TOLERANCE = 1.0
"""Points of the share on time that may be lost before a factory is said not to hold."""


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """The certified plan at one value of what is swept.

    `mean_load_pct` is over finite resources; `most_loaded` names the highest one and `load_pct` is its load
    (`load.py`). `purchase_cost` is of new purchases whose price is known, None where none is.
    """

    value: float
    lines: int
    lines_late: int
    lines_unplanned: int
    on_time_pct: float
    total_tardiness_days: float
    weighted_tardiness_days: float
    mean_lead_time_days: float
    mean_load_pct: float
    most_loaded: str
    load_pct: float
    purchases: int
    purchase_cost: float | None
    errors: int
    warnings: int
    infos: int
    certified: bool

    @property
    def missed(self) -> int:
        """Lines that are late or left out."""
        return self.lines_late + self.lines_unplanned


class Sweep(msgspec.Struct, frozen=True, kw_only=True):
    """All points of a sweep by value, and what they come to."""

    factory: str
    currency: str
    what: str
    unit: str
    fixed: tuple[str, ...]
    points: tuple[Point, ...]
    holds: str
    bottleneck: str
    anomalies: tuple[Finding, ...]


def point_of(value: float, plan: Plan, planned: Planned) -> Point:
    """One point's plan in numbers."""
    k, load = plan.kpis, loads(planned)
    costs = [p.cost for p in plan.purchases if p.action == "order" and p.cost is not None]
    severities = [m.severity for m in plan.messages]
    return Point(
        value=value,
        lines=k.orders,
        lines_late=k.lines_late,
        lines_unplanned=k.lines_unplanned,
        on_time_pct=k.on_time_pct,
        total_tardiness_days=k.total_tardiness_days,
        weighted_tardiness_days=k.weighted_tardiness_days,
        mean_lead_time_days=k.mean_lead_time_days,
        mean_load_pct=round(sum(x.load_pct for x in load) / len(load), 2) if load else 0.0,
        most_loaded=load[0].resource if load else "",
        load_pct=load[0].load_pct if load else 0.0,
        purchases=k.purchases,
        purchase_cost=round(sum(costs), 2) if costs else None,
        errors=severities.count("error"),
        warnings=severities.count("warning"),
        infos=severities.count("info"),
        certified=not plan.certificate.violations,
    )


def how_far(points: Sequence[Point], *, gentler_up: bool) -> str:
    """Up to which value the share on time stays within a point of that at the gentlest, and what comes next."""
    ordered = sorted(points, key=lambda p: p.value, reverse=gentler_up)
    first = ordered[0]
    if len({p.missed for p in ordered}) == 1:
        return f"the same from {points[0].value:g} to {points[-1].value:g}: {first.on_time_pct:.1f} % on time"
    worse = next((k for k, p in enumerate(ordered) if p.on_time_pct < first.on_time_pct - TOLERANCE), len(ordered))
    last = ordered[worse - 1].value
    least = min(p.on_time_pct for p in ordered[:worse])
    holds = f"holds at {last:g} only" if worse == 1 else f"holds to {last:g}"
    found = f"{holds}: {least:.1f} % on time"
    if worse == len(ordered):
        return found
    p = ordered[worse]
    return f"{found}; at {p.value:g} it is {p.on_time_pct:.1f} %, and {_loaded(p)}"


def bottleneck(points: Sequence[Point], *, gentler_up: bool) -> str:
    """The resource that is fully loaded first on the way from the gentlest value to the hardest, in a sentence."""
    ordered = sorted(points, key=lambda p: p.value, reverse=gentler_up)
    full = next((p for p in ordered if p.load_pct >= FULL), None)
    if full is not None:
        return f"{full.most_loaded} is the first bottleneck: at {full.value:g} its load is {full.load_pct:.1f} %"
    most = max(ordered, key=lambda p: p.load_pct)
    if not most.most_loaded:
        return "no finite resource is loaded"
    return f"none: no resource is fully loaded; the most is {most.most_loaded} with {most.load_pct:.1f} %"


def anomalies(points: Sequence[Point], *, what: str, gentler_up: bool) -> tuple[Finding, ...]:
    """Where an easier task missed more lines, as can happen where many orders share machines (Graham 1969)."""
    ordered = sorted(points, key=lambda p: p.value, reverse=not gentler_up)
    return tuple(
        info(
            "C527",
            what,
            f"{what} {harder.value:g} to {easier.value:g} makes it easier, and yet {easier.missed:,} lines are late or "
            f"unplanned instead of {harder.missed:,}",
            "sequences that share machines may do so; compare the two plans before relying on either",
        )
        for harder, easier in pairwise(ordered)
        if easier.missed > harder.missed
    )


def _loaded(p: Point) -> str:
    if p.load_pct >= FULL:
        return f"{p.most_loaded} is the bottleneck with a load of {p.load_pct:.1f} %"
    most = f" ({p.most_loaded} most, {p.load_pct:.1f} %)" if p.most_loaded else ""
    return f"no resource is fully loaded{most}"
