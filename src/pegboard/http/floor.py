"""The shop floor: what each resource does next, on screen and on paper, what it reports, and what is not as planned."""

from typing import Annotated, Any

from litestar import Response
from litestar.params import JSONBody, PathParameter, QueryParameter

from pegboard.app.plant_floor import AlertRow, DispatchRow, alert_rows, dispatch_paper, dispatch_rows, report_progress
from pegboard.app.shop_floor import FloorReport
from pegboard.http.answers import Asking, answer, of_plan
from pegboard.http.changes import Made, made
from pegboard.http.export import saved
from pegboard.http.guards import person
from pegboard.http.routes import route
from pegboard.http.site import silent, site_of

Resource = Annotated[str, PathParameter(description="a resource; with .pdf behind it on paper", max_length=200)]
Until = Annotated[int | None, QueryParameter(ge=0, le=10**11, description="only what begins by then, seconds UTC")]
PAPER = ".pdf"


@route("GET", "/api/dispatch/{resource:str}", "see", list[DispatchRow], problems=(404,))
def dispatch(request: Asking, resource: Resource, until: Until = None) -> Response[Any]:
    """The dispatch list of a resource; as PDF where `.pdf` stands behind its name."""
    views = site_of(request).views
    if resource.endswith(PAPER) and resource not in views.state.live.planned.factory.resources:
        paper = dispatch_paper(views, resource.removesuffix(PAPER), until)
        return saved("dispatch.pdf", paper, views.state.etag)
    return of_plan(request, views, f"dispatch {resource} {until}", lambda: dispatch_rows(views, resource, until))


@route("POST", "/api/reports", "report", Made, problems=(409, 413, 422))
def report(request: Asking, data: JSONBody[FloorReport]) -> Response[Any]:
    """Report that an operation was started, paused or ended, or what came of it since the last report."""
    return made(request, report_progress(site_of(request).desk, data, person(request).name, silent))


@route("GET", "/api/alerts", "see", list[AlertRow])
def alerted(request: Asking) -> Response[Any]:
    """What runs late, should have begun, or begins soon and lacks material."""
    return answer(request, alert_rows(site_of(request).views))


ROUTES: list[Any] = [dispatch, report, alerted]
