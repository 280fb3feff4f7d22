"""Orders of the live plan: the list, one order, why it comes when it does, and what would bring it sooner."""

from typing import Annotated, Any

from litestar import Response
from litestar.params import JSONBody, PathParameter, QueryParameter

from pegboard.app.plant_desk import entries_of
from pegboard.app.plant_orders import OrderColumns, OrderDetail, order_columns, order_detail, why
from pegboard.app.plant_remedies import chosen_remedy, keyed_remedies
from pegboard.app.plant_views import PlantViews
from pegboard.http.answers import Asking, answer, of_plan
from pegboard.http.changes import Because, Made, made
from pegboard.http.etags import expected
from pegboard.http.guards import person
from pegboard.http.paging import Limit, Offset
from pegboard.http.problems import ProblemError
from pegboard.http.routes import route
from pegboard.http.site import silent, site_of
from pegboard.insight.explain import Why

Order = Annotated[str, PathParameter(description="name of an order", max_length=200)]
Text = Annotated[str, QueryParameter(description="only what holds this text", max_length=200)]


@route("GET", "/api/orders", "see", OrderColumns)
def orders(request: Asking, limit: Limit = 200, offset: Offset = 0, sort: Text = "", q: Text = "") -> Response[Any]:
    """A page of order lines."""
    views = site_of(request).views
    name = f"orders {limit} {offset} {sort} {q}"
    return of_plan(request, views, name, lambda: order_columns(views, limit, offset, sort, q))


@route("GET", "/api/orders/{order:str}", "see", OrderDetail, problems=(404,))
def detail(request: Asking, order: Order) -> Response[Any]:
    """An order with all that is made and bought for it."""
    site = site_of(request)
    views = site.views
    found = order_detail(views, order, site.journal_rows(site.desk.journal.writes()))
    if found is None:
        raise _unknown(order)
    return answer(request, found, etag=f'"{views.state.etag}"')


@route("GET", "/api/orders/{order:str}/why", "see", list[Why], problems=(404,))
def explained(request: Asking, order: Order) -> Response[Any]:
    """Why each line of an order is complete when it is."""
    views = _with_order(request, order)
    return of_plan(request, views, f"why {order}", lambda: why(views, order))


@route("POST", "/api/orders/{order:str}/remedies", "try", list[dict[str, Any]], problems=(404,))
def remedies(request: Asking, order: Order) -> Response[Any]:
    """What would bring the late lines of an order sooner; each remedy carries the key it is applied by."""
    views = _with_order(request, order)
    return answer(request, keyed_remedies(views, order, silent), etag=f'"{views.state.etag}"')


@route("POST", "/api/orders/{order:str}/remedies/{key:str}", "plan", Made, problems=(404, 409, 422, 428))
def remedy(request: Asking, order: Order, key: Order, data: JSONBody[Because]) -> Response[Any]:
    """Do what a remedy says."""
    site, who, etag = site_of(request), person(request).name, expected(request)
    changes = chosen_remedy(_with_order(request, order), order, key, silent)
    if changes is None:
        raise ProblemError(404, f"there is no remedy {key} for {order} in this plan")
    why_so = data.why or f"fix {order}"
    return made(request, site.desk.write(entries_of(changes, who, why_so), "repair", who, why_so, etag, silent))


def _with_order(request: Asking, order: str) -> PlantViews:
    views = site_of(request).views
    if not any(order in (line.record.order, line.id) for line in views.state.live.planned.supply.lines):
        raise _unknown(order)
    return views


def _unknown(order: str) -> ProblemError:
    return ProblemError(404, f"there is no open order {order}")


ROUTES: list[Any] = [orders, detail, explained, remedies, remedy]
