"""A plan, a factory that has changed since, and the plan repaired; without files."""

from collections.abc import Sequence

from pegboard.app.outcome import Outcome
from pegboard.app.repair import repaired
from pegboard.domain.plan import places_of
from pegboard.domain.snapshot import Snapshot
from pegboard.insight.comparing.stability import Stability, stability
from pegboard.scheduling.engines.repair import Degree


def repair(before: Outcome, changed: Snapshot, degree: Degree = "shift", locks: Sequence[str] = ()) -> Outcome:
    """The repaired plan, which the referee must accept."""
    outcome = repaired(changed, places_of(before.plan), degree, locks, [], "", 0, lambda what, share: None)
    assert outcome.is_certified, outcome.plan.certificate.violations
    return outcome


def changes(before: Outcome, after: Outcome) -> Stability:
    """What the repair changed; the frozen zone is empty."""
    return stability(places_of(before.plan), places_of(after.plan), 0)
