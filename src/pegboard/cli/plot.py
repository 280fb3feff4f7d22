"""`pegboard plot`: a static Gantt chart of a written plan."""

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from pegboard.cli.console import line
from pegboard.cli.findings import show_findings
from pegboard.exchange import PlanUnreadableError, read_plan
from pegboard.insight.gantt import Frame, draw


def run_plot(plan: Path, out: Path, from_: str | None, days: float, resources: list[str], order: str | None) -> int:
    """Read a plan folder and write its picture."""
    try:
        found = read_plan(plan)
    except PlanUnreadableError as fault:
        show_findings([fault.finding], json=False)
        return 1
    zone = ZoneInfo(found.timezone)
    try:
        first = datetime.fromisoformat(from_) if from_ else datetime.fromtimestamp(found.now, zone).replace(tzinfo=None)
    except ValueError:
        line(f"--from {from_} is no date; write it as 2026-06-01 or 2026-06-01T06:00")
        return 2
    if days <= 0:
        line(f"--days {days:g} shows nothing; give a number above zero")
        return 2
    start = first.replace(tzinfo=zone)
    frame = Frame(
        int(start.timestamp()), int((start + timedelta(days=days)).timestamp()), tuple(resources), order or ""
    )
    picture = draw(found, frame)
    out.write_text(picture, encoding="utf-8")
    line(f"written  {out}")
    line("next     open it in a browser")
    return 0
