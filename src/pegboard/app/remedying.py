"""The use case of a remedy: plan a factory, find what can be done about an order, and do it as it was shown."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from pegboard.app.files import Report, Run, read, save_plan
from pegboard.app.planning import make_plan
from pegboard.app.remedies import Proved
from pegboard.app.trial import completions
from pegboard.domain.change import Change, Entry
from pegboard.domain.finding import Finding, error, warning
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


def apply_remedy(path: Path, proved: Proved, n: int, out: Path, who: str, report: Report) -> Done:
    """Append what does remedy `n` to the journal of a factory folder, and write the plan in which it was shown.

    Nothing is written where the factory is another one by now, or a change is refused. A warning says where a plan that
    is made anew of the changed factory would be another one.
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
    reading = read(path)
    save_plan(Run(proved.applied(n, reading.factory_hash), []), out)
    assert reading.snapshot is not None
    fresh = make_plan(reading.snapshot, [], reading.factory_hash, terms.seed, terms.options, report)
    return Done(changes, list(_otherwise(proved, n, completions(fresh.planned), out)))


def _otherwise(proved: Proved, n: int, fresh: Mapping[str, int], out: Path) -> Iterator[Finding]:
    """A warning where a fresh plan of the changed factory has the line, or a part of it, at another time."""
    trial = proved.trials[n - 1]
    for name in trial.own:
        if fresh.get(name) != trial.completion[name]:
            what = f"a plan made anew has {name} complete at another time than the one that was shown and written"
            yield warning("C574", name, what, f"keep {out} and go on from it: pegboard repair FACTORY --plan {out}")
