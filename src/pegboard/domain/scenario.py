"""A scenario is a named sequence of changes to one state of a factory; no plan is stored in it."""

import msgspec

from pegboard.domain.change import Entry
from pegboard.domain.finding import Finding


class Scenario(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What if: the factory as it was at `base`, and these changes to it, in order.

    `base` is the hash of the factory, its journal included, and `journal` how many changes that journal held.
    `parent` names the scenario from which this one was branched, with so many changes (`branched`).
    """

    name: str
    base: str
    journal: int
    parent: str = ""
    branched: int = 0
    entries: tuple[Entry, ...] = ()


class Stale(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A race that was lost: the journal is longer than expected, by the entries that came `between`."""

    expected: int
    length: int
    between: tuple[Entry, ...]


class StoreError(Exception):
    """Scenarios or a journal that cannot be read or written now, as a finding."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.what)
        self.finding = finding
