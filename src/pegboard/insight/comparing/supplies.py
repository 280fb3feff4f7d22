"""Which work orders and purchases came, went, moved or grew between two plans, and what suppliers are asked now."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Literal

from pegboard.domain.plan import PurchasePlan, Row, WorkOrderPlan

SupplyKind = Literal["added", "dropped", "quantity", "moved"]


class WorkOrderChange(Row, frozen=True, kw_only=True):
    """A work order that is not as it was; one with another quantity may have moved as well. None where it is not."""

    wo: str
    item: str
    kind: SupplyKind
    qty_before: float | None
    qty: float | None
    start_before: int | None
    start: int | None
    end_before: int | None
    end: int | None


class PurchaseChange(Row, frozen=True, kw_only=True):
    """A proposed purchase that is not as it was. Proposals are numbered anew by each plan, so `po` may be another."""

    po_before: str
    po: str
    item: str
    supplier: str
    kind: SupplyKind
    qty_before: float | None
    qty: float | None
    order_by_before: int | None
    order_by: int | None
    due_before: int | None
    due: int | None
    cost_before: float | None
    cost: float | None


class MessageChange(Row, frozen=True, kw_only=True):
    """An open purchase order of which something else is asked: the actions before and after, with what they want."""

    po: str
    item: str
    supplier: str
    before: tuple[PurchasePlan, ...]
    after: tuple[PurchasePlan, ...]


def work_order_changes(before: Sequence[WorkOrderPlan], after: Sequence[WorkOrderPlan]) -> tuple[WorkOrderChange, ...]:
    """Work orders by name that are not in both plans with one quantity, start and end."""
    old, new = {w.wo: w for w in before}, {w.wo: w for w in after}
    found = []
    for name in sorted({**old, **new}):
        was, now = old.get(name), new.get(name)
        known = now or was
        assert known is not None
        qty, qty_before = (now.qty if now else None), (was.qty if was else None)
        kind = _kind(qty_before, qty)
        if kind == "moved" and was and now and (was.start, was.end) == (now.start, now.end):
            continue
        found.append(
            WorkOrderChange(
                wo=name,
                item=known.item,
                kind=kind,
                qty_before=qty_before,
                qty=qty,
                start_before=was.start if was else None,
                start=now.start if now else None,
                end_before=was.end if was else None,
                end=now.end if now else None,
            )
        )
    return tuple(found)


def purchase_changes(before: Sequence[PurchasePlan], after: Sequence[PurchasePlan]) -> tuple[PurchaseChange, ...]:
    """Proposed purchases that are not in both plans with one quantity, order-by day and due date."""
    found = []
    for was, now in _pairs(_proposed(before), _proposed(after)):
        known = now or was
        assert known is not None
        kind = _kind(was.qty if was else None, now.qty if now else None)
        if kind == "moved" and was and now and (was.order_by, was.due) == (now.order_by, now.due):
            continue
        found.append(
            PurchaseChange(
                po_before=was.po if was else "",
                po=now.po if now else "",
                item=known.item,
                supplier=known.supplier,
                kind=kind,
                qty_before=was.qty if was else None,
                qty=now.qty if now else None,
                order_by_before=was.order_by if was else None,
                order_by=now.order_by if now else None,
                due_before=was.due if was else None,
                due=now.due if now else None,
                cost_before=was.cost if was else None,
                cost=now.cost if now else None,
            )
        )
    return tuple(sorted(found, key=lambda c: (c.item, c.supplier, c.due or c.due_before or 0, c.po, c.po_before)))


def messages(purchases: Sequence[PurchasePlan]) -> list[PurchasePlan]:
    """What a plan asks suppliers to change of open purchase orders."""
    return [p for p in purchases if p.action != "order"]


def message_changes(before: Sequence[PurchasePlan], after: Sequence[PurchasePlan]) -> tuple[MessageChange, ...]:
    """Open purchase orders of which the plans do not ask the same."""
    asked: list[dict[tuple[str, str, str], list[PurchasePlan]]] = [defaultdict(list), defaultdict(list)]
    for by_po, purchases in zip(asked, (before, after), strict=True):
        for row in messages(purchases):
            by_po[row.po, row.item, row.supplier].append(row)
    found = []
    for key in sorted({*asked[0], *asked[1]}):
        old, new = (tuple(by_po.get(key, ())) for by_po in asked)
        if {_wanted(row) for row in old} != {_wanted(row) for row in new}:
            found.append(MessageChange(po=key[0], item=key[1], supplier=key[2], before=old, after=new))
    return tuple(found)


def _wanted(row: PurchasePlan) -> tuple[str, float, int | None]:
    return row.action, row.qty, row.need


def _kind(qty_before: float | None, qty: float | None) -> SupplyKind:
    if qty_before is None or qty is None:
        return "added" if qty_before is None else "dropped"
    return "moved" if qty_before == qty else "quantity"


def _proposed(purchases: Sequence[PurchasePlan]) -> list[PurchasePlan]:
    return [p for p in purchases if p.action == "order"]


def _pairs(
    before: list[PurchasePlan], after: list[PurchasePlan]
) -> Iterator[tuple[PurchasePlan | None, PurchasePlan | None]]:
    """Purchases of an item from a supplier in pairs: those alike, then those of one name, then as they fall due."""
    rest: list[dict[tuple[str, str], list[PurchasePlan]]] = []
    for rows in (before, after):
        by_item: dict[tuple[str, str], list[PurchasePlan]] = defaultdict(list)
        for row in sorted(rows, key=lambda p: (p.due, p.po)):
            by_item[row.item, row.supplier].append(row)
        rest.append(by_item)
    for key in sorted({*rest[0], *rest[1]}):
        old, new = rest[0].get(key, []), rest[1].get(key, [])
        for of in (_alike, _name):
            known = {of(p): p for p in new}
            both = [(p, known.pop(of(p))) for p in old if of(p) in known]
            yield from both
            old = [p for p in old if all(p is not pair[0] for pair in both)]
            new = [p for p in new if all(p is not pair[1] for pair in both)]
        for i in range(max(len(old), len(new))):
            yield old[i] if i < len(old) else None, new[i] if i < len(new) else None


def _alike(p: PurchasePlan) -> tuple[float, int, int]:
    return p.qty, p.order_by, p.due


def _name(p: PurchasePlan) -> str:
    return p.po
