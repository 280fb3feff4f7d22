"""`pegboard sweep`: what becomes of the plan as demand, dates, units or lead times change."""

from collections.abc import Sequence
from pathlib import Path

from pegboard.app.sweep import sweep_factory
from pegboard.cli.asked import number, records
from pegboard.cli.console import line, table
from pegboard.cli.findings import refuse, show_findings
from pegboard.cli.work import worked
from pegboard.domain.finding import Finding, error
from pegboard.exchange.atomic import replacing
from pegboard.insight.sweep import Point, Sweep
from pegboard.insight.sweep_plot import draw_sweep


def run_sweep(
    factory: Path,
    asked: Sequence[tuple[str, str]],
    steps: int | None,
    workers: int | None,
    out: Path | None,
    *,
    json: bool,
    quiet: bool,
) -> int:
    """Plan every point, show them side by side, draw them; the exit code."""
    if faults := _faults(workers, out):
        return refuse(faults)
    found, _ = worked(lambda report: sweep_factory(factory, asked, steps, workers, report), quiet=quiet)
    if found.is_refused:
        return refuse(found.findings)
    if found.sweep is None:
        show_findings(found.findings, json=json)
        return 1
    if out is not None:
        with replacing(out.parent) as files:
            files.write(out.name, draw_sweep(found.sweep).encode())
    if json:
        records({"sweep": found.sweep, "findings": found.findings})
    else:
        _show(found.sweep)
        show_findings(found.findings, json=False)
        if out is not None:
            line(f"written  {out}")
        worst = max(found.sweep.points, key=lambda p: p.load_pct)
        line(f"next     pegboard why --resource {worst.most_loaded or 'RESOURCE'} {factory}")
    is_whole = all(p.certified for p in found.sweep.points) and not any(f.severity == "error" for f in found.findings)
    return 0 if is_whole else 1


def _faults(workers: int | None, out: Path | None) -> list[Finding]:
    found = []
    if workers is not None and not 1 <= workers <= 256:
        found.append(error("C522", "--workers", f"--workers {workers} is not between 1 and 256", "leave it out"))
    if out is not None and out.suffix != ".svg":
        found.append(error("C531", "--out", f"--out {out} is no SVG file", "give it a name that ends in .svg"))
    return found


def _show(sweep: Sweep) -> None:
    cost = f"purchases {sweep.currency}".rstrip()
    head = ("on time %", "late", "unplanned", "late d", "late d w", "lead d", "load %", "most loaded", "its load %")
    rows = [_row(p) for p in sweep.points]
    table((sweep.what, *head, cost, "errors", "warnings", ""), rows, right=frozenset({*range(8), 9, 10, 11, 12}))
    if sweep.fixed:
        line(f"with     {', '.join(sweep.fixed)}")
    line(f"result   {sweep.holds}")
    line(f"binds    {sweep.bottleneck}")
    show_findings(sweep.anomalies, json=False)


def _row(p: Point) -> tuple[str, ...]:
    return (
        f"{p.value:g}",
        f"{p.on_time_pct:.1f}",
        f"{p.lines_late:,}",
        f"{p.lines_unplanned:,}",
        f"{p.total_tardiness_days:,.1f}",
        f"{p.weighted_tardiness_days:,.1f}",
        f"{p.mean_lead_time_days:.1f}",
        f"{p.mean_load_pct:.0f}",
        p.most_loaded,
        f"{p.load_pct:.1f}",
        number(p.purchase_cost, 0),
        f"{p.errors:,}",
        f"{p.warnings:,}",
        "" if p.certified else "NOT certified",
    )
