"""Why an order is delivered when it is: what each operation waited for, from delivery back to now.

The chain follows, at every operation, whatever let it begin last: a predecessor, a work order it draws on, or dated
material. Its segments follow each other without gap or overlap, so they add up to the lead time exactly.
"""

from collections import defaultdict
from datetime import datetime
from functools import cached_property

import msgspec
import numpy as np

from pegboard.domain.calendar import Timeline
from pegboard.insight.chain import Ahead, Kind, Segment, duration
from pegboard.insight.lateness import LateCause, late_causes
from pegboard.insight.planned import Planned
from pegboard.scheduling.held import Holds, holds
from pegboard.scheduling.problem import Ints
from pegboard.tables.supply import Link


class Why(msgspec.Struct, frozen=True, gc=False):
    """The chain of one line, earliest segment first, and its cause in a word and a sentence.

    Of a line that is late `causes` divide the lateness, to the second.
    """

    order: str
    line: str
    due: int
    completion: int | None
    seconds: int
    chain: tuple[Segment, ...]
    cause: str
    reason: str
    causes: tuple[LateCause, ...] = ()


class Explainer:
    """Explains lines of one plan; what it looks up is indexed once."""

    def __init__(self, planned: Planned) -> None:
        self.p = planned
        self.now = planned.factory.now
        self._held_by: dict[int, tuple[Ints, list[tuple[int, int, int]]]] = {}

    def why(self, i: int) -> Why:
        """The chain of line `i` of the supply plan."""
        line = self.p.supply.lines[i]
        done = self.p.completion[i]
        if done is None:
            left = self.p.supply.unplanned[i]
            reason = left.why
            return Why(line.record.order, line.record.line, line.due, None, 0, (), left.cause, reason)
        chain = self._chain(i, done)
        cause, reason = self._verdict(i, done, chain)
        return Why(
            line.record.order,
            line.record.line,
            line.due,
            done,
            sum(s.seconds for s in chain),
            tuple(chain),
            cause,
            reason,
            late_causes(chain, done - line.due),
        )

    def _chain(self, i: int, done: int) -> list[Segment]:
        line = self.p.supply.lines[i]
        found: list[Segment] = []
        links = self.p.links_of_line[i]
        last = max(links, key=lambda x: (self.p.supplied_at(x), x.supply))
        at = self.p.supplied_at(last)
        if done > max(at, line.earliest, self.now):
            found.append(
                _segment(
                    "together",
                    max(at, line.earliest, self.now),
                    done,
                    line.record.order,
                    "waits for the order's other lines",
                )
            )
        if line.earliest > max(at, self.now):
            found.append(
                _segment("earliest", max(at, self.now), line.earliest, line.id, "the customer wants it no earlier")
            )
        found.extend(self._supply(last, min(at, done), to_parent=False))
        return sorted((s for s in found if s.seconds > 0), key=lambda s: (s.start, s.end))

    def _supply(self, link: Link, until: int, *, to_parent: bool) -> list[Segment]:
        """Segments from now to when a supply is there; a buffer decouples, so what is behind it is not followed."""
        if self.p.factory.items[link.item].policy == "buffer" and until > self.now:
            what = (
                f"the buffer of {link.item} has enough with {link.supply} on {_date(self.p, self.p.supplied_at(link))}"
            )
            return [_segment("buffer", self.now, until, link.item, what, link.supply)]
        if link.supply_kind != "wo":
            if until <= self.now:
                return []
            return [_segment("material", self.now, until, link.item, self._source(link), link.supply)]
        ends = self.p.last_ops[link.index]
        if not ends:
            return []
        op = max(ends, key=lambda o: (int(self.p.moved[o]), o))
        found: list[Segment] = []
        hand = int(self.p.schedule.end[op])
        self._after(found, op, hand, until, waits=to_parent)
        while op >= 0:
            op, hand = self._operation(found, op, hand)
        return found

    def _source(self, link: Link) -> str:
        when = _date(self.p, self.p.supplied_at(link))
        if link.supply_kind == "po":
            return f"{link.item} arrives with purchase order {link.supply} on {when}"
        if link.supply_kind == "purchase":
            source = self.p.supply.purchases[link.index].source
            by = f" from {source.supplier}" if source else ""
            return f"{link.item}{by} is bought now and arrives on {when}"
        return f"stock of {link.item} can be used from {when}"

    def _after(self, found: list[Segment], op: int, end: int, until: int, *, waits: bool) -> None:
        """Wait and move between an operation's end and the moment its output is there."""
        step = self.p.table.rows[self.p.problem.ops.step[op]].step
        wait = round(step.wait_min * 60) if step and waits else 0
        name = self.p.op_names[op]
        middle = min(end + wait, until)
        if middle > end:
            found.append(_segment("wait", end, middle, name, f"{name} waits before it goes on"))
        if until > middle:
            self._split(found, "move", middle, until, name, f"{name} is moved", self.p.factory.calendar)

    def _operation(self, found: list[Segment], op: int, until: int) -> tuple[int, int]:
        """Segments of one operation up to `until` and of what it waited for before it.

        Returns the predecessor to go on with and when that handed over, or -1.
        """
        p, s = self.p, self.p.schedule
        name = p.op_names[op]
        first, start = int(s.setup_start[op]), int(s.start[op])
        resource = p.problem.res_names[int(p.problem.steps.cand_res[s.cand[op]])]
        on = f" on {resource}" if resource else ""
        timeline = p.timeline(op)
        self._split(found, "run", start, until, name, f"{name} runs{on}", timeline)
        self._split(found, "setup", first, min(start, until), name, f"{name} is set up{on}", timeline)
        pred, link, hand, came = self._binding(op)
        ready = min(max(came, self.now), first)
        queue = int(p.problem.steps.queue[p.problem.ops.step[op]]) if pred >= 0 or p.is_first[op] else 0
        begun = min(timeline.after_open(ready, queue), first)
        self._split(found, "queue", ready, begun, name, f"{name} queues{on}", timeline)
        self._gap(found, op, begun, first, timeline)
        if pred >= 0:
            self._after(found, pred, hand, ready, waits=True)
            return pred, hand
        if link is not None and ready > self.now:
            found.extend(self._supply(link, ready, to_parent=True))
        return -1, 0

    def _binding(self, op: int) -> tuple[int, Link | None, int, int]:
        """What let an operation begin last: predecessor (or -1), peg, when it was handed over, and when it arrived."""
        p = self.p
        best: tuple[int, Link | None, int, int] = (-1, None, self.now, self.now)
        arcs = p.problem.arcs
        for j, pred in self._arcs_into(op):
            if p.problem.arc_material[j]:
                continue
            hand = int(p.schedule.end[pred])
            if arcs.batch[j] > 0:
                cand = p.schedule.cand[pred]
                work = int(np.ceil(p.problem.steps.cand_run[cand] * arcs.batch[j])) + int(
                    p.problem.steps.cand_fixed[cand]
                )
                hand = min(hand, p.timeline(pred).advance(int(p.schedule.start[pred]), work))
            came = p.factory.calendar.after_open(hand + int(arcs.wait[j]), int(arcs.move[j]))
            if came > best[3]:
                best = (pred, None, hand, came)
        for link in p.links_of_op.get(op, ()):
            came = p.available(link.index) if link.supply_kind == "wo" else link.available
            if came > best[3]:
                best = (-1, link, came, came)
        return best

    def _gap(self, found: list[Segment], op: int, ready: int, first: int, timeline: Timeline) -> None:
        """Between ready and started: closed time, a resource busy with others, held back on purpose or by a lock."""
        if first <= ready:
            return
        p = self.p
        name = p.op_names[op]
        kind: Kind = "locked" if p.problem.ops.pin_start[op] >= 0 else "held"
        held = f"{name} is locked in its place" if kind == "locked" else f"{name} is held to be just in time"
        cursor = ready
        for start, end, resource, others in self._spells(self._blockers(op, ready, first)):
            self._split(found, kind, cursor, start, name, held, timeline)
            what = f"{name} waits for {resource} behind {_listed([p.op_names[k] for _, k in others])}"
            ahead = self._ahead(others, end, timeline)
            self._split(found, "resource", start, end, resource, what, timeline, ahead)
            cursor = end
        self._split(found, kind, cursor, first, name, held, timeline)

    def _ahead(self, others: list[tuple[int, int]], end: int, timeline: Timeline) -> tuple[Ahead, ...]:
        """Who had the resource in a spell, each until the next one of them began, in open time."""
        p = self.p
        until = [start for start, _ in others[1:]] + [end]
        took = [timeline.open_until(b) - timeline.open_until(a) for (a, _), b in zip(others, until, strict=True)]
        return tuple(
            Ahead(p.order_of(k), p.op_names[k], seconds)
            for (_, k), seconds in zip(others, took, strict=True)
            if seconds > 0
        )

    def _spells(self, blockers: list[tuple[int, int, int, str]]) -> list[tuple[int, int, str, list[tuple[int, int]]]]:
        """Neighbouring stretches of one resource as one spell of waiting: `(start, end, resource, who from when)`."""
        spells: list[tuple[int, int, str, list[tuple[int, int]]]] = []
        for start, end, other, resource in blockers:
            if spells and spells[-1][2] == resource and self._touch(resource, spells[-1][1], start):
                spells[-1] = (spells[-1][0], end, resource, [*spells[-1][3], (start, other)])
            else:
                spells.append((start, end, resource, [(start, other)]))
        return spells

    def _touch(self, resource: str, end: int, start: int) -> bool:
        """Whether less than a minute of open time lies between."""
        timeline = self.p.factory.timelines.get(resource)
        return timeline is None or timeline.open_until(start) - timeline.open_until(end) < 60

    def _blockers(self, op: int, ready: int, first: int) -> list[tuple[int, int, int, str]]:
        """Stretches between ready and first in which a resource of the operation was held by others, in time order."""
        p = self.p
        a, b = int(p.problem.ops.need_ptr[op]), int(p.problem.ops.need_ptr[op + 1])
        mine = [int(p.problem.steps.cand_res[p.schedule.cand[op]]), *p.schedule.need_res[a:b].tolist()]
        found: list[tuple[int, int, int, str]] = []
        for res in mine:
            if p.problem.shop.capacity[res] >= 1 << 40:
                continue
            starts, rows = self._held(res)
            for k in range(int(np.searchsorted(starts, first)) - 1, -1, -1):
                start, end, other = rows[k]
                if end <= ready and k < int(np.searchsorted(starts, ready)) - 50:
                    break
                if other != op and end > ready:
                    found.append((max(start, ready), min(end, first), other, p.problem.res_names[res]))
        found.sort()
        merged: list[tuple[int, int, int, str]] = []
        for start, end, other, resource in found:
            start = max(start, merged[-1][1]) if merged else start
            if end > start:
                merged.append((start, end, other, resource))
        return merged

    def _split(
        self,
        found: list[Segment],
        kind: Kind,
        start: int,
        end: int,
        subject: str,
        what: str,
        timeline: Timeline,
        ahead: tuple[Ahead, ...] = (),
    ) -> None:
        """A stretch as what it was spent on plus the closed time within it."""
        if end <= start:
            return
        open_seconds = timeline.open_until(end) - timeline.open_until(start)
        closed = end - start - open_seconds
        if open_seconds > 0:
            found.append(Segment(kind, start, end, open_seconds, subject, what, ahead=ahead))
        if closed > 0:
            when = f"before {subject} can start" if kind in ("held", "locked") else f"while {what}"
            found.append(Segment("closed", start, end, closed, subject, f"closed {when}"))

    def _arcs_into(self, op: int) -> list[tuple[int, int]]:
        """The arcs into an operation, each with its predecessor."""
        ptr, arcs, preds = self._by_successor
        mine = slice(int(ptr[op]), int(ptr[op + 1]))
        return list(zip(arcs[mine].tolist(), preds[mine].tolist(), strict=True))

    @cached_property
    def _by_successor(self) -> tuple[Ints, Ints, Ints]:
        """Row pointers by operation, and the arcs and predecessors of each."""
        arcs, n = self.p.problem.arcs, self.p.problem.n_op
        order = np.argsort(arcs.succ, kind="stable")
        ptr = np.concatenate([[0], np.cumsum(np.bincount(arcs.succ, minlength=n))])
        return ptr, order, np.repeat(np.arange(n), np.diff(arcs.ptr))[order]

    def _held(self, res: int) -> tuple[Ints, list[tuple[int, int, int]]]:
        """When and by which operations a resource is held, in time order; a line's chain meets few of them."""
        if res not in self._held_by:
            mine = np.flatnonzero(self._holds.res == res)
            op, start, end = self._holds.op[mine], self._holds.start[mine], self._holds.end[mine]
            order = np.lexsort((op, end, start))
            rows = zip(start[order].tolist(), end[order].tolist(), op[order].tolist(), strict=True)
            self._held_by[res] = start[order], list(rows)
        return self._held_by[res]

    @cached_property
    def _holds(self) -> Holds:
        return holds(self.p.problem, self.p.schedule)

    def _verdict(self, i: int, done: int, chain: list[Segment]) -> tuple[str, str]:
        """Code and sentence of the first cause of a late line; nothing for one on time."""
        line = self.p.supply.lines[i]
        if done <= line.due:
            return "", ""
        if line.due < self.now:
            return "past_due", f"was due on {_date(self.p, line.due)}, before now"
        waits: dict[tuple[str, str], int] = defaultdict(int)
        words: dict[tuple[str, str], str] = {}
        for s in chain:
            kind: str = "process" if s.kind in ("run", "setup", "queue", "wait", "move") else s.kind
            key = (kind, s.subject if kind in ("material", "buffer", "resource") else "")
            if kind in ("closed", "held"):
                continue
            waits[key] += s.seconds
            words.setdefault(key, s.what)
        if not waits:
            return "calendar", "waits for the factory to open"
        (kind, subject), seconds = max(waits.items(), key=lambda kv: (kv[1], kv[0]))
        took = duration(seconds)
        if kind == "material":
            return "material", f"waits {took} for material: {words[kind, subject]}"
        if kind == "buffer":
            return "buffer", f"waits {took}: {words[kind, subject]}"
        if kind == "resource":
            return "capacity", f"waits {took} for {subject}: {words[kind, subject]}"
        if kind == "process":
            return "lead_time", f"needs {took} of setup, run, queue, wait and move along its longest way"
        return kind, words[kind, subject]


def _segment(kind: Kind, start: int, end: int, subject: str, what: str, supply: str = "") -> Segment:
    return Segment(kind, start, end, end - start, subject, what, supply)


def _listed(names: list[str]) -> str:
    """The first three names and how many more there are."""
    rest = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(dict.fromkeys(names[:3])) + rest


def _date(planned: Planned, t: int) -> str:
    return datetime.fromtimestamp(t, planned.factory.zone).strftime("%a %Y-%m-%d %H:%M")
