"""What holds a line up: its schedule is followed from delivery back to now, and every wait on the way added up.

The way leads, at every operation, to whatever let it begin last. What is on it counts by the stretch in which it makes
wait: material until it is there, a resource while it is busy. Where nothing makes wait, closed time does, or the work.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np

from pegboard.domain.calendar import Timeline
from pegboard.domain.factory import Factory
from pegboard.domain.quote import Wait, WaitKind
from pegboard.scheduling.problem import Problem, Schedule
from pegboard.tables.supply import Link, SupplyPlan

FreeSince = Callable[[int, int], int]
"""Until when a resource was held by others before an instant."""

_RANK: dict[WaitKind, int] = {"material": 0, "buffer": 0, "resource": 0, "earliest": 0, "calendar": 1, "process": 2}


class Binding:
    """Follows the lines of a supply plan that is scheduled beside another one; `dated` has its links with their dates.

    Of what comes of the other plan `links` know the kind, `dated` the date.
    """

    def __init__(
        self,
        factory: Factory,
        supply: SupplyPlan,
        dated: Sequence[Link],
        problem: Problem,
        schedule: Schedule,
        free_since: FreeSince,
    ) -> None:
        self._factory, self._supply, self._dated = factory, supply, dated
        self._p, self._s, self._free_since = problem, schedule, free_since
        self._ptr, self._last = supply.last_ops()
        self._owner = np.repeat(np.arange(problem.n_op), np.diff(problem.arcs.ptr))

    def waits(self, line: int, done: int) -> list[Wait]:
        """Everything that line `line`, complete at `done`, waits for, what holds it up most first; at least one."""
        way = _ranked(_added_up(self._way(line))) or [self._process(line, done)]
        known = {(w.kind, w.subject) for w in way}
        beside = [w for w in _added_up(self._other_material(line)) if (w.kind, w.subject) not in known]
        return [way[0], *_ranked([*way[1:], *beside])]

    def _process(self, line: int, done: int) -> Wait:
        now = self._p.now
        what = "nothing makes it wait: it takes so long to make" if done > now else "it is there"
        item = self._supply.lines[line].record.item
        return Wait(kind="process", subject=item, start=now, end=done, delay=done - now, what=what)

    def _way(self, line: int) -> Iterator[Wait]:
        links = [k for k, x in enumerate(self._supply.links) if x.line == line]
        wanted = self._supply.lines[line].earliest
        last = max(links, key=lambda k: (self._there(k), k))
        if wanted > max(self._there(last), self._p.now):
            yield self._wait("earliest", self._supply.lines[line].id, self._p.now, wanted, "the customer's own date")
            return
        op = self._makes(last)
        if op < 0:
            yield from self._material(last)
        while op >= 0:
            yield from self._on_resource(op)
            op, link = self._before(op)
            if op < 0 and link >= 0:
                yield from self._material(link)

    def _makes(self, k: int) -> int:
        """The operation that ends last of the work order a link draws on; -1 where it is no new one."""
        link = self._supply.links[k]
        if link.supply_kind != "wo" or link.index < 0:
            return -1
        ops = self._last[self._ptr[link.index, 0] : self._ptr[link.index, 1]].tolist()
        return max(ops, key=lambda op: (int(self._s.end[op]), op), default=-1)

    def _there(self, k: int) -> int:
        op = self._makes(k)
        return self._dated[k].available if op < 0 else int(self._s.end[op])

    def _before(self, op: int) -> tuple[int, int]:
        """What let an operation begin last: the operation before it, or (-1 and) a link to dated material, or -1."""
        into = np.flatnonzero(self._p.arcs.succ == op)
        arcs = [(int(self._s.end[self._owner[j]] + self._p.arcs.wait[j]), int(self._owner[j])) for j in into]
        came, pred = max(arcs, default=(self._p.now, -1))
        material = max(int(self._p.arrival[op]), int(self._p.dated[op]))
        if material <= max(came, self._p.now):
            return pred, -1
        work = int(self._supply.op_work[op])
        drawn = [k for k, x in enumerate(self._dated) if x.work == work and x.available == material]
        return (-1, drawn[0]) if drawn else (pred, -1)

    def _on_resource(self, op: int) -> Iterator[Wait]:
        """Before an operation its busy resource, and within it closed time."""
        p, s = self._p, self._s
        res = int(p.steps.cand_res[s.cand[op]])
        first, end = int(s.setup_start[op]), int(s.end[op])
        timeline = p.timeline_rows[int(p.shop.timeline[res])]
        ready = self._ready(op, timeline)
        opens = min(timeline.next_open(ready), first)
        if opens > ready:
            yield self._wait("calendar", p.res_names[res], ready, opens, f"{p.res_names[res]} is closed")
        if first > opens:
            busy = max(self._held_by(op), key=lambda r: (self._free_since(r, first), r == res))
            name = p.res_names[busy]
            yield self._wait("resource", name, opens, first, f"{name} is busy with others")
        closed = end - first - (timeline.open_until(end) - timeline.open_until(first))
        if closed > 0:
            what = f"{p.res_names[res]} is closed in between"
            yield Wait(kind="calendar", subject=p.res_names[res], start=first, end=end, delay=closed, what=what)

    def _ready(self, op: int, timeline: Timeline) -> int:
        """When an operation could have begun but for its resources, at most when it did."""
        p, s = self._p, self._s
        ready = max(p.now, int(p.not_before[op]), int(p.arrival[op]))
        counted = ready
        for j in np.flatnonzero(p.arcs.succ == op).tolist():
            pred = int(self._owner[j])
            came = int(s.end[pred]) if p.arcs.batch[j] <= 0 else int(s.start[pred])
            came = self._factory.calendar.after_open(came + int(p.arcs.wait[j]), int(p.arcs.move[j]))
            ready = max(ready, came)
            counted = max(counted, came if p.arcs.queued[j] else counted)
        queue = int(p.steps.queue[p.ops.step[op]])
        return min(max(ready, timeline.after_open(counted, queue)), int(s.setup_start[op]))

    def _held_by(self, op: int) -> list[int]:
        a, b = int(self._p.ops.need_ptr[op]), int(self._p.ops.need_ptr[op + 1])
        return [int(self._p.steps.cand_res[self._s.cand[op]]), *self._s.need_res[a:b].tolist()]

    def _material(self, k: int) -> Iterator[Wait]:
        link, at, now = self._supply.links[k], self._dated[k].available, self._p.now
        if at <= now:
            return
        if self._factory.items[link.item].policy == "buffer":
            yield self._wait("buffer", link.item, now, at, f"the buffer of {link.item} has enough with {link.supply}")
        elif link.supply_kind == "purchase" and link.index >= 0:
            source = self._supply.purchases[link.index].source
            of = f" from {source.supplier}" if source else ""
            yield self._wait("material", link.item, now, at, f"{link.item}{of} is bought now")
        else:
            yield self._wait("material", link.item, now, at, f"{link.item} comes with {link.supply}")

    def _other_material(self, line: int) -> Iterator[Wait]:
        """Dated material beside the way, of which the latest would hold the line up next."""
        for k, link in enumerate(self._supply.links):
            if link.line in (-1, line) and self._makes(k) < 0:
                yield from self._material(k)

    def _wait(self, kind: WaitKind, subject: str, start: int, end: int, what: str) -> Wait:
        return Wait(kind=kind, subject=subject, start=start, end=end, delay=end - start, what=what)


def _added_up(waits: Iterable[Wait]) -> list[Wait]:
    """One wait for each subject."""
    found: dict[tuple[WaitKind, str], Wait] = {}
    for wait in waits:
        known = found.get((wait.kind, wait.subject))
        found[wait.kind, wait.subject] = wait if known is None else _both(known, wait)
    return list(found.values())


def _ranked(waits: Iterable[Wait]) -> list[Wait]:
    return sorted(waits, key=lambda w: (_RANK[w.kind], -w.delay, w.subject))


def _both(a: Wait, b: Wait) -> Wait:
    """Two waits for one subject as one; material that is waited for twice comes once."""
    delay = max(a.delay, b.delay) if a.kind in ("material", "buffer") else a.delay + b.delay
    what = a.what if a.end >= b.end else b.what
    return Wait(
        kind=a.kind, subject=a.subject, start=min(a.start, b.start), end=max(a.end, b.end), delay=delay, what=what
    )
