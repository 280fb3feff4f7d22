"""Whether pegs add up: no supply is promised twice, every planned line is whole, nothing waits for itself.

Plans that Pegboard makes keep these laws; a plan folder that was changed by hand may not, and cannot be traced.
"""

from collections import defaultdict
from collections.abc import Container, Iterator

from pegboard.domain.finding import Finding, error
from pegboard.insight.pegging import Pegging

_EPS = 1e-5
"""Pegs are written with six decimals."""


def peg_faults(pegging: Pegging) -> list[Finding]:
    """Everything that is wrong with the pegs; names that lead nowhere come first, since the rest builds on them."""
    unknown = list(_unknown(pegging))
    return unknown or [*_promised_twice(pegging), *_not_whole(pegging), *_circular(pegging)]


def _fault(subject: str, what: str) -> Finding:
    return error("S360", subject, what, "plan again into this folder", "pegs.csv")


def _unknown(pegging: Pegging) -> Iterator[Finding]:
    demands: dict[str, Container[str]] = {"order": pegging.orders, "wo": pegging.works}
    for kind, name in sorted(pegging.by_demand):
        if name not in demands[kind]:
            yield _fault(name, f"something is pegged to {kind} {name}, which the plan does not hold")
    supplies: dict[str, Container[str]] = {"purchase": pegging.purchases, "wo": pegging.works}
    for kind, name, item in sorted(pegging.by_supply):
        if name not in supplies.get(kind, {name}):
            yield _fault(name, f"{item} is pegged from {kind} {name}, which the plan does not hold")


def _promised_twice(pegging: Pegging) -> Iterator[Finding]:
    for key, supply in sorted(pegging.supplies.items()):
        if (excess := pegging.excess(supply)) is not None and excess < -_EPS:
            what = f"{supply.kind} {supply.name} brings {supply.qty:g} {supply.item}, and {pegging.pegged(key):g} are"
            yield _fault(supply.name, f"{what} pegged from it")


def _not_whole(pegging: Pegging) -> Iterator[Finding]:
    for name, row in sorted(pegging.orders.items()):
        got = sum(p.qty for p in pegging.by_demand.get(("order", name), ()))
        wanted = 0.0 if row.status == "unplanned" else row.qty
        if abs(got - wanted) > _EPS:
            yield _fault(name, f"order {name} is to get {wanted:g} {row.item}, and {got:g} are pegged to it")


def _circular(pegging: Pegging) -> Iterator[Finding]:
    """Work orders that wait for themselves: what is left when those that wait for nobody are taken away in turn."""
    waits: dict[str, int] = dict.fromkeys(pegging.works, 0)
    served: dict[str, list[str]] = defaultdict(list)
    for (kind, name), pegs in pegging.by_demand.items():
        for peg in pegs:
            if kind == "wo" and peg.supply_kind == "wo":
                waits[name] += 1
                served[peg.supply].append(name)
    free = [wo for wo, n in waits.items() if n == 0]
    while free:
        for parent in served[free.pop()]:
            waits[parent] -= 1
            if waits[parent] == 0:
                free.append(parent)
    for wo in sorted(wo for wo, n in waits.items() if n > 0):
        yield _fault(wo, f"work order {wo} waits for itself: its pegs lead in a circle")
