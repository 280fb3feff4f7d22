"""The journal of a plant in words."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from pegboard.app.plant_state import LiveState
from pegboard.domain.change import Change, Entry
from pegboard.exchange import entry_fields
from pegboard.insight.journal_rows import JournalRow
from pegboard.planning.changing import describe
from pegboard.storage.database.journal import Write


def journal_rows(writes: Sequence[Write], state: LiveState) -> tuple[JournalRow, ...]:
    """Writes as rows, in their order; those that the state does not count are withdrawn."""
    counted = {w.position for w in state.writes}
    return tuple(row for write in writes for row in _rows(write, state, write.position in counted))


def _rows(write: Write, state: LiveState, counts: bool) -> list[JournalRow]:  # noqa: FBT001
    when, zone = int(write.when.timestamp()), ZoneInfo(state.changed.snapshot.settings.timezone)
    said: list[tuple[int, Change | None, str]]
    if not write.entries:
        said = [(write.position, None, "plan again" if write.withdraws is None else f"withdraw {write.withdraws:,}")]
    else:
        snapshot = state.changed.snapshot
        said = [(write.position + i, e.change, describe(e.change, snapshot)) for i, e in enumerate(write.entries)]
    return [
        JournalRow(
            position=position,
            who=write.who,
            when=when,
            why=write.why,
            text=text,
            change=None if change is None else entry_fields(Entry(change=change), zone),
            mode=write.mode,
            withdrawn=write.mode != "withdraw" and not counts,
        )
        for position, change, text in said
    ]
