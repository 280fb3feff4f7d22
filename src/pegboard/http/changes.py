"""The change desk: try changes, make them, withdraw them, and read what was made."""

from typing import Annotated, Any

import msgspec
from litestar import Response
from litestar.params import JSONBody

from pegboard.app.evaluate import Mode
from pegboard.app.plant_changes import read_changes
from pegboard.app.plant_desk import Written, entries_of
from pegboard.app.plant_views import PlantViews
from pegboard.http.answers import Asking, answer
from pegboard.http.etags import expected
from pegboard.http.guards import person
from pegboard.http.paging import Before, Limit
from pegboard.http.problems import Told, told
from pegboard.http.routes import route
from pegboard.http.site import silent, site_of
from pegboard.insight.comparing.comparison import Comparison
from pegboard.insight.journal_rows import JournalRow
from pegboard.insight.plan_board import Columns
from pegboard.insight.plan_moves import moved

Reason = Annotated[str, msgspec.Meta(max_length=2000)]
Changes = Annotated[list[dict[str, Any]], msgspec.Meta(min_length=1, max_length=10_000)]


class Trying(msgspec.Struct, frozen=True, kw_only=True):
    """Changes to try: records of the journal's union, or `{"text": "..."}` as the command line takes them."""

    changes: Changes
    mode: Mode = "repair"


class Making(msgspec.Struct, frozen=True, kw_only=True):
    """Changes to make; none with `replan` plans again."""

    changes: Annotated[list[dict[str, Any]], msgspec.Meta(max_length=10_000)]
    mode: Mode = "repair"
    why: Reason = ""


class Because(msgspec.Struct, frozen=True, kw_only=True):
    """Why."""

    why: Reason = ""


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """What changes would do; `board` holds the operations that would stand elsewhere."""

    compare: Comparison
    findings: tuple[Told, ...]
    mode: Mode
    moves: int
    certified: bool
    board: Columns


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """What a write has led to."""

    length: int
    hash: str
    compare: Comparison
    findings: tuple[Told, ...]


class JournalPage(msgspec.Struct, frozen=True, kw_only=True):
    """Rows of the journal, newest first; earlier ones before position `next`."""

    entries: tuple[JournalRow, ...]
    next: int | None


@route("POST", "/api/changes/preview", "try", Preview, problems=(413, 422))
def preview(request: Asking, data: JSONBody[Trying]) -> Response[Any]:
    """What changes would do to the live plan."""
    site = site_of(request)
    tried = site.desk.try_changes(read_changes(data.changes, site.desk.zone), data.mode, silent)
    views = site.views if site.views.state is tried.before else PlantViews(tried.before)
    columns = moved(views.board_view, PlantViews(tried.after).board_view)
    found = Preview(
        compare=tried.comparison,
        findings=tuple(map(told, tried.findings)),
        mode=tried.mode,
        moves=tried.comparison.stability.moved,
        certified=tried.live.outcome.is_certified,
        board=columns,
    )
    return answer(request, found, etag=f'"{tried.before.etag}"')


@route("POST", "/api/changes", "plan", Made, problems=(409, 413, 422, 428))
def make(request: Asking, data: JSONBody[Making]) -> Response[Any]:
    """Make changes."""
    site, who, etag = site_of(request), person(request).name, expected(request)
    entries = entries_of(read_changes(data.changes, site.desk.zone), who, data.why)
    return made(request, site.desk.write(entries, data.mode, who, data.why, etag, silent))


@route("POST", "/api/changes/undo", "plan", Made, problems=(409, 422, 428))
def undo(request: Asking, data: JSONBody[Because]) -> Response[Any]:
    """Withdraw the last changes that count."""
    site = site_of(request)
    return made(request, site.desk.undo(person(request).name, data.why, expected(request), silent))


@route("GET", "/api/journal", "see", JournalPage)
def journal(request: Asking, limit: Limit = 100, before: Before = 0) -> Response[Any]:
    """What was made, newest first."""
    site = site_of(request)
    rows = [r for r in reversed(site.journal_rows(site.desk.journal.writes())) if not before or r.position < before]
    page = tuple(rows[:limit])
    return answer(request, JournalPage(entries=page, next=page[-1].position if len(rows) > limit else None))


def made(request: Asking, written: Written) -> Response[Any]:
    """The answer of whatever writes."""
    state = written.state
    found = Made(
        length=state.length,
        hash=state.plan.certificate.plan_hash,
        compare=written.comparison,
        findings=tuple(map(told, written.findings)),
    )
    return answer(request, found, etag=f'"{state.etag}"')


ROUTES: list[Any] = [preview, make, undo, journal]
