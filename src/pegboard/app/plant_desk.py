"""The desk of one plant: its live plan kept warm, tried against changes, and changed by one writer at a time.

Readers take the state that stands when they begin, and never wait. A change is evaluated and judged before it is
written; what is written is durable before it is told.
"""

import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from msgspec import structs
from sqlalchemy import Engine

from pegboard.app.evaluate import Mode
from pegboard.app.files import Report
from pegboard.app.live import LivePlan
from pegboard.app.plant_state import Changed, LiveState, Master, after, made_again, read_master, stepped
from pegboard.domain.change import Change, Entry
from pegboard.domain.finding import Finding, error, in_order
from pegboard.domain.scenario import StoreError
from pegboard.insight.comparing.comparison import Comparison, Side, compare
from pegboard.storage.database.connect import connect
from pegboard.storage.database.journal import Journal, Write, effective
from pegboard.storage.database.masters import Masters
from pegboard.storage.database.upgrade import upgrade

KEPT_OPERATIONS = 1_000_000
"""How many operations the former states kept for undoing may hold together; memory, some 2 kB each."""


class RefusedError(Exception):
    """What was asked cannot be done; `findings` say why."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__("; ".join(f.what for f in findings))
        self.findings = list(findings)


class OvertakenError(Exception):
    """Somebody else has written since the state that was asked about; `between` is what came."""

    def __init__(self, between: Sequence[Write]) -> None:
        super().__init__(f"{len(between)} writes came between")
        self.between = tuple(between)


@dataclass(frozen=True)
class Tried:
    """Changes tried on a state: the factory and the plan with them, what was found, and how the plan differs."""

    before: LiveState
    mode: Mode
    changes: tuple[Change, ...]
    changed: Changed
    live: LivePlan
    findings: tuple[Finding, ...]
    comparison: Comparison

    @property
    def after(self) -> LiveState:
        """The state that making the changes would lead to, before it is written."""
        return replace(self.before, changed=self.changed, live=self.live)


@dataclass(frozen=True)
class Written:
    """What a write has led to."""

    state: LiveState
    comparison: Comparison
    findings: tuple[Finding, ...]


class PlantDesk:
    """The live plan of the plant at an address. Raises StoreError or RefusedError where it cannot be opened."""

    def __init__(self, address: str, report: Report) -> None:
        self.engine = connect(address)
        self._listeners: list[Callable[[LiveState, str, str], None]] = []
        self._writing = threading.Lock()
        self._tried: deque[Tried] = deque(maxlen=4)
        self._former: list[LiveState] = []
        try:
            upgrade(self.engine)
            self._state = _opened(self.engine, report)
        except BaseException:
            self.engine.dispose()
            raise

    @property
    def state(self) -> LiveState:
        """The live plan as it stands."""
        return self._state

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of the plant."""
        return ZoneInfo(self._state.changed.snapshot.settings.timezone)

    @property
    def journal(self) -> Journal:
        """What was written, all of it."""
        return Journal(self.engine, self.zone)

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()

    @contextmanager
    def telling(self, *told: Callable[[LiveState, str, str], None]) -> Iterator[None]:
        """While this lasts, tell of each new live plan, by whom it is and why; from the thread that writes."""
        self._listeners.extend(told)
        try:
            yield
        finally:
            for listener in told:
                self._listeners.remove(listener)

    def try_changes(self, changes: Sequence[Change], mode: Mode, report: Report) -> Tried:
        """Try changes on the state as it stands; raises RefusedError where one cannot be made."""
        return self._try(self._state, _write(entries_of(changes, "", ""), mode, "", ""), report)

    def write(
        self, entries: Sequence[Entry], mode: Mode, who: str, why: str, etag: str | None, report: Report
    ) -> Written:
        """Make the changes of entries, evaluated on the state that `etag` names; on whatever stands where it is None.

        Raises OvertakenError where another state stands by now, RefusedError where a change cannot be made or the plan
        with it is not certified.
        """
        with self._writing:
            self._expect(etag)
            write = _write(entries, mode, who, why)
            tried = self._try(self._state, write, report)
            if not tried.live.outcome.is_certified:
                broken = tried.live.outcome.verdict.violations[0]
                what = f"the plan with it is not certified: {broken.subject} {broken.what}"
                raise RefusedError([error("C641", broken.subject, what, "try it with a replan, or change less")])
            state = self._appended(write, tried.changed, tried.live)
            self._publish(state, who, why)
        return Written(state, tried.comparison, tried.findings)

    def undo(self, who: str, why: str, etag: str | None, report: Report) -> Written:
        """Withdraw the last write of changes that counts; raises OvertakenError or RefusedError."""
        with self._writing:
            self._expect(etag)
            last = next((w for w in reversed(self._state.writes) if w.entries), None)
            if last is None:
                raise RefusedError([error("C640", "journal", "no change is left to withdraw", "nothing is to be done")])
            left = tuple(w for w in self._state.writes if w is not last)
            former = self._made_without(left, report)
            write = Write(mode="withdraw", who=who, when=_now(), why=why, withdraws=last.position)
            self._append(write)
            state = replace(former, length=self._state.length + write.n_rows)
            comparison = compared(self._state.live, former.live)
            self._publish(state, who, why)
        return Written(state, comparison, ())

    def bring_in(self, files: dict[str, bytes], who: str, why: str, etag: str | None, report: Report) -> Written:
        """Make files the newest version of the master data, and plan again with the journal as it is.

        Raises OvertakenError, or RefusedError where they cannot be planned.
        """
        with self._writing:
            self._expect(etag)
            now = _now()
            number = self._state.master.number
            master = read_master(number + 1, files, int(now.timestamp()))
            if not isinstance(master, Master):
                raise RefusedError(in_order(master))
            if Masters(self.engine).add(files, number, int(now.timestamp()), who, why) is None:
                raise OvertakenError(())
            write = Write(mode="replan", who=who, when=now, why=why)
            self._append(write)
            placed = structs.replace(write, position=self._state.length + 1)
            state = made_again(master, (*self._state.writes, placed), self._state.length + 1, report)
            comparison = compared(self._state.live, state.live)
            self._former.clear()
            self._publish(state, who, why)
        return Written(state, comparison, tuple(state.changed.findings))

    def _try(self, state: LiveState, write: Write, report: Report) -> Tried:
        changed = after(state.changed, write, state.master)
        findings = changed.findings[len(state.changed.findings) :]
        if any(f.severity == "error" for f in findings):
            raise RefusedError(findings)
        for known in self._tried:
            if known.before is state and (known.mode, known.changed) == (write.mode, changed):
                return known
        mode: Mode = "replan" if write.mode == "replan" else "repair"
        live = stepped(state.live, changed, mode, report)
        changes = tuple(entry.change for entry in write.entries)
        tried = Tried(state, mode, changes, changed, live, tuple(findings), compared(state.live, live))
        self._tried.append(tried)
        return tried

    def _expect(self, etag: str | None) -> None:
        """Raise OvertakenError where an etag is not that of the state."""
        if etag is None or etag == self._state.etag:
            return
        seen = etag.split("-")[0]
        since = int(seen) if seen.isdecimal() else 0
        raise OvertakenError(tuple(w for w in self.journal.writes() if w.position > since))

    def _append(self, write: Write) -> None:
        """Write to the journal, or take in what another program has written to it and raise OvertakenError."""
        between = self.journal.append(write, self._state.length)
        if between is not None:
            self._state = _opened(self.engine, lambda _what, _share: None)
            self._former.clear()
            raise OvertakenError(between)

    def _appended(self, write: Write, changed: Changed, live: LivePlan) -> LiveState:
        self._append(write)
        was = self._state
        placed = structs.replace(write, position=was.length + 1)
        return LiveState(was.length + write.n_rows, was.master, (*was.writes, placed), changed, live)

    def _made_without(self, left: tuple[Write, ...], report: Report) -> LiveState:
        """The state in which these writes count: a former one, or made again."""
        for state in self._former:
            if state.writes == left:
                return state
        return made_again(self._state.master, left, self._state.length, report)

    def _publish(self, state: LiveState, who: str, why: str) -> None:
        self._former.append(self._state)
        while len(self._former) > 1 and sum(s.live.planned.problem.n_op for s in self._former) > KEPT_OPERATIONS:
            self._former.pop(0)
        self._tried.clear()
        self._state = state
        for told in tuple(self._listeners):
            told(state, who, why)


