"""`pegboard plan`: run, write, and the summary on screen."""

import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import msgspec

from pegboard.app.files import Run, hashed, plan_factory, remember, save_plan
from pegboard.app.rules import chosen_rule
from pegboard.cli.console import line
from pegboard.cli.findings import refuse, show_findings
from pegboard.cli.work import worked
from pegboard.domain.finding import Finding
from pegboard.domain.plan import OrderPlan, Plan
from pegboard.insight.chain import duration
from pegboard.scheduling.engines.dispatch import Options
from pegboard.scheduling.rules import RuleError


def plan_with_progress(factory: Path, options: Options, seed: int, *, quiet: bool) -> tuple[Run, float]:
    """Plan a factory under a progress display; also the seconds it took. Raises RuleError for a rule there is none."""
    if isinstance(options.rule, str):
        chosen = chosen_rule(options.rule)
        if isinstance(chosen, Finding):
            raise RuleError(chosen)
        options = replace(options, rule=chosen)
    return worked(lambda report: plan_factory(factory, options, seed, report), quiet=quiet)


def run_plan(
    factory: Path,
    out: Path | None,
    options: Options,
    seed: int,
    *,
    keep_invalid: bool,
    json: bool,
    quiet: bool,
) -> int:
    """Plan, write to `out`, print; the exit code."""
    try:
        run, seconds = plan_with_progress(factory, options, seed, quiet=quiet)
    except RuleError as fault:
        return refuse([fault.finding])
    if run.outcome is None:
        show_findings(run.findings, json=json)
        return 1
    plan = run.outcome.plan
    valid = run.outcome.is_certified
    if out is not None and (valid or keep_invalid):
        save_plan(run, out)
    if valid:
        remember(factory)
    if json:
        sys.stdout.buffer.write(msgspec.json.encode(hashed(plan)))
        line()
    else:
        _summary(plan, seconds, out if valid or keep_invalid else None)
    faults = any(f.severity == "error" for f in plan.messages)
    nothing = all(o.status == "unplanned" for o in plan.orders)
    return 1 if faults or not valid or nothing else 0


def _summary(plan: Plan, seconds: float, out: Path | None) -> None:
    broken = plan.certificate.violations
    word = "certified, 0 violations" if not broken else f"NOT certified, {len(broken):,} violations"
    resources = len({name for o in plan.operations for name in (o.resource, *o.also)})
    line(
        f"{len(plan.orders):,} order lines, {len(plan.work_orders):,} work orders, "
        f"{len(plan.operations):,} operations, {resources:,} resources; {word}; {seconds:.1f} s"
    )
    k = plan.kpis
    tardy = k.total_tardiness_days / len(plan.orders) if plan.orders else 0.0
    line(
        f"on time  {k.on_time_pct:.1f} %, mean tardiness {tardy:.2f} d, "
        f"mean flow {k.mean_lead_time_days:.1f} d ({k.engine})"
    )
    late = [o for o in plan.orders if o.status == "late"]
    if late:
        worst = max(late, key=lambda o: (o.lateness_min or 0.0, o.id))
        line(
            f"late     {counted(len(late), 'line')}, worst {worst.id} by {duration((worst.lateness_min or 0) * 60)} "
            f"({worst.reason})"
        )
    missing = [o for o in plan.orders if o.status == "unplanned"]
    if missing:
        line(f"missing  {counted(len(missing), 'line')} not planned, first {missing[0].id} ({missing[0].reason})")
    buys = [p for p in plan.purchases if p.action == "order"]
    if buys:
        first = sum(1 for p in buys if p.order_by <= plan.now)
        hurry = sum(1 for p in buys if not p.feasible)
        line(
            f"buy      {counted(len(buys), 'purchase')}, {first:,} to order today, "
            f"{hurry:,} needed earlier than they can arrive"
        )
    if changed := Counter(p.action for p in plan.purchases if p.action != "order"):
        line("change   open purchases: " + ", ".join(f"{action} {n:,}" for action, n in sorted(changed.items())))
    errors = sum(1 for f in plan.messages if f.severity == "error")
    warnings = sum(1 for f in plan.messages if f.severity == "warning")
    if errors or warnings:
        line(
            f"findings {counted(errors, 'error')}, {counted(warnings, 'warning')}"
            + (f" (see {out / 'messages.csv'})" if out else " (write the plan with --out and see messages.csv)")
        )
    for v in broken[:10]:
        line(f"violated {v.constraint}: {v.subject} {v.what}")
    if out is not None:
        line(f"written  {out}")
    line(f"next     {_next(late, missing, out)}")


def counted(n: int, what: str) -> str:
    """A number with its noun: `1 line`, `2 lines`."""
    return f"{n:,} {what}" if n == 1 else f"{n:,} {what}s"


def _next(late: list[OrderPlan], missing: list[OrderPlan], out: Path | None) -> str:
    if late:
        return f"pegboard why {max(late, key=lambda o: (o.lateness_min or 0.0, o.id)).id}"
    if missing:
        return f"pegboard why {missing[0].id}"
    return f"pegboard plot {out} --out plan.svg" if out else "pegboard plan FACTORY --out PLAN"
