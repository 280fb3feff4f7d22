"""`pegboard confidence`: how probable it is that lines are on time, which dates are safe, what drives the risk."""

from pathlib import Path
from zoneinfo import ZoneInfo

from pegboard.app.confidence import factory_confidence
from pegboard.app.files import last_factory
from pegboard.cli.asked import day, moment, records
from pegboard.cli.console import line, table
from pegboard.cli.findings import show_findings
from pegboard.cli.work import worked
from pegboard.insight.confidence import Confidence, LineConfidence
from pegboard.insight.confidence_picture import draw_confidence
from pegboard.insight.drivers import Driver

SHOWN = 20


def run_confidence(
    factory: Path | None, runs: int, seed: int, order: str, picture: Path | None, *, json: bool, quiet: bool
) -> int:
    """Plan, replay and show; the exit code."""
    if runs < 1 or seed < 0:
        line(f"--runs {runs} --seed {seed} makes no sense; give at least 1 run and a seed of 0 or more")
        return 2
    chosen = factory or (Path() if Path("items.csv").exists() else last_factory())
    if chosen is None:
        line("no factory has been planned yet")
        line("next     pegboard plan FACTORY --out PLAN, or name the factory")
        return 2
    found, _ = worked(
        lambda report: factory_confidence(chosen, order, runs, seed, report), quiet=quiet, kernel="replay.replay"
    )
    if isinstance(found, list):
        show_findings(found, json=json)
        return 1
    outcome, confidence, doubts = found
    if picture is not None:
        picture.write_text(draw_confidence(outcome.plan.timezone, confidence), encoding="utf-8")
    if json:
        return records(confidence)
    show_findings(doubts, json=False)
    _show(confidence, ZoneInfo(outcome.plan.timezone), picture)
    return 0


def _show(c: Confidence, zone: ZoneInfo, picture: Path | None) -> None:
    """The worst lines, the factory as a whole, and what to ask next."""
    table(
        ("order", "due", "planned", "on time %", "+-", "P50", "P80 (safe)", "P95", "late d", "driven by"),
        [_row(row, zone) for row in c.lines[:SHOWN]],
        right=frozenset({3, 4, 8}),
    )
    if len(c.lines) > SHOWN:
        line(f"and {len(c.lines) - SHOWN:,} more; --json shows all, --order one")
    line()
    line(
        f"on time  {c.on_time_pct:.1f} % of {len(c.lines):,} lines expected, {c.on_time_pct_p5:.1f} to "
        f"{c.on_time_pct_p95:.1f} % in nine runs of ten; the plan alone says {c.planned_on_time_pct:.1f} %"
    )
    if c.resources:
        worst = ", ".join(r.resource for r in c.resources[:3])
        line(f"risk     most delay comes of {worst}")
    line(f"runs     {c.runs:,} with seed {c.seed}")
    if picture is not None:
        line(f"written  {picture}")
    line(f"next     {f'pegboard why {c.lines[0].id}' if c.lines else 'pegboard plan FACTORY'}")


def _row(row: LineConfidence, zone: ZoneInfo) -> tuple[str, ...]:
    return (
        row.id,
        moment(row.due, zone),
        moment(row.planned, zone),
        f"{100 * row.on_time:.1f}",
        f"{100 * row.standard_error:.1f}",
        day(row.p50, zone),
        day(row.safe, zone),
        day(row.p95, zone),
        f"{row.tardiness_days:.1f}",
        ", ".join(_driver(d) for d in row.drivers),
    )


def _driver(d: Driver) -> str:
    what = f"failures of {d.subject}" if d.kind == "failure" else d.subject
    return f"{what} {100 * d.criticality:.0f} %"
