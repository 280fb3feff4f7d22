"""The rows of the plan folder from a schedule and its supply plan."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from pegboard.domain.calendar import FAR
from pegboard.domain.plan import LineStatus, OperationPlan, OrderPlan, Peg, PurchasePlan, WorkOrderPlan
from pegboard.domain.variant import variant_id
from pegboard.insight.explain import Explainer
from pegboard.insight.planned import Planned
from pegboard.scheduling.problem import Ints
from pegboard.scheduling.view import OpenTime

_US_PER_MIN = 60_000_000


def order_rows(p: Planned, explainer: Explainer) -> tuple[OrderPlan, ...]:
    """One row for each open line, by order and line, with the cause where it is late or left out."""
    found = []
    for i, line in enumerate(p.supply.lines):
        record, done = line.record, p.completion[i]
        late = done is not None and done > line.due
        status: LineStatus = "unplanned" if done is None else "late" if late else "on_time"
        if status == "on_time" and all(x.supply_kind == "stock" for x in p.links_of_line[i]):
            status = "covered"
        why = explainer.why(i) if late or done is None else None
        found.append(
            OrderPlan(
                order=record.order,
                line=record.line,
                customer=record.customer,
                item=record.item,
                qty=line.qty,
                due=line.due,
                completion=done,
                lateness_min=None if done is None else round((done - line.due) / 60, 4),
                status=status,
                weight=line.weight,
                cause=why.cause if why else "",
                reason=why.reason if why else "",
            )
        )
    return tuple(sorted(found, key=lambda row: (row.order, row.line)))


def operation_rows(p: Planned) -> tuple[OperationPlan, ...]:
    """One row for each operation on a resource, by work order and step."""
    problem, s, S = p.problem, p.schedule, p.problem.steps
    n = problem.n_op
    cand = s.cand
    res = S.cand_res[cand]
    stretch = S.cand_stretch[cand]
    begun = problem.ops.setup_done == 1
    setup = np.where(begun, 0.0, (S.cand_setup[cand] + s.changeover) / stretch) / _US_PER_MIN
    efficiency = np.array(
        [p.factory.resources[r].efficiency if r in p.factory.resources else 1.0 for r in problem.res_names]
    )
    run = (S.cand_fixed[cand] + S.cand_run[cand] * problem.ops.qty) * efficiency[res] / _US_PER_MIN
    slack = slack_seconds(p) / 60
    floor = int(problem.timelines.start.min()) if n else 0
    order = _by_work_and_step(p)
    row, res = problem.ops.step[order], res[order]
    steps = [r.step for r in p.table.rows]
    columns = zip(
        _named([w.wo for w in p.supply.works], p.supply.op_work[order]),
        _named([s.step if s else 0 for s in steps], row),
        _named([s.name if s else "" for s in steps], row),
        _resources(p, row, res),
        _members(p, order),
        _named([*problem.family_names, ""], problem.ops.family[order]),
        s.setup_start[order].tolist(),
        s.start[order].tolist(),
        s.end[order].tolist(),
        np.round(setup, 4)[order].tolist(),
        np.round(run, 4)[order].tolist(),
        np.maximum(p.supply.latest_start, floor)[order].tolist(),
        np.round(slack, 2)[order].tolist(),
        _named(["planned", "started"], begun[order].astype(np.int64)),
        (problem.ops.pin_start >= 0)[order].tolist(),
        problem.ops.qty[order].tolist(),
        strict=True,
    )
    return tuple(
        [
            OperationPlan(
                wo=wo,
                step=step,
                name=name,
                resource=resource,
                also=also,
                family=family,
                setup_start=first,
                start=start,
                end=end,
                setup_min=setup_min,
                run_min=run_min,
                latest_start=latest,
                slack_min=slack_min,
                status=status,
                locked=locked,
                qty=qty,
            )
            for (
                wo,
                step,
                name,
                resource,
                also,
                family,
                first,
                start,
                end,
                setup_min,
                run_min,
                latest,
                slack_min,
                status,
                locked,
                qty,
            ) in columns
        ]
    )


def _by_work_and_step(p: Planned) -> Ints:
    """All operations but the passing of lead times, by name of work order and step, parts of a step in their order."""
    names = [w.wo for w in p.supply.works]
    rank = np.empty(len(names), np.int64)
    rank[sorted(range(len(names)), key=names.__getitem__)] = np.arange(len(names))
    number = np.array([r.step.step if r.step else -1 for r in p.table.rows], np.int64)[p.problem.ops.step]
    order = np.lexsort((number, rank[p.supply.op_work]))
    return order[number[order] >= 0]


def _named(names: Sequence[Any], index: Ints) -> list[Any]:
    """The names at these places, each name one object."""
    found: list[Any] = np.array([*names, None], object)[:-1][index].tolist()
    return found


def _resources(p: Planned, row: Ints, res: Ints) -> list[str]:
    """Names of primary resources; a step done outside is on what its routing says."""
    found: list[str] = _named(p.problem.res_names, res)
    for i in np.flatnonzero(res >= p.table.outside_res).tolist():
        step = p.table.rows[row[i]].step
        assert step is not None
        found[i] = step.resource or step.supplier
    return found


def _members(p: Planned, order: Ints) -> list[tuple[str, ...]]:
    """Names of the further resources of each operation."""
    first, last = p.problem.ops.need_ptr[order], p.problem.ops.need_ptr[order + 1]
    found: list[tuple[str, ...]] = [()] * order.size
    for i in np.flatnonzero(last > first).tolist():
        found[i] = tuple(p.problem.res_names[r] for r in p.schedule.need_res[first[i] : last[i]].tolist())
    return found


def slack_seconds(p: Planned) -> np.ndarray:
    """Signed open seconds from each setup start to the latest one, on the operation's own calendar."""
    timeline = p.problem.shop.timeline[p.problem.steps.cand_res[p.schedule.cand]]
    seconds = np.zeros(timeline.size)
    for t, row in enumerate(p.problem.timeline_rows):
        mine = timeline == t
        open_time = OpenTime(row)
        latest, first = p.supply.latest_start[mine], p.schedule.setup_start[mine]
        seconds[mine] = open_time.open_until(latest) - open_time.open_until(first)
    return seconds


