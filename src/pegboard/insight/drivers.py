"""What drives the risk of a line: operations, purchases and failures that delayed it where it came late.

A late line is walked back along what it waited for, as far as that began later than planned; what took longer on the
way has delayed it. Of each run the three longest delays count. The criticality index is the share of the late runs in
which something was among them.
"""

from collections import defaultdict
from typing import Literal, NamedTuple

import msgspec
import numpy as np

from pegboard.insight.planned import Planned
from pegboard.insight.replay.replaying import Replayed
from pegboard.scheduling.problem import Ints

MOST = 3
"""Drivers that are named for a line."""
HOUR = 3600

Kind = Literal["operation", "purchase", "failure"]


class Driver(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An operation that took longer, a purchase that came late, or a resource that failed.

    `criticality` is the share of the line's late runs in which it delayed the line, `delay_hours` by how much on
    average over all of them: hours of work or repair, open hours of the factory for a purchase.
    """

    kind: Kind
    subject: str
    resource: str
    criticality: float
    delay_hours: float


class ResourceRisk(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """How often work on a resource, or its failures, delayed late lines, counted over runs and lines, and the hours."""

    resource: str
    delays: int
    work_hours: float
    failure_hours: float


class Tallied(NamedTuple):
    """How often, and by how many seconds, a thing delayed a line: by `line * n_thing + thing`, rising."""

    key: Ints
    times: Ints
    delay: Ints


class _Things:
    """Names of what the replay numbers: operations, then purchases, then servers."""

    def __init__(self, planned: Planned, replayed: Replayed) -> None:
        self._planned, self._replayed = planned, replayed
        self.n_op, self.n_supply = replayed.ops.size, len(replayed.supplies)
        self.n = self.n_op + self.n_supply + len(replayed.resources)

    def kind(self, thing: int) -> Kind:
        """What it is."""
        return "operation" if thing < self.n_op else "purchase" if thing < self.n_op + self.n_supply else "failure"

    def subject(self, thing: int) -> str:
        """Its name; a lead time that passes is called by its work order."""
        if thing < self.n_op:
            return self._planned.op_names[int(self._replayed.ops[thing])]
        if thing < self.n_op + self.n_supply:
            return self._replayed.supplies[thing - self.n_op]
        return self.resource(thing)

    def resource(self, thing: int) -> str:
        """The resource it is on; blank for a purchase."""
        p = self._planned.problem
        if thing < self.n_op:
            op = int(self._replayed.ops[thing])
            return p.res_names[int(p.steps.cand_res[self._planned.schedule.cand[op]])]
        return "" if thing < self.n_op + self.n_supply else self._replayed.resources[thing - self.n_op - self.n_supply]


def drivers(planned: Planned, replayed: Replayed, tallied: Tallied, late: Ints) -> dict[int, tuple[Driver, ...]]:
    """By line of the network what delayed it most, the longest delay first; `late` counts its late runs."""
    things = _Things(planned, replayed)
    line, thing = np.divmod(tallied.key, max(things.n, 1))
    order = np.lexsort((thing, -tallied.delay, line))
    found: dict[int, list[Driver]] = defaultdict(list)
    for k in order.tolist():
        mine = found[int(line[k])]
        if len(mine) < MOST:
            which, runs = int(thing[k]), int(late[line[k]])
            mine.append(
                Driver(
                    kind=things.kind(which),
                    subject=things.subject(which),
                    resource=things.resource(which),
                    criticality=round(int(tallied.times[k]) / runs, 4),
                    delay_hours=round(int(tallied.delay[k]) / runs / HOUR, 4),
                )
            )
    return {i: tuple(rows) for i, rows in found.items()}


def resource_risks(planned: Planned, replayed: Replayed, tallied: Tallied) -> tuple[ResourceRisk, ...]:
    """Resources whose work or failures delayed late lines, the most hours first."""
    things = _Things(planned, replayed)
    thing, where = np.unique(tallied.key % max(things.n, 1), return_inverse=True)
    count, delay = np.zeros(thing.size, np.int64), np.zeros(thing.size, np.int64)
    np.add.at(count, where, tallied.times)
    np.add.at(delay, where, tallied.delay)
    rows: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for which, n, seconds in zip(thing.tolist(), count.tolist(), delay.tolist(), strict=True):
        if name := things.resource(which):
            row = rows[name]
            row[0] += n
            row[2 if things.kind(which) == "failure" else 1] += seconds
    found = [
        ResourceRisk(resource=name, delays=n, work_hours=round(work / HOUR, 2), failure_hours=round(failed / HOUR, 2))
        for name, (n, work, failed) in rows.items()
    ]
    return tuple(sorted(found, key=lambda r: (-r.work_hours - r.failure_hours, r.resource)))
