"""What can be done about a late order line: the changes that do it, what they gain and cost, and whom they hurt.

Instants are UTC seconds since 1970, durations seconds, money in the factory's currency.
"""

from typing import Literal

import msgspec

from pegboard.domain.change import Change
from pegboard.domain.quote import Moved, PromiseLine

RemedyKind = Literal["fit", "machine", "squeeze", "move", "overtime", "expedite", "both", "split", "part"]


class Remedy(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One thing to do about a late line, solved and judged by the referee.

    `changes` are what to do to the factory, without the pins that hold the operations in the places shown. `parts` are
    when each part of the quantity is complete, all of it unless it is divided; `completion` and `lateness` those of the
    last. `gain` is the lateness that is avoided, of parts weighted by their quantity. `cost` is what is paid more, None
    where it is not known, and `cost_unknown` says why. `hurt` are the lines of others that come later, `moved` the
    operations of others that start elsewhere or at another time. `is_replanned` where everything is planned anew.
    """

    kind: RemedyKind
    how: str
    changes: tuple[Change, ...]
    completion_before: int
    lateness_before: int
    completion: int
    lateness: int
    parts: tuple[PromiseLine, ...]
    gain: int
    cost: float | None
    cost_unknown: str = ""
    hurt: tuple[Moved, ...] = ()
    moved: int = 0
    is_replanned: bool = False
    certified: bool = True

    @property
    def harm(self) -> int:
        """Seconds by which lines of others are later, where that makes them late."""
        return sum(max(0, h.now - max(h.was, h.due)) for h in self.hurt)


class Mending(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What can be done about one line, the best first, what was tried in vain, and `says` where nothing is to do."""

    line: str
    due: int
    completion: int | None
    lateness: int | None
    remedies: tuple[Remedy, ...] = ()
    in_vain: tuple[str, ...] = ()
    says: str = ""
