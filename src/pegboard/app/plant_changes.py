"""Changes as they are sent: records of the journal's union, or texts as the command line takes them."""

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from pegboard.app.plant_desk import RefusedError
from pegboard.domain.change import Change
from pegboard.domain.finding import Finding
from pegboard.exchange import read_change, read_entry


def read_changes(sent: Sequence[dict[str, Any]], zone: ZoneInfo) -> tuple[Change, ...]:
    """The changes that were sent; raises RefusedError with everything that is wrong with them."""
    found: list[Change] = []
    faults: list[Finding] = []
    for number, fields in enumerate(sent, 1):
        change, findings = _read(fields, zone, f"changes[{number}]")
        faults += [f for f in findings if f.severity == "error"]
        if change is not None:
            found.append(change)
    if faults:
        raise RefusedError(faults)
    return tuple(found)


def _read(fields: dict[str, Any], zone: ZoneInfo, place: str) -> tuple[Change | None, list[Finding]]:
    text = fields.get("text")
    if isinstance(text, str) and "change" not in fields:
        return read_change(text, zone)
    entry, findings = read_entry(fields, zone, place)
    return None if entry is None else entry.change, findings
