"""What use cases want of the outside, and adapters in `storage` fulfil."""

from typing import Protocol

from pegboard.domain.change import Entry
from pegboard.domain.scenario import Scenario, Stale


class Store(Protocol):
    """Scenarios of one factory, and the journal of its changes.

    Writers never wait for each other's answer: each says what it takes to be there, and nothing is written where that
    is no longer so. What is written is whole, and still there after a power cut. Every method raises StoreError where
    the store cannot be read, or another process holds it for too long.
    """

    def names(self) -> tuple[str, ...]:
        """The names of all scenarios, sorted."""

    def read(self, name: str) -> Scenario | None:
        """A scenario; None where there is none of this name."""

    def write(self, scenario: Scenario, instead_of: Scenario | None) -> bool:
        """Keep a scenario in the place of one of the same name; False where the name holds something else by now."""

    def delete(self, scenario: Scenario) -> bool:
        """Forget a scenario; False where its name holds something else by now."""

    def journal_length(self) -> int:
        """How many changes the journal of the factory holds."""

    def journal(self, since: int) -> tuple[Entry, ...]:
        """The changes of the journal but so many of the first."""

    def append(self, entries: tuple[Entry, ...], expected: int) -> Stale | None:
        """Write changes to the end of the journal, all or none; none where its length is not the expected one."""
