"""Reports from the shop floor: what was started, paused, ended or counted, as the change that says how far it is.

A report tells what has come since the last one; the change tells how far the step is in all.
"""

import math
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Literal, get_args

import msgspec

from pegboard.domain.change import ReportProgress
from pegboard.domain.finding import Finding, error, warning
from pegboard.domain.plan import OperationPlan, Plan
from pegboard.domain.snapshot import Snapshot
from pegboard.domain.supply import WorkOrderStep

Action = Literal["start", "pause", "finish", "report"]

_NEXT: dict[Action, tuple[str, ...]] = {
    "start": ("waiting", "paused"),
    "pause": ("started",),
    "finish": ("waiting", "started", "paused"),
    "report": ("started", "paused"),
}
"""The statuses that each action may be reported in."""


class FloorReport(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody reports of an operation: `qty` good pieces and `scrap` since the last report.

    `at` is when, in seconds UTC. `part` numbers the operations of a divided step from 0. Where an end is told without a
    quantity, all that was left is good.
    """

    wo: str
    step: int
    action: Action
    part: int = 0
    qty: float | None = None
    scrap: float = 0.0
    resource: str = ""
    at: int | None = None


class Progress(msgspec.Struct, frozen=True):
    """The change that a report makes, None where it cannot be, and what is to say of it."""

    change: ReportProgress | None
    findings: tuple[Finding, ...]


def progress_of(report: FloorReport, snapshot: Snapshot, plan: Plan) -> Progress:
    """The change that a report makes to the factory whose plan this is; `at` is the instant of the plan if absent."""
    operations = [o for o in plan.operations if (o.wo, o.step) == (report.wo, report.step)]
    known = next((s for s in snapshot.work_order_steps if (s.wo, s.step) == (report.wo, report.step)), None)
    before = known or WorkOrderStep(wo=report.wo, step=report.step)
    faults = tuple(_faults(report, before, operations))
    if faults:
        return Progress(None, faults)
    started = sum(o.qty for o in operations) + before.good_qty + before.scrapped_qty
    change = _change(report, before, operations, plan.now)
    return Progress(change, tuple(_doubts(report, change, started, plan)))


def _change(report: FloorReport, before: WorkOrderStep, operations: list[OperationPlan], now: int) -> ReportProgress:
    at = datetime.fromtimestamp(now if report.at is None else report.at, UTC)
    mine = operations[report.part] if operations else None
    ends = report.action == "finish" and len(operations) < 2  # of a divided step the other parts go on
    status = {"start": "started", "pause": "paused", "finish": "done" if ends else "started", "report": before.status}
    return ReportProgress(
        wo=report.wo,
        step=report.step,
        status=status[report.action],
        resource=report.resource or before.resource or (mine.resource if mine else ""),
        started=before.started or (at if report.action == "start" else None),
        finished=at if ends else None,
        good_qty=round(before.good_qty + _good(report, mine), 6),
        scrapped_qty=round(before.scrapped_qty + report.scrap, 6),
    )


def _good(report: FloorReport, mine: OperationPlan | None) -> float:
    """The good pieces of a report: as told, or all that was left where an end is told without."""
    if report.qty is not None:
        return report.qty
    return max(0.0, mine.qty - report.scrap) if mine and report.action == "finish" else 0.0


def _faults(report: FloorReport, before: WorkOrderStep, operations: list[OperationPlan]) -> Iterator[Finding]:
    """Why a report cannot be: numbers that are none, an operation that is not there, an action out of turn."""
    name = f"{report.wo}.{report.step}"
    for what, qty in (("quantity", report.qty), ("scrap", report.scrap)):
        if qty is not None and not (math.isfinite(qty) and qty >= 0):
            yield error("C685", name, f"{name}: {what} {qty:g} must be a number from 0", "correct the number")
    if operations and not 0 <= report.part < len(operations):
        what = f"{name} has no part {report.part}: its parts go from 0 to {len(operations) - 1}"
        yield error("C686", name, what, "correct the part")
    if not operations and before.status == "waiting":
        what = f"the plan has no operation {name} that is still to do"
        yield error("C686", name, what, "see the dispatch list for what there is")
    elif before.status not in _NEXT[report.action]:
        fitting = " or ".join(action for action in get_args(Action) if before.status in _NEXT[action])
        advice = f"report {fitting}" if fitting else "to put it right, report the step in full as a change"
        yield error("C687", name, f"{name} is {before.status}, and cannot {_verb(report.action)}", advice)


def _verb(action: Action) -> str:
    return "be counted" if action == "report" else action


def _doubts(report: FloorReport, change: ReportProgress, started: float, plan: Plan) -> Iterator[Finding]:
    """What is strange, and taken all the same: more out than went in, or a step that overtakes the one before it."""
    name = f"{report.wo}.{report.step}"
    made = change.good_qty + change.scrapped_qty
    if made > started + 1e-6:
        told = f"{change.good_qty:g} good and {change.scrapped_qty:g} scrapped"
        advice = "correct the quantity if it was typed wrongly"
        yield warning("C688", name, f"{name}: {told} are more than the {started:g} started", advice)
    earlier = sorted({o.step for o in plan.operations if o.wo == report.wo and o.step < report.step})
    if earlier and report.action in ("start", "finish"):
        steps = ", ".join(map(str, earlier))
        advice = "report them too, if they are done"
        yield warning("C689", name, f"{name} is reported while step {steps} before it is still to do", advice)
