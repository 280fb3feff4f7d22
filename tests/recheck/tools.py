"""The way of a tool from one primary resource to the next."""

from __future__ import annotations

from collections import defaultdict

from tests.recheck.case import Case
from tests.recheck.holdings import Holding
from tests.recheck.ledger import Ledger
from tests.recheck.values import FOREVER, TOUCH

Place = tuple[str, float]  # the primary resource a tool was last beside, and until when
MANY = 2000  # ways to hand out the copies of a tool that are followed at once


def check_travel(case: Case, ledger: Ledger) -> None:
    """ "Between two operations in a row that hold the tool beside different primary resources there are at least so
    many elapsed minutes from the end of the first hold to the beginning of the second"."""
    by_tool: dict[str, list[Holding]] = defaultdict(list)
    for use in case.holdings():
        tool = case.factory.resources[use.resource]
        if tool.kind == "tool" and tool.travel_min > 0 and tool.is_finite:
            by_tool[use.resource].append(use)
    for name, uses in by_tool.items():
        uses.sort(key=lambda use: (use.start, use.end))
        late = first_without_tool(case, name, uses)
        ledger.count("travel", len(uses))
        if late is not None:
            op, minutes = case.operations[late.operation], case.factory.resources[name].travel_min
            ledger.fault(
                "travel", f"{op.name} holds {name} from {case.show(late.start)}, within {minutes:g} min of way"
            )


def first_without_tool(case: Case, name: str, uses: list[Holding]) -> Holding | None:
    """The first use that no copy of the tool can reach, whichever copy served the uses before; None where all can.

    Reading: of a tool with several copies each travels by itself, so every way to hand them out is followed.
    """
    tool = case.factory.resources[name]
    ways: set[tuple[Place, ...]] = {(("", -FOREVER),) * int(tool.capacity)}
    for use in uses:
        op = case.operations[use.operation]
        is_free = case.is_pinned(op) or case.is_under_way(op)  # people decided
        found = set()
        for way in sorted(ways)[:MANY]:
            for i, (place, until) in enumerate(way):
                travel = tool.travel_min if place not in {"", op.resource} else 0.0
                if is_free or until + travel <= use.start + TOUCH:
                    found.add(tuple(sorted((*way[:i], (op.resource, use.end), *way[i + 1 :]))))
        if not found:
            return use
        ways = found
    return None