def _opened(engine: Engine, report: Report) -> LiveState:
    """The live plan of what a database holds; raises StoreError or RefusedError."""
    masters = Masters(engine)
    versions = masters.versions()
    if not versions:
        raise StoreError(error("C603", "plant", "it holds no master data", "begin one with `pegboard store add`"))
    newest = versions[-1]
    master = read_master(newest.number, masters.files(newest.number), newest.at)
    if not isinstance(master, Master):
        raise RefusedError(in_order(master))
    written = Journal(engine, ZoneInfo(master.snapshot.settings.timezone)).writes()
    length = sum(w.n_rows for w in written)
    return made_again(master, effective(written), length, report)


def entries_of(changes: Sequence[Change], who: str, why: str) -> tuple[Entry, ...]:
    """Changes as somebody makes them now."""
    now = _now()
    return tuple(Entry(change=change, who=who, when=now, why=why) for change in changes)


def _write(entries: Sequence[Entry], mode: Mode, who: str, why: str) -> Write:
    return Write(mode=mode, who=who, when=_now(), why=why, entries=tuple(entries))


def compared(before: LivePlan, after: LivePlan) -> Comparison:
    """How one live plan differs from another."""
    old, new = (Side(live.outcome.plan, live.planned.factory) for live in (before, after))
    return compare(old, new)


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)
