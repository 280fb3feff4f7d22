"""Items and purchases of a plan as lists: searched, in pages, by columns."""

from collections.abc import Sequence
from typing import Any

import msgspec

from pegboard.domain.factory import Factory
from pegboard.domain.plan import Plan
from pegboard.insight.buying import ToBuy, buyers_list
from pegboard.insight.item_page import ItemHead, heads


class ColumnsPage(msgspec.Struct, frozen=True, kw_only=True):
    """A page of a table by columns; `n` rows are on it, `of` in all, the next page begins at `next`."""

    n: int
    of: int
    next: int | None
    columns: dict[str, list[Any]]


def item_columns(factory: Factory, plan: Plan, q: str, limit: int, offset: int, *, sellable: bool) -> ColumnsPage:
    """The items whose name or description holds a text, by name; of those only what is sold, where that is asked."""
    text = q.casefold()
    found = [
        head
        for head in heads(factory, plan, sorted(factory.items))
        if text in f"{head.item}\n{head.description}".casefold() and (head.sellable or not sellable)
    ]
    return _page(ItemHead, found, limit, offset)


def purchase_columns(plan: Plan, limit: int, offset: int) -> ColumnsPage:
    """What to buy and what to change of what is ordered, by the day on which to order, with the orders that wait."""
    rows = [row for supplier in buyers_list(plan) for row in (*supplier.purchases, *supplier.changes)]
    return _page(ToBuy, sorted(rows, key=lambda r: (r.order_by, r.item, r.po, r.action)), limit, offset)


def _page(kind: type[msgspec.Struct], rows: Sequence[Any], limit: int, offset: int) -> ColumnsPage:
    shown = rows[offset : offset + limit]
    columns = {name: [getattr(row, name) for row in shown] for name in kind.__struct_fields__}
    following = offset + limit if offset + limit < len(rows) else None
    return ColumnsPage(n=len(shown), of=len(rows), next=following, columns=columns)
