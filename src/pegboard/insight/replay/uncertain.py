"""What varies in a plan: the chances of durations, yields, arrivals and failures, and the numbers that stand for names.

Draws go by name, so that two plans of changed factories see the same luck (docs/decisions/0011).
"""

from collections import defaultdict
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pegboard.domain.calendar import PPM
from pegboard.insight.planned import Planned
from pegboard.kernels.arrays import FAR
from pegboard.kernels.replay_network import Chances
from pegboard.planning.chances import Values
from pegboard.planning.reliability import safety_days
from pegboard.planning.spread import Spread
from pegboard.scheduling.problem import Ints
from pegboard.tables.process import StepRow
from pegboard.tables.supply import Link, spans


def stable(name: str) -> int:
    """A number for a name, the same on every machine and in every scenario."""
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "little")


class ChanceLists:
    """Lists of values by number, equal ones once."""

    def __init__(self) -> None:
        self._number: dict[Values, int] = {}

    def number(self, values: Values) -> int:
        """The number of a list."""
        return self._number.setdefault(values, len(self._number))

    def arrays(self) -> tuple[Ints, NDArray[np.float64]]:
        """Where each list begins, and all values."""
        lists = list(self._number)
        return spans([len(v) for v in lists]), np.array([x for v in lists for x in v], np.float64)


def duration(spread: Spread, row: StepRow) -> Values:
    """The chance of how long a step takes, as factors on its standard; what is done outside is late as its supplier."""
    step = row.step
    if step is None:
        return spread.operation
    if step.supplier and step.lead_time_days:
        return tuple(1 + max(0.0, days) / step.lead_time_days for days in spread.lateness("", step.supplier))
    return spread.by_step.get((row.item, step.step), spread.operation)


class Arrivals:
    """Open and new purchases that operations or lines draw on: when they should come, and how late they may be."""

    def __init__(self, planned: Planned, spread: Spread, lists: ChanceLists) -> None:
        self._planned, self._spread, self._lists = planned, spread, lists
        self._safety = safety_days(planned.factory)
        self._suppliers = {po.id: po.supplier for po in planned.factory.snapshot.purchase_orders}
        self._number: dict[tuple[str, str], int] = {}
        self._known: dict[tuple[int, float | None], int] = {}
        self._due: list[int] = []
        self._chance: list[int] = []
        self.names: list[str] = []
        self.by_op: dict[int, list[int]] = defaultdict(list)
        self.by_line: dict[int, list[int]] = defaultdict(list)

    def enter(self, link: Link) -> None:
        """Take up a peg of a purchase: by its number where the operation's queue counts after it, else by `~number`."""
        which = self._which(link)
        if link.op < 0:
            self.by_line[link.line].append(which)
            return
        part, op = self._planned.supply.op_part, link.op
        while True:  # a divided step draws its material as one
            self.by_op[op].append(which if self._planned.is_first[op] else ~which)
            op += 1
            if op == part.size or part[op] <= 1:
                break

    def columns(self) -> dict[str, Any]:
        """What the network says of supplies."""
        return {
            "supply_due": np.array(self._due, np.int64),
            "supply_name": np.array([stable(f"supply {name}") for name in self.names], np.uint64),
            "supply_chance": np.array(self._chance, np.int64),
        }

    def _which(self, link: Link) -> int:
        key = (link.supply_kind, link.supply)
        if key not in self._number:
            self._number[key] = len(self._number)
            self.names.append(link.supply)
            self._due.append(self._planned.supplied_at(link))
            self._chance.append(self._late(link))
        return self._number[key]

    def _late(self, link: Link) -> int:
        """The chance of days late; the safety time of a new purchase is there to be late in."""
        if link.supply_kind == "po":
            return self._chance_of(link.item, self._suppliers.get(link.supply, ""), None)
        source = self._planned.supply.purchases[link.index].source
        supplier = source.supplier if source else ""
        return self._chance_of(link.item, supplier, self._safety.get((link.item, supplier), 0.0))

    def _chance_of(self, item: str, supplier: str, spare: float | None) -> int:
        """The number of a list of days late, of which so many are spare; made once."""
        days = self._spread.lateness(item, supplier)
        key = (id(days), spare)
        if key not in self._known:
            late = days if spare is None else tuple(max(0.0, d - spare) for d in days)
            self._known[key] = self._lists.number(late)
        return self._known[key]


def yields(planned: Planned, spread: Spread, lists: ChanceLists, works: Ints) -> dict[str, Any]:
    """By how much the lots of these work orders may have to grow, so that what they lack is made in the same lot."""
    rows = [planned.supply.works[w] for w in works.tolist()]
    good = [planned.table.processes[row.process].total_yield for row in rows]
    ways = [(row.item, share) for row, share in zip(rows, good, strict=True)]
    more = {way: lists.number(spread.more(*way)) for way in dict.fromkeys(ways)}
    return {
        "work_name": np.array([stable(f"yield of {row.wo}") for row in rows], np.uint64),
        "work_chance": np.array([more[way] for way in ways], np.int64),
    }


def chances(spread: Spread, lists: ChanceLists, resources: list[str]) -> Chances:
    """All lists, and by server, named by its resource, how it fails."""
    ptr, value = lists.arrays()
    hour = 3600 * PPM
    between = spread.mtbf_hours * hour if spread.mtbf_hours > 0 and spread.mttr_hours > 0 else FAR
    return Chances(
        ptr=ptr,
        value=value,
        failure_work=np.full(len(resources), float(between)),
        repair_work=np.full(len(resources), spread.mttr_hours * hour),
        failure_name=np.array([stable(f"failures of {name}") for name in resources], np.uint64),
    )
