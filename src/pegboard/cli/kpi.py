"""`pegboard kpi`: a plan in figures, by the reference date they count by, and how effective the equipment has been."""

from pathlib import Path

from pegboard.app.answers import Asked
from pegboard.cli.asked import answer, number, records
from pegboard.cli.console import line, table
from pegboard.insight.comparing.figures import delivery, figures
from pegboard.insight.delivery import DeliveryFigures
from pegboard.insight.equipment import effectiveness


def run_kpi(factory: Path | None, plan: Path | None, *, json: bool, quiet: bool) -> int:
    """Print the figures of a plan; the exit code."""

    def show(asked: Asked) -> int:
        by_date = [delivery(asked.plan, asked.factory, reference) for reference in ("requested", "last_promise")]
        rows, equipment = figures(asked.plan, asked.factory), effectiveness(asked.factory)
        if json:
            return records({"delivery": by_date, "figures": rows, "equipment": equipment})
        table(("figure", "unit", "value"), [(f.name, f.unit, number(f.value, 2)) for f in rows], frozenset({2}))
        line()
        _delivery(by_date)
        line()
        if equipment:
            head = ("resource", "reports", "availability %", "performance %", "quality %", "OEE %")
            table(
                head,
                [
                    (
                        e.resource,
                        str(e.reports),
                        *(number(x, 1) for x in (e.availability_pct, e.performance_pct, e.quality_pct, e.oee_pct)),
                    )
                    for e in equipment
                ],
                frozenset(range(1, 6)),
            )
        else:
            line("OEE      no finished step with start, end and pieces is reported in work_order_steps.csv")
        line("next     pegboard compare BEFORE AFTER, to see what a change does to these")
        return 0

    return answer(factory, plan, show, json=json, quiet=quiet)


def _delivery(by_date: list[DeliveryFigures]) -> None:
    """Delivery by each reference date; days of lateness."""
    head = (
        "by date",
        "lines",
        "OTD %",
        "OTIF %",
        "order OTIF %",
        "volume %",
        "mean L d",
        "mean T d",
        "max L d",
        "tardy",
    )
    rows = [
        (
            d.reference.replace("_", " "),
            f"{d.lines:,}",
            *(number(x, 1) for x in (d.otd_pct, d.otif_pct, d.order_otif_pct, d.volume_pct)),
            *(number(x, 2) for x in (d.mean_lateness, d.mean_tardiness, d.max_lateness)),
            f"{d.tardy:,}",
        )
        for d in by_date
    ]
    table(head, rows, frozenset(range(1, len(head))))
