"""What becomes of scenarios: branch, undo, rebase, merge, and where two of them part.

All are functions from scenarios to scenarios; whoever stores them decides what is written.
"""

from collections.abc import Collection, Iterable
from typing import NamedTuple

from msgspec.structs import replace

from pegboard.domain.change import Entry
from pegboard.domain.finding import Finding, error
from pegboard.domain.scenario import Scenario
from pegboard.domain.snapshot import Snapshot
from pegboard.planning.changing import describe, replay
from pegboard.planning.settled import disagreements, fields


class Refusal(NamedTuple):
    """A change that could not be applied, and why."""

    entry: Entry
    why: Finding


class CarriedOut(NamedTuple):
    """A snapshot after changes, those of them that could be applied, remarks on these, and the others."""

    snapshot: Snapshot
    entries: tuple[Entry, ...]
    remarks: list[Finding]
    refusals: list[Refusal]


class Parting(NamedTuple):
    """The changes that two scenarios begin with alike, and what each has beyond them."""

    common: tuple[Entry, ...]
    mine: tuple[Entry, ...]
    theirs: tuple[Entry, ...]


class Base(NamedTuple):
    """A state of a factory: its snapshot, its hash, and how many changes its journal holds."""

    snapshot: Snapshot
    hash: str
    journal: int


def carry_out(snapshot: Snapshot, entries: Iterable[Entry]) -> CarriedOut:
    """Apply changes in order; one that is refused changes nothing, and the others are still applied."""
    kept: list[Entry] = []
    remarks: list[Finding] = []
    refusals: list[Refusal] = []
    for entry in entries:
        snapshot, said = replay(snapshot, [(entry, "")])
        if wrong := next((f for f in said if f.severity == "error"), None):
            refusals.append(Refusal(entry, wrong))
        else:
            kept.append(entry)
            remarks.extend(said)
    return CarriedOut(snapshot, tuple(kept), remarks, refusals)


def branch(scenario: Scenario, name: str) -> Scenario:
    """A new name for the same base and changes."""
    return replace(scenario, name=name, parent=scenario.name, branched=len(scenario.entries))


def undo(scenario: Scenario, steps: int = 1) -> Scenario:
    """Without the last changes; without any where there are not so many."""
    left = max(0, len(scenario.entries) - steps)
    return replace(scenario, entries=scenario.entries[:left], branched=min(scenario.branched, left))


def part(mine: Scenario, theirs: Scenario) -> Parting:
    """Where two scenarios part."""
    n = 0
    while n < min(len(mine.entries), len(theirs.entries)) and mine.entries[n] == theirs.entries[n]:
        n += 1
    return Parting(mine.entries[:n], mine.entries[n:], theirs.entries[n:])


def rebase(scenario: Scenario, base: Base, arrived: Collection[Entry]) -> tuple[Scenario, list[Finding]]:
    """The changes on another state of the factory, without those that arrived there by its journal.

    A change that can no longer be applied, such as one whose order is gone, is left out and becomes a finding.
    """
    done = carry_out(base.snapshot, (e for e in scenario.entries if e not in arrived))
    findings = [
        error("C497", r.why.subject, f"{said(r.entry)} is left out: {r.why.what}", r.why.advice) for r in done.refusals
    ]
    shared = len(set(scenario.entries[: scenario.branched]).intersection(done.entries))
    moved = replace(scenario, base=base.hash, journal=base.journal, branched=shared, entries=done.entries)
    return moved, findings


def merge(mine: Scenario, theirs: Scenario) -> tuple[Scenario, list[Finding]]:
    """One's own changes, then what another branch has beyond the common ones; unchanged where the two disagree.

    What both set alike counts once.
    """
    parting = part(mine, theirs)
    conflicts = [
        error(
            "C498",
            str(field).removeprefix("the "),
            f"{mine.name} and {theirs.name} set {field} differently: {said(one)}; {said(other)}",
            "undo one of the two, or make the same change in both, and merge again",
        )
        for field, one, other in disagreements(parting.mine, parting.theirs)
    ]
    if conflicts:
        return mine, conflicts
    own = set(parting.mine)
    set_alike = {e.change for e in parting.mine if any(fields(e.change))}
    more = (e for e in parting.theirs if e not in own and e.change not in set_alike)
    return replace(mine, entries=(*mine.entries, *more)), []


def said(entry: Entry) -> str:
    """A change in words, who made it and why."""
    by = f" ({entry.who}{', ' if entry.why else ''}{entry.why})" if entry.who else ""
    return f"{describe(entry.change)}{by}"