def work_order_rows(p: Planned) -> tuple[WorkOrderPlan, ...]:
    """One row for each work order, by name."""
    found = []
    floor = int(p.problem.timelines.start.min()) if p.problem.n_op else 0
    n, owner = len(p.supply.works), p.supply.op_work
    start, end, release = np.full(n, FAR), np.full(n, -FAR), np.full(n, FAR)
    np.minimum.at(start, owner, p.schedule.setup_start)
    np.maximum.at(end, owner, p.schedule.end)
    np.minimum.at(release, owner, p.supply.latest_arrival)
    times = zip(np.maximum(release, floor).tolist(), start.tolist(), end.tolist(), strict=True)
    now = p.factory.now
    for work, (released, begins, ends) in zip(p.supply.works, times, strict=True):
        found.append(
            WorkOrderPlan(
                wo=work.wo,
                item=work.item,
                qty=work.qty,
                good_qty=work.good,
                status=work.record.status if work.record else "planned",
                release=released if work.n_op else min(work.need, now),
                start=begins if work.n_op else now,
                end=ends if work.n_op else now,
                need=work.need,
                level=work.level,
                options=work.options,
                variant=variant_id(work.options),
            )
        )
    return tuple(sorted(found, key=lambda w: w.wo))


def purchase_rows(p: Planned) -> tuple[PurchasePlan, ...]:
    """One row for each purchase to order, by order-by date and item."""
    found = []
    for purchase, (order_by, due, need, feasible) in zip(p.supply.purchases, p.purchase_dates, strict=True):
        price = purchase.source.price if purchase.source else None
        price = p.factory.items[purchase.item].unit_cost if price is None else price
        found.append(
            PurchasePlan(
                action="order",
                po=purchase.po,
                item=purchase.item,
                supplier=purchase.source.supplier if purchase.source else "",
                qty=purchase.qty,
                order_by=order_by,
                due=due,
                need=need,
                cost=None if price is None else round(price * purchase.qty, 2),
                feasible=feasible,
            )
        )
    return tuple(sorted(found, key=lambda b: (b.order_by, b.item, b.po)))


def peg_rows(p: Planned) -> tuple[Peg, ...]:
    """One row for each peg, by demand."""
    found = []
    lines, works = p.supply.lines, p.supply.works
    number = [r.step.step if r.step else None for r in p.table.rows]
    row, start = p.problem.ops.step.tolist(), p.schedule.setup_start.tolist()
    for link in p.supply.links:
        if link.line >= 0:
            demand, step, need = lines[link.line].id, None, lines[link.line].due
        else:
            demand, step, need = works[link.work].wo, number[row[link.op]], start[link.op]
        found.append(
            Peg(
                supply_kind=link.supply_kind,
                supply=link.supply,
                demand_kind="order" if link.line >= 0 else "wo",
                demand=demand,
                step=step,
                item=link.item,
                qty=round(link.qty, 6),
                available=p.supplied_at(link),
                need=need,
                kind="hard" if link.hard else "soft",
            )
        )
    found.sort(key=lambda g: (g.demand, g.step or 0, g.item, g.supply_kind, g.supply))
    return tuple(found)
