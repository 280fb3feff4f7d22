"""Which state of the plan a write was made on: `If-Match`, required so that nobody overwrites what he has not seen."""

from pegboard.http.answers import Asking
from pegboard.http.problems import ProblemError


def expected(request: Asking) -> str:
    """The state that a write names; 428 where it names none."""
    given = request.headers.get("if-match", "").strip()
    if not given:
        raise ProblemError(428, "say with If-Match on which plan this was decided: the ETag of GET /api/plan")
    return given.removeprefix("W/").strip('"')
