"""`pegboard jobs`: what is computed for a plant, how far it is, and what came of it; submit a job, cancel one."""

import getpass
import sys
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import Engine

from pegboard.app import jobs
from pegboard.cli.asked import moment, records
from pegboard.cli.console import line, table
from pegboard.cli.findings import refuse, show_findings
from pegboard.domain.finding import Finding, error
from pegboard.domain.scenario import StoreError
from pegboard.storage.database.connect import opened
from pegboard.storage.database.jobs import Job, Jobs
from pegboard.storage.database.upgrade import check

UTC = ZoneInfo("UTC")


def run_jobs(address: str, add: str, cancel: int | None, result: int | None, *, json: bool) -> int:
    """Do the one thing that is asked, or list jobs; the exit code."""
    if bool(add) + (cancel is not None) + (result is not None) > 1:
        what, advice = "--add, --cancel and --result are three commands", "give one of them"
        return refuse([error("C710", "jobs", what, advice)])
    try:
        with opened(address) as engine:
            check(engine)
            if add:
                return _add(engine, address, add, json=json)
            if cancel is not None:
                return _one(jobs.cancelled(engine, cancel), address, json=json)
            return _list(engine, address, json=json) if result is None else _result(engine, result, json=json)
    except StoreError as wrong:
        refuse([wrong.finding])
        return 1


def _add(engine: Engine, address: str, text: str, *, json: bool) -> int:
    wanted = _read(text)
    if isinstance(wanted, Finding):
        return refuse([wanted])
    return _one(jobs.submitted(engine, wanted, getpass.getuser()), address, json=json)


def _read(text: str) -> jobs.Kind | Finding:
    """A job as JSON, or the kind alone."""
    try:
        said: dict[str, Any] = msgspec.json.decode(text, type=dict[str, Any]) if "{" in text else {"kind": text}
    except msgspec.MsgspecError as wrong:
        return error(
            "C700", "jobs", f"{text} is no JSON object: {wrong}", 'write {"kind": "sweep", "demand": ["1..2"]}'
        )
    return jobs.asked(str(said.pop("kind", "")), said)


def _one(job: Job, address: str, *, json: bool) -> int:
    if json:
        return records(job)
    line(f"job {job.id} ({job.kind}) is {_word(job)}")
    line(f"next     pegboard {'worker' if job.state == 'waiting' else 'jobs'} {address}")
    return 0


def _result(engine: Engine, number: int, *, json: bool) -> int:
    found = jobs.result(engine, number)
    if isinstance(found, Finding):
        show_findings([*Jobs(engine).find(number).findings, found], json=json)
        return 1
    sys.stdout.buffer.write(found)
    line()
    return 0


def _list(engine: Engine, address: str, *, json: bool) -> int:
    found = Jobs(engine).listed()
    if json:
        return records(found)
    if not found:
        line("no jobs")
        line(f"next     pegboard jobs {address} --add replan")
        return 0
    rows = [
        (str(j.id), j.kind, _word(j), f"{100 * j.share:.0f}", str(j.tries), moment(j.at, UTC), j.who) for j in found
    ]
    table(("job", "kind", "state", "%", "tries", "submitted (UTC)", "by"), rows, frozenset({0, 3, 4}))
    follow = _following([job for job in found if job.state in ("waiting", "done")])
    line(f"next     pegboard {follow.format(address=address)}")
    return 0


def _row(job: Job) -> tuple[str, ...]:
    share = f"{100 * job.share:.0f}"
    return str(job.id), job.kind, _word(job), share, str(job.tries), moment(job.at, UTC), job.who


def _following(found: list[Job]) -> str:
    if any(job.state == "waiting" for job in found):
        return "worker {address}"
    return f"jobs {{address}} --result {found[0].id}" if found else "jobs {address} --add replan"


def _word(job: Job) -> str:
    if job.state == "running" and job.cancel_asked:
        return "to be cancelled"
    more = job.step if job.state == "running" else next((f.what for f in job.findings), "")
    return f"{job.state}: {more}" if more else job.state
