"""Reservations of a factory, one a line in `.pegboard/reservations.jsonl` beside its tables, in order of making.

The file is replaced as a whole, by one writer at a time. A line that cannot be read is reported, and holds nothing.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path

import msgspec

from pegboard.domain.finding import Finding, warning
from pegboard.domain.quote import QuoteRequest, Reservation
from pegboard.domain.record import Moment, Options
from pegboard.exchange.atomic import replacing
from pegboard.exchange.locking import alone, beside

FILE = "reservations.jsonl"


class _Line(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A reservation as it is written: moments as text."""

    name: str
    item: str
    qty: float
    due: str = ""
    earliest: str = ""
    options: Options = ()
    customer: str = ""
    order: str
    priority: int | None = None
    weight: float | None = None
    min_ship_qty: float = 0.0
    date: int
    made: int
    made_at: int
    hours: float


def read_reservations(factory: Path) -> tuple[tuple[Reservation, ...], list[Finding]]:
    """All reservations of a factory in order of making, expired ones too, and what is wrong with the file."""
    file = beside(factory) / FILE
    found: list[Reservation] = []
    findings: list[Finding] = []
    lines = file.read_bytes().splitlines() if file.is_file() else []
    for number, line in enumerate(lines, 1):
        try:
            found.append(reservation_of(line))
        except ValueError as wrong:
            source = f"{FILE}:{number}"
            what = f"the line is no reservation: {wrong}"
            advice = "mend or delete the line; until then it holds nothing, and stays"
            findings.append(warning("C550", source, what, advice, source))
    return tuple(found), findings


def change_reservations(
    factory: Path, change: Callable[[tuple[Reservation, ...]], Sequence[Reservation]]
) -> tuple[Reservation, ...]:
    """Put what `change` makes of the reservations in their place; whoever else wants to waits until that is done.

    Lines that cannot be read stay.
    """
    folder = beside(factory)
    folder.mkdir(parents=True, exist_ok=True)
    with alone(factory, FILE):
        before, faults = read_reservations(factory)
        after = tuple(change(before))
        file = folder / FILE
        lines = file.read_bytes().splitlines() if file.is_file() else []
        unread = [lines[int(f.source.rpartition(":")[2]) - 1] for f in faults]
        written = [line_of(r) for r in after]
        with replacing(folder) as files:
            files.write(FILE, b"".join(line + b"\n" for line in (*unread, *written)))
    return after


def line_of(r: Reservation) -> bytes:
    """The line that reads back as a reservation."""
    q = r.request
    line = _Line(
        name=r.name,
        item=q.item,
        qty=q.qty,
        due="" if q.due is None else q.due.isoformat(),
        earliest="" if q.earliest is None else q.earliest.isoformat(),
        options=q.options,
        customer=q.customer,
        order=q.order,
        priority=q.priority,
        weight=q.weight,
        min_ship_qty=q.min_ship_qty,
        date=r.date,
        made=r.made,
        made_at=r.made_at,
        hours=r.hours,
    )
    return msgspec.json.encode(line)


def reservation_of(line: bytes) -> Reservation:
    """The reservation of a line; raises ValueError for one that is none."""
    x = msgspec.json.decode(line, type=_Line)
    request = QuoteRequest(
        item=x.item,
        qty=x.qty,
        due=_moment(x.due),
        earliest=_moment(x.earliest),
        options=x.options,
        customer=x.customer,
        order=x.order,
        priority=x.priority,
        weight=x.weight,
        min_ship_qty=x.min_ship_qty,
    )
    return Reservation(name=x.name, request=request, date=x.date, made=x.made, made_at=x.made_at, hours=x.hours)


def _moment(text: str) -> Moment | None:
    """A bare date or a moment with its offset. Raises ValueError."""
    if not text:
        return None
    if len(text) == len("2026-06-01"):
        return date.fromisoformat(text)
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError(f"{text} has no offset")
    return found
