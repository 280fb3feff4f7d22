"""`pegboard validate`: what is wrong with a factory, without planning it."""

from pathlib import Path

from pegboard.app.files import validate_factory
from pegboard.cli.console import line
from pegboard.cli.findings import show_findings


def run_validate(factory: Path, *, json: bool) -> int:
    """Show every finding; exit code 1 if any is an error."""
    reading, findings = validate_factory(factory)
    show_findings(findings, json=json)
    errors = sum(1 for f in findings if f.severity == "error")
    if not json:
        warnings = sum(1 for f in findings if f.severity == "warning")
        if reading.snapshot is not None:
            s = reading.snapshot
            line(
                f"{len(s.orders):,} order lines, {len(s.items):,} items, {len(s.bom):,} BOM lines, "
                f"{len(s.routing):,} steps, {len(s.resources):,} resources: {errors:,} errors, {warnings:,} warnings"
            )
            line(f"next     pegboard plan {factory} --out PLAN")
        else:
            line(f"{errors:,} errors: nothing can be planned from {factory}")
    return 1 if errors else 0
