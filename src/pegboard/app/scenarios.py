"""Use cases of scenarios: make, change, branch, rebase, merge and promote them, and plan what they would do.

A scenario stands on one state of the factory. What asks for its plan, or adds to it, is refused once the factory has
become another one: rebase it first. Nothing here changes the factory but `promote`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from pegboard.app.files import read
from pegboard.app.ports import Store
from pegboard.domain.change import Entry
from pegboard.domain.finding import Finding, error, in_order
from pegboard.domain.scenario import Scenario, Stale
from pegboard.exchange.change_text import read_change
from pegboard.exchange.report import shown
from pegboard.planning import branching
from pegboard.planning.branching import Base, Parting, carry_out, said
from pegboard.storage.files import FileStore

State = Literal["current", "promoted", "stale"]
SHOWN = 3
_NAME = re.compile(r"[^\W_][\w.-]{0,47}")


@dataclass(frozen=True)
class Desk:
    """A factory as it is now, what reading it found, and the scenarios about it."""

    base: Base
    findings: list[Finding]
    store: Store


@dataclass(frozen=True)
class Done:
    """What became of a scenario; None where nothing was done, and a finding says why."""

    scenario: Scenario | None
    findings: list[Finding]


@dataclass(frozen=True)
class Listed:
    """A scenario, and whether it stands on the factory as it is: or is in its journal, or must be rebased."""

    scenario: Scenario
    state: State


def desk(path: Path) -> Desk | list[Finding]:
    """Read a factory to ask what if; the findings alone where it cannot be read.

    The journal is measured first: a change that arrives while the factory is read makes a new scenario stale rather
    than unseen.
    """
    length = FileStore(path, ZoneInfo("UTC")).journal_length()
    reading = read(path)
    if reading.snapshot is None:
        return in_order(reading.findings)
    store = FileStore(path, ZoneInfo(reading.snapshot.settings.timezone))
    return Desk(Base(reading.snapshot, reading.factory_hash, length), reading.findings, store)


def zone_of(at: Desk) -> ZoneInfo:
    """The time zone of the factory."""
    return ZoneInfo(at.base.snapshot.settings.timezone)


def listed(at: Desk) -> list[Listed]:
    """All scenarios by name."""
    found = (at.store.read(name) for name in at.store.names())
    return [Listed(s, state(at, s)) for s in found if s is not None]


def state(at: Desk, scenario: Scenario) -> State:
    """Whether a scenario may be planned, is in the journal already, or is based on what the factory was."""
    if scenario.base == at.base.hash:
        return "current"
    arrived = set(at.store.journal(scenario.journal))
    return "promoted" if scenario.entries and arrived.issuperset(scenario.entries) else "stale"


def new(at: Desk, name: str) -> Done:
    """A scenario without changes, on the factory as it is."""
    return _named(at, Scenario(name=name, base=at.base.hash, journal=at.base.journal))


def branch(at: Desk, name: str, new_name: str) -> Done:
    """Another name for the base and changes of a scenario."""
    old = known(at, name)
    return old if isinstance(old, Done) else _named(at, branching.branch(old, new_name))


def change(at: Desk, name: str, texts: Sequence[str], who: str, why: str) -> Done:
    """Add changes as people write them to a scenario, all or none."""
    read = [read_change(text, zone_of(at)) for text in texts]
    remarks = [f for _, findings in read for f in findings]
    if any(f.severity == "error" for f in remarks):
        old = current(at, name)
        return old if isinstance(old, Done) else Done(None, remarks)
    when = datetime.now(UTC).replace(microsecond=0)
    entries = tuple(Entry(change=c, who=who, when=when, why=why) for c, _ in read if c is not None)
    return extended(at, name, entries, remarks)


def extended(at: Desk, name: str, entries: tuple[Entry, ...], remarks: Sequence[Finding]) -> Done:
    """Add entries to a scenario, all or none; `remarks` are what reading them found."""
    old = current(at, name)
    if isinstance(old, Done):
        return old
    done = carry_out(carry_out(at.base.snapshot, old.entries).snapshot, entries)
    if done.refusals:
        return Done(None, [r.why for r in done.refusals])
    return _kept(at, replace(old, entries=old.entries + entries), old, [*remarks, *done.remarks])


def undo(at: Desk, name: str, steps: int) -> Done:
    """Drop the last changes of a scenario."""
    old = known(at, name)
    if isinstance(old, Done):
        return old
    if not old.entries:
        return Done(None, [error("C501", name, f"scenario {name} holds no changes", "change it first")])
    return _kept(at, branching.undo(old, steps), old)


def rebase(at: Desk, name: str) -> Done:
    """Put the changes of a scenario on the factory as it is now."""
    old = known(at, name)
    if isinstance(old, Done):
        return old
    moved, findings = branching.rebase(old, at.base, frozenset(at.store.journal(old.journal)))
    return _kept(at, moved, old, findings)


def merge(at: Desk, name: str, other: str) -> Done:
    """Append what another branch has beyond the common changes; nothing where the two disagree."""
    mine, theirs = current(at, name), current(at, other)
    if isinstance(mine, Done):
        return mine
    if isinstance(theirs, Done):
        return theirs
    merged, conflicts = branching.merge(mine, theirs)
    return Done(None, conflicts) if conflicts else _kept(at, merged, mine)


def promote(at: Desk, name: str) -> Done:
    """Append the changes of a scenario to the journal of the factory; nothing where others came between."""
    old = known(at, name)
    if isinstance(old, Done):
        return old
    if not old.entries:
        return Done(None, [error("C501", name, f"scenario {name} holds no changes", "change it first")])
    length = at.store.journal_length()
    if length != old.journal:
        stale = Stale(expected=old.journal, length=length, between=at.store.journal(old.journal))
        return Done(None, [_overtaken(name, stale)])
    ready = current(at, name)
    if isinstance(ready, Done):
        return ready
    lost = at.store.append(ready.entries, ready.journal)
    return Done(ready, []) if lost is None else Done(None, [_overtaken(name, lost)])


def delete(at: Desk, name: str) -> Done:
    """Forget a scenario."""
    old = known(at, name)
    if isinstance(old, Done):
        return old
    return Done(old, []) if at.store.delete(old) else _raced(name)


def parting(at: Desk, name: str, other: str) -> Parting | Done:
    """Where the changes of two scenarios part."""
    mine, theirs = known(at, name), known(at, other)
    if isinstance(mine, Done):
        return mine
    return theirs if isinstance(theirs, Done) else branching.part(mine, theirs)


def current(at: Desk, name: str) -> Scenario | Done:
    """A scenario that stands on the factory as it is; refused where it does not."""
    found = known(at, name)
    return found if isinstance(found, Done) else standing(at.base, found)


def standing(base: Base, scenario: Scenario) -> Scenario | Done:
    """A scenario if it stands on a state of the factory; refused where it does not."""
    if scenario.base == base.hash:
        return scenario
    what = f"the factory has changed since scenario {scenario.name} was based on it"
    return _refused("C496", scenario.name, what, "rebase it: its changes are then applied to the factory as it is")


def known(at: Desk, name: str) -> Scenario | Done:
    """A scenario, whatever it stands on; refused where there is none of this name."""
    found = at.store.read(name) if _NAME.fullmatch(name) else None
    if found is not None:
        return found
    near = get_close_matches(name, at.store.names(), n=1)
    advice = f"did you mean {near[0]}?" if near else "list the scenarios to see their names"
    return _refused("C493", name, f"there is no scenario {shown(name)}", advice)


def _named(at: Desk, scenario: Scenario) -> Done:
    """Keep a scenario under a name that nobody has; names that differ in capitals alone are one, as for some disks."""
    name = scenario.name
    if not _NAME.fullmatch(name):
        what = f"{shown(name)} cannot be the name of a scenario"
        return _refused(
            "C495", name, what, "use up to 48 letters, digits, dots, - and _, and begin with a letter or digit"
        )
    if taken := [n for n in at.store.names() if n.casefold() == name.casefold()]:
        return _refused("C494", name, f"there is a scenario {taken[0]} already", "use another name, or delete that one")
    return _kept(at, scenario, None)


def _kept(at: Desk, scenario: Scenario, instead_of: Scenario | None, findings: Sequence[Finding] = ()) -> Done:
    if at.store.write(scenario, instead_of):
        return Done(scenario, list(findings))
    return _raced(scenario.name)


def _raced(name: str) -> Done:
    what = f"somebody else has changed scenario {name} at the same moment"
    return _refused("C502", name, what, "look at what it is now, and try again")


def _overtaken(name: str, stale: Stale) -> Finding:
    """Why nothing was promoted, and what came between."""
    came = "; ".join(map(said, stale.between[:SHOWN])) or "entries were taken away"
    rest = f" and {len(stale.between) - SHOWN:,} more" if len(stale.between) > SHOWN else ""
    what = (
        f"scenario {name} was to follow change {stale.expected:,} of the journal, which holds {stale.length:,} by now: "
        f"{came}{rest}"
    )
    return error("C500", name, what, "rebase the scenario, look at its plan, and promote it again")


def _refused(code: str, name: str, what: str, advice: str) -> Done:
    return Done(None, [error(code, name, what, advice)])
