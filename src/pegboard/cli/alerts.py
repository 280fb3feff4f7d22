"""`pegboard alerts`: what runs late, should have begun, or lacks material that is to be there soon."""

from pathlib import Path

from pegboard.app.answers import Asked
from pegboard.app.instants import end_of
from pegboard.cli.asked import answer, listed, records
from pegboard.cli.console import line, table
from pegboard.cli.findings import refuse
from pegboard.domain.finding import Finding
from pegboard.insight.alerts import alerts

MEANS = {
    "running_late": "runs late",
    "should_have_started": "should have begun",
    "material_missing": "material missing",
}


def run_alerts(factory: Path, plan: Path | None, at: str, hours: float, *, json: bool, quiet: bool) -> int:
    """Show the alerts of a plan at an instant."""

    def show(found: Asked) -> int:
        now = end_of(at, found.factory.zone)
        if isinstance(now, Finding):
            return refuse([now])
        rows = alerts(found.plan, found.plan.now if now is None else now, round(hours * 3600))
        if json:
            return records(rows)
        if not rows:
            line("nothing is late, and nothing lacks material")
        else:
            table(
                ("alert", "resource", "what", "for orders"),
                [(MEANS[a.kind], a.resource, a.what, listed(a.orders)) for a in rows],
            )
        line(f"next     pegboard dispatch {factory}")
        return 0

    return answer(factory, plan, show, json=json, quiet=quiet)
