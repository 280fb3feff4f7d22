"""Which state of the plan a write was made on: `If-Match`, required so that nobody overwrites what he has not seen."""

from pegboard.http.answers import Asking
from pegboard.http.problems import ProblemError


def expected(request: Asking) -> str:
    """The state that a write names; 428 where it names none."""
    given = request.headers.get("if-match", "").strip()
    if not given:
        raise ProblemError(428, "say with If-Match on which plan this was decided: the ETag of GET /api/plan")
    return given.removeprefix("W/").strip('"')


def unchanged(request: Asking, etag: str) -> None:
    """409 where a reader names a plan that is not the live one any more; the numbers of a board are of one plan."""
    given = request.headers.get("if-match", "").strip().removeprefix("W/").strip('"')
    if given not in ("", "*", etag):
        raise ProblemError(409, "the plan has changed since; its operations have other numbers now")
