"""What a plan costs in money: purchases, machine hours and changeovers; each unknown where a price or rate is missing.

Tardiness is no money: it stays a number of its own, in weighted days.
"""

from collections import defaultdict
from collections.abc import Mapping

from pegboard.domain.factory import Factory
from pegboard.domain.finding import Finding, warning
from pegboard.domain.plan import Plan, Row
from pegboard.domain.resource import Changeover
from pegboard.insight.comparing.load import Busy


class Cost(Row, frozen=True, kw_only=True):
    """Costs in the factory's currency; None where they cannot be known, and then neither can `total`.

    `purchases` holds what is ordered and what changes of open orders cost or save; `hours` the busy hours of machines
    and people at `cost_per_hour` (tools and spaces without a rate cost nothing); `setup` the `cost` of changeovers
    beside their time. `weighted_tardiness_days` is no part of the total.
    """

    purchases: float | None
    hours: float | None
    setup: float | None
    total: float | None
    weighted_tardiness_days: float


def cost(plan: Plan, factory: Factory | None, load: Mapping[str, Busy]) -> tuple[Cost, list[Finding]]:
    """The costs of a plan, and what is missing to know them."""
    unpriced = sorted({p.item for p in plan.purchases if p.cost is None and p.action == "order"})
    purchases = None if unpriced else round(sum(p.cost or 0.0 for p in plan.purchases), 2)
    findings = (
        [_missing("C450", "purchases", "no price", unpriced, "item_suppliers.csv or items.csv")] if unpriced else []
    )
    hours = setup = None
    if factory is not None:
        idle = [name for name in load if _rate(factory, name) is None and load[name].hours > 0]
        hours = None if idle else round(sum(b.hours * (_rate(factory, name) or 0.0) for name, b in load.items()), 2)
        setup = round(_changeovers(plan, factory), 2)
        if idle:
            findings.append(_missing("C451", "hours", "no cost_per_hour", sorted(idle), "resources.csv"))
    parts = (purchases, hours, setup)
    total = None if None in parts else round(sum(part or 0.0 for part in parts), 2)
    figures = Cost(
        purchases=purchases,
        hours=hours,
        setup=setup,
        total=total,
        weighted_tardiness_days=plan.kpis.weighted_tardiness_days,
    )
    return figures, findings


def _missing(code: str, what: str, lacks: str, names: list[str], file: str) -> Finding:
    shown = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    said = f"the cost of {what} is not known: {shown} with {lacks}"
    return warning(code, what, said, f"give one in {file}; until then no total is told")


def _rate(factory: Factory, name: str) -> float | None:
    resource = factory.resources[name]
    free = resource.cost_per_hour is None and resource.kind in ("tool", "space")
    return 0.0 if free else resource.cost_per_hour


def _changeovers(plan: Plan, factory: Factory) -> float:
    """The cost of every change of family on resources with a matrix; work without family changes nothing."""
    rows: dict[str, list[Changeover]] = defaultdict(list)
    for row in factory.snapshot.changeovers:
        rows[row.changeover].append(row)
    priced = {name: found for name, found in rows.items() if any(row.cost for row in found)}
    state = {name: r.initial_family for name, r in factory.resources.items() if r.changeover in priced and r.finite}
    total = 0.0
    for op in sorted(plan.operations, key=lambda o: (o.setup_start, o.wo, o.step)) if state else ():
        for name in (op.resource, *op.also):
            if name in state and op.family:
                if state[name] and op.status != "started":
                    total += _changeover(priced[factory.resources[name].changeover], state[name], op.family)
                state[name] = op.family
    return total


def _changeover(rows: list[Changeover], from_: str, to: str) -> float:
    """The cost in the most specific row for a pair of families."""
    fitting = [row for row in rows if row.from_ in (from_, "*") and row.to in (to, "*")]
    found = max(fitting, key=lambda row: (row.from_ != "*", row.to != "*"), default=None)
    return (found.cost or 0.0) if found else 0.0
