"""The plan in numbers, by the field's definitions (`docs/glossary.md`)."""

import numpy as np

from pegboard.domain.plan import Kpis, OrderPlan
from pegboard.insight.delivery import Delivery, delivery_figures
from pegboard.insight.load import held_seconds
from pegboard.insight.planned import Planned
from pegboard.scheduling.held import UNIT, holds

DAY = 86_400.0


def kpis(p: Planned, orders: tuple[OrderPlan, ...], engine: str, objective: float, bound: float) -> Kpis:
    """Key figures; a line left out counts as neither on time nor late, but in the share on time it counts against."""
    s = p.schedule
    planned = [o for o in orders if o.completion is not None]
    figures = delivery_figures(
        [Delivery(o.due / DAY, o.completion / DAY, o.qty, o.qty, o.weight) for o in planned if o.completion is not None]
    )
    on_time = sum(1 for o in orders if o.status in ("on_time", "covered"))
    n_late = sum(1 for o in orders if o.status == "late")
    first: dict[int, int] = {}
    for line, start in zip(p.problem.op_line.tolist(), s.setup_start.tolist(), strict=True):
        first[line] = min(start, first.get(line, start))
    flow = [(done - first[i]) / DAY for i, done in enumerate(p.completion) if done is not None and i in first]
    end = int(s.end.max(initial=p.factory.now))
    last = max([end, *(o.completion for o in planned if o.completion is not None)])
    stretch = p.problem.steps.cand_stretch[s.cand] if p.problem.n_op else np.empty(0)
    setup = np.where(p.problem.ops.setup_done == 1, 0.0, p.problem.steps.cand_setup[s.cand] + s.changeover) / stretch
    return Kpis(
        orders=len(orders),
        lines_on_time=on_time,
        lines_late=n_late,
        lines_unplanned=len(orders) - on_time - n_late,
        on_time_pct=round(100 * on_time / len(orders), 4) if orders else 100.0,
        total_tardiness_days=round(figures.total_tardiness, 6),
        weighted_tardiness_days=round(figures.weighted_tardiness, 6),
        max_lateness_days=round(figures.max_lateness, 6),
        mean_lead_time_days=round(float(np.mean(flow)), 6) if flow else 0.0,
        makespan_days=round((last - p.factory.now) / DAY, 6),
        setup_hours=round(float(setup.sum()) / 3.6e9, 4),
        utilisation=utilisation(p, end),
        wip_value=wip_value(p, last),
        inventory_value=_inventory_value(p),
        purchases=len(p.supply.purchases),
        engine=engine,
        seconds=None,
        objective=round(objective, 6),
        bound=round(bound, 6),
        gap=round((objective - bound) / objective, 6) if objective > 0 else 0.0,
    )


def utilisation(p: Planned, end: int) -> dict[str, float]:
    """Busy share of each resource's open time from now to the last operation's end, in percent of its capacity."""
    held = holds(p.problem, p.schedule)
    seconds = held_seconds(p, held)
    busy = np.bincount(held.res, weights=seconds * held.units / UNIT, minlength=len(p.problem.res_names))
    found = {}
    for r, name in enumerate(p.problem.res_names):
        if name in p.factory.resources:
            timeline = p.problem.timeline_rows[int(p.problem.shop.timeline[r])]
            available = timeline.open_until(end) - timeline.open_until(p.factory.now)
            capacity = p.factory.resources[name].capacity
            found[name] = round(100 * float(busy[r]) / (available * capacity), 2) if available > 0 else 0.0
    return found


def wip_value(p: Planned, end: int) -> float | None:
    """Mean value of work in progress: unit cost times quantity, weighted by the share of the time it is open."""
    costs = {i: r.unit_cost for i, r in p.factory.items.items() if r.unit_cost is not None}
    if end <= p.factory.now or not any(work.item in costs for work in p.supply.works):
        return None
    total = 0.0
    for work in p.supply.works:
        if work.n_op and work.item in costs:
            ops = slice(work.first_op, work.first_op + work.n_op)
            total += costs[work.item] * work.good * float(p.schedule.end[ops].max() - p.schedule.setup_start[ops].min())
    return round(total / (end - p.factory.now), 2)


def _inventory_value(p: Planned) -> float | None:
    """Value of all stock on hand at unit cost."""
    costs = {i: r.unit_cost for i, r in p.factory.items.items() if r.unit_cost is not None}
    if not costs:
        return None
    return round(sum(lot.qty * costs.get(lot.item, 0.0) for lot in p.factory.snapshot.stock if lot.qty > 0), 2)
