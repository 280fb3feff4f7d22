"""The use case of two plans side by side: read both folders, and the factory where one is named."""

from dataclasses import dataclass
from pathlib import Path

import msgspec

from pegboard.app.files import Report, read
from pegboard.domain.factory import Factory
from pegboard.domain.finding import Finding, in_order, info, warning
from pegboard.domain.plan import Plan
from pegboard.exchange import PlanUnreadableError, read_plan
from pegboard.insight.comparing.comparison import Comparison, Side, compare
from pegboard.planning.validate import validate


@dataclass(frozen=True)
class Compared:
    """Both plans and how the second differs; the findings are those of the comparison."""

    before: Plan
    after: Plan
    comparison: Comparison


def compare_plans(before: Path, after: Path, factory: Path | None, report: Report) -> Compared | list[Finding]:
    """Compare two plan folders; the findings alone where one, or the factory, cannot be read."""
    report("reading", 0.0)
    try:
        old, new = read_plan(before), read_plan(after)
    except PlanUnreadableError as fault:
        return [fault.finding]
    known: Factory | None = None
    findings: list[Finding] = []
    if factory is None:
        what = "loads, overtime and the cost of hours and changeovers are known to a factory alone"
        findings.append(info("C453", "factory", what, "name it with --factory"))
    else:
        reading = read(factory)
        if reading.snapshot is None:
            return in_order(reading.findings)
        known, _ = validate(reading.snapshot)
        findings.extend(_of_another(((before, old), (after, new)), reading.factory_hash))
    report("comparing", 0.5)
    found = compare(Side(old, known), Side(new, known))
    said = in_order([*found.findings, *findings])
    return Compared(old, new, msgspec.structs.replace(found, findings=tuple(said)))


def _of_another(plans: tuple[tuple[Path, Plan], ...], factory_hash: str) -> list[Finding]:
    """A remark for each plan that was made of the factory as it was at another time."""
    return [
        warning(
            "C452",
            str(folder),
            f"plan {folder} is of another state of the factory; its loads, promises and costs are by the one named",
            "name the factory of the newer plan",
        )
        for folder, plan in plans
        if plan.certificate.factory_hash != factory_hash
    ]
