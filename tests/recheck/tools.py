"""The way of a tool from one primary resource to the next."""

from __future__ import annotations

import itertools
from collections import defaultdict

from tests.recheck.case import Case
from tests.recheck.holdings import Holding
from tests.recheck.ledger import Ledger
from tests.recheck.values import TOUCH


def check_travel(case: Case, ledger: Ledger) -> None:
    """ "Between two operations in a row that hold the tool beside different primary resources there are at least so
    many elapsed minutes from the end of the first hold to the beginning of the second"; "only for tools of capacity 1".
    """
    by_tool: dict[str, list[Holding]] = defaultdict(list)
    for use in case.holdings():
        tool = case.factory.resources[use.resource]
        if tool.kind == "tool" and tool.travel_min > 0 and tool.is_finite and tool.capacity == 1:
            by_tool[use.resource].append(use)
    for name, uses in by_tool.items():
        minutes = case.factory.resources[name].travel_min
        for before, after in itertools.pairwise(sorted(uses, key=lambda use: (use.start, use.end))):
            one, other = case.operations[before.operation], case.operations[after.operation]
            if one.resource == other.resource or case.is_pinned(other) or case.is_under_way(other):
                continue  # it stays where it is, or people decided
            ok = after.start >= before.end + minutes - TOUCH
            said = f"{other.name} holds {name} from {case.show(after.start)}, within {minutes:g} min of {one.name}"
            ledger.test("travel", ok, said)
