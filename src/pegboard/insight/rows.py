"""The rows of the plan folder from a schedule and its supply plan."""

import numpy as np

from pegboard.domain.plan import LineStatus, OperationPlan, OrderPlan, Peg, PurchasePlan, WorkOrderPlan
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
    return tuple(found)


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
    slack = _slack(p, problem.shop.timeline[res]) / 60
    needs = [
        [problem.res_names[r] for r in s.need_res[a:b].tolist()] if b > a else []
        for a, b in zip(problem.ops.need_ptr[:-1].tolist(), problem.ops.need_ptr[1:].tolist(), strict=True)
    ]
    columns = zip(
        problem.ops.step.tolist(),
        p.supply.op_work.tolist(),
        res.tolist(),
        problem.ops.family.tolist(),
        s.setup_start.tolist(),
        s.start.tolist(),
        s.end.tolist(),
        np.round(setup, 4).tolist(),
        np.round(run, 4).tolist(),
        p.supply.latest_start.tolist(),
        np.round(slack, 2).tolist(),
        begun.tolist(),
        (problem.ops.pin_start >= 0).tolist(),
        needs,
        problem.ops.qty.tolist(),
        strict=True,
    )
    rows = []
    floor = int(problem.timelines.start.min()) if n else 0
    for (
        row,
        work,
        r,
        fam,
        first,
        start,
        end,
        setup_min,
        run_min,
        latest,
        slack_min,
        is_begun,
        pinned,
        also,
        qty,
    ) in columns:
        step = p.table.rows[row].step
        if step is None:
            continue
        name = problem.res_names[r]
        rows.append(
            OperationPlan(
                wo=p.supply.works[work].wo,
                step=step.step,
                name=step.name,
                resource=name if r < p.table.outside_res else step.resource or step.supplier,
                also=tuple(also),
                family=problem.family_names[fam] if fam >= 0 else "",
                setup_start=first,
                start=start,
                end=end,
                setup_min=setup_min,
                run_min=run_min,
                latest_start=max(latest, floor),
                slack_min=slack_min,
                status="started" if is_begun else "planned",
                locked=pinned,
                qty=qty,
            )
        )
    return tuple(sorted(rows, key=lambda o: (o.wo, o.step)))


def _slack(p: Planned, timeline: Ints) -> np.ndarray:
    """Signed open seconds from each setup start to the latest one, on the operation's own calendar."""
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
    s = p.schedule
    floor = int(p.problem.timelines.start.min()) if p.problem.n_op else 0
    for work in p.supply.works:
        ops = slice(work.first_op, work.first_op + work.n_op)
        if work.n_op:
            start, end = int(s.setup_start[ops].min()), int(s.end[ops].max())
            release = max(int(p.supply.latest_arrival[ops].min()), floor)
        else:
            start = end = p.factory.now
            release = min(work.need, p.factory.now)
        found.append(
            WorkOrderPlan(
                wo=work.wo,
                item=work.item,
                qty=work.qty,
                good_qty=work.good,
                status=work.record.status if work.record else "planned",
                release=release,
                start=start,
                end=end,
                need=work.need,
                level=work.level,
                options=work.options,
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
    for link in p.supply.links:
        if link.line >= 0:
            demand, step, need = lines[link.line].id, None, lines[link.line].due
        else:
            row = p.table.rows[p.problem.ops.step[link.op]].step
            demand, step, need = works[link.work].wo, row.step if row else None, int(p.schedule.setup_start[link.op])
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
    return tuple(sorted(found, key=lambda g: (g.demand, g.step or 0, g.item, g.supply_kind, g.supply)))
