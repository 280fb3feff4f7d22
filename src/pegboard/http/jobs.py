"""Long computations: ask for one, see how far it is, take its result, cancel it."""

import asyncio
import contextlib
from typing import Annotated, Any

import msgspec
from anyio import to_thread
from litestar import Response
from litestar.params import JSONBody, PathParameter

from pegboard.app import jobs as use
from pegboard.app.plant_desk import RefusedError
from pegboard.app.plant_views import encoded
from pegboard.domain.finding import Finding
from pegboard.domain.scenario import StoreError
from pegboard.http.answers import Asking, answer, sent
from pegboard.http.guards import person
from pegboard.http.paging import Limit
from pegboard.http.problems import ProblemError, Told, told
from pegboard.http.routes import route
from pegboard.http.site import Site, site_of
from pegboard.storage.database.jobs import Job, Jobs, Seen, State

Number = Annotated[int, PathParameter(ge=1, le=1_000_000_000, description="number of a job")]
PAUSE = 0.5
"""Seconds between two looks at what the workers have done."""


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be computed; docs/recipes/workers.md names the kinds and their parameters."""

    kind: str
    params: dict[str, Any] = {}


class JobRow(msgspec.Struct, frozen=True, kw_only=True):
    """A job: `share` of it is done, `step` is under way, `error` says why it failed."""

    id: int
    kind: str
    params: dict[str, Any]
    state: State
    share: float
    step: str
    who: str
    at: int
    ended: int | None
    tries: int
    journal: int
    error: str
    findings: tuple[Told, ...]


class JobRows(msgspec.Struct, frozen=True, kw_only=True):
    """The newest jobs, the newest first."""

    jobs: list[JobRow]


@route("POST", "/api/jobs", "compute", JobRow, status=202, problems=(404, 413, 422))
def submit(request: Asking, data: JSONBody[Wanted]) -> Response[Any]:
    """Ask for a computation on the plant as it is now."""
    wanted = use.asked(data.kind, data.params)
    if isinstance(wanted, Finding):
        raise RefusedError([wanted])
    return answer(request, _row(use.submitted(site_of(request).desk.engine, wanted, person(request).name)), 202)


@route("GET", "/api/jobs", "see", JobRows)
def listed(request: Asking, limit: Limit = 100) -> Response[Any]:
    """The newest jobs."""
    return answer(request, JobRows(jobs=[_row(job) for job in Jobs(site_of(request).desk.engine).listed(limit)]))


@route("GET", "/api/jobs/{number:int}", "see", JobRow, problems=(404,))
def shown(request: Asking, number: Number) -> Response[Any]:
    """How far a job is."""
    return answer(request, _row(Jobs(site_of(request).desk.engine).find(number)))


@route("GET", "/api/jobs/{number:int}/result", "see", Any, problems=(404,))
def result(request: Asking, number: Number) -> Response[Any]:
    """The record of a job, as its command prints it with --json."""
    found = use.result(site_of(request).desk.engine, number)
    if isinstance(found, Finding):
        raise ProblemError(404, found.what, [found])
    return sent(request, encoded(found), 200, "")


@route("DELETE", "/api/jobs/{number:int}", "compute", JobRow, problems=(404,))
def cancel(request: Asking, number: Number) -> Response[Any]:
    """Ask that a job be ended."""
    return answer(request, _row(use.cancelled(site_of(request).desk.engine, number)))


async def tell_of_jobs(site: Site) -> None:
    """Tell all open pages what becomes of jobs, until cancelled; what was there before is no news."""
    jobs = Jobs(site.desk.engine)
    _, seen = await to_thread.run_sync(jobs.changes_since, Seen())
    while True:
        await asyncio.sleep(PAUSE)
        with contextlib.suppress(StoreError):
            changed, seen = await to_thread.run_sync(jobs.changes_since, seen)
            for job in changed:
                site.hub.tell("job", msgspec.to_builtins(_row(job)))


def _row(job: Job) -> JobRow:
    fields = {name: getattr(job, name) for name in JobRow.__struct_fields__ if name not in ("error", "findings")}
    said = "; ".join(f.what for f in job.findings if f.severity == "error") if job.state == "failed" else ""
    return JobRow(**fields, error=said, findings=tuple(map(told, job.findings)))


ROUTES: list[Any] = [submit, listed, shown, result, cancel]
