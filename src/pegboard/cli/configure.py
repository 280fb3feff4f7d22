"""`pegboard configure`: a product as chosen, with variant, components, operations and minutes; or why it is refused."""

import sys
from pathlib import Path

import msgspec

from pegboard.app.configure import configure_factory
from pegboard.cli.console import line, table
from pegboard.cli.findings import show_findings
from pegboard.exchange.cells import options as read_options
from pegboard.exchange.fault import Fault
from pegboard.insight.product import Product


def run_configure(factory: Path, item: str, options: str, qty: float, *, json: bool) -> int:
    """Show one configured product; 0 where it can be made, 1 where not, 2 for options that cannot be read."""
    chosen = read_options(options)
    if isinstance(chosen, Fault) or not 0 < qty < float("inf"):
        wrong = f"--options {options!r} {chosen.says}" if isinstance(chosen, Fault) else f"--qty {qty:g} is no quantity"
        sys.stderr.write(f"{wrong}; write as in --options 'COLOUR=red;ARMS=yes' --qty 4\n")
        return 2
    found, findings = configure_factory(factory, item, qty, chosen)
    if found is None:
        show_findings(findings, json=json)
        return 1
    if json:
        sys.stdout.buffer.write(msgspec.json.encode(found))
        line()
    else:
        _show(found, factory)
    return 1 if found.refusals else 0


def _show(found: Product, factory: Path) -> None:
    line(f"{found.qty:g} {found.item}" + (f", variant {found.variant}" if found.variant else ""))
    for name, value in found.options:
        line(f"option   {name}={value}")
    for remark in found.remarks:
        line(f"remark   {remark}")
    for refusal in found.refusals:
        line(f"refused  {refusal}")
    if found.refusals:
        line(f"next     choose other options; pegboard validate {factory} names faults of the factory itself")
        return
    if found.components:
        line()
        rows = [(str(c.level), c.item, f"{c.qty:g}", c.uom, c.supply, _chosen(c.options)) for c in found.components]
        table(("level", "component", "qty", "uom", "supply", "options"), rows, right=frozenset({0, 2}))
    if found.operations:
        line()
        steps = [
            (o.item, str(o.step), o.name, o.resource, f"{o.qty:g}", f"{o.setup_min:g}", f"{o.run_min:g}")
            for o in found.operations
        ]
        head = ("item", "step", "name", "resource", "qty", "setup min", "run min")
        table(head, steps, right=frozenset({1, 4, 5, 6}))
    line()
    line(f"total    {found.total_min:g} min of setup and run")
    line(f"next     put it on an order, then pegboard plan {factory} --out PLAN")


def _chosen(options: tuple[tuple[str, str], ...]) -> str:
    return ", ".join(f"{name}={value}" for name, value in options)
