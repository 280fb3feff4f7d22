"""What a plan without limits asks too much: overloads by resource and day, and material that comes too late."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np

from pegboard.domain.calendar import midnight
from pegboard.domain.finding import Finding, info, warning
from pegboard.insight.planned import Planned
from pegboard.scheduling.relax import Limit, Overload, overloads


def found_overloads(p: Planned) -> list[Overload]:
    """Resources and local days on which the plan asks for more hours than there are, by the factory's capacities."""
    s = p.schedule
    placed = s.end >= 0
    if not placed.any():
        return []
    zone = p.factory.zone
    day = datetime.fromtimestamp(int(s.setup_start[placed].min()), zone).date()
    last = datetime.fromtimestamp(int(s.end[placed].max()), zone).date()
    days = [midnight(day + timedelta(days=i), zone) for i in range((last - day).days + 2)]
    capacity = np.where(p.table.capacity > 0, p.table.capacity, 0)
    return overloads(replace(p.problem, shop=p.problem.shop._replace(capacity=capacity)), s, days)


def said_of_limits(p: Planned, relax: Collection[Limit]) -> list[Finding]:
    """A warning for each overloaded resource, and a line for each of its days; what material was taken for granted."""
    found: list[Finding] = []
    if "capacity" in relax:
        by_resource: dict[str, list[Overload]] = defaultdict(list)
        for one in found_overloads(p):
            by_resource[one.resource].append(one)
        for resource, days in sorted(by_resource.items()):
            worst = max(days, key=lambda o: o.asked_hours - o.open_hours)
            what = f"{resource} is asked for more than it has on {len(days)} days, most on {_said(p, worst)}"
            found.append(warning("S330", resource, what, "add hours or an alternate there, or plan with its capacity"))
            found.extend(
                info("S331", resource, f"{resource} is overloaded on {_said(p, one)}", "see S330") for one in days
            )
    if "material" in relax:
        missing = sum(1 for _, _, _, feasible in p.purchase_dates if not feasible)
        what = f"the plan takes for granted that {missing} purchases arrive earlier than they can"
        found.append(warning("S332", "material", what, "see the rows with feasible=no in purchases.csv"))
    return found


def _said(p: Planned, one: Overload) -> str:
    day = datetime.fromtimestamp(one.start, p.factory.zone).strftime("%a %Y-%m-%d")
    return f"{day}: {one.asked_hours:.1f} h of {one.open_hours:.1f} h"
