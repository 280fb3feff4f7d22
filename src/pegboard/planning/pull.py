"""Pull every order line back through all levels, and decide who goes without where something is missing.

`run.py` is one run over the levels for a fixed set of lines; here lines are left out, and tried again with what is
left.
"""

from collections.abc import Iterable, Mapping

from pegboard.domain.factory import Factory
from pegboard.domain.finding import Finding, warning
from pegboard.planning.ledger import Ledger
from pegboard.planning.lines import hopeless, order_lines
from pegboard.planning.open_supply import OpenSupply
from pegboard.planning.purchase import PurchaseDates
from pegboard.planning.run import Barred, LeadDays, Run
from pegboard.tables.process import ProcessTable
from pegboard.tables.supply import LeftOut, SupplyPlan

SECOND_CHANCES = 500_000
"""Operations to pull in all second chances of lines that were given up: each costs another pull of all orders."""


def pull(
    factory: Factory,
    table: ProcessTable,
    drop: Mapping[str, LeftOut],
    stuck: Mapping[str, Finding],
    unfilled: Mapping[str, Finding],
    barred: Barred,
) -> SupplyPlan:
    """Planned supply for all open lines but those in `drop` (line id -> reason), without the work orders in `stuck`.

    The stocks in `unfilled` are not replenished.

    A line that something can't be made or bought for is left out as a whole, and what it would have taken serves the
    others; the most urgent of those that were given up get another chance with what is left.
    """
    lines = order_lines(factory)
    unplanned = {i: drop[line.id] for i, line in enumerate(lines) if line.id in drop}
    for i, line in enumerate(lines):
        if i not in unplanned and (left_out := hopeless(factory, line)):
            unplanned[i] = left_out
    stuck, unfilled = dict(stuck), dict(unfilled)
    lead_days = LeadDays(factory, table)

    dates = PurchaseDates(factory)

    def supplies(ledger: Ledger) -> OpenSupply:
        return OpenSupply(factory, table, ledger, frozenset(stuck))

    def run(left_out: Iterable[int]) -> Run:
        some = frozenset(left_out), frozenset(unfilled)
        found = Run(factory, table, lines, lead_days, *some, barred, supplies, dates)
        found.run()
        return found

    best = run(unplanned)
    given_up: dict[int, LeftOut] = {}
    while not best.is_whole:
        for shortage in best.true_shortages():
            if shortage.line >= 0:
                given_up[shortage.line] = shortage.left_out
            elif shortage.stock:
                unfilled[shortage.stock] = warning(
                    "P205",
                    shortage.stock,
                    f"the stock of {shortage.stock} cannot be replenished: {shortage.left_out.why}",
                    "supply what is missing; until then orders draw on what there is",
                )
            else:
                stuck[shortage.wo] = warning(
                    "P203",
                    shortage.wo,
                    f"work order {shortage.wo} cannot be completed: {shortage.left_out.why}",
                    "supply what is missing, or cancel it; it is left out of the plan",
                )
        best = run({*unplanned, *given_up})
    tries = SECOND_CHANCES // max(best.offset.n_op, len(factory.items))
    for i in sorted(given_up, key=lambda i: (lines[i].priority, lines[i].need, i))[:tries]:
        again = run({*unplanned, *given_up} - {i})
        if again.is_whole:
            best = again
            del given_up[i]
    best.findings.extend([*stuck.values(), *unfilled.values()])
    return best.result(unplanned | given_up)
