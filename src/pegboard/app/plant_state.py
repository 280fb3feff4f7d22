"""The live plan of a plant as a value: a function of a version of its master data and of its journal alone.

A write by `replan` makes the plan of the changed snapshot from the start, one by `repair` goes from the plan before it
(docs/decisions/0012). So the same rows give the same bytes, however often the program was ended between them.
"""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

from msgspec import structs

from pegboard.app.evaluate import Mode, evaluate
from pegboard.app.files import Report, hashed
from pegboard.app.live import LivePlan
from pegboard.app.memory import uncollected
from pegboard.app.outcome import Outcome
from pegboard.app.planning import make_plan
from pegboard.domain.change import Entry
from pegboard.domain.finding import Finding
from pegboard.domain.plan import Plan
from pegboard.domain.snapshot import Snapshot
from pegboard.exchange import Reading, read_factory
from pegboard.exchange.changes_file import line_of
from pegboard.exchange.factory import changed_hash
from pegboard.planning.changing import replay
from pegboard.scheduling.engines.dispatch import Options
from pegboard.storage.database.journal import Write

SEED = 0
"""Of the live plan."""


@dataclass(frozen=True)
class Master:
    """A version of the master data as read; `moves` where it names no planning instant, so that a replan sets it."""

    number: int
    reading: Reading
    snapshot: Snapshot
    moves: bool


@dataclass(frozen=True)
class Changed:
    """A factory after changes: what it is then, its name, and what was found on the way."""

    snapshot: Snapshot
    hash: str
    findings: list[Finding]


@dataclass(frozen=True)
class LiveState:
    """The live plan at one moment: what everybody sees until the next write. `length` counts rows of the journal."""

    length: int
    master: Master
    writes: tuple[Write, ...]
    changed: Changed
    live: LivePlan

    @cached_property
    def plan(self) -> Plan:
        """The rows of the plan folder, with their hash."""
        return hashed(self.live.outcome.plan)

    @property
    def outcome(self) -> Outcome:
        """The plan as a live value."""
        return self.live.outcome

    @cached_property
    def etag(self) -> str:
        """The name of this state on the wire: journal length and the beginning of the plan's hash."""
        return f"{self.length}-{self.plan.certificate.plan_hash[:12]}"

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The changes that count, in order."""
        return tuple(e for w in self.writes for e in w.entries)


def read_master(number: int, files: Mapping[str, bytes], at: int) -> Master | list[Finding]:
    """A version of the master data read; the findings alone where it cannot be planned.

    One without `now` is planned as of the moment it was brought in, until a replan.
    """
    asked: list[bool] = []

    def clock() -> datetime:
        asked.append(True)
        return datetime.fromtimestamp(at, UTC)

    with tempfile.TemporaryDirectory() as folder:
        for name, data in files.items():
            (Path(folder) / name).write_bytes(data)
        reading = read_factory(Path(folder), clock=clock)
    if reading.snapshot is None:
        return reading.findings
    return Master(number, reading, reading.snapshot, bool(asked))


def unchanged(master: Master) -> Changed:
    """The factory of a version before all changes."""
    return Changed(master.snapshot, master.reading.factory_hash, list(master.reading.findings))


def after(before: Changed, write: Write, master: Master) -> Changed:
    """A factory after one more write; a change that cannot be made is a finding, and the others still are."""
    snapshot = before.snapshot
    if master.moves and write.mode == "replan":
        settings = structs.replace(snapshot.settings, now=max(snapshot.settings.now, write.when))
        snapshot = structs.replace(snapshot, settings=settings)
    snapshot, findings = replay(snapshot, [(entry, "") for entry in write.entries])
    zone = ZoneInfo(snapshot.settings.timezone)
    lines = [line_of(Entry(change=entry.change), zone) for entry in write.entries]
    return Changed(snapshot, changed_hash(before.hash, lines), [*before.findings, *findings])


def planned(changed: Changed, report: Report) -> LivePlan:
    """The plan of a factory from the start."""
    with uncollected():
        return LivePlan(make_plan(changed.snapshot, changed.findings, changed.hash, SEED, Options(), report))


def stepped(base: LivePlan, changed: Changed, mode: Mode, report: Report) -> LivePlan:
    """The plan after a write; `base` is the one before it."""
    if mode == "replan":
        return planned(changed, report)
    with uncollected():
        outcome = evaluate(base, changed.snapshot, mode, changed.findings, changed.hash, report)
    terms = replace(outcome.terms, factory_hash=changed.hash)
    return LivePlan(outcome if outcome.terms == terms else replace(outcome, terms=terms))


def made_again(master: Master, writes: Sequence[Write], length: int, report: Report) -> LiveState:
    """The live plan from the last replan on; `writes` are those that count of a journal of so many rows."""
    changed, last = [unchanged(master)], 0
    for i, write in enumerate(writes, start=1):
        changed.append(after(changed[-1], write, master))
        last = i if write.mode == "replan" else last
    live = planned(changed[last], report)
    for i in range(last + 1, len(changed)):
        live = stepped(live, changed[i], "repair", report)
    return LiveState(length, master, tuple(writes), changed[-1], live)
