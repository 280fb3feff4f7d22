"""The base of all factory records and the types their fields are made of."""

from datetime import date, datetime
from typing import NewType

import msgspec

Moment = date | datetime
"""A bare date (its instant depends on its use, see `calendar.py`) or an aware date-time."""

ClockMin = NewType("ClockMin", int)
"""Minutes after local midnight, 0 to 1440."""

Weekdays = NewType("Weekdays", tuple[int, ...])
"""Days of the week, Monday is 0."""

Options = tuple[tuple[str, str], ...]
"""Chosen option values, sorted by option name: `(("COLOUR", "red"),)`."""

Ids = tuple[str, ...]
Steps = tuple[int, ...]


class Record(msgspec.Struct, frozen=True, kw_only=True, gc=False, dict=False):
    """One row of a factory file.

    `user` keeps the columns that Pegboard does not know, in file order; `source` is `file:line`.
    """

    user: tuple[tuple[str, str], ...] = ()
    source: str = ""
