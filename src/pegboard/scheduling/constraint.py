"""What a constraint is to the referee: a name, how often it applies, and its violations by plain definition."""

from collections.abc import Iterator
from typing import Protocol

from pegboard.domain.plan import Violation
from pegboard.kernels.arrays import Schedule
from pegboard.scheduling.problem import Problem


class Constraint(Protocol):
    """One rule of the shop. Definitions are meant to be obviously right; no engine code may be used in them."""

    name: str

    def instances(self, problem: Problem) -> int:
        """How many times the rule applies in this problem."""
        ...

    def violations(self, problem: Problem, schedule: Schedule) -> Iterator[Violation]:
        """Every breach of the rule by the placed operations."""
        ...
