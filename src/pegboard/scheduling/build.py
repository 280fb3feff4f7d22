"""Build the scheduling problem from planned supply: the only door from work orders and pegs to dense integers."""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from pegboard.domain.calendar import DAY, FAR, PPM, receipt_instant
from pegboard.domain.factory import Factory
from pegboard.domain.finding import Finding, warning
from pegboard.kernels.arrays import Arcs, Ops
from pegboard.kernels.graph import topological
from pegboard.scheduling.pins import idle_pins, locate_pins, reserve
from pegboard.scheduling.pools import pools_of, shop_of
from pegboard.scheduling.problem import Floats, Ints, Problem
from pegboard.tables.process import UNIT, Families, ProcessTable, oven_qty, up
from pegboard.tables.supply import SupplyPlan, spans


def build(
    factory: Factory,
    table: ProcessTable,
    plan: SupplyPlan,
    unpinned: frozenset[str],
    beside: Problem | None = None,
) -> Problem:
    """The problem of scheduling all work orders of `plan`; `unpinned` names locked operations to set free.

    One that is to be solved `beside` another has the resources, the steps and the families of that, and its own new
    ones after them.
    """
    findings: list[Finding] = []
    names = _op_names(table, plan)
    rows, setup_done = _begun(factory, table, plan, findings)
    pins = locate_pins(factory, table, plan, rows, names, unpinned)
    if beside is None:
        findings.extend(idle_pins(factory, names))
    known = Families(factory, table.res_names, beside.family_names if beside else ())
    family = _families(table, plan, known)
    changeovers = known.arrays()
    steps = table.steps()
    need_ptr = spans(steps.need_ptr[rows + 1] - steps.need_ptr[rows])
    n_op = rows.size
    reserved = reserve(pins, table, steps, changeovers, known, family, rows, plan, findings)
    last_ops = plan.last_ops()
    arcs, arc_material = _arcs(factory, table, plan, last_ops, setup_done, names, findings)
    reserved.keep_for_the_next(arcs)
    bounds = _bounds(factory, table, plan, setup_done)
    same = beside if beside is not None and beside.steps is steps else None
    pools = (same.pool_ptr, same.pool_res, same.pool_changes) if same else pools_of(steps, table, known)
    ops = Ops(
        step=rows,
        qty=plan.op_qty,
        family=family,
        need_ptr=need_ptr,
        setup_done=setup_done,
        latest_use=bounds["latest_use"],
        **reserved.columns(n_op, need_ptr),
        batch_key=_batch_keys(table, plan, family),
    )
    shop = same.shop if same else shop_of(steps, table, known, reserved, pools[0], pools[1])
    line_columns = _lines(factory, table, plan, last_ops)
    weight, due, op_line = _urgency(plan)
    problem = Problem(
        now=factory.now,
        horizon=factory.horizon,
        factory_tl=table.factory_tl,
        timelines=table.timelines.arrays,
        timeline_rows=table.timelines.rows,
        shop=shop,
        changeovers=changeovers,
        steps=steps,
        ops=ops,
        arcs=arcs,
        arc_material=arc_material,
        arrival=bounds["arrival"],
        dated=bounds["dated"],
        release=bounds["release"],
        weight=weight,
        due=due,
        op_line=op_line,
        latest_start=plan.latest_start,
        latest_end=plan.latest_end,
        **line_columns,
        pool_ptr=pools[0],
        pool_res=pools[1],
        pool_changes=pools[2],
        objective=factory.snapshot.settings.objective,
        preferred=table.preferred(),
        res_names=table.res_names,
        op_names=names,
        family_names=known.names,
        findings=findings,
    )
    assert topological(arcs, n_op).size == n_op, "operations wait for each other in a circle"
    return problem


def _op_names(table: ProcessTable, plan: SupplyPlan) -> list[str]:
    """Work order and step, as `SO-1/1-1.20`, and the number of the part where a step is divided: `SO-1/1-1.20/2`."""
    tail = table.derived(_tails)
    name = np.array([*(w.wo for w in plan.works), None], object)
    found: list[str] = (name[plan.op_work] + tail[plan.op_row]).tolist()
    for op in np.flatnonzero(plan.op_part).tolist():
        found[op] += f"/{plan.op_part[op]}"
    return found


def _tails(table: ProcessTable) -> np.ndarray:
    """What the names of the operations of each row end in; one more for none at all."""
    return np.array([*(f".{r.step.step}" if r.step else "" for r in table.rows), None], object)


