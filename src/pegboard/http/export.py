"""The plant and its plan as files to save."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from litestar import Response
from litestar.params import PathParameter

from pegboard.app.exports import factory_archive, factory_workbook, plan_archive, plan_workbook, with_journal
from pegboard.app.plant_desk import RefusedError
from pegboard.domain.finding import Finding
from pegboard.exchange import line_of
from pegboard.http.answers import Asking
from pegboard.http.routes import route
from pegboard.http.site import Site, site_of
from pegboard.storage.database.masters import Masters

File = Annotated[
    Literal["factory.xlsx", "factory.zip", "plan.xlsx", "plan.zip"], PathParameter(description="what is saved")
]
MEDIA = {
    "zip": "application/zip",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}


def saved(name: str, data: bytes | Finding, etag: str) -> Response[bytes]:
    """A file to save; what is wrong where there is none."""
    if isinstance(data, Finding):
        raise RefusedError([data])
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "ETag": f'"{etag}"',
        "Cache-Control": "no-cache",
    }
    return Response(data, media_type=MEDIA[name.rpartition(".")[2]], headers=headers)


@route("GET", "/api/export/{name:str}", "see", bytes, problems=(404, 422))
def export(request: Asking, name: File) -> Response[Any]:
    """The factory folder with its journal, or the plan folder, as archive or workbook."""
    site = site_of(request)
    return saved(name, _MADE[name](site), site.desk.state.etag)


def _factory(site: Site) -> dict[str, bytes]:
    """The files of the version that is planned with, and the changes that count."""
    state = site.desk.state
    zone = site.desk.zone
    lines = [line_of(entry, zone) for entry in state.entries]
    return with_journal(Masters(site.desk.engine).files(state.master.number), lines)


_MADE: dict[str, Callable[[Site], bytes | Finding]] = {
    "factory.xlsx": lambda site: factory_workbook(_factory(site)),
    "factory.zip": lambda site: factory_archive(_factory(site)),
    "plan.xlsx": lambda site: plan_workbook(site.desk.state.plan),
    "plan.zip": lambda site: plan_archive(site.desk.state.plan),
}

ROUTES: list[Any] = [export]
