"""A supply plan on top of another one: as a problem of its own, and both as one plan, with what is taken out of it.

In the plan on top, work order or purchase `i` of the one below is index `-2 - i`.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import numpy as np
from numpy.typing import NDArray

from pegboard.tables.supply import Link, SupplyPlan, Work, spans

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
Supply = tuple[str, int]
"""Kind and index of a supply."""


@dataclass(frozen=True)
class Kept:
    """What stays of a supply plan, as masks over its lines, work orders, purchases, links and operations."""

    line: Mask
    work: Mask
    purchase: Mask
    link: Mask
    op: Mask


def all_kept(plan: SupplyPlan) -> Kept:
    """Everything stays."""
    sizes = (len(plan.lines), len(plan.works), len(plan.purchases), len(plan.links), plan.op_row.size)
    return Kept(*(np.ones(n, bool) for n in sizes))


class Pegging:
    """The links of a plan by those who draw and by what they draw on."""

    def __init__(self, plan: SupplyPlan) -> None:
        self.plan = plan
        self.of_line: dict[int, list[int]] = defaultdict(list)
        self.of_work: dict[int, list[int]] = defaultdict(list)
        self.of_supply: dict[Supply, list[int]] = defaultdict(list)
        for i, link in enumerate(plan.links):
            if link.line >= 0:
                self.of_line[link.line].append(i)
            else:
                self.of_work[link.work].append(i)
            self.of_supply[link.supply_kind, link.index].append(i)

    def without(self, lines: Sequence[int]) -> Kept:
        """What stays without some lines: not the new work orders and purchases that served these alone."""
        kept = all_kept(self.plan)
        kept.line[list(lines)] = False
        left: dict[Supply, int] = {}
        todo = [i for line in lines for i in self.of_line.get(line, ())]
        while todo:
            i = todo.pop()
            kept.link[i] = False
            link = self.plan.links[i]
            supply = link.supply_kind, link.index
            left[supply] = left.get(supply, len(self.of_supply[supply])) - 1
            if left[supply] == 0 and link.supply_kind == "purchase":
                kept.purchase[link.index] = False
            elif left[supply] == 0 and link.supply_kind == "wo" and self.plan.works[link.index].record is None:
                work = self.plan.works[link.index]
                kept.work[link.index] = False
                kept.op[work.first_op : work.first_op + work.n_op] = False
                todo.extend(self.of_work.get(link.index, ()))
        return kept


def dated(top: SupplyPlan, delivered: Sequence[int]) -> SupplyPlan:
    """The supply of lines on top of a plan as a problem of its own: what comes of the plan is dated like stock.

    A line takes the work order `w` of the plan as soon as that is `delivered[w]`.
    """
    return msgspec.structs.replace(top, links=[_dated(link, delivered) for link in top.links])


def _dated(link: Link, delivered: Sequence[int]) -> Link:
    if link.index >= -1:
        return link
    at = delivered[-2 - link.index] if link.line >= 0 and link.supply_kind == "wo" else link.available
    return msgspec.structs.replace(link, supply_kind="stock", index=-1, available=at)


class _Numbers:
    """New numbers of what is kept of a plan, and of what stands after it."""

    def __init__(self, kept: Mask) -> None:
        self.size = int(kept.sum())
        found = np.full(kept.size + 1, -1, np.int64)
        found[:-1][kept] = np.arange(self.size)
        self.of: list[int] = found.tolist()  # number -1 stays -1
        self.is_same = self.size == kept.size


def joined(plan: SupplyPlan, kept: Kept, top: SupplyPlan) -> SupplyPlan:
    """One supply plan of both, the rows and operations of `top` after what is kept of `plan`."""
    line, work, purchase, op = (_Numbers(m) for m in (kept.line, kept.work, kept.purchase, kept.op))
    works = [_below(w, line.of, op.of) for w, k in zip(plan.works, kept.work.tolist(), strict=True) if k]
    works.extend(_above(w, line.size, op.size) for w in top.works)
    for link in top.links:
        if link.index < -1 and link.supply_kind == "wo":
            w = work.of[-2 - link.index]
            works[w] = msgspec.structs.replace(works[w], is_spare=False)
    links: list[Link] = plan.links
    if not (line.is_same and work.is_same and purchase.is_same):
        index = {"wo": work.of, "purchase": purchase.of}
        links = [
            _renumbered(x, index.get(x.supply_kind), line.of, work.of, op.of)
            for x, k in zip(plan.links, kept.link.tolist(), strict=True)
            if k
        ]
    links = [*links, *(_raised(x, line.size, (work, purchase), op.size) for x in top.links)]

    def ops(name: str) -> np.ndarray:
        return np.concatenate([getattr(plan, name)[kept.op], getattr(top, name)])

    counts = np.diff(plan.pred_ptr)
    below = np.array(op.of, np.int64)[plan.pred_op[np.repeat(kept.op, counts)]]
    return SupplyPlan(
        lines=[*(x for x, k in zip(plan.lines, kept.line.tolist(), strict=True) if k), *top.lines],
        works=works,
        purchases=[
            *(x for x, k in zip(plan.purchases, kept.purchase.tolist(), strict=True) if k),
            *top.purchases,
        ],
        links=links,
        buffers=plan.buffers,
        op_work=np.concatenate([np.array(work.of, np.int64)[plan.op_work[kept.op]], top.op_work + work.size]),
        op_row=ops("op_row"),
        op_qty=ops("op_qty"),
        op_part=ops("op_part"),
        latest_arrival=ops("latest_arrival"),
        latest_start=ops("latest_start"),
        latest_end=ops("latest_end"),
        pred_ptr=spans(np.concatenate([counts[kept.op], np.diff(top.pred_ptr)])),
        pred_op=np.concatenate([below, top.pred_op + op.size]),
        unplanned={line.of[i]: why for i, why in plan.unplanned.items() if kept.line[i]}
        | {i + line.size: why for i, why in top.unplanned.items()},
        findings=[*plan.findings, *top.findings],
    )


def _below(work: Work, line: list[int], op: list[int]) -> Work:
    first = op[work.first_op] if work.n_op else 0
    if line[work.line] == work.line and first == work.first_op:
        return work
    return msgspec.structs.replace(work, line=line[work.line], first_op=first)


def _above(work: Work, n_line: int, n_op: int) -> Work:
    line = work.line + n_line if work.line >= 0 else work.line
    return msgspec.structs.replace(work, line=line, first_op=work.first_op + n_op)


def _renumbered(link: Link, index: list[int] | None, line: list[int], work: list[int], op: list[int]) -> Link:
    at = link.index if index is None else index[link.index]
    return Link(
        link.supply_kind,
        link.supply,
        at,
        link.available,
        link.expires,
        line[link.line],
        work[link.work],
        op[link.op],
        link.item,
        link.qty,
        link.hard,
    )


def _raised(link: Link, n_line: int, below: tuple[_Numbers, _Numbers], n_op: int) -> Link:
    """A link of the plan on top: its own rows come after those below, others are counted among those below."""
    work, purchase = below
    index = link.index
    if link.supply_kind in ("wo", "purchase"):
        numbers = work if link.supply_kind == "wo" else purchase
        index = numbers.of[-2 - index] if index < -1 else index + numbers.size
    return msgspec.structs.replace(
        link,
        index=index,
        line=link.line + n_line if link.line >= 0 else -1,
        work=link.work + work.size if link.work >= 0 else -1,
        op=link.op + n_op if link.op >= 0 else -1,
    )
