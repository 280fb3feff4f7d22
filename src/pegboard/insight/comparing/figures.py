"""The key figures of a plan with what its factory knows about promises, and those of two plans side by side."""

from typing import Literal

from pegboard.domain.calendar import DAY, demand_instant
from pegboard.domain.factory import Factory
from pegboard.domain.plan import Plan, Row
from pegboard.insight.delivery import Delivery, DeliveryFigures, Reference, delivery_figures

Better = Literal["more", "less", ""]


class Figure(Row, frozen=True, kw_only=True):
    """A key figure of one plan: its name, unit, value (None where it is not known) and which way is better."""

    name: str
    unit: str
    value: float | None
    better: Better


class FigureChange(Row, frozen=True, kw_only=True):
    """A key figure of two plans."""

    name: str
    unit: str
    before: float | None
    after: float | None
    better: Better


def delivery(plan: Plan, factory: Factory | None, reference: Reference) -> DeliveryFigures:
    """Delivery figures in days, of planned completions: all that is ordered is delivered, or nothing.

    The factory knows one promise of a line, which is its last; without a factory there is none.
    """
    promised: dict[str, float] = {}
    for line in factory.lines if factory else ():
        if line.promised is not None and factory is not None:
            promised[line.id] = demand_instant(line.promised, factory.calendar, factory.zone) / DAY
    lines = [
        Delivery(
            due=o.due / DAY,
            done=None if o.completion is None else o.completion / DAY,
            ordered=o.qty,
            delivered=0.0 if o.completion is None else o.qty,
            weight=o.weight,
            order=o.order,
            last_promise=promised.get(o.id),
        )
        for o in plan.orders
    ]
    return delivery_figures(lines, reference)


def figures(plan: Plan, factory: Factory | None) -> tuple[Figure, ...]:
    """The key figures of a plan, the customer's first."""
    k, asked = plan.kpis, delivery(plan, factory, "requested")
    promised = delivery(plan, factory, "last_promise") if factory else None
    rows: list[tuple[str, str, float | None, Better]] = [
        ("on time, requested date", "% of lines", asked.otd_pct, "more"),
        ("on time, promised date", "% of lines", promised.otd_pct if promised else None, "more"),
        ("on time in full, whole orders", "% of orders", asked.order_otif_pct, "more"),
        ("volume on time", "% of quantity", asked.volume_pct, "more"),
        ("lines late", "lines", k.lines_late, "less"),
        ("lines not planned", "lines", k.lines_unplanned, "less"),
        ("mean lateness", "d", asked.mean_lateness, ""),
        ("mean tardiness", "d", asked.mean_tardiness, "less"),
        ("greatest lateness", "d", k.max_lateness_days, "less"),
        ("weighted tardiness", "d", k.weighted_tardiness_days, "less"),
        ("mean flow time", "d", k.mean_lead_time_days, "less"),
        ("makespan", "d", k.makespan_days, ""),
        ("setup", "h", k.setup_hours, "less"),
        ("work in progress, mean", "money", k.wip_value, "less"),
        ("stock on hand", "money", k.inventory_value, ""),
        ("purchases", "orders", k.purchases, ""),
    ]
    return tuple(
        Figure(name=name, unit=unit, value=None if value is None else round(value, 6), better=better)
        for name, unit, value, better in rows
    )


def figure_changes(before: tuple[Figure, ...], after: tuple[Figure, ...]) -> tuple[FigureChange, ...]:
    """The same figures of two plans."""
    return tuple(
        FigureChange(name=a.name, unit=a.unit, before=b.value, after=a.value, better=a.better)
        for b, a in zip(before, after, strict=True)
    )
