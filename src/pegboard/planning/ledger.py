"""What one run over the levels has planned so far: work orders, purchases, pegs, and what comes out besides."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence

from pegboard.domain.calendar import FAR
from pegboard.domain.factory import Factory
from pegboard.domain.finding import Finding
from pegboard.planning.byproducts import yielded
from pegboard.planning.explode import Exploder
from pegboard.planning.net import Draw, Source, Taken
from pegboard.tables.process import ProcessTable
from pegboard.tables.supply import Line, Link, Purchase, Work


class Ledger:
    """Grows as items are netted level by level; work orders and purchases are named by their place in it."""

    def __init__(self, factory: Factory, table: ProcessTable, lines: Sequence[Line], exploder: Exploder) -> None:
        self.factory, self.table, self.lines, self.exploder = factory, table, lines, exploder
        self.works: list[Work] = []
        self.purchases: list[Purchase] = []
        self.links: list[Link] = []
        self.findings: list[Finding] = []
        self.byproducts: dict[str, list[tuple[int, float]]] = defaultdict(list)
        self._drawn_by: dict[int, set[int]] = defaultdict(set)
        self._numbers: dict[str, int] = defaultdict(int)
        self._bought: dict[str, int] = defaultdict(int)
        self._names: Collection[str] = {w.wo for rows in factory.work_orders.values() for w in rows}
        self._purchase_names: Collection[str] = ()

    def name_apart(self, works: Collection[str], purchases: Collection[str]) -> None:
        """Give none of these names to what is new."""
        self._names, self._purchase_names = works, purchases

    def add_work(self, work: Work) -> int:
        """Take a work order in, and what it yields besides its item."""
        self.works.append(work)
        w = len(self.works) - 1
        if work.item in self.factory.byproducts:
            for item, qty in yielded(self.table, self.exploder, work):
                self.byproducts[item].append((w, qty))
        return w

    def add_purchase(self, purchase: Purchase) -> int:
        """Take a purchase in."""
        self.purchases.append(purchase)
        return len(self.purchases) - 1

    def work_name(self, prefix: str) -> str:
        """A new name for a work order, `prefix-1`, `prefix-2` and so on."""
        while True:
            self._numbers[prefix] += 1
            name = f"{prefix}-{self._numbers[prefix]}"
            if name not in self._names:
                return name

    def purchase_name(self, item: str) -> str:
        """A new name for a purchase."""
        while True:
            self._bought[item] += 1
            name = f"P-{item}-{self._bought[item]}"
            if name not in self._purchase_names:
                return name

    def peg(self, item: str, t: Taken, op: int, qty: float) -> None:
        """Note that a draw takes of a source; a work order is wanted when the first that draws on it needs it."""
        s, d = t.source, t.draw
        line = d.line if d.work < 0 else -1
        hard = bool(s.reserved) or self.factory.items[item].pegging == "hard"
        expires = FAR if s.kind == "purchase" else s.expires  # when it arrives is settled after the schedule
        self.links.append(Link(s.kind, s.id, s.index, s.available, expires, line, d.work, op, item, qty, hard))
        if s.kind != "wo" or s.index < 0:
            return
        work = self.works[s.index]
        work.is_spare = work.is_spare and d.is_spare
        if s.made_by < 0:
            work.need = min(work.need, d.need) if work.record is None or work.line >= 0 else d.need
            work.earliest = min(work.earliest, d.earliest)
            if work.line < 0 and not work.stock:
                work.line = d.line

    def draws_on(self, work: int, supply: int) -> None:
        """Note that a work order waits for another one."""
        self._drawn_by[supply].add(work)

    def comes_after(self, work: int, other: int) -> bool:
        """Whether a work order draws, over however many others, on another one or is that one itself."""
        todo, seen = [other], {other}
        while todo:
            at = todo.pop()
            if at == work:
                return True
            fresh = self._drawn_by.get(at, set()) - seen
            seen |= fresh
            todo.extend(fresh)
        return False

    def left_over(self) -> Iterator[tuple[Work, float]]:
        """Existing work orders that yield more than is drawn from them, and how much."""
        given: dict[int, float] = defaultdict(float)
        for link in self.links:
            if link.supply_kind == "wo" and link.index >= 0 and link.item == self.works[link.index].item:
                given[link.index] += link.qty
        for w, work in enumerate(self.works):
            if work.record is not None and given[w] < work.good - 1e-9:
                yield work, work.good - given[w]


class Pairing:
    """Which sources may serve which draws: none that are barred, and no by-product of what waits for the draw."""

    def __init__(self, ledger: Ledger, barred: frozenset[tuple[str, str]]) -> None:
        self._ledger, self._barred = ledger, barred
        self._has_byproducts = bool(ledger.factory.byproducts)

    def allows(self, source: Source, draw: Draw) -> bool:
        """Whether a source may serve a draw, whatever their dates."""
        if self._barred and (source.id, draw.line_id) in self._barred:
            return False
        return source.made_by < 0 or draw.work < 0 or not self._ledger.comes_after(source.made_by, draw.work)

    def note(self, source: Source, draw: Draw) -> None:
        """Remember that a draw has taken of a source: others must not close a circle with it."""
        if self._has_byproducts and source.kind == "wo" and draw.work >= 0:
            self._ledger.draws_on(draw.work, source.index)
