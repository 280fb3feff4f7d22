"""Use cases over files: read, plan, write, convert, and remember what was planned last."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pegboard.app.memory import uncollected
from pegboard.app.outcome import Outcome, with_plan_hash
from pegboard.app.planning import make_plan
from pegboard.domain.finding import Finding, in_order
from pegboard.domain.plan import Plan
from pegboard.exchange import Reading, plan_hash, read_factory, write_plan
from pegboard.planning.leadtime import LeadTime, lead_times
from pegboard.planning.validate import validate
from pegboard.scheduling.engines.dispatch import Options
from pegboard.scheduling.rules import RuleError
from pegboard.tables.process import ProcessTable

Report = Callable[[str, float], None]


@dataclass(frozen=True)
class Run:
    """What planning a factory gave: the plan if there was something to plan, and every finding."""

    outcome: Outcome | None
    findings: list[Finding]


def read(path: Path) -> Reading:
    """Read a factory; a folder without `now` is planned as of this moment."""
    return read_factory(path, clock=lambda: datetime.now(UTC))


def plan_factory(path: Path, options: Options, seed: int, report: Report) -> Run:
    """Read and plan a factory."""
    report("reading", 0.0)
    with uncollected():
        return plan_reading(read(path), options, seed, report)


def plan_reading(reading: Reading, options: Options, seed: int, report: Report) -> Run:
    """Plan a factory that has been read."""
    with uncollected():
        if reading.snapshot is None:
            return Run(None, in_order(reading.findings))
        try:
            outcome = make_plan(reading.snapshot, reading.findings, reading.factory_hash, seed, options, report)
        except RuleError as fault:
            return Run(None, in_order([*reading.findings, fault.finding]))
        messages = list(outcome.plan.messages)
        report("done", 1.0)
        return Run(outcome, messages)


def hashed(plan: Plan) -> Plan:
    """The plan with the hash of its rows in the certificate, as `save_plan` writes it."""
    return with_plan_hash(plan, plan_hash(plan))


def save_plan(run: Run, out: Path) -> None:
    """Write the plan folder, whole files or none."""
    assert run.outcome is not None
    with uncollected():
        write_plan(run.outcome.plan, out)


def validate_factory(path: Path) -> tuple[Reading, list[Finding]]:
    """Read and cross-check a factory without planning it."""
    reading = read(path)
    findings = list(reading.findings)
    if reading.snapshot is not None:
        findings.extend(validate(reading.snapshot)[1])
    return reading, in_order(findings)


def factory_lead_times(path: Path) -> tuple[list[LeadTime] | None, list[Finding], set[str]]:
    """Lead times of a factory's items, the findings, and the items that are part of no other."""
    reading = read(path)
    if reading.snapshot is None:
        return None, in_order(reading.findings), set()
    factory, faults = validate(reading.snapshot)
    inside = {line.component for rows in factory.bom.values() for line in rows}
    ends = set(factory.items) - inside
    return lead_times(factory, ProcessTable(factory)), in_order([*reading.findings, *faults]), ends


def remember(path: Path) -> None:
    """Keep the last planned factory, so that `why` need not be told; a machine without a home forgets it."""
    try:
        _state().parent.mkdir(parents=True, exist_ok=True)
        _state().write_text(str(path.resolve()), encoding="utf-8")
    except OSError:
        return


def last_factory() -> Path | None:
    """The factory planned last on this machine, if it is still there."""
    try:
        path = Path(_state().read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        return None
    return path if path.exists() else None


def demo_factory() -> Path:
    """The built-in demo factory: beside the sources in a checkout, inside the package in a wheel."""
    import pegboard

    package = Path(pegboard.__file__).parent
    installed = package / "examples" / "lamps"
    return installed if installed.exists() else package.parent.parent / "examples" / "lamps"


def _state() -> Path:
    home = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(home) / "pegboard" / "last-factory"
