"""Plan a factory folder in this process and judge what was written, for the laws and for the sweep by hand."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pegboard.app.files import Run, plan_factory, save_plan
from pegboard.scheduling.engines.dispatch import Options
from tests.laws.folder import FactoryFolder, read_csv
from tests.recheck import Ledger, examine


@dataclass(frozen=True)
class Case:
    """A factory as it was written and the plan that was written for it."""

    factory: FactoryFolder
    source: Path
    plan: Path
    run: Run

    def rows(self, name: str) -> list[dict[str, str]]:
        """The rows of a file of the plan folder."""
        return read_csv(self.plan / f"{name}.csv")


def silent(what: str, share: float) -> None:
    """A report that nobody reads."""


def plan(factory: FactoryFolder, folder: Path, rule: str = "jit") -> Case:
    """Write a factory under `folder`, plan it and write its plan beside it."""
    source = factory.write(folder / "factory")
    run = plan_factory(source, Options(rule=rule), 0, silent)
    case = Case(factory, source, folder / "plan", run)
    if run.outcome is not None:
        save_plan(run, case.plan)
    return case


def judge(case: Case) -> Ledger:
    """What the re-checker says of a plan, less what the plan itself reports as a conflict of the data.

    Edge case 29: a lock that cannot be kept is reported, and the operation is planned elsewhere. A work order that
    cannot be completed is left out with a message that says why; `reasons.py` holds those to the data.
    """
    ledger = examine(case.source, case.plan)
    messages = case.rows("messages")
    excused = [
        f"{name.rpartition('.')[0]} step {name.rpartition('.')[2]} is locked"
        for name in (m["subject"] for m in messages if m["code"] in {"S301", "S303"})
    ]
    excused += [f"open work order {m['subject']} is not in" for m in messages if m["code"] in {"P203", "S302"}]
    ledger.violations[:] = [v for v in ledger.violations if not any(words in v for words in excused)]
    return ledger


@dataclass(frozen=True)
class Outcome:
    """Everything wrong with the plan of a factory, as sentences, and the codes of the errors in its data."""

    sentences: list[str]
    errors: frozenset[str]


def outcome(factory: FactoryFolder, folder: Path, rule: str = "jit") -> Outcome:
    """Plan a factory and judge the plan; a crash is a fault like others, so that a sweep goes on."""
    try:
        case = plan(factory, folder, rule)
    except Exception as crash:
        return Outcome([f"crash: {type(crash).__name__}: {crash}"], frozenset())
    errors = frozenset(f.code for f in case.run.findings if f.severity == "error")
    if case.run.outcome is None:
        return Outcome([f"nothing planned: {case.run.findings[0].what}"], errors)
    broken = [f"referee {v.constraint}: {v.subject} {v.what}" for v in case.run.outcome.plan.certificate.violations]
    try:
        return Outcome(broken + judge(case).violations, errors)
    except Exception as crash:
        return Outcome([*broken, f"re-checker: {type(crash).__name__}: {crash}"], errors)
