"""What a changed factory does to a plan: planned again from the start, or repaired with few moves.

Both are functions of the base plan and the changed snapshot alone (docs/decisions/0011).
"""

from typing import Literal

from pegboard.app.files import Report
from pegboard.app.planning import Outcome, make_plan
from pegboard.app.repair import repaired
from pegboard.domain.finding import Finding
from pegboard.domain.plan import places_of
from pegboard.domain.snapshot import Snapshot
from pegboard.scheduling.engines.dispatch import Options

Mode = Literal["repair", "replan"]


def evaluate(
    base: Outcome, snapshot: Snapshot, mode: Mode, findings: list[Finding], factory_hash: str, seed: int, report: Report
) -> Outcome:
    """The certified plan of a changed snapshot; `base` is the plan of the snapshot before the changes."""
    if mode == "replan":
        return make_plan(snapshot, findings, factory_hash, seed, Options(), report)
    return repaired(snapshot, places_of(base.plan), "shift", (), findings, factory_hash, seed, report)
