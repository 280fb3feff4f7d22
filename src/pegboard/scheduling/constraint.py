"""What a constraint is: a name, how often it applies, its violations by plain definition, and itself to a solver."""

from collections.abc import Iterator
from typing import Protocol

from pegboard.domain.plan import Violation
from pegboard.kernels.arrays import Schedule
from pegboard.scheduling.cpmodel import CpModel
from pegboard.scheduling.problem import Problem


class Constraint(Protocol):
    """One rule of the shop. Definitions are meant to be obviously right; no engine code may be used in them.

    `tests/laws/test_solver_equals_referee.py` holds `post` and `violations` to each other.
    """

    name: str

    def instances(self, problem: Problem) -> int:
        """How many times the rule applies in this problem."""
        ...

    def violations(self, problem: Problem, schedule: Schedule) -> Iterator[Violation]:
        """Every breach of the rule by the placed operations."""
        ...

    def post(self, problem: Problem, cp: CpModel) -> None:
        """Allow a CP-SAT model in which every operation is placed exactly the schedules that keep the rule."""
        ...
