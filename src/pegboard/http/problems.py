"""One shape of everything that goes wrong: `application/problem+json` with findings, and no word about the inside."""

import logging
from http import HTTPStatus
from typing import Any

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException

from pegboard.app.plant_desk import OvertakenError, RefusedError
from pegboard.domain.finding import Finding, Severity, error
from pegboard.domain.scenario import StoreError
from pegboard.http.site import site_of
from pegboard.insight.journal_rows import JournalRow

UNKNOWN = frozenset({"C493", "C553", "C703"})
"""Findings that say that something named is not there."""

log = logging.getLogger("pegboard.http")


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A finding on the wire."""

    code: str
    severity: Severity
    subject: str
    what: str
    advice: str
    source: str


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """What went wrong; `between` is what others wrote where that is why."""

    type: str
    title: str
    status: int
    detail: str
    findings: tuple[Told, ...] = ()
    between: tuple[JournalRow, ...] = ()


class ProblemError(Exception):
    """Something that ends as a problem of a status."""

    def __init__(self, status: int, detail: str, findings: list[Finding] | None = None) -> None:
        super().__init__(detail)
        self.status, self.detail, self.findings = status, detail, findings or []


def told(finding: Finding) -> Told:
    """A finding on the wire."""
    return Told(**{name: getattr(finding, name) for name in Told.__struct_fields__})


def answered(
    status: int,
    detail: str,
    findings: list[Finding],
    between: tuple[JournalRow, ...] = (),
    headers: dict[str, str] | None = None,
) -> Response[bytes]:
    """A problem as an answer."""
    problem = Problem(
        type="about:blank",
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        findings=tuple(map(told, findings)),
        between=between,
    )
    body = msgspec.json.encode(problem)
    return Response(body, status_code=status, media_type="application/problem+json", headers=headers or {})


def of_problem(_: Request[Any, Any, Any], wrong: ProblemError) -> Response[bytes]:
    """What a route itself says."""
    return answered(wrong.status, wrong.detail, wrong.findings)


def of_refusal(_: Request[Any, Any, Any], wrong: RefusedError) -> Response[bytes]:
    """What cannot be done, with every reason."""
    status = 404 if any(f.code in UNKNOWN for f in wrong.findings) else 422
    return answered(status, str(wrong), wrong.findings)


def of_race(request: Request[Any, Any, Any], wrong: OvertakenError) -> Response[bytes]:
    """Somebody else was first; what came between."""
    rows = site_of(request).journal_rows(wrong.between)
    return answered(409, "the plan has changed since; look at what came between, and try again", [], rows)


def of_store(_: Request[Any, Any, Any], wrong: StoreError) -> Response[bytes]:
    """The database cannot be read or written now."""
    status = 404 if wrong.finding.code in UNKNOWN else 503
    return answered(status, wrong.finding.what, [wrong.finding])


def of_http(_: Request[Any, Any, Any], wrong: HTTPException) -> Response[bytes]:
    """What the framework refuses: wrong bodies, unknown paths, methods that a path does not know."""
    findings = []
    if isinstance(wrong, ValidationException) and isinstance(wrong.extra, list):
        findings = [_misfit(fault) for fault in wrong.extra if isinstance(fault, dict)]
    detail = "; ".join(f.what for f in findings) or wrong.detail
    headers = {k: v for k, v in (wrong.headers or {}).items() if k.lower() in ("allow", "retry-after")}
    return answered(wrong.status_code, detail, findings, headers=headers)


def _misfit(fault: dict[str, Any]) -> Finding:
    key = str(fault.get("key") or fault.get("source") or "body")
    return error("C642", key, f"{key}: {fault.get('message', 'does not fit')}", "see /api/openapi.json")


def of_anything(request: Request[Any, Any, Any], wrong: Exception) -> Response[bytes]:
    """A fault of the program: the log tells which, the answer does not."""
    log.error("fault in %s %s", request.method, request.url.path, exc_info=wrong)
    return answered(500, "the server has made a mistake; its log tells which", [])


HANDLERS: dict[Any, Any] = {
    ProblemError: of_problem,
    RefusedError: of_refusal,
    OvertakenError: of_race,
    StoreError: of_store,
    HTTPException: of_http,
    Exception: of_anything,
}
