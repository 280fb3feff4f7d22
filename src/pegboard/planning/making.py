"""How long it takes to make an item on an average week if it waits for nobody, by what the time is spent on.

One smallest lot each. Working time is stretched by how much of the week its resource is open; capacity that others
hold and materials are not looked at.
"""

from collections.abc import Mapping
from typing import NamedTuple

from pegboard.domain.calendar import DAY, PPM
from pegboard.domain.factory import Factory
from pegboard.tables.process import Candidate, ProcessTable, StepRow

WEEK = 7 * DAY
_DAY_US = DAY * PPM
_MIN_PER_DAY = 1440
_NOTHING: Candidate = (0, 0, 0, 0.0, 1, 1.0)


class Days(NamedTuple):
    """A stretch of time in days, by what it is spent on.

    `touch` is setup and run, `wait` is waiting and moving, `closed` what closed time adds to touch, queue and moves.
    `given` are lead times that are known as such: of purchases, subcontracted steps, items made without a routing.
    """

    touch: float = 0.0
    queue: float = 0.0
    wait: float = 0.0
    closed: float = 0.0
    given: float = 0.0

    @property
    def total(self) -> float:
        """All of it together."""
        return self.touch + self.queue + self.wait + self.closed + self.given

    def and_then(self, other: "Days") -> "Days":
        """This stretch and another one."""
        return Days(
            self.touch + other.touch,
            self.queue + other.queue,
            self.wait + other.wait,
            self.closed + other.closed,
            self.given + other.given,
        )

    def without(self, first: "Days") -> "Days":
        """What is left after a beginning of it; in its own proportions where the two have taken different ways."""
        left = Days(*(a - b for a, b in zip(self, first, strict=True)))
        if min(left) > -1e-9 or self.total <= 0:
            return left
        return Days(*(part * left.total / self.total for part in self))


NONE = Days()


class Making(NamedTuple):
    """How long the longest way through an item's steps is, and the way to where each step takes its components.

    A first step takes them before it queues, a later one when its setup starts. Step None is the first one.
    """

    days: Days
    until: Mapping[int | None, Days]


class Makings:
    """The makings of a factory's items, each on its route and candidates of least rank."""

    def __init__(self, factory: Factory, table: ProcessTable) -> None:
        self.factory, self.table = factory, table
        weeks = max((factory.horizon - factory.now) // WEEK, 1)
        first, last = factory.now, factory.now + weeks * WEEK
        span = last - first
        rows = table.timelines.rows
        self._open = [max(t.open_until(last) - t.open_until(first), 1) / span for t in rows]
        self._work = [max(t.work_until(last) - t.work_until(first), PPM) / PPM / span for t in rows]
        self._of_res = table.res_timeline.tolist()

    def making(self, item: str) -> Making:
        """Days to make an item that the table has a process for."""
        process = self.table.processes[self.table.process(item)]
        if self.table.rows[process.first].step is None:
            return Making(Days(given=self.factory.items[item].lead_time_days), {})
        qty = max(self.factory.items[item].min_qty, 1.0)
        ended: dict[int, Days] = {}
        until: dict[int | None, Days] = {}
        for at in range(process.first, process.end):
            row = self.table.rows[at]
            before = max((ended[p] for p in row.preds), key=_total, default=NONE)
            cand = min(row.cands, key=_preference, default=_NOTHING)  # a step that nothing can do blocks its item
            begun = before.and_then(self._queue(row, cand))
            until[row.number] = begun if row.preds else before
            ended[at] = begun.and_then(self._step(row, cand, qty))
        until[None] = until[self.table.rows[process.start].number]
        return Making(max(ended.values(), key=_total), until)

    def _queue(self, row: StepRow, cand: Candidate) -> Days:
        """The queue before a step, in open time of its resource."""
        assert row.step is not None
        queue = row.step.queue_min / _MIN_PER_DAY
        return Days(queue=queue, closed=queue / self._open[self._of_res[cand[0]]] - queue)

    def _step(self, row: StepRow, cand: Candidate, qty: float) -> Days:
        """A step from its setup until its lot has waited and moved."""
        assert row.step is not None
        work = (cand[1] + cand[2] + cand[3] * qty) / _DAY_US
        wait, move = row.step.wait_min / _MIN_PER_DAY, row.step.move_min / _MIN_PER_DAY
        moving = move / self._open[self.table.factory_tl] - move
        if row.step.lead_time_days is not None and row.step.supplier:
            return Days(0.0, 0.0, wait + move, moving, work / self._open[self._of_res[cand[0]]])
        return Days(work, 0.0, wait + move, work / self._work[self._of_res[cand[0]]] - work + moving, 0.0)


def _total(days: Days) -> float:
    return days.total


def _preference(cand: Candidate) -> tuple[float, ...]:
    """The same as `ProcessTable.preferred`."""
    return cand[4], cand[3], cand[1] + cand[2], cand[0]
