"""The shop floor of a live plant: dispatch lists and alerts with the numbers of the board, and reports as writes."""

import time
from dataclasses import replace
from typing import Any

import msgspec

from pegboard.app.dispatch_list import dispatch_lists, printed
from pegboard.app.files import Report
from pegboard.app.plant_desk import OvertakenError, PlantDesk, RefusedError, Written, entries_of
from pegboard.app.plant_state import LiveState
from pegboard.app.plant_views import PlantViews
from pegboard.app.shop_floor import FloorReport, progress_of
from pegboard.domain.finding import Finding
from pegboard.insight.alerts import Alert, alerts
from pegboard.insight.dispatch_list import Dispatched
from pegboard.insight.plan_board import BoardView

TRIES = 5
"""How often a report is made again because somebody else wrote meanwhile; what it adds to is then another count."""

Numbers = dict[tuple[str, int, int], int]


class DispatchRow(Dispatched, frozen=True, kw_only=True):
    """A row of a dispatch list with the number of its operation on the board; None where it is not on it."""

    operation: int | None


class AlertRow(Alert, frozen=True, kw_only=True):
    """An alert with the number of its operation on the board; None where it is not on it."""

    operation: int | None


def numbers(view: BoardView) -> Numbers:
    """The number of each operation on the board by work order, step and part."""
    p, ops = view.planned, view.ops
    work = p.supply.op_work[ops].tolist()
    step = p.problem.ops.step[ops].tolist()
    part = p.supply.op_part[ops].tolist()
    rows = [(row.step.step if row.step else 0) for row in p.table.rows]
    named = ((p.supply.works[w].wo, rows[s], k) for w, s, k in zip(work, step, part, strict=True))
    return {name: number for number, name in enumerate(named)}


def dispatch_rows(views: PlantViews, resource: str, until: int | None) -> list[DispatchRow]:
    """The dispatch list of a resource; raises RefusedError where there is no such resource."""
    known = numbers(views.board_view)
    rows = _lists(views.state, resource, until)[resource]
    return [DispatchRow(**_fields(row), operation=known.get((row.wo, row.step, row.part))) for row in rows]


def dispatch_paper(views: PlantViews, resource: str, until: int | None) -> bytes:
    """The same as PDF."""
    factory = views.state.live.planned.factory
    return printed(factory, views.state.plan, _lists(views.state, resource, until))


def alert_rows(views: PlantViews) -> list[AlertRow]:
    """What is not as planned at this moment; at that of the plan where the factory names its `now`."""
    state = views.state
    now = max(int(time.time()), state.plan.now) if state.master.moves else state.plan.now
    known = numbers(views.board_view)
    found = alerts(state.plan, now)
    return [AlertRow(**_fields(row), operation=known.get((row.wo, row.step, row.part))) for row in found]


def report_progress(desk: PlantDesk, told: FloorReport, who: str, report: Report) -> Written:
    """Write what the shop floor reports; what is strange about it is among the findings. Raises RefusedError."""
    for left in reversed(range(TRIES)):
        state = desk.state
        found = progress_of(told, state.changed.snapshot, state.plan)
        if found.change is None:
            raise RefusedError(found.findings)
        entries = entries_of([found.change], who, f"reported: {told.action}")
        try:
            written = desk.write(entries, "repair", who, f"reported: {told.action}", state.etag, report)
        except OvertakenError:
            if not left:
                raise
            continue
        return replace(written, findings=(*found.findings, *written.findings))
    raise AssertionError("a loop of no tries")


def _lists(state: LiveState, resource: str, until: int | None) -> dict[str, list[Dispatched]]:
    found = dispatch_lists(state.live.planned.factory, state.plan, resource, until)
    if isinstance(found, Finding):
        raise RefusedError([found])
    return found


def _fields(row: msgspec.Struct) -> dict[str, Any]:
    return {name: getattr(row, name) for name in row.__struct_fields__}
