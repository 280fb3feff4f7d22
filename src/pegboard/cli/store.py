"""What the commands of a plant's database do: call one use case, print what came of it."""

import getpass
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pegboard.app import plants
from pegboard.cli.asked import moment, records
from pegboard.cli.console import line, table
from pegboard.cli.findings import refuse, show_findings
from pegboard.domain.scenario import StoreError

UTC = ZoneInfo("UTC")


def run_add(address: str, factory: Path, who: str, why: str, *, json: bool) -> int:
    """Bring a factory folder in; the exit code."""

    def use() -> int:
        version, findings = plants.brought_in(address, factory, who or getpass.getuser(), why)
        if version is None:
            show_findings(findings, json=json)
            return 1
        if json:
            return records(version)
        errors = sum(1 for f in findings if f.severity == "error")
        line(f"version {version.number} of the master data of {address}; {len(findings):,} findings, {errors:,} errors")
        line(f"next     pegboard {f'validate {factory}' if errors else f'store show {address}'}")
        return 0

    return _told(use)


def run_show(address: str, *, json: bool) -> int:
    """Show what a database holds; the exit code."""

    def use() -> int:
        state = plants.state(address)
        if json:
            return records(state)
        rows = [(str(v.number), moment(v.at, UTC), v.who, v.why) for v in state.versions]
        table(("version", "brought in (UTC)", "by", "why"), rows, frozenset({0}))
        line()
        line(f"journal  {state.journal:,} changes")
        line(f"what if  {', '.join(state.scenarios) or 'no scenarios'}")
        line(f"next     pegboard store export {address} FOLDER")
        return 0

    return _told(use)


def run_export(address: str, out: Path, version: int | None, *, json: bool) -> int:
    """Write master data and journal out; the exit code."""

    def said(written: Any) -> tuple[str, str]:
        return f"version {written.number} of {address} is in {out}", f"pegboard plan {out}"

    return _done(lambda: plants.written_out(address, out, version), said, json=json)


def run_backup(address: str, file: Path, *, json: bool) -> int:
    """Write a backup; the exit code."""

    def said(rows: Any) -> tuple[str, str]:
        return f"{rows:,} rows of {address} are in {file}", f"pegboard store restore {file} ADDRESS"

    return _done(lambda: plants.backed_up(address, file), said, json=json)


def run_restore(file: Path, address: str, *, json: bool) -> int:
    """Bring a backup in; the exit code."""

    def said(rows: Any) -> tuple[str, str]:
        return f"{rows:,} rows of {file} are in {address}", f"pegboard store show {address}"

    return _done(lambda: plants.restored(file, address), said, json=json)


def run_upgrade(address: str, *, json: bool) -> int:
    """Upgrade a database; the exit code."""

    def said(schema: Any) -> tuple[str, str]:
        return f"{address} has the schema {schema}", f"pegboard store show {address}"

    return _done(lambda: plants.upgraded(address), said, json=json)


def _done(use: Callable[[], Any], said: Callable[[Any], tuple[str, str]], *, json: bool) -> int:
    """Do one thing and say in two lines what came of it and what is next."""

    def told() -> int:
        found = use()
        if json:
            return records(found)
        what, follow = said(found)
        line(what)
        line(f"next     {follow}")
        return 0

    return _told(told)


def _told(use: Callable[[], int]) -> int:
    """Say what is wrong with the database, if anything is; exit code 1 then."""
    try:
        return use()
    except StoreError as wrong:
        refuse([wrong.finding])
        return 1
