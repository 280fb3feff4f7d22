"""The use case of a remedy: plan a factory, find what can be done about an order, and do it as it was shown."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from pegboard.app.files import Run, read, save_plan
from pegboard.app.remedies import Proved
from pegboard.domain.change import Change, Entry
from pegboard.domain.finding import Finding, error
from pegboard.exchange import CHANGES_FILE, JournalMovedError, append_changes
from pegboard.planning.changing import apply


@dataclass(frozen=True)
class Done:
    """What became of a remedy: the changes that were written, and what is in the way where nothing was."""

    changes: tuple[Change, ...]
    findings: list[Finding]

    @property
    def is_refused(self) -> bool:
        """Whether nothing was written."""
        return any(f.severity == "error" for f in self.findings)


def choose(proved: list[Proved], n: int) -> tuple[Proved, int] | Finding:
    """The line and its number of the remedy that is counted `n` through all lines, from 1."""
    left = n
    for found in proved:
        if 1 <= left <= len(found.trials):
            return found, left
        left -= len(found.trials)
    total = sum(len(p.trials) for p in proved)
    return error(
        "C570", "remedy", f"there is no remedy {n}", f"choose one of 1 to {total}" if total else "none is known"
    )


def apply_remedy(path: Path, proved: Proved, n: int, out: Path, who: str) -> Done:
    """Append what does remedy `n` to the journal of a factory folder, and write the plan in which it was shown.

    Nothing is written where the factory is another one by now, or a change is refused.
    """
    if not path.is_dir():
        what = f"{path.name} is a workbook, and a journal is kept beside the files of a folder"
        return Done((), [error("C571", path.name, what, f"pegboard import {path} --out FACTORY first, then fix that")])
    reading = read(path)
    assert proved.subject is not None
    terms = proved.subject.live.outcome.terms
    if reading.snapshot is None or reading.factory_hash != terms.factory_hash:
        what = f"{path.name} has changed since the remedy was found"
        return Done((), [error("C572", path.name, what, "ask again")])
    changes, snapshot = proved.changes(n), reading.snapshot
    for change in changes:
        done = apply(snapshot, change)
        if done.is_refused:
            return Done((), list(done.findings))
        snapshot = done.snapshot
    why = f"fix {proved.mending.line}"
    now = datetime.now(UTC).replace(microsecond=0)
    entries = [Entry(change=c, who=who, when=now, why=why) for c in changes]
    try:
        append_changes(path, entries, ZoneInfo(snapshot.settings.timezone), len(reading.tables.changes))
    except JournalMovedError as moved:
        return Done((), [error("C572", CHANGES_FILE, f"nothing was written: {moved}", "ask again")])
    outcome = proved.applied(n, read(path).factory_hash)
    save_plan(Run(outcome, []), out)
    return Done(changes, [])
