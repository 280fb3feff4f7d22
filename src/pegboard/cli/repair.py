"""`pegboard repair`: put a disturbed plan right with few moves, and say what changed."""

import sys
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from pegboard.app.files import Run, hashed, remember, save_plan
from pegboard.app.repair import LockUnreadableError, repair_factory
from pegboard.app.warm import REPAIRING
from pegboard.cli.console import line, table
from pegboard.cli.findings import show_findings
from pegboard.cli.plan import counted
from pegboard.cli.work import worked
from pegboard.domain.plan import Plan
from pegboard.insight.chain import duration
from pegboard.insight.comparing.stability import Stability
from pegboard.scheduling.engines.repair import Degree

SHOWN = 10


def run_repair(
    factory: Path,
    plan: Path,
    out: Path | None,
    degree: Degree,
    locks: list[str],
    seed: int,
    *,
    json: bool,
    quiet: bool,
) -> int:
    """Repair a plan folder, write to `out`, print; the exit code."""
    try:
        done, seconds = worked(
            lambda report: repair_factory(factory, plan, degree, locks, seed, report), quiet=quiet, kernel=REPAIRING
        )
    except LockUnreadableError as wrong:
        line(str(wrong))
        return 2
    if done.outcome is None or done.changes is None:
        show_findings(done.findings, json=json)
        return 1
    valid = done.outcome.is_certified
    if out is not None and valid:
        save_plan(Run(done.outcome, done.findings), out)
    if valid:
        remember(factory)
    if json:
        sys.stdout.buffer.write(msgspec.json.encode({"changes": done.changes, "plan": hashed(done.outcome.plan)}))
        line()
    else:
        _summary(done.outcome.plan, done.changes, seconds, out if valid else None)
    return 1 if not valid or any(f.severity == "error" for f in done.findings) else 0


def _summary(plan: Plan, c: Stability, seconds: float, out: Path | None) -> None:
    broken = plan.certificate.violations
    word = "certified, 0 violations" if not broken else f"NOT certified, {len(broken):,} violations"
    line(f"{len(plan.operations):,} operations, {plan.kpis.engine}; {word}; {seconds:.1f} s")
    line(
        f"moved    {counted(c.moved, 'operation')}: {c.later:,} later, {c.earlier:,} earlier, {c.other_resource:,} to "
        f"another resource; {c.kept:,} kept, {c.new:,} new, {c.gone:,} gone"
    )
    passed = sum(c.inversions.values())
    most = max(c.inversions, key=lambda r: (c.inversions[r], r), default="")
    line(
        f"sequence {counted(passed, 'pair')} of operations passed each other"
        + (f", most on {most} ({c.inversions[most]:,})" if most else "")
        + f"; {counted(c.frozen, 'move')} in the frozen zone"
    )
    now_late = f" ({', '.join(c.became_late[:3])}{' ...' if len(c.became_late) > 3 else ''})" if c.became_late else ""
    line(
        f"orders   {counted(len(c.became_late), 'line')} became late{now_late}, {len(c.on_time_again):,} on time again"
    )
    if c.worst:
        line(f"worst    {c.worst} comes {duration(c.worst_min * 60)} later than it did")
    for f in plan.messages:
        if f.code.startswith("S34") and f.severity != "info":
            line(f"{f.severity:<8} {f.code}  {f.what}")
    for v in broken[:SHOWN]:
        line(f"violated {v.constraint}: {v.subject} {v.what}")
    if c.moves:
        line()
        _moves(plan, c)
        line()
    if out is not None:
        line(f"written  {out}")
    line(f"next     {_next(c, out)}")


def _moves(plan: Plan, c: Stability) -> None:
    """The operations that moved most."""
    zone = ZoneInfo(plan.timezone)

    def at(t: int) -> str:
        return datetime.fromtimestamp(t, zone).strftime("%Y-%m-%d %H:%M")

    rows = [
        (
            m.operation,
            m.resource_before if m.resource == m.resource_before else f"{m.resource_before} > {m.resource}",
            at(m.setup_start_before),
            at(m.setup_start),
            f"{m.later_min / 60:+,.1f}",
        )
        for m in c.moves[:SHOWN]
    ]
    table(("operation", "resource", "was", "starts", "h"), rows, frozenset({4}))
    if len(c.moves) > SHOWN:
        line(f"and {len(c.moves) - SHOWN:,} more; --json shows all")


def _next(c: Stability, out: Path | None) -> str:
    if c.became_late:
        return f"pegboard why {c.became_late[0]}"
    return f"pegboard plot {out} --out plan.svg" if out else "pegboard repair FACTORY --plan PLAN --out PLAN2"
