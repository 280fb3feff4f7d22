"""The use case of changing a factory: read what is typed, try it on the factory, and keep it in the journal."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from pegboard.app.files import read
from pegboard.domain.change import Change, Entry
from pegboard.domain.finding import Finding, error, in_order
from pegboard.exchange import CHANGES_FILE, JournalMovedError, append_changes, read_change
from pegboard.planning.changing import apply, describe


@dataclass(frozen=True)
class Tried:
    """One change on the factory as those before it have left it: in words, and what is to say of it."""

    change: Change
    says: str
    findings: tuple[Finding, ...]
    is_refused: bool


@dataclass(frozen=True)
class Changed:
    """What became of all changes; `length` is that of the journal where they were written, else None.

    `findings` are about the factory or the journal; errors there or in a change keep all of them out of it.
    """

    tried: list[Tried]
    findings: list[Finding]
    length: int | None = None

    @property
    def is_refused(self) -> bool:
        """Whether something is in the way."""
        return any(t.is_refused for t in self.tried) or any(f.severity == "error" for f in self.findings)


class ChangeUnreadableError(Exception):
    """Something that was typed is no change; `findings` tell why."""

    def __init__(self, findings: list[Finding]) -> None:
        """All faults of all texts."""
        super().__init__("; ".join(f.what for f in findings))
        self.findings = findings


def try_changes(path: Path, texts: list[str], who: str, why: str, *, keep: bool) -> Changed:
    """Try changes one after the other; `keep` them in the journal where nothing is refused.

    Raises ChangeUnreadableError.
    """
    reading = read(path)
    if reading.snapshot is None:
        return Changed([], in_order(reading.findings))
    snapshot = reading.snapshot
    zone = ZoneInfo(snapshot.settings.timezone)
    found = [read_change(text, zone) for text in texts]
    faults = [f for _, findings in found for f in findings if f.severity == "error"]
    if faults:
        raise ChangeUnreadableError(faults)
    tried = []
    for change, remarks in found:
        assert change is not None
        done = apply(snapshot, change)
        says = describe(change, snapshot)
        tried.append(Tried(change, says, (*remarks, *done.findings), done.is_refused))
        snapshot = done.snapshot
    result = Changed(tried, [])
    if not keep or result.is_refused:
        return result
    if not path.is_dir():
        what = f"{path.name} is a workbook, and a journal is kept beside the files of a folder"
        advice = f"pegboard import {path} --out FACTORY first, then change that"
        return Changed(tried, [error("C415", path.name, what, advice)])
    now = datetime.now(UTC).replace(microsecond=0)
    entries = [Entry(change=t.change, who=who, when=now, why=why) for t in tried]
    try:
        return Changed(tried, [], append_changes(path, entries, zone, len(reading.tables.changes)))
    except JournalMovedError as moved:
        advice = "look at what came between, then try again"
        return Changed(tried, [error("C414", CHANGES_FILE, f"nothing was written: {moved}", advice)])
