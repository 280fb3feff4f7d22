"""`pegboard pegs`: where an order's supplies come from, where a supply goes, and whom it hurts if it slips."""

from pathlib import Path
from zoneinfo import ZoneInfo

from pegboard.app.answers import Asked
from pegboard.cli.asked import answer, day, number, records
from pegboard.cli.console import line, table
from pegboard.cli.findings import show_findings
from pegboard.domain.finding import error
from pegboard.insight.pegging import Pegging
from pegboard.insight.trace import Node, Served, comes_from, goes_to, made_from, roots, served

SHOWN = 200
HEAD = {
    "from": ("supply", "qty", "item", "there", "needed", "slack d", "critical", "excess"),
    "to": ("supply", "takes of it", "as item", "there", "needed", "slack d", "critical", "excess"),
}
HURT = ("supply", "order", "customer", "item", "takes of it", "due", "late by d", "slack d")


def run_pegs(
    name: str, factory: Path | None, plan: Path | None, slip_days: float | None, *, json: bool, quiet: bool
) -> int:
    """Trace a name through the plan; the exit code is 1 where it stands for nothing."""
    if factory is not None and not factory.exists() and Path(name).exists():
        name, factory = str(factory), Path(name)

    def show(found: Asked) -> int:
        pegging = Pegging(found.plan, found.factory)
        lines, supplies = roots(pegging, name)
        if not lines and not supplies:
            what = f"the plan holds no order, work order, purchase, stock or item {name}"
            show_findings([error("S363", name, what, "see orders.csv and work_orders.csv of the plan")], json=json)
            return 1
        trees = [comes_from(pegging, each) for each in lines]
        hurt: list[Served] = []
        for key in supplies:
            supply = pegging.supplies[key]
            if supply.kind == "wo" and name == supply.name and supply.item == pegging.works[name].item:
                trees.append(made_from(pegging, supply))
            trees.append(goes_to(pegging, supply))
            hurt.extend(served(pegging, supply, slip_days))
        if json:
            return records({"nodes": [node for tree in trees for node in tree], "served": hurt})
        _show(trees, hurt, slip_days, found.factory.zone)
        return 0

    return answer(factory, plan, show, json=json, quiet=quiet)


def _show(trees: list[list[Node]], hurt: list[Served], slip_days: float | None, zone: ZoneInfo) -> None:
    for tree in trees:
        root = tree[0]
        line(f"{root.name} {'comes from' if root.direction == 'from' else 'goes to'}")
        table(HEAD[root.direction], [_row(node, zone) for node in tree[:SHOWN]], right=frozenset({1, 5, 6, 7}))
        if len(tree) > SHOWN:
            line(f"... and {len(tree) - SHOWN:,} more; --json shows all")
        line()
    if hurt:
        _hurt(hurt, slip_days, zone)
    late = next((s.order for s in hurt if (s.slipped_days or s.lateness_days or 0) > 0), None)
    first = late or (hurt[0].order if hurt else trees[0][0].name)
    line(f"next     pegboard why {first}")


def _row(node: Node, zone: ZoneInfo) -> tuple[str, ...]:
    step = f" step {node.step}" if node.step is not None and node.depth else ""
    kind = {"po": "purchase order ", "wo": "work order ", "order": "order "}.get(node.kind, f"{node.kind} ")
    return (
        f"{'  ' * node.depth}{kind}{node.name}{step if node.direction == 'to' else ''}{' (hard)' if node.hard else ''}",
        number(node.qty),
        node.item,
        day(node.available, zone),
        day(node.need, zone),
        number(node.slack_days, 1),
        number(node.criticality, 1),
        number(node.excess),
    )


def _hurt(hurt: list[Served], slip_days: float | None, zone: ZoneInfo) -> None:
    """The customer lines that the supplies serve, with what a slip does to them."""
    head = HURT if slip_days is None else (*HURT, f"late if {slip_days:g} d later")
    rows = []
    for s in hurt[:SHOWN]:
        row = [s.root, s.order, s.customer, s.item, number(s.qty), day(s.due, zone)]
        row += [number(s.lateness_days, 1), number(s.slack_days, 1)]
        rows.append(row if slip_days is None else [*row, number(s.slipped_days, 1)])
    table(head, rows, right=frozenset({4, 6, 7, 8}))
    if len(hurt) > SHOWN:
        line(f"... and {len(hurt) - SHOWN:,} more; --json shows all")
    line("slack is an estimate from the plan's latest dates, as if every machine were free")
