"""What work orders draw of their components, at which operation and when they want it."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

from pegboard.domain.factory import Factory
from pegboard.domain.quantity import round_up
from pegboard.planning.explode import Choose, Exploder
from pegboard.planning.net import Draw
from pegboard.planning.offset import Batch
from pegboard.tables.process import ProcessTable
from pegboard.tables.supply import Line, Work


class Drawing:
    """Draws of the work orders of one run over the levels; `choose` picks among alternate components."""

    def __init__(
        self, factory: Factory, table: ProcessTable, lines: Sequence[Line], exploder: Exploder, choose: Choose
    ) -> None:
        self.factory, self.table, self.lines = factory, table, lines
        self.exploder, self._choose = exploder, choose
        self._steps: dict[int, list[tuple[int | None, int]]] = {}

    def draws(self, works: Sequence[Work], batch: Batch) -> Iterator[Draw]:
        """The draws of all work orders of a batch, work order by work order.

        A divided step draws as one, so that it takes the lots that the whole step would; `parts` says how much of it
        each part takes.
        """
        row, qty, issued = batch.row.tolist(), batch.qty.tolist(), batch.issued.tolist()
        arrival, start = batch.arrival.tolist(), batch.start.tolist()
        for w in dict.fromkeys(batch.work.tolist()):
            work = works[w]
            first, last = work.first_op - batch.base, work.first_op - batch.base + work.n_op
            started: dict[int | None, float] = {}
            where: dict[int | None, range] = {}
            wanted_at: dict[int | None, int] = {}
            for number, at in self._drawing_steps(work):
                begin = bisect_left(row, at, first, last)
                if begin < last and row[begin] == at and not issued[begin]:
                    parts = where[number] = range(begin, bisect_right(row, at, begin, last))
                    latest = start if self.table.rows[at].preds else arrival
                    started[number] = qty[begin] if len(parts) == 1 else sum(qty[i] for i in parts)
                    wanted_at[number] = latest[begin] if len(parts) == 1 else min(latest[i] for i in parts)
            if not started:
                continue
            line = self.lines[work.line] if work.line >= 0 else None
            record = work.record
            route = self.table.processes[work.process].route
            for component, number, wanted in self.exploder.components(work, route, started, wanted_at, self._choose):
                parts = where[number]
                yield Draw(
                    component,
                    wanted,
                    wanted_at[number],
                    line.priority if line else 100,
                    work.line,
                    line.record.order if line else (record.order if record else ""),
                    line.id if line else work.root or work.stock,
                    self.factory.variants.of(component, work.options),
                    w,
                    batch.base + parts.start,
                    work.earliest,
                    record is not None and record.status in ("released", "started"),
                    work.is_spare,
                    () if len(parts) == 1 else self._shares(component, wanted, qty, parts),
                    customer=line.record.customer if line else "",
                )

    def _drawing_steps(self, work: Work) -> list[tuple[int | None, int]]:
        """The steps at which components are drawn, with their rows; None stands for the first one."""
        found = self._steps.get(work.process)
        if found is None:
            process = self.table.processes[work.process]
            rows = {self.table.rows[r].number: r for r in range(process.first, process.end)}
            numbers = {line.step for line in self.factory.bom.get(work.item, ())}
            found = [(n, process.first if n is None else rows[n]) for n in numbers if n is None or n in rows]
            self._steps[work.process] = found
        return found

    def _shares(self, component: str, wanted: float, qty: Sequence[float], parts: range) -> tuple[float, ...]:
        """A quantity shared out in proportion, in the component's decimals: no part lacks what those before it need."""
        decimals = self.factory.items[component].decimals
        total, done, given = sum(qty[i] for i in parts), 0.0, 0.0
        shares = []
        for i in parts:
            done += qty[i]
            upto = min(wanted, round_up(wanted * done / total, decimals))
            shares.append(round(upto - given, decimals + 3))
            given = upto
        return tuple(shares)
