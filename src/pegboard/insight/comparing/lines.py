"""What became of every promise between two plans: its date, its status and its cause, before and after."""

from collections.abc import Sequence
from typing import Literal

from pegboard.domain.plan import OrderPlan, Row
from pegboard.insight.comparing.stability import IN_TIME

LineKind = Literal[
    "became_unplanned", "became_late", "later", "gone", "changed", "kept", "sooner", "planned_again", "on_time_again",
    "new",
]  # fmt: skip
WORST_FIRST: tuple[LineKind, ...] = (
    "became_unplanned", "became_late", "later", "gone", "on_time_again", "planned_again", "sooner", "new", "changed",
    "kept",
)  # fmt: skip


class LineChange(Row, frozen=True, kw_only=True):
    """An order line in two plans; what is `before` is None, or blank, where the line is new, the rest where it is gone.

    `later_min` is how much later it is complete, negative if sooner; None where it is not planned in both. `kind` is
    the gravest of what applies; `changed` says that only quantity, due date or cover are others. Probabilities of being
    on time are there once a simulation has filled them in.
    """

    id: str
    customer: str
    item: str
    kind: LineKind
    qty_before: float | None
    qty: float | None
    due_before: int | None
    due: int | None
    completion_before: int | None
    completion: int | None
    later_min: float | None
    lateness_min_before: float | None
    lateness_min: float | None
    status_before: str
    status: str
    cause_before: str
    cause: str
    reason: str
    probability_before: float | None = None
    probability: float | None = None


def line_changes(before: Sequence[OrderPlan], after: Sequence[OrderPlan]) -> tuple[LineChange, ...]:
    """Every line of either plan, the worst first: by kind, then by how much later, then by name."""
    old, new = {o.id: o for o in before}, {o.id: o for o in after}
    found = [_change(name, old.get(name), new.get(name)) for name in {**old, **new}]
    rank = {kind: i for i, kind in enumerate(WORST_FIRST)}
    return tuple(sorted(found, key=lambda c: (rank[c.kind], -(c.later_min or 0.0), c.id)))


def _change(name: str, old: OrderPlan | None, new: OrderPlan | None) -> LineChange:
    known = new or old
    assert known is not None
    was, done = (old.completion if old else None), (new.completion if new else None)
    return LineChange(
        id=name,
        customer=known.customer,
        item=known.item,
        kind=_kind(old, new),
        qty_before=old.qty if old else None,
        qty=new.qty if new else None,
        due_before=old.due if old else None,
        due=new.due if new else None,
        completion_before=was,
        completion=done,
        later_min=None if was is None or done is None else round((done - was) / 60, 4),
        lateness_min_before=old.lateness_min if old else None,
        lateness_min=new.lateness_min if new else None,
        status_before=old.status if old else "",
        status=new.status if new else "",
        cause_before=old.cause if old else "",
        cause=new.cause if new else "",
        reason=new.reason if new else "",
    )


def _kind(old: OrderPlan | None, new: OrderPlan | None) -> LineKind:
    if old is None or new is None:
        return "new" if old is None else "gone"
    if old.completion is None or new.completion is None:
        if old.completion == new.completion:
            return _same(old, new)
        return "planned_again" if old.completion is None else "became_unplanned"
    if (old.status in IN_TIME) != (new.status in IN_TIME):
        return "became_late" if old.status in IN_TIME else "on_time_again"
    if old.completion != new.completion:
        return "later" if new.completion > old.completion else "sooner"
    return _same(old, new)


def _same(old: OrderPlan, new: OrderPlan) -> LineKind:
    return "kept" if (old.qty, old.due, old.status) == (new.qty, new.due, new.status) else "changed"
