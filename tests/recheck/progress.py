"""What people pinned, began and finished."""

from __future__ import annotations

from tests.recheck.case import Case
from tests.recheck.ledger import Ledger
from tests.recheck.plan_records import Operation
from tests.recheck.values import MINUTE, Row, Span, number, within


def check_pinned(case: Case, ledger: Ledger) -> None:
    """ "start (where a locked step is pinned)"; a started step "stays, remaining = operator's estimate"."""
    for (name, step), row in case.factory.progress.items():
        wo = case.work_orders.get(name)
        op = next(iter(wo.operations.get(step, [])), None) if wo else None  # what people decided is never split
        if op is None:
            continue
        if case.is_pinned(op) and row.get("status") not in {"done", "started", "paused"}:
            at = case.clock.read(row["start"])
            # Reading: the pin holds the start of the setup or of the run.
            ok = min(abs(op.setup_start - at), abs(op.start - at)) <= MINUTE
            ledger.test("pinned", ok, f"{op.name} is locked at {case.show(at)} and planned {case.show(op.setup_start)}")
            ok = not row.get("resource") or row["resource"] == op.resource
            ledger.test("pinned", ok, f"{op.name} is locked on {row['resource']} and planned on {op.resource}")
        if row.get("status") in {"started", "paused"} and case.is_scheduled(op):
            check_started(case, ledger, op, row)


def check_started(case: Case, ledger: Ledger, op: Operation, row: Row) -> None:
    """A started step comes first on its resource, with its remaining work from now."""
    calendar = case.phase_calendars(op)[1]
    is_started = row["status"] == "started"
    if is_started:
        ok = not row.get("resource") or row["resource"] == op.resource
        ledger.test("pinned", ok, f"{op.name} has begun on {row['resource']} and is planned on {op.resource}")
        # Reading: its start is now, the first open instant after it, or when it really began. Where its lot must be
        # stored or taken over, it may have to wait for the room.
        step = case.step(op)
        ok = op.setup_start <= calendar.first_open(case.now) + MINUTE or bool(step.storage) or step.blocking
        ledger.test("pinned", ok, f"{op.name} has begun and is planned to go on {case.show(op.setup_start)}")
    from_ = max(op.setup_start, case.now)
    ranges = remaining_work(case, op, row)
    # Reading: the estimate is minutes of work, or of open time at the machine.
    done = [calendar.work_between(from_, op.end) * case.efficiency(op), calendar.open_between(from_, op.end)]
    ok = not ranges or any(within(value, range_) for value in done for range_ in ranges)
    ledger.test("pinned", ok, f"{op.name} has {done[0]:.1f} min from now, {ranges[0][0] if ranges else 0:.1f} remain")


def remaining_work(case: Case, op: Operation, row: Row) -> list[Span]:
    """ "remaining = (qty - good) x run (+ setup if not done) or operator's estimate; never negative"."""
    found: list[Span] = []
    for mode in case.modes_on(op):
        if mode.setup_min is None or mode.run_min is None:
            return []
        matrix = case.factory.matrices.get(case.factory.resources[op.resource].matrix, {})
        again = mode.setup_min + max(matrix.values(), default=0.0)
        if row.get("remaining_min"):
            left = number(row["remaining_min"])
            # Reading: a paused step may need its setup again.
            found.append((left, left + (again if row["status"] == "paused" else 0.0)))
            continue
        step, per = case.step(op), mode.run_min * mode.run_factor
        made = number(row.get("good_qty"))
        scrapped = number(row.get("scrapped_qty"))
        # Reading: what remains is of the order's quantity, or of what earlier yields leave of it.
        rest = max(
            0.0,
            min([case.work_orders[op.wo].qty, *case.step_quantities(case.work_orders[op.wo], op.step)])
            - made
            - scrapped,
        )
        most = max(0.0, number(case.factory.work_orders.get(op.wo, {}).get("qty"), rest), rest)
        found.append((rest * per if not step.per_lot else 0.0, (step.fixed_min or 0.0) + again + max(per, most * per)))
    return found
