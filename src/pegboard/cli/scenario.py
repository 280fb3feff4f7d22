"""What the commands of scenarios do: call one use case, print what came of it."""

import getpass
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from pegboard.app import scenarios
from pegboard.app.curve import chosen
from pegboard.app.evaluate import Mode
from pegboard.app.files import Run, hashed, save_plan
from pegboard.app.outcome import Outcome
from pegboard.app.scenarios import Desk, Done, desk
from pegboard.app.warm import REPAIRING
from pegboard.app.what_if import effect, ways_to_plan, what_if
from pegboard.cli.asked import records
from pegboard.cli.compare import SHOWN, show_comparison
from pegboard.cli.console import line, table
from pegboard.cli.curve import show_curve, written_picture
from pegboard.cli.findings import show_findings
from pegboard.cli.plan import counted
from pegboard.cli.work import worked
from pegboard.domain.change import Entry
from pegboard.domain.finding import Finding
from pegboard.domain.scenario import Scenario, StoreError
from pegboard.insight.comparing.said import headline
from pegboard.planning.changing import describe


def run_new(factory: Path, name: str, *, json: bool) -> int:
    """Begin a scenario; the exit code."""
    follow = f"pegboard scenario change {factory} {name} CHANGE --why WHY"
    return _did(factory, lambda at: scenarios.new(at, name), "begun", follow, json=json)


def run_branch(factory: Path, name: str, new_name: str, *, json: bool) -> int:
    """Branch a scenario; the exit code."""
    follow = f"pegboard scenario change {factory} {new_name} CHANGE --why WHY"
    return _did(factory, lambda at: scenarios.branch(at, name, new_name), "branched", follow, json=json)


def run_change(factory: Path, name: str, changes: Sequence[str], who: str, why: str, *, json: bool) -> int:
    """Add changes to a scenario; the exit code."""
    follow = f"pegboard scenario plan {factory} {name}"
    author = who or getpass.getuser()

    def use(at: Desk) -> Done:
        return scenarios.change(at, name, changes, author, why)

    return _did(factory, use, "changed", follow, json=json)


def run_undo(factory: Path, name: str, steps: int, *, json: bool) -> int:
    """Drop the last changes; the exit code."""
    follow = f"pegboard scenario show {factory} {name}"
    return _did(factory, lambda at: scenarios.undo(at, name, steps), "undone", follow, json=json)


def run_rebase(factory: Path, name: str, *, json: bool) -> int:
    """Put a scenario on the factory as it is; the exit code."""
    follow = f"pegboard scenario compare {factory} {name}"
    return _did(factory, lambda at: scenarios.rebase(at, name), "rebased", follow, json=json)


def run_merge(factory: Path, name: str, other: str, *, json: bool) -> int:
    """Take over the changes of another branch; the exit code."""
    follow = f"pegboard scenario compare {factory} {name}"
    return _did(factory, lambda at: scenarios.merge(at, name, other), "merged", follow, json=json)


def run_promote(factory: Path, name: str, *, json: bool) -> int:
    """Make a scenario true; the exit code."""
    follow = f"pegboard plan {factory} --out PLAN"
    return _did(factory, lambda at: scenarios.promote(at, name), "promoted", follow, json=json)


def run_delete(factory: Path, name: str, *, json: bool) -> int:
    """Forget a scenario; the exit code."""
    follow = f"pegboard scenario list {factory}"
    return _did(factory, lambda at: scenarios.delete(at, name), "deleted", follow, json=json)


def run_list(factory: Path, *, json: bool) -> int:
    """List scenarios; the exit code."""

    def use(at: Desk) -> int:
        found = scenarios.listed(at)
        if json:
            return records(found)
        zone = ZoneInfo(at.base.snapshot.settings.timezone)
        head = ("scenario", "changes", "from", "last change", "by", "state")
        rows = [
            (s.name, f"{len(s.entries):,}", s.parent or "-", *_last(s.entries, zone), item.state)
            for item in found
            for s in (item.scenario,)
        ]
        if rows:
            table(head, rows, frozenset({1}))
            line()
        else:
            line("no scenarios")
        stale = next((i.scenario.name for i in found if i.state == "stale"), "")
        new = f"pegboard scenario {'show' if rows else 'new'} {factory} {rows[0][0] if rows else 'NAME'}"
        line(f"next     {f'pegboard scenario rebase {factory} {stale}' if stale else new}")
        return 0

    return _at(factory, use, json=json)


def run_show(factory: Path, name: str, *, json: bool) -> int:
    """Show the changes of a scenario; the exit code."""

    def use(at: Desk) -> int:
        found = scenarios.known(at, name)
        if isinstance(found, Done):
            return _refused(found.findings, json=json)
        if json:
            return records(found)
        state = scenarios.state(at, found)
        line(f"{_titled(found)}; {state}")
        if found.entries:
            line()
            _entries(found.entries, ZoneInfo(at.base.snapshot.settings.timezone))
            line()
        after = {"current": "compare", "stale": "rebase", "promoted": "delete"}[state]
        line(f"next     pegboard scenario {after} {factory} {name}")
        return 0

    return _at(factory, use, json=json)


