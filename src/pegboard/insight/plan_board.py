"""The board of a plan as columns: its rows, when they are closed, and every operation on them by number.

Operations are numbered by resource and setup start; the same plan gives the same numbers. Columns refer to rows,
lines and texts by place, so that a plan of a million operations travels in a few bytes each.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import msgspec
import numpy as np

from pegboard.domain.calendar import FAR
from pegboard.insight.planned import Planned
from pegboard.insight.rows import slack_seconds
from pegboard.scheduling.problem import Ints
from pegboard.tables.supply import Line

KINDS = ("machine", "labour", "tool", "space", "outside")
PLANNED, RELEASED, STARTED, PAUSED = range(4)


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the board: a resource, or who does steps outside the factory."""

    id: str
    name: str
    group: str
    kind: str
    capacity: float


class Columns(msgspec.Struct, frozen=True, kw_only=True):
    """A table by columns of the same length."""

    n: int
    columns: dict[str, list[int]]


class LineColumns(msgspec.Struct, frozen=True, kw_only=True):
    """Customer-order lines by columns; what is not planned has no completion."""

    n: int
    columns: dict[str, list[int | None]]


class Board(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the board shows at first sight. Instants are UTC seconds, `slack` and `lateness` seconds."""

    now: int
    zone: str
    from_: int = msgspec.field(name="from")
    to: int
    frozen_until: int
    resources: tuple[Row, ...]
    closed: Columns
    texts: dict[str, list[str]]
    lines: LineColumns
    operations: Columns
    also: Columns


class _Texts:
    """Names told once: each new one gets the next number."""

    def __init__(self) -> None:
        self._number: dict[str, int] = {}

    def __call__(self, names: Iterable[str]) -> list[int]:
        number = self._number
        return [number.setdefault(name, len(number)) for name in names]

    @property
    def told(self) -> list[str]:
        return list(self._number)


@dataclass(frozen=True)
class BoardView:
    """A plan as seen from the board: which row each resource is, and which operation each number."""

    planned: Planned

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """The rows in order: by kind and group, then by name."""
        p = self.planned
        found = [
            Row(id=r.resource, name=r.name, group=", ".join(r.group), kind=r.kind, capacity=r.capacity)
            for r in p.factory.resources.values()
        ]
        known = {r.id for r in found}
        outside = sorted(set(self._outside.values()) - known)
        found += [Row(id=name, name="", group="", kind="outside", capacity=0.0) for name in outside]
        return tuple(sorted(found, key=lambda r: (KINDS.index(r.kind), r.group, r.id)))

    @cached_property
    def row_of(self) -> dict[str, int]:
        """The number of each row by its name."""
        return {row.id: i for i, row in enumerate(self.rows)}

    @cached_property
    def ops(self) -> Ints:
        """The operations of the problem in the order of their numbers on the board; waiting for lead times is none."""
        p = self.planned
        real = np.array([r.step is not None for r in p.table.rows], bool)[p.problem.ops.step]
        real &= p.schedule.end >= 0
        ops = np.flatnonzero(real)
        return ops[np.lexsort((ops, p.schedule.setup_start[ops], self.row_of_op[ops]))]

    @cached_property
    def number(self) -> Ints:
        """The number of each operation of the problem on the board, -1 where it is not on it."""
        found = np.full(self.planned.problem.n_op, -1, np.int64)
        found[self.ops] = np.arange(self.ops.size)
        return found

    @cached_property
    def line_of_work(self) -> Ints:
        """The most urgent line that each work order serves, directly or through others; -1 for none."""
        supply = self.planned.supply
        rank = _ranks(supply.lines)
        links = [x for x in supply.links if x.supply_kind == "wo" and x.index >= 0]
        child = np.array([x.index for x in links], np.int64)
        parent = np.array([x.work for x in links], np.int64)
        line = np.array([x.line for x in links], np.int64)
        best = np.full(len(supply.works) + 1, FAR, np.int64)
        made_for = np.array([w.line for w in supply.works], np.int64)
        direct = line >= 0
        np.minimum.at(best, child[direct], rank[line[direct]])
        child, parent = child[~direct], parent[~direct]
        while True:
            was = best.copy()
            np.minimum.at(best, child, was[parent])
            if (best == was).all():
                break
        by_rank = np.argsort(rank)
        found = np.full(len(supply.works), -1, np.int64)
        served = best[:-1] < FAR
        found[served] = by_rank[best[:-1][served]]
        return np.where(served, found, made_for)

    @cached_property
    def statuses(self) -> Ints:
        """How far each operation of the problem is: planned, released, started or paused."""
        p = self.planned
        works = p.supply.works
        released = np.array([w.record is not None and w.record.status in ("released", "started") for w in works], bool)
        found = np.where(released[p.supply.op_work], RELEASED, PLANNED)
        begun = np.flatnonzero(p.problem.ops.setup_done == 1)
        found[begun] = STARTED
        for op in begun.tolist():
            step = p.table.rows[p.problem.ops.step[op]].step
            told = p.factory.progress.get((works[p.supply.op_work[op]].wo, step.step)) if step else None
            if told is not None and told.status == "paused":
                found[op] = PAUSED
        return found

    @cached_property
    def _outside(self) -> dict[int, str]:
        """Operations done outside the factory, and who does them."""
        p = self.planned
        res = p.problem.steps.cand_res[p.schedule.cand]
        found = {}
        for op in np.flatnonzero((res >= p.table.outside_res) & (p.schedule.end >= 0)).tolist():
            step = p.table.rows[p.problem.ops.step[op]].step
            if step is not None:
                found[op] = step.resource or step.supplier
        return found

    @cached_property
    def row_of_op(self) -> Ints:
        """The row of each operation of the problem; -1 for the passing of lead times."""
        p = self.planned
        of_resource = np.array([self.row_of.get(name, -1) for name in p.problem.res_names], np.int64)
        found = of_resource[p.problem.steps.cand_res[p.schedule.cand]]
        if self._outside:
            found[list(self._outside)] = [self.row_of[name] for name in self._outside.values()]
        return found


def _ranks(lines: Sequence[Line]) -> Ints:
    """The place of each line by urgency: priority, need, name."""
    order = sorted(range(len(lines)), key=lambda i: (lines[i].priority, lines[i].need, lines[i].id))
    rank = np.empty(len(lines), np.int64)
    rank[order] = np.arange(len(lines))
    return rank


def board(view: BoardView) -> Board:
    """The columns of a plan's board."""
    p, s, ops = view.planned, view.planned.schedule, view.ops
    texts: dict[str, _Texts] = defaultdict(_Texts)
    lines = p.supply.lines
    done = p.completion
    due = [line.due for line in lines]
    begin = min([p.factory.now, *s.setup_start[ops].tolist()])
    end = max([p.factory.now, *s.end[ops].tolist(), *due, *(t for t in done if t is not None)])
    line_columns: dict[str, list[int | None]] = {
        "customer": [*texts["customer"](line.record.customer for line in lines)],
        "item": [*texts["item"](line.record.item for line in lines)],
        "due": [*due],
        "completion": [*done],
        "lateness": [None if t is None else t - at for t, at in zip(done, due, strict=True)],
    }
    operations = _operations(view, texts)
    return Board(
        now=p.factory.now,
        zone=p.factory.zone.key,
        from_=begin,
        to=end,
        frozen_until=p.factory.now + int(p.factory.policy.freeze_minutes * 60),
        resources=view.rows,
        closed=_closed(view, begin, end),
        texts={name: texts[name].told for name in ("wo", "item", "name", "family", "customer")}
        | {"line": [line.id for line in lines]},
        lines=LineColumns(n=len(lines), columns=line_columns),
        operations=Columns(n=ops.size, columns=operations),
        also=_also(view),
    )


def _operations(view: BoardView, texts: dict[str, _Texts]) -> dict[str, list[int]]:
    p, s, ops = view.planned, view.planned.schedule, view.ops
    works, of = p.supply.works, p.supply.op_work[ops]
    step = p.problem.ops.step[ops]
    number = np.array([r.step.step if r.step else 0 for r in p.table.rows], np.int64)
    name = np.array(texts["name"](r.step.name if r.step else "" for r in p.table.rows), np.int64)
    work_item = np.array(texts["item"](w.item for w in works), np.int64)
    family = np.array(texts["family"]([*p.problem.family_names, ""]), np.int64)
    work = np.array(texts["wo"](w.wo for w in works), np.int64)
    columns: dict[str, Ints] = {
        "wo": work[of],
        "step": number[step],
        "part": p.supply.op_part[ops],
        "name": name[step],
        "resource": view.row_of_op[ops],
        "setup_start": s.setup_start[ops],
        "start": s.start[ops],
        "end": s.end[ops],
        "line": view.line_of_work[of],
        "item": work_item[of],
        "family": family[p.problem.ops.family[ops]],
        "status": view.statuses[ops],
        "locked": (p.problem.ops.pin_start[ops] >= 0).astype(np.int64),
        "slack": np.round(slack_seconds(p)[ops]).astype(np.int64),
    }
    return {name: column.tolist() for name, column in columns.items()}


def _closed(view: BoardView, begin: int, end: int) -> Columns:
    """The stretches between two instants in which rows are closed."""
    p = view.planned
    spans: dict[int, list[tuple[int, int]]] = {}
    columns: dict[str, list[int]] = {"resource": [], "start": [], "end": []}
    for r, row in enumerate(view.rows):
        timeline = p.factory.timelines.get(row.id)
        if timeline is None:
            continue
        if id(timeline) not in spans:
            spans[id(timeline)] = list(_gaps(timeline.start, timeline.end, begin, end))
        for a, b in spans[id(timeline)]:
            columns["resource"].append(r)
            columns["start"].append(a)
            columns["end"].append(b)
    return Columns(n=len(columns["start"]), columns=columns)


def _gaps(starts: Sequence[int], ends: Sequence[int], begin: int, end: int) -> Iterable[tuple[int, int]]:
    """The gaps between open stretches, within two instants."""
    at = begin
    for start, stop in zip(starts, ends, strict=True):
        if start >= end:
            break
        if start > at:
            yield at, start
        at = max(at, stop)
    if at < end:
        yield at, end


def _also(view: BoardView) -> Columns:
    """The further resources that operations hold."""
    p, ops = view.planned, view.ops
    ptr = p.problem.ops.need_ptr
    counts = np.diff(ptr)[ops]
    operation = np.repeat(np.arange(ops.size), counts)
    k = np.arange(operation.size) - np.repeat(np.cumsum(counts) - counts, counts)
    res = p.schedule.need_res[ptr[ops][operation] + k]
    row = np.array([view.row_of.get(name, -1) for name in p.problem.res_names], np.int64)[res]
    known = row >= 0
    return Columns(
        n=int(known.sum()), columns={"operation": operation[known].tolist(), "resource": row[known].tolist()}
    )