def _begun(factory: Factory, table: ProcessTable, plan: SupplyPlan, findings: list[Finding]) -> tuple[Ints, np.ndarray]:
    """Rows of the operations, begun ones on a variant that holds their resource and what remains of their work."""
    rows = plan.op_row.copy()
    setup_done = np.zeros(rows.size, np.uint8)
    for work in plan.works:
        if work.record is None:
            continue
        for op in range(work.first_op, work.first_op + work.n_op):
            step = table.rows[rows[op]].step
            progress = factory.progress.get((work.wo, step.step)) if step else None
            if progress is None or progress.status not in ("started", "paused"):
                continue
            setup_done[op] = 1
            cands = table.rows[rows[op]].cands
            chosen = [c for c in cands if table.res_names[c[0]] == progress.resource] or cands
            if progress.resource and table.res_names[chosen[0][0]] != progress.resource:
                what = f"step {progress.step} of {work.wo} has begun on {progress.resource}, where it may not run"
                advice = "correct the resource, or add it as an alternate; another one goes on with it"
                findings.append(warning("S305", f"{work.wo}.{progress.step}", what, advice, progress.source))
            if progress.remaining_min is not None:
                minutes = progress.remaining_min * 60 * PPM
                chosen = [(c[0], 0, up(minutes / table.efficiency(c[0])), 0.0, c[4], c[5]) for c in chosen]
            elif progress.good_qty + progress.scrapped_qty > 0:
                chosen = [(c[0], 0, 0, c[3], c[4], c[5]) for c in chosen]
            rows[op] = table.variant(int(rows[op]), chosen)
    return rows, setup_done


def _families(table: ProcessTable, plan: SupplyPlan, families: Families) -> Ints:
    """The setup family of each operation; `{OPTION}` takes the value its work order was configured with."""
    plain = [families.index(r.step.family) if r.step and "{" not in r.step.family else -1 for r in table.rows]
    family = np.array(plain, np.int64)[plan.op_row] if plain else np.empty(0, np.int64)
    templated = table.derived(_templated)
    if templated:
        for op in np.flatnonzero(np.isin(plan.op_row, templated)).tolist():
            step = table.rows[plan.op_row[op]].step
            assert step is not None
            family[op] = families.index(family_name(step.family, dict(plan.works[plan.op_work[op]].options)))
    return family


def _templated(table: ProcessTable) -> list[int]:
    """Rows whose setup family depends on options."""
    return [i for i, r in enumerate(table.rows) if r.step and "{" in r.step.family]


def _ovens(table: ProcessTable) -> list[int]:
    """Rows that run in an oven."""
    return [i for i, r in enumerate(table.rows) if oven_qty(r.step) > 0]


def _batch_keys(table: ProcessTable, plan: SupplyPlan, family: Ints) -> Ints:
    """Number of the oven key of each operation, -1 outside ovens; only lots of one setup family share a load."""
    keys: dict[tuple[str, int], int] = {}
    found = np.full(plan.op_row.size, -1, np.int64)
    ovens = table.derived(_ovens)
    for op in np.flatnonzero(np.isin(plan.op_row, ovens)).tolist() if ovens else []:
        step = table.rows[plan.op_row[op]].step
        assert step is not None
        key = family_name(step.batch_key, dict(plan.works[plan.op_work[op]].options))
        found[op] = keys.setdefault((key, int(family[op])), len(keys))
    return found


def family_name(template: str, options: dict[str, str]) -> str:
    """`{COLOUR}` and the like replaced by the chosen values; an option nobody chose is blank."""
    for option, value in options.items():
        template = template.replace("{" + option + "}", value)
    while (start := template.find("{")) >= 0 and (end := template.find("}", start)) >= 0:
        template = template[:start] + template[end + 1 :]
    return template


def _arcs(
    factory: Factory,
    table: ProcessTable,
    plan: SupplyPlan,
    last_ops: tuple[Ints, Ints],
    begun: np.ndarray,
    names: list[str],
    findings: list[Finding],
) -> tuple[Arcs, np.ndarray]:
    """Arcs between operations, and which of them are material. What has begun waits for no step before it."""
    n_op = plan.op_row.size
    to = np.repeat(np.arange(n_op), np.diff(plan.pred_ptr))
    from_ = plan.pred_op
    waits = begun[to] == 0
    for a, b in zip(from_[~waits].tolist(), to[~waits].tolist(), strict=True):
        what = f"operation {names[b]} has begun, but {names[a]} before it is not done"
        findings.append(
            warning("S304", names[b], what, "report what is done; it goes on, and nobody waits for the other")
        )
    from_, to = from_[waits], to[waits]
    made_by, drawn_by, keeps = _drawn_works(factory, plan, last_ops)
    from_all, to_all = np.concatenate([from_, made_by]), np.concatenate([to, drawn_by])
    order = np.lexsort((to_all, from_all))
    by_row = table.derived(_between)
    row = plan.op_row[from_all]

    def routed(column: str, otherwise: Ints | int) -> np.ndarray:
        """A column of the row before, between steps; another value for material."""
        return np.concatenate([by_row[column][row[: from_.size]], np.broadcast_to(otherwise, made_by.shape)])[order]

    batch = routed("transfer", 0)
    queued = np.concatenate([np.ones(to.size, bool), np.diff(plan.pred_ptr)[drawn_by] == 0])
    arcs = Arcs(
        ptr=spans(np.bincount(from_all, minlength=n_op)),
        succ=to_all[order],
        wait=by_row["wait"][row[order]],
        move=by_row["move"][row[order]],
        batch=np.where(batch < plan.op_qty[from_all[order]], batch, 0.0),
        queued=queued[order].astype(np.uint8),
        max_gap=routed("max_gap", keeps),
        blocking=routed("blocking", 0).astype(np.uint8),
        store=routed("store", -1),
        store_units=np.rint(plan.op_qty[from_all[order]] * UNIT).astype(np.int64),
    )
    return arcs, order >= from_.size


