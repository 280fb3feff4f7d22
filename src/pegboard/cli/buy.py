"""`pegboard buy`: the buyers' list by supplier, and what to change of what is ordered already."""

from pathlib import Path
from zoneinfo import ZoneInfo

from pegboard.app.answers import Asked
from pegboard.cli.asked import answer, day, listed, number, records
from pegboard.cli.console import line, table
from pegboard.cli.findings import show_findings
from pegboard.insight.buying import Supplier, ToBuy, buyers_list, change_findings

HEAD = ("order by", "item", "qty", "cost", "due", "needed", "slack d", "in time", "for orders", "for steps")


def run_buy(factory: Path | None, plan: Path | None, *, json: bool, quiet: bool) -> int:
    """Show what to order and what to change."""

    def show(found: Asked) -> int:
        suppliers = buyers_list(found.plan)
        if json:
            return records(suppliers)
        _show(found, suppliers)
        return 0

    return answer(factory, plan, show, json=json, quiet=quiet)


def _show(found: Asked, suppliers: list[Supplier]) -> None:
    zone, currency = found.factory.zone, found.factory.snapshot.settings.currency
    for supplier in suppliers:
        if supplier.purchases:
            worth = f", {number(supplier.cost, 2)} {currency}".rstrip() if supplier.cost else ""
            line(f"{supplier.supplier or '(no supplier)'}{worth}")
            table(HEAD, [_row(r, zone) for r in supplier.purchases], right=frozenset({2, 3, 6}))
            line()
    messages = change_findings(found.plan)
    if messages:
        line("what is ordered already")
        show_findings(messages, json=False)
    waited_for = [r for s in suppliers for r in (*s.changes, *s.purchases) if r.slack_days is not None]
    first = min(waited_for, key=_slack, default=None)
    if first is None:
        line("next     nothing waits for a supplier")
    else:
        line(f"next     pegboard pegs {first.po} --slip 5, to see whom it hurts if it comes later")


def _slack(row: ToBuy) -> float:
    return row.slack_days or 0.0


def _row(row: ToBuy, zone: ZoneInfo) -> tuple[str, ...]:
    return (
        day(row.order_by, zone),
        row.item,
        number(row.qty),
        number(row.cost, 2),
        day(row.due, zone),
        day(row.need, zone),
        number(row.slack_days, 1),
        "yes" if row.feasible else "no",
        listed(row.for_orders),
        listed(row.for_steps, 2),
    )
