"""The tables of the plant: read, uploaded, corrected at their cells, and brought in as one new version."""

from typing import Annotated, Any

import msgspec
from litestar import Response
from litestar.datastructures import UploadFile
from litestar.params import JSONBody, MultipartBody, PathParameter

from pegboard.app.tables_desk import Page, TableHead
from pegboard.app.uploaded import MOST_BYTES, MOST_FILES, Sent, too_large
from pegboard.app.uploads import Cell, StagedView
from pegboard.http.answers import Asking, answer
from pegboard.http.changes import Because, Made, made
from pegboard.http.door import Connection
from pegboard.http.etags import expected
from pegboard.http.guards import person
from pegboard.http.paging import Limit, Offset
from pegboard.http.problems import ProblemError
from pegboard.http.routes import route
from pegboard.http.site import silent, site_of

Table = Annotated[str, PathParameter(description="a table, as in orders", max_length=40)]
Name = Annotated[str, PathParameter(description="an upload", max_length=40)]
AROUND = 100_000
"""Bytes of a request around the files that it carries."""


class Tables(msgspec.Struct, frozen=True, kw_only=True):
    """The tables of the newest version of the master data."""

    version: int
    tables: list[TableHead]


class Files(msgspec.Struct, frozen=True, kw_only=True):
    """What is uploaded: .csv, .xlsx, and .zip archives of .csv; none of them to correct the tables that are there."""

    files: list[UploadFile] = []


class Corrections(msgspec.Struct, frozen=True, kw_only=True):
    """New texts of cells; all of them are taken, or none."""

    cells: Annotated[list[Cell], msgspec.Meta(min_length=1, max_length=10_000)]


class Dropped(msgspec.Struct, frozen=True, kw_only=True):
    """What is staged no longer."""

    id: str


def _files_alone(connection: Connection, _: Any) -> None:
    """Refuses, before anything is read, what is not sent as files."""
    if not connection.headers.get("content-type", "").startswith("multipart/form-data; boundary="):
        raise ProblemError(400, "send the files as multipart/form-data")


@route("GET", "/api/data", "see", Tables)
def tables(request: Asking) -> Response[Any]:
    """All tables of the newest version, and how much was found in each."""
    number, desk = site_of(request).uploads.newest
    return answer(request, Tables(version=number, tables=desk.heads))


@route("GET", "/api/data/{table:str}", "see", Page, problems=(404,))
def rows(request: Asking, table: Table, limit: Limit = 200, offset: Offset = 0) -> Response[Any]:
    """Rows of a table as text, and what was found in them at its place."""
    return answer(request, site_of(request).uploads.page(table, limit, offset))


@route(
    "POST",
    "/api/data/uploads",
    "data",
    StagedView,
    status=201,
    problems=(413, 422),
    request_max_body_size=MOST_BYTES + AROUND,
    guards=[_files_alone],
)
def upload(request: Asking, data: MultipartBody[Files]) -> Response[Any]:
    """Stage tables beside the master data; nothing is brought in yet."""
    if len(data.files) > MOST_FILES:
        raise ProblemError(413, too_large().what, [too_large()])
    sent = [_sent(file) for file in data.files]
    return answer(request, site_of(request).uploads.begin(sent, person(request).name), 201)


@route("GET", "/api/data/uploads/{name:str}", "data", StagedView, problems=(404,))
def shown(request: Asking, name: Name) -> Response[Any]:
    """A staged upload, and everything that was found in it."""
    return answer(request, site_of(request).uploads.shown(name))


@route("GET", "/api/data/uploads/{name:str}/{table:str}", "data", Page, problems=(404,))
def staged_rows(request: Asking, name: Name, table: Table, limit: Limit = 200, offset: Offset = 0) -> Response[Any]:
    """Rows of a table as the upload would leave it."""
    return answer(request, site_of(request).uploads.staged_page(name, table, limit, offset))


@route("PATCH", "/api/data/uploads/{name:str}", "data", StagedView, problems=(404, 413, 422))
def correct(request: Asking, name: Name, data: JSONBody[Corrections]) -> Response[Any]:
    """Correct cells of a staged upload."""
    return answer(request, site_of(request).uploads.correct(name, data.cells))


@route("POST", "/api/data/uploads/{name:str}/apply", "data", Made, problems=(404, 409, 422, 428))
def apply(request: Asking, name: Name, data: JSONBody[Because]) -> Response[Any]:
    """Make a staged upload the newest version of the master data, and plan again with it."""
    site, who = site_of(request), person(request).name
    return made(request, site.uploads.apply(name, who, data.why, expected(request), silent))


@route("DELETE", "/api/data/uploads/{name:str}", "data", Dropped, problems=(404,))
def drop(request: Asking, name: Name) -> Response[Any]:
    """Forget a staged upload."""
    site_of(request).uploads.drop(name)
    return answer(request, Dropped(id=name))


def _sent(file: UploadFile) -> Sent:
    """A file that was uploaded; what held it until now is let go."""
    with file.file as held:
        return Sent(file.filename, held.read())


ROUTES: list[Any] = [tables, rows, upload, shown, staged_rows, correct, apply, drop]