def _drawn_works(factory: Factory, plan: SupplyPlan, last_ops: tuple[Ints, Ints]) -> tuple[Ints, Ints, Ints]:
    """Last operations of work orders, the operations that draw on these, and for how many seconds the goods keep."""
    drawn = [link for link in plan.links if link.work >= 0 and link.supply_kind == "wo"]
    ptr, last = last_ops
    begin, end = ptr[np.array([link.index for link in drawn], np.int64)].T
    counts = end - begin
    made_by = last[np.repeat(begin - np.cumsum(counts) + counts, counts) + np.arange(counts.sum())]
    drawn_by = np.repeat(np.array([link.op for link in drawn], np.int64), counts)
    shelf = {item: _shelf_life(factory, item) for item in {link.item for link in drawn}}
    keeps = np.repeat(np.array([shelf[link.item] for link in drawn], np.int64), counts)
    if not plan.op_part.any():
        return made_by, drawn_by, keeps
    first, size = _divided(plan)
    group = np.repeat(np.arange(first.size), size)[drawn_by]
    more = size[group]
    parts = np.repeat(first[group] - np.cumsum(more) + more, more) + np.arange(more.sum())
    return np.repeat(made_by, more), parts, np.repeat(keeps, more)


def _divided(plan: SupplyPlan) -> tuple[Ints, Ints]:
    """The first operation of each step, and of how many parts it is: a divided step draws its material as one."""
    first = np.flatnonzero(plan.op_part <= 1)
    return first, np.diff(np.append(first, plan.op_part.size))


def _bounds(factory: Factory, table: ProcessTable, plan: SupplyPlan, begun: np.ndarray) -> dict[str, Ints]:
    """Bounds by operation from dated supplies, finished steps, expiry and what the customer allows."""
    n_op = plan.op_row.size
    is_first = np.diff(plan.pred_ptr) == 0
    arrival, dated, release = (np.full(n_op, factory.now, np.int64) for _ in range(3))
    latest_use = np.full(n_op, FAR, np.int64)
    drawn = [link for link in plan.links if link.work >= 0 and link.supply_kind != "wo"]
    taker = np.array([link.op for link in drawn], np.int64)
    available = np.array([link.available for link in drawn], np.int64)
    for bound, of in ((arrival, is_first[taker]), (dated, ~is_first[taker])):
        np.maximum.at(bound, taker[of], available[of])
    np.minimum.at(latest_use, taker, np.array([link.expires for link in drawn], np.int64))
    if plan.op_part.any():
        first, size = _divided(plan)
        arrival, dated = (np.repeat(np.maximum.reduceat(bound, first), size) for bound in (arrival, dated))
        latest_use = np.repeat(np.minimum.reduceat(latest_use, first), size)
    for op, ready in _left_by_done_steps(factory, table, plan):
        if not begun[op]:
            arrival[op] = max(arrival[op], ready)
    for work in plan.works:
        if work.earliest > factory.now:
            for op in range(work.first_op, work.first_op + work.n_op):
                if is_first[op]:
                    release[op] = max(release[op], work.earliest)
    return {"arrival": arrival, "dated": dated, "release": release, "latest_use": latest_use}


def _between(table: ProcessTable) -> dict[str, np.ndarray]:
    """By row: lags and transfer batch, the limit on the gap to the next step, and what is held until then."""
    steps = [r.step for r in table.rows]
    return {
        "wait": np.array([round(s.wait_min * 60) if s else 0 for s in steps], np.int64),
        "move": np.array([round(s.move_min * 60) if s else 0 for s in steps], np.int64),
        "transfer": np.array([(s.transfer_qty or 0.0) if s else 0.0 for s in steps], np.float64),
        "max_gap": np.array(
            [FAR if not s or s.max_wait_min is None else int(s.max_wait_min * 60 + 1e-6) for s in steps], np.int64
        ),
        "blocking": np.array([bool(s and s.blocking) for s in steps], np.int64),
        "store": np.array([table.res_index.get(s.storage, -1) if s and s.storage else -1 for s in steps], np.int64),
    }


