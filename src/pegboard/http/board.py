"""The board: its columns, the network and the places of an operation, and the load of its rows."""

from typing import Annotated, Any

from litestar import Response
from litestar.params import FromQuery, PathParameter, QueryParameter

from pegboard.app.plant_views import PlantViews
from pegboard.http.answers import Asking, of_plan
from pegboard.http.etags import unchanged
from pegboard.http.problems import ProblemError
from pegboard.http.routes import route
from pegboard.http.site import site_of
from pegboard.insight.load_columns import Every, Loads, loads
from pegboard.insight.network import Network
from pegboard.insight.places import Places
from pegboard.insight.plan_board import Board

Number = Annotated[int, PathParameter(ge=0, le=1_000_000_000, description="number of an operation on the board")]
Scenario = Annotated[str, QueryParameter(description="name of a scenario; the live plan if absent", max_length=48)]


@route("GET", "/api/board", "see", Board, problems=(404, 422))
def board(request: Asking, scenario: Scenario = "") -> Response[Any]:
    """The board as columns."""
    views = site_of(request).views_of(scenario)
    return of_plan(request, views, "board", lambda: views.board)


@route("GET", "/api/operations/{number:int}/links", "see", Network, problems=(404, 409))
def links(request: Asking, number: Number) -> Response[Any]:
    """All that is made and bought for the orders which an operation serves."""
    views = _on_board(request, number)
    return of_plan(request, views, f"links {number}", lambda: views.networks.of(number))


@route("GET", "/api/operations/{number:int}/places", "see", Places, problems=(404, 409))
def where(request: Asking, number: Number) -> Response[Any]:
    """Where an operation may stand."""
    views = _on_board(request, number)
    return of_plan(request, views, f"places {number}", lambda: views.places.of(number))


@route("GET", "/api/loads", "see", Loads, problems=(404, 422))
def load(request: Asking, bucket: FromQuery[Every] = "day", scenario: Scenario = "") -> Response[Any]:
    """What each row does by hour, day or week."""
    views = site_of(request).views_of(scenario)
    return of_plan(request, views, f"loads {bucket}", lambda: loads(views.board_view, bucket))


def _on_board(request: Asking, number: int) -> PlantViews:
    """The views of the plan in which the number is meant; 409 where that is no more, 404 for none of its numbers."""
    views = site_of(request).views
    unchanged(request, views.state.etag)
    if number >= views.board_view.ops.size:
        raise ProblemError(404, f"there is no operation {number} on the board")
    return views


ROUTES: list[Any] = [board, links, where, load]
