"""Loads of ovens: operations of one key and family that begin together and count as one for the capacity.

The plan names no loads, so on a resource with room for several they are told apart by how they can be packed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from tests.recheck.case import Case
from tests.recheck.ledger import Ledger
from tests.recheck.plan_records import Operation
from tests.recheck.values import EPS, FOREVER

Load = tuple[str, str, str, float]  # resource, key, family, setup_start
NO_LOAD: Load = ("", "", "", 0.0)


def load_of(case: Case, op: Operation) -> Load | None:
    """ "Operations of equal key (options filled in) and setup family form loads on one resource: all of a load have the
    same setup_start"; None for what needs no oven."""
    key = case.step(op).batch_key
    return (op.resource, key, op.family, op.setup_start) if key else None


def packed(case: Case) -> dict[int, int]:
    """Operation -> the operation that stands for its load, for all operations of ovens."""
    together: dict[Load, list[int]] = defaultdict(list)
    for i, op in enumerate(case.operations):
        load = load_of(case, op)
        if load is not None and case.is_scheduled(op):
            together[load].append(i)
    return {i: bin_[0] for members in together.values() for bin_ in best_packing(case, members) for i in bin_}


def best_packing(case: Case, members: list[int]) -> list[list[int]]:
    """First fit, by falling quantity and by falling end: of the two the one with fewer loads, then the shorter."""
    ops = case.operations
    by_quantity = first_fit(case, sorted(members, key=lambda i: (-case.started(ops[i]), -ops[i].end)))
    by_end = first_fit(case, sorted(members, key=lambda i: (-ops[i].end, -case.started(ops[i]))))

    def cost(bins: list[list[int]]) -> tuple[int, float]:
        return len(bins), sum(max(ops[i].end for i in bin_) for bin_ in bins)

    return min(by_quantity, by_end, key=cost)


def first_fit(case: Case, members: list[int]) -> list[list[int]]:
    bins: list[list[int]] = []
    for i in members:
        room = (bin_ for bin_ in bins if fits(case, [*bin_, i]))
        found = next(room, None)
        if found is None:
            bins.append([i])
        else:
            found.append(i)
    return bins


def fits(case: Case, members: Iterable[int]) -> bool:
    """ "Their started quantities sum to at most the least batch_qty among them"; a blank one sets no limit."""
    ops = [case.operations[i] for i in members]
    limit = min(case.step(op).batch_qty or FOREVER for op in ops)
    return sum(case.started(op) for op in ops) <= limit + EPS


def check_oven_quantities(case: Case, ledger: Ledger) -> None:
    """No operation alone is more than its oven takes; what is more together is a fault of the capacity."""
    for i, op in enumerate(case.operations):
        if case.step(op).batch_key and case.is_scheduled(op) and not case.is_under_way(op):
            limit = case.step(op).batch_qty
            ledger.test("oven", fits(case, [i]), f"{op.name} starts {case.started(op):g} in an oven for {limit:g}")