def _shelf_life(factory: Factory, item: str) -> int:
    """Elapsed seconds within which a made item must be used, FAR for no limit."""
    days = factory.items[item].shelf_life_days
    return FAR if days is None else int(days * DAY)


def _left_by_done_steps(factory: Factory, table: ProcessTable, plan: SupplyPlan) -> Iterator[tuple[int, int]]:
    """Operations after a finished step, and when what it left has waited and moved."""
    for work in plan.works:
        if work.record is None:
            continue
        for op in range(work.first_op, work.first_op + work.n_op):
            for row in table.rows[plan.op_row[op]].preds:
                step = table.rows[row].step
                done = factory.progress.get((work.wo, step.step)) if step else None
                if step and done and done.status == "done" and done.finished is not None:
                    finished = receipt_instant(done.finished, factory.calendar, factory.zone)
                    yield (
                        op,
                        factory.calendar.after_open(finished + round(step.wait_min * 60), round(step.move_min * 60)),
                    )


def _lines(factory: Factory, table: ProcessTable, plan: SupplyPlan, last_ops: tuple[Ints, Ints]) -> dict[str, Any]:
    n = len(plan.lines)
    ptr, last = last_ops[0].tolist(), last_ops[1].tolist()
    ends: list[set[int]] = [set() for _ in range(n)]
    dated = np.full(n, factory.now, np.int64)
    for link in plan.links:
        if link.line >= 0:
            if link.supply_kind == "wo":
                first, end = ptr[link.index]
                ends[link.line].update(last[first:end])
            else:
                dated[link.line] = max(dated[link.line], link.available)
    groups: dict[str, int] = {}
    group = np.empty(n, np.int64)
    together = {line.record.order for line in plan.lines if line.record.ship_complete}
    for i, line in enumerate(plan.lines):
        dated[i] = max(dated[i], line.earliest)
        key = line.record.order if line.record.order in together else line.id
        group[i] = groups.setdefault(key, len(groups))
    order = [sorted(e) for e in ends]
    line_op = np.array([op for ops in order for op in ops], np.int64)
    move = table.derived(_between)["move"]
    return {
        "line_ptr": spans([len(o) for o in order]),
        "line_op": line_op,
        "line_move": move[plan.op_row[line_op]] if line_op.size else np.empty(0, np.int64),
        "line_dated": dated,
        "line_due": np.array([line.due for line in plan.lines], np.int64),
        "line_need": np.array([line.need for line in plan.lines], np.int64),
        "line_weight": np.array([line.weight for line in plan.lines], np.float64),
        "line_group": group,
        "line_value": _values(factory, plan),
    }


def _values(factory: Factory, plan: SupplyPlan) -> Floats:
    """Value of each line at unit cost as a multiple of their mean; a line whose cost is unknown counts as average."""
    items = [factory.items.get(line.record.item) for line in plan.lines]
    costs = [item.unit_cost if item else None for item in items]
    value = np.array([np.nan if c is None else c * line.qty for c, line in zip(costs, plan.lines, strict=True)])
    known = value[~np.isnan(value)]
    if not known.size or known.mean() <= 0:
        return np.ones(value.size)
    found: Floats = np.where(np.isnan(value), 1.0, value / known.mean())
    return found


def _urgency(plan: SupplyPlan) -> tuple[Floats, Ints, Ints]:
    """Weight, due date and line of each operation: the heaviest and earliest of the lines its work order serves."""
    n = len(plan.works)
    due = [FAR] * n
    weight = [0.0] * n
    by_line = [(line.need, priced(line.weight, line.priority)) for line in plan.lines]
    served: list[list[tuple[int, int]]] = [[] for _ in range(n)]
    for link in plan.links:
        if link.supply_kind == "wo":
            served[link.index].append((link.line, link.work))
    levels = [work.level for work in plan.works]
    for w in sorted(range(n), key=levels.__getitem__):
        for line, work in served[w]:
            need, price = by_line[line] if line >= 0 else (due[work], weight[work])
            due[w], weight[w] = min(due[w], need), max(weight[w], price)
        if due[w] >= FAR:
            grace = plan.works[w].grace if plan.works[w].is_spare else 0
            due[w], weight[w] = plan.works[w].need + grace, 1.0
    by_op = plan.op_work
    lines = np.array([w.line for w in plan.works], np.int64)
    return np.array(weight)[by_op], np.array(due, np.int64)[by_op], lines[by_op]


def priced(weight: float, priority: int) -> float:
    """Weight for ranking: priority enters as a factor, 1 at priority 100 and tenfold at 1, never as a strict key."""
    return weight * math.sqrt(100.0 / max(priority, 1))
