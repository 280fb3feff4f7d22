"""The referee: judges a schedule by the constraints' definitions, and knows no engine."""

from dataclasses import dataclass

from pegboard.domain.plan import Violation
from pegboard.kernels.arrays import Schedule
from pegboard.scheduling.constraints import ALL
from pegboard.scheduling.problem import Problem


@dataclass(frozen=True)
class Verdict:
    """How many instances of each constraint were checked, and every violation found."""

    checked: dict[str, int]
    violations: tuple[Violation, ...]


def check(problem: Problem, schedule: Schedule) -> Verdict:
    """Hold a schedule against every constraint that applies anywhere."""
    checked = {c.name: c.instances(problem) for c in ALL}
    violations = [v for c in ALL if checked[c.name] for v in c.violations(problem, schedule)]
    return Verdict(checked, tuple(violations))
