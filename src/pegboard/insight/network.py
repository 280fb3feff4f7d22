"""The whole network of an operation: all that is made and bought for the order lines it serves, through all levels."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property

import msgspec
import numpy as np

from pegboard.insight.plan_board import BoardView
from pegboard.tables.supply import Link


class NetworkPurchase(msgspec.Struct, frozen=True, kw_only=True):
    """A purchase, open or to be made, that the network draws on; `due` in seconds UTC."""

    po: str
    item: str
    supplier: str
    due: int


class Network(msgspec.Struct, frozen=True, kw_only=True):
    """Operations by their numbers on the board, arcs from one to the next, lines served, and purchases drawn on."""

    operations: list[int]
    arcs: list[tuple[int, int]]
    lines: list[str]
    purchases: list[NetworkPurchase]


class Networks:
    """The networks of one plan."""

    def __init__(self, view: BoardView) -> None:
        self._view = view
        self._p = view.planned

    def of(self, number: int) -> Network:
        """The network of an operation of the board."""
        work = int(self._p.supply.op_work[self._view.ops[number]])
        above = _reached([work], self._parents)
        lines = sorted({line for w in above for line in self._lines[w]})
        links = [x for line in lines for x in self._p.links_of_line.get(line, ())]
        works = _reached([work, *(x.index for x in links if x.supply_kind == "wo")], self._children) | above
        links += [x for w in works for x in self._drawn[w]]
        ops = np.flatnonzero(np.isin(self._p.supply.op_work, sorted(works)))
        return Network(
            operations=sorted(n for n in self._view.number[ops].tolist() if n >= 0),
            arcs=self._arcs(ops.tolist()),
            lines=[self._p.supply.lines[i].id for i in lines],
            purchases=self._purchases(links),
        )

    def below(self, lines: Iterable[int]) -> tuple[set[int], set[str]]:
        """The work orders that are made for lines through all levels, and the purchases drawn on, by name."""
        links = [x for line in lines for x in self._p.links_of_line.get(line, ())]
        works = _reached((x.index for x in links if x.supply_kind == "wo"), self._children)
        links += [x for w in works for x in self._drawn[w]]
        return works, {x.supply for x in links if x.supply_kind in ("po", "purchase")}

    @cached_property
    def parent_of(self) -> Mapping[int, int]:
        """The first work order that each one goes into."""
        return {child: min(parents) for child, parents in self._parents.items()}

    def _arcs(self, ops: list[int]) -> list[tuple[int, int]]:
        """The arcs between operations, by numbers of the board; those over the passing of a lead time are joined."""
        arcs, number, inside = self._p.problem.arcs, self._view.number, set(ops)
        found = set()
        for op in ops:
            todo = arcs.succ[arcs.ptr[op] : arcs.ptr[op + 1]].tolist() if number[op] >= 0 else []
            while todo:
                after = todo.pop()
                if number[after] >= 0 and after in inside:
                    found.add((int(number[op]), int(number[after])))
                elif number[after] < 0:
                    todo.extend(arcs.succ[arcs.ptr[after] : arcs.ptr[after + 1]].tolist())
        return sorted(found)

    def _purchases(self, links: Iterable[Link]) -> list[NetworkPurchase]:
        p = self._p
        suppliers = {r.po: r.supplier for rows in p.factory.receipts.values() for r in rows}
        found = {}
        for x in links:
            if x.supply_kind == "purchase":
                source = p.supply.purchases[x.index].source
                supplier = source.supplier if source else ""
            elif x.supply_kind == "po":
                supplier = suppliers.get(x.supply.partition("/")[0], "")
            else:
                continue
            found[x.supply, x.item] = NetworkPurchase(po=x.supply, item=x.item, supplier=supplier, due=p.supplied_at(x))
        return [found[key] for key in sorted(found)]

    @cached_property
    def _drawn(self) -> Mapping[int, list[Link]]:
        """The pegs of each work order's needs."""
        found: dict[int, list[Link]] = defaultdict(list)
        for x in self._p.supply.links:
            if x.work >= 0 and x.line < 0:
                found[x.work].append(x)
        return found

    @cached_property
    def _children(self) -> Mapping[int, list[int]]:
        return _grouped((x.work, x.index) for x in self._between)

    @cached_property
    def _parents(self) -> Mapping[int, list[int]]:
        return _grouped((x.index, x.work) for x in self._between)

    @cached_property
    def _between(self) -> list[Link]:
        return [x for x in self._p.supply.links if x.supply_kind == "wo" and x.line < 0]

    @cached_property
    def _lines(self) -> Mapping[int, list[int]]:
        return _grouped((x.index, x.line) for x in self._p.supply.links if x.supply_kind == "wo" and x.line >= 0)


def _grouped(pairs: Iterable[tuple[int, int]]) -> Mapping[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for key, value in pairs:
        found[key].append(value)
    return found


def _reached(start: Iterable[int], following: Mapping[int, list[int]]) -> set[int]:
    """All that can be reached, the start among it."""
    found: set[int] = set()
    todo = list(start)
    while todo:
        at = todo.pop()
        if at not in found:
            found.add(at)
            todo.extend(following.get(at, ()))
    return found
