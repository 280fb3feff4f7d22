"""What the chain of a line is made of: stretches of its lead time, each with what it was spent on."""

from typing import Literal

import msgspec

Kind = Literal[
    "material",
    "buffer",
    "resource",
    "closed",
    "setup",
    "run",
    "queue",
    "wait",
    "move",
    "held",
    "locked",
    "earliest",
    "together",
]

LABEL: dict[str, str] = {
    "material": "material",
    "buffer": "buffer",
    "resource": "resource busy",
    "closed": "closed",
    "setup": "setup",
    "run": "run",
    "queue": "queue",
    "wait": "wait",
    "move": "move",
    "held": "held to be just in time",
    "locked": "locked in its place",
    "earliest": "earliest date",
    "together": "ships together",
}


class Ahead(msgspec.Struct, frozen=True, gc=False):
    """An operation that held a resource before, for which order, and for how many open seconds it was waited for."""

    order: str
    operation: str
    seconds: int


class Segment(msgspec.Struct, frozen=True, gc=False):
    """A stretch of an order's lead time: what it was spent on. `subject` is the operation, item or resource.

    Where it waits for material `supply` names the purchase, lot or work order, where it waits for a resource `ahead`
    who had it; theirs are all its seconds.
    """

    kind: Kind
    start: int
    end: int
    seconds: int
    subject: str
    what: str
    supply: str = ""
    ahead: tuple[Ahead, ...] = ()


def duration(seconds: float) -> str:
    """A duration as people say it: `1 d 6 h`, `45 min`."""
    minutes = round(seconds / 60)
    days, rest = divmod(minutes, 1440)
    hours, mins = divmod(rest, 60)
    if days:
        return f"{days} d {hours} h" if hours else f"{days} d"
    if hours:
        return f"{hours} h {mins} min" if mins and hours < 10 else f"{hours} h"
    return f"{mins} min"
