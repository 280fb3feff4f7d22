"""Orders of the live plan: the list, sorted and searched, and one order with all that is made and bought for it."""

from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np

from pegboard.app.plant_views import PlantViews
from pegboard.domain.calendar import demand_instant
from pegboard.domain.plan import OrderPlan, PurchasePlan
from pegboard.insight.explain import Explainer, Why
from pegboard.insight.journal_rows import JournalRow

COLUMNS = (
    "order", "line", "customer", "item", "qty", "due", "completion", "lateness_min", "status", "weight", "priority",
    "cause", "reason",
)  # fmt: skip


class OrderColumns(msgspec.Struct, frozen=True, kw_only=True):
    """Order lines by columns; `n` are on this page, `of` in all, the next page begins at `next`."""

    n: int
    of: int
    next: int | None
    columns: dict[str, list[str | float | None]]


class OrderWork(msgspec.Struct, frozen=True, kw_only=True):
    """A work order of an order; `operations` are numbers of the board, `parent` the work order that it goes into."""

    wo: str
    item: str
    qty: float
    status: str
    release: int
    start: int
    end: int
    need: int
    parent: str | None
    operations: list[int]


class OrderDetail(msgspec.Struct, frozen=True, kw_only=True):
    """One order; `critical` are the operations of the chains that decide when it is complete."""

    lines: list[OrderPlan]
    work_orders: list[OrderWork]
    purchases: list[PurchasePlan]
    critical: list[int]
    history: list[JournalRow]
    promise: int | None


def order_columns(views: PlantViews, limit: int, offset: int, sort: str, q: str) -> OrderColumns:
    """A page of the order lines that hold a text, sorted by a column; `-` before it turns that round."""
    priority = {line.id: line.priority for line in views.state.live.planned.supply.lines}
    rows = [(o, priority.get(o.id, 100)) for o in views.state.plan.orders if _holds(o, q.casefold())]
    name = sort.removeprefix("-")
    if name in COLUMNS:
        rows.sort(key=lambda row: _key(_value(row[0], row[1], name)), reverse=sort.startswith("-"))
    page = rows[offset : offset + limit]
    columns: dict[str, list[str | float | None]] = {c: [_value(o, urgency, c) for o, urgency in page] for c in COLUMNS}
    columns["p_on_time"] = [None] * len(page)
    end = offset + len(page)
    return OrderColumns(n=len(page), of=len(rows), next=end if end < len(rows) else None, columns=columns)


def _holds(o: OrderPlan, q: str) -> bool:
    return not q or any(q in text.casefold() for text in (o.id, o.customer, o.item))


def _value(o: OrderPlan, priority: int, column: str) -> Any:
    return priority if column == "priority" else getattr(o, column)


def _key(value: Any) -> tuple[bool, Any]:
    """Nothing comes after everything."""
    return value is None, "" if value is None else value


def why(views: PlantViews, order: str) -> list[Why]:
    """Why each line of an order is complete when it is; none where it has no open line."""
    planned = views.state.live.planned
    explainer = Explainer(planned)
    return [explainer.why(i) for i, x in enumerate(planned.supply.lines) if order in (x.record.order, x.id)]


def order_detail(views: PlantViews, order: str, history: Sequence[JournalRow]) -> OrderDetail | None:
    """An order with its whole supply; None where it is not in the plan."""
    lines = [o for o in views.state.plan.orders if o.order == order]
    if not lines:
        return None
    planned, network = views.state.live.planned, views.networks
    rows = [i for i, line in enumerate(planned.supply.lines) if line.record.order == order]
    works, purchases = network.below(rows)
    parents = network.parent_of
    names = {planned.supply.works[w].wo: w for w in works}
    work_orders = []
    for row in views.state.plan.work_orders:
        if (w := names.get(row.wo)) is None:
            continue
        work = planned.supply.works[w]
        ops = views.board_view.number[work.first_op : work.first_op + work.n_op]
        parent = parents.get(w)
        work_orders.append(
            OrderWork(
                **{name: getattr(row, name) for name in ("wo", "item", "qty", "status", "release", "start", "end")},
                need=row.need,
                parent=None if parent is None else planned.supply.works[parent].wo,
                operations=[n for n in ops.tolist() if n >= 0],
            )
        )
    factory = planned.factory
    records = [planned.supply.lines[i].record for i in rows]
    dates = [r.promised for r in records if r.promised is not None]
    promised = [demand_instant(date, factory.calendar, factory.zone) for date in dates]
    return OrderDetail(
        lines=lines,
        work_orders=work_orders,
        purchases=[p for p in views.state.plan.purchases if p.po in purchases],
        critical=_critical(views, order),
        history=[row for row in history if row.change is not None and row.change.get("order") == order],
        promise=max(promised, default=None),
    )


def _critical(views: PlantViews, order: str) -> list[int]:
    """The operations that the chains of an order name."""
    named = {segment.subject for found in why(views, order) for segment in found.chain}
    names = views.state.live.planned.op_names
    ops = [i for i, name in enumerate(names) if name in named]
    return sorted(n for n in views.board_view.number[np.array(ops, np.int64)].tolist() if n >= 0) if ops else []
