"""`pegboard item`: one item, what it is made from and goes into, what comes and goes, and its stock over time."""

from collections.abc import Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

from pegboard.app.answers import Asked
from pegboard.cli.asked import answer, listed, moment, number, records
from pegboard.cli.console import line, table
from pegboard.cli.findings import show_findings
from pegboard.domain.finding import Finding
from pegboard.insight.item_page import Component, ItemDemand, ItemPage, item_page

SHOWN = 40


def run_item(factory: Path, item: str, plan: Path | None, *, json: bool, quiet: bool) -> int:
    """Show an item."""

    def show(found: Asked) -> int:
        page = item_page(found.factory, found.plan, item)
        if isinstance(page, Finding):
            show_findings([page], json=json)
            return 1
        if json:
            return records(page)
        _show(page, found.factory.zone)
        return 0

    return answer(factory, plan, show, json=json, quiet=quiet)


def _show(page: ItemPage, zone: ZoneInfo) -> None:
    head = page.item
    line(f"{head.item}  {head.description}  ({head.kind}, {head.policy}, in {head.unit})")
    figures = (
        ("on hand", head.on_hand),
        ("on order", head.on_order),
        ("planned", head.planned),
        ("demand", head.demand),
    )
    line("  ".join(f"{name} {number(qty)}" for name, qty in figures))
    _components("made from", [(row.component, row) for row in page.made_from])
    _components("goes into", [(row.parent, row) for row in page.where_used])
    supplies = [
        (s.kind, s.name, number(s.qty), number(s.pegged), moment(s.available, zone), listed(s.orders))
        for s in page.supplies
    ]
    _section(("supply", "name", "qty", "promised", "there", "for orders"), supplies, frozenset({2, 3}))
    demands = [_demand(d, zone) for d in page.demands]
    _section(("demand", "qty", "needed", "there"), demands, frozenset({1}))
    levels = [(moment(t, zone), number(qty)) for t, qty in zip(page.stock.t, page.stock.qty, strict=True)]
    _section(("from", "stock"), levels, frozenset({1}))
    line()
    line(f"next     pegboard pegs {head.item}")


def _demand(d: ItemDemand, zone: ZoneInfo) -> tuple[str, ...]:
    name = d.name if d.step is None else f"{d.name}.{d.step}"
    return name, number(d.qty), moment(d.need, zone), moment(d.available, zone)


def _components(title: str, rows: list[tuple[str, Component]]) -> None:
    _section((title, "", "qty", "unit", "step", "if"), [_component(name, row) for name, row in rows], frozenset({2}))


def _component(name: str, row: Component) -> tuple[str, ...]:
    step = "" if row.step is None else str(row.step)
    return name, row.description, row.formula or number(row.qty), row.unit, step, row.condition


def _section(head: tuple[str, ...], rows: Sequence[tuple[str, ...]], right: frozenset[int]) -> None:
    if rows:
        line()
        table(head, rows[:SHOWN], right)
        if len(rows) > SHOWN:
            line(f"... and {len(rows) - SHOWN:,} more; --json shows all")
