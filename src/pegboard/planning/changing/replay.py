"""A journal on a snapshot: every change in order, each judged by the day on which it was made."""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from pegboard.domain.change import Entry
from pegboard.domain.finding import Finding
from pegboard.domain.snapshot import Snapshot
from pegboard.planning.changing.apply import apply


def replay(snapshot: Snapshot, rows: Iterable[tuple[Entry, str]]) -> tuple[Snapshot, list[Finding]]:
    """The snapshot after all entries, each given with its source; one that is refused is a finding, others still count.

    What lay ahead when a change was made is not refused because it has passed since.
    """
    now, findings = snapshot.settings.now, list[Finding]()
    for entry, source in rows:
        then = min(now, entry.when or now)
        done = apply(_as_of(snapshot, then), entry.change)
        snapshot = _as_of(done.snapshot, now)
        findings += [msgspec.structs.replace(f, source=source) for f in done.findings]
    return snapshot, findings


def _as_of(snapshot: Snapshot, now: datetime) -> Snapshot:
    if snapshot.settings.now == now:
        return snapshot
    return msgspec.structs.replace(snapshot, settings=msgspec.structs.replace(snapshot.settings, now=now))
