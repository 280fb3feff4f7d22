"""The figures of kpis.json and the certificate agree with the plan."""

from __future__ import annotations

from collections import Counter

from tests.recheck.case import Case
from tests.recheck.ledger import Ledger
from tests.recheck.values import DAY, EPS


def check_kpis(case: Case, ledger: Ledger) -> None:
    """kpis.json counts agree with orders.csv."""
    kpis, lines = case.plan.documents["kpis.json"], case.plan.lines
    by_status = Counter(line.status for line in lines)
    on_time, covered, late = by_status["on_time"], by_status["covered"], by_status["late"]
    tardy = [max(0.0, (line.completion or 0.0) - line.due) / DAY for line in lines if line.completion is not None]
    weighted = [
        max(0.0, line.completion - line.due) / DAY * line.weight for line in lines if line.completion is not None
    ]
    signed = [(line.completion - line.due) / DAY for line in lines if line.completion is not None]
    # Reading: covered lines are on time, or a count of their own; percentages of all lines or of the planned ones.
    kept = {on_time, on_time + covered}
    bases = {n for n in (len(lines), on_time + covered + late) if n}
    shares = {100 * k / n for k in kept for n in bases} or {0.0, 100.0}
    expected: dict[str, tuple[set[float], float]] = {
        "orders": ({len(lines), len({line.key[0] for line in lines})}, 0.0),
        "lines_on_time": (set(map(float, kept)), 0.0),
        "lines_late": ({late}, 0.0),
        "lines_unplanned": ({by_status["unplanned"]}, 0.0),
        "on_time_pct": (shares, 0.06),
        "total_tardiness_days": ({sum(tardy)}, 0.01 + 0.001 * sum(tardy)),
        "weighted_tardiness_days": ({sum(weighted)}, 0.01 + 0.001 * sum(weighted)),
        "max_lateness_days": ({max(signed, default=0.0), max(tardy, default=0.0)}, 0.01),
    }
    for name, (values, slack) in expected.items():
        stated = kpis.get(name)
        ok = isinstance(stated, int | float) and any(abs(stated - value) <= slack + EPS for value in values)
        shown = " or ".join(f"{value:g}" for value in sorted(values))
        ledger.test("kpis", ok, f"{name} is {stated}, orders.csv makes it {shown}")


def check_certificate(case: Case, ledger: Ledger) -> None:
    """ "violations (list; empty in a published plan)"; what was checked is named with how many instances."""
    certificate = case.plan.documents["certificate.json"]
    violations = certificate.get("violations")
    ledger.test("certificate", violations == [], f"the certificate lists violations: {str(violations)[:200]}")
    ledger.test("certificate", bool(certificate.get("checked")), "the certificate names nothing that was checked")
