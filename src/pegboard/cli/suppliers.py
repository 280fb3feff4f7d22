"""`pegboard suppliers`: how reliable each supplier has been, and the lead times that planning makes of it."""

from pathlib import Path

from pegboard.app.answers import supplier_figures
from pegboard.cli.asked import number, records
from pegboard.cli.console import line, table
from pegboard.cli.findings import show_findings

HEAD = ("supplier", "item", "receipts", "on time %", "mean d", "P80 d", "P95 d", "quoted d", "safety d", "planned d")


def run_suppliers(factory: Path, *, json: bool) -> int:
    """Show a row for each supplier and for each of its items."""
    found, findings = supplier_figures(factory)
    if found is None:
        show_findings(findings, json=json)
        return 1
    if json:
        return records(found)
    rows = []
    for row in found:
        figures = (row.otd_pct, row.mean_days, row.p80_days, row.p95_days)
        days = (row.quoted_days, row.safety_days, row.planned_days)
        shown = [number(row.otd_pct, 1), *(number(x, 1) for x in figures[1:]), *(number(x) for x in days)]
        rows.append((row.supplier, row.item or "(all)", str(row.receipts), *shown))
    if not rows:
        line("no suppliers; name them in item_suppliers.csv")
        return 0
    table(HEAD, rows, right=frozenset(range(2, len(HEAD))))
    if all(row.receipts == 0 for row in found):
        line("next     give received purchase orders their day in the column received of purchase_orders.csv")
    elif all(not row.safety_days for row in found):
        line("next     set supplier_service = 80 in [policy] of factory.toml to plan by these records")
    else:
        line("next     pegboard buy FACTORY")
    return 0
