"""Operations that run together in an oven."""

from __future__ import annotations

from collections import defaultdict

from tests.recheck.case import Case
from tests.recheck.ledger import Ledger
from tests.recheck.values import EPS


def batch_loads(case: Case) -> dict[int, list[int]]:
    """ "oven: lots with equal key run together up to the quantity": the operations that share a run."""
    loads: dict[tuple[str, str, float, float], list[int]] = defaultdict(list)
    for i, op in enumerate(case.operations):
        key = case.step(op).batch_key
        if key:
            loads[op.resource, key, op.start, op.end].append(i)
    return {i: members for members in loads.values() if len(members) > 1 for i in members}


def check_batch_quantities(case: Case, ledger: Ledger) -> None:
    """ "lots with equal key run together up to the quantity"."""
    seen: set[int] = set()
    for members in batch_loads(case).values():
        limit = case.step(case.operations[members[0]]).batch_qty
        if members[0] in seen or limit <= 0:
            continue
        seen.add(members[0])
        quantity = sum(case.work_orders[case.operations[i].wo].good_qty for i in members)
        first = case.operations[members[0]]
        ledger.test("capacity", quantity <= limit + EPS, f"the batch of {first.name} holds {quantity:g} of {limit:g}")
