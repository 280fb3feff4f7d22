"""What made a line late: its lateness divided among the causes in its chain, to the second.

A line that is due in two days and needs one of work has a day to spare; the first day that it waits costs nothing, the
rest makes it late. So the latest waits are taken first, and of them first what somebody could have avoided: waiting for
others. What is left falls to closed time, then to what the routing asks for besides the run, then to the run itself:
then the line was too late from the beginning. A due date before now explains itself.
"""

from collections.abc import Iterator, Sequence

import msgspec

from pegboard.insight.chain import LABEL, Segment, duration

TIERS: tuple[frozenset[str], ...] = (
    frozenset({"resource", "material", "buffer", "held", "locked", "earliest", "together"}),
    frozenset({"closed"}),
    frozenset({"setup", "queue", "move", "wait"}),
    frozenset({"run"}),
)
PAST_DUE = "past_due"


class LateCause(msgspec.Struct, frozen=True, gc=False):
    """Seconds of a line's lateness and what they are owed to.

    `subject` is the resource or item that was waited for; `behind` the order that had the resource, `supply` the
    purchase, lot or work order that brought the item. Other kinds name none.
    """

    kind: str
    subject: str
    behind: str
    supply: str
    seconds: int

    @property
    def words(self) -> str:
        """As in `20 h behind SO-0991 at LASER-3`."""
        took = duration(self.seconds)
        if self.kind == "resource":
            return f"{took} behind {self.behind} at {self.subject}"
        if self.kind in ("material", "buffer"):
            by = f" ({self.supply})" if self.supply else ""
            return f"{took} {LABEL[self.kind]} {self.subject}{by}"
        if self.kind == PAST_DUE:
            return f"{took} past due before now"
        return f"{took} {LABEL[self.kind]}"


def late_causes(chain: Sequence[Segment], late: int) -> tuple[LateCause, ...]:
    """The causes of so many seconds of lateness, the largest first; they sum to it. None for a line on time."""
    found: dict[tuple[str, str, str, str], int] = {}
    left = max(late, 0)
    for tier in TIERS:
        for *cause, seconds in _latest_first(s for s in chain if s.kind in tier):
            taken = min(left, seconds)
            if taken > 0:
                kind, subject, behind, supply = cause
                key = (kind, subject, behind, supply)
                found[key] = found.get(key, 0) + taken
                left -= taken
    if left > 0:
        found[PAST_DUE, "", "", ""] = left
    return tuple(LateCause(*key, n) for key, n in sorted(found.items(), key=lambda kv: (-kv[1], kv[0])))


def _latest_first(segments: Iterator[Segment]) -> Iterator[tuple[str, str, str, str, int]]:
    """Kind, subject, order ahead, supply and seconds of each stretch, the latest stretch first."""
    for s in sorted(segments, key=lambda s: (s.start, s.end, s.kind), reverse=True):
        if s.kind == "resource":
            yield from ((s.kind, s.subject, a.order, "", a.seconds) for a in reversed(s.ahead))
        elif s.kind in ("material", "buffer"):
            yield s.kind, s.subject, "", s.supply, s.seconds
        else:
            yield s.kind, "", "", "", s.seconds
