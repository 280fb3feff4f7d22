"""The journal as people read it: one row for each change, in words, newest first."""

from typing import Any

import msgspec


class JournalRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the journal: `when` in seconds UTC.

    `change` is as a journal holds it; none where the row plans again or withdraws another one.
    """

    position: int
    who: str
    when: int
    why: str
    text: str
    change: dict[str, Any] | None
    mode: str
    withdrawn: bool