def run_plan(factory: Path, name: str, out: Path | None, mode: Mode, seed: int, *, json: bool, quiet: bool) -> int:
    """Plan a scenario, write to `out`, print; the exit code."""

    def use(at: Desk) -> int:
        found, seconds = worked(lambda report: what_if(at, (name,), mode, seed, report), quiet=quiet, kernel=REPAIRING)
        if isinstance(found, Done):
            return _refused(found.findings, json=json)
        live, outcome = found
        written = out if outcome.is_certified else None
        if written is not None:
            save_plan(Run(outcome, list(outcome.plan.messages)), written)
        comparison = effect(live, outcome)
        if json:
            records({"comparison": comparison, "plan": hashed(outcome.plan)})
        else:
            plan = outcome.plan
            line(f"{name}: {len(plan.operations):,} operations, {plan.kpis.engine}; {_word(outcome)}; {seconds:.1f} s")
            line(headline(comparison))
            if written is not None:
                line(f"written  {written}")
            line(f"next     pegboard scenario compare {factory} {name} --mode {mode}")
        return 0 if outcome.is_certified else 1

    return _at(factory, use, json=json)


def run_compare(factory: Path, name: str, other: str, mode: Mode, seed: int, *, json: bool, quiet: bool) -> int:
    """Compare the plan of a scenario with the live one or another scenario's; the exit code."""
    names = (name, other) if other else (name,)

    def use(at: Desk) -> int:
        found, _ = worked(lambda report: what_if(at, names, mode, seed, report), quiet=quiet, kernel=REPAIRING)
        if isinstance(found, Done):
            return _refused(found.findings, json=json)
        live, mine, *theirs = found
        before = theirs[0] if theirs else live
        comparison = effect(before, mine)
        if json:
            return records(comparison)
        if other:
            _parting(at, name, other)
        show_comparison(comparison, SHOWN)
        line(f"next     pegboard scenario promote {factory} {name}")
        return 0 if before.is_certified and mine.is_certified else 1

    return _at(factory, use, json=json)


@dataclass(frozen=True)
class Budget:
    """How many operations of others may move, and what disturbing an order costs in days late of an average line."""

    moves: int | None
    price: float


def run_curve(
    factory: Path,
    name: str,
    budget: Budget,
    out: Path | None,
    picture: Path | None,
    seed: int,
    *,
    json: bool,
    quiet: bool,
) -> int:
    """Show every way to plan a scenario, write the one that a budget takes; the exit code."""

    def use(at: Desk) -> int:
        found, _ = worked(lambda report: ways_to_plan(at, name, seed, report), quiet=quiet, kernel=REPAIRING)
        if isinstance(found, Done):
            return _refused(found.findings, json=json)
        if not found:
            line("no way to plan it is certified")
            return 1
        taken = chosen(found, budget.moves, budget.price)
        if out is not None:
            save_plan(Run(taken.outcome, list(taken.outcome.plan.messages)), out)
        if picture is not None:
            written_picture(picture, f"{name}: lateness against moves", found)
        if json:
            return records({"ways": [c.point for c in found], "taken": taken.point})
        show_curve(found, taken)
        for path in (out, picture):
            if path is not None:
                line(f"written  {path}")
        line(f"next     pegboard scenario promote {factory} {name}")
        return 0

    return _at(factory, use, json=json)


def _at(factory: Path, use: Callable[[Desk], int], *, json: bool) -> int:
    """Open a factory and its scenarios for a use; the exit code."""
    try:
        found = desk(factory)
        return use(found) if isinstance(found, Desk) else _refused(found, json=json)
    except StoreError as wrong:
        return _refused([wrong.finding], json=json)


def _did(factory: Path, do: Callable[[Desk], Done], word: str, follow: str, *, json: bool) -> int:
    """Do something to a scenario and say so; the exit code."""

    def use(at: Desk) -> int:
        done = do(at)
        if done.scenario is None:
            return _refused(done.findings, json=json)
        if json:
            records({"scenario": done.scenario, "findings": done.findings})
        else:
            show_findings(done.findings, json=False)
            line(f"{word:<8} {_titled(done.scenario)}")
            line(f"next     {follow}")
        return 1 if any(f.severity == "error" for f in done.findings) else 0

    return _at(factory, use, json=json)


def _refused(findings: Sequence[Finding], *, json: bool) -> int:
    show_findings(findings, json=json)
    return 1


def _titled(scenario: Scenario) -> str:
    """The name, how much it changes, and where it comes from."""
    title = f"{scenario.name}, {counted(len(scenario.entries), 'change')}"
    shared = counted(scenario.branched, "change")
    return f"{title}, branched from {scenario.parent} with {shared}" if scenario.parent else title


def _entries(entries: Sequence[Entry], zone: ZoneInfo) -> None:
    rows = [(f"{n}", describe(e.change), e.who, _when(e, zone), e.why) for n, e in enumerate(entries, 1)]
    table(("#", "change", "who", "when", "why"), rows, frozenset({0}))


def _last(entries: Sequence[Entry], zone: ZoneInfo) -> tuple[str, str]:
    return (_when(entries[-1], zone), entries[-1].who or "-") if entries else ("-", "-")


def _when(entry: Entry, zone: ZoneInfo) -> str:
    return "-" if entry.when is None else f"{entry.when.astimezone(zone):%Y-%m-%d %H:%M}"


def _parting(at: Desk, name: str, other: str) -> None:
    """The changes in which two scenarios differ."""
    parting = scenarios.parting(at, name, other)
    if isinstance(parting, Done):
        return
    line(f"common   {counted(len(parting.common), 'change')}")
    zone = ZoneInfo(at.base.snapshot.settings.timezone)
    for whose, entries in ((name, parting.mine), (other, parting.theirs)):
        line(f"{whose} alone: {counted(len(entries), 'change')}")
        if entries:
            _entries(entries, zone)
    line()


def _word(outcome: Outcome) -> str:
    broken = outcome.plan.certificate.violations
    return f"NOT certified, {counted(len(broken), 'violation')}" if broken else "certified, 0 violations"
