"""Promises: configure a product, quote it, and make a quote an order."""

from typing import Annotated, Any

import msgspec
from litestar import Response
from litestar.params import JSONBody, PathParameter, QueryParameter

from pegboard.app.configure import configure
from pegboard.app.plant_counter import Wish
from pegboard.exchange.cells import options as read_options
from pegboard.exchange.fault import Fault
from pegboard.http.answers import Asking, answer, of_plan
from pegboard.http.changes import Made, Reason, made
from pegboard.http.etags import expected
from pegboard.http.guards import person
from pegboard.http.problems import ProblemError
from pegboard.http.routes import route
from pegboard.http.site import silent, site_of

Item = Annotated[str, PathParameter(description="an item", max_length=200)]
Chosen = Annotated[str, QueryParameter(description="options as in COLOUR=red;ARMS=yes", max_length=2000)]
Qty = Annotated[float, QueryParameter(gt=0, le=1e12, description="how much")]


class Asked(Wish, frozen=True, kw_only=True):
    """A wish, and whether other ways to serve it are wanted too."""

    menu: bool = False


class Acceptance(msgspec.Struct, frozen=True, kw_only=True):
    """What was quoted, for which date (the `date` of the promise), and the name of the order that it becomes."""

    request: Wish
    date: int | None = None
    order: str = ""
    why: Reason = ""


@route("GET", "/api/configure/{item:str}", "quote", dict[str, Any], problems=(404, 422))
def configured(request: Asking, item: Item, options: Chosen = "", qty: Qty = 1.0) -> Response[Any]:
    """A product as chosen: its variant, components, operations and minutes; or why it is refused."""
    views = site_of(request).views
    snapshot = views.state.changed.snapshot
    chosen = read_options(options)
    if isinstance(chosen, Fault):
        raise ProblemError(422, f"options {options!r} {chosen.says}")
    if all(row.item != item for row in snapshot.items):
        raise ProblemError(404, f"there is no item {item}")
    return of_plan(request, views, f"configure {item} {qty} {chosen}", lambda: configure(snapshot, item, qty, chosen))


@route("POST", "/api/quotes", "quote", dict[str, Any], problems=(413, 422))
def quote(request: Asking, data: JSONBody[Asked]) -> Response[Any]:
    """What can be promised, as `pegboard quote` says it."""
    site = site_of(request)
    etag = site.desk.state.etag
    return answer(request, site.counter.quote(data, menu=data.menu), etag=f'"{etag}"')


@route("POST", "/api/quotes/accept", "promise", Made, problems=(409, 413, 422, 428))
def accept(request: Asking, data: JSONBody[Acceptance]) -> Response[Any]:
    """Make what was quoted an order."""
    wish = msgspec.structs.replace(data.request, order=data.order or data.request.order)
    who, why = person(request).name, data.why or "quote accepted"
    return made(request, site_of(request).counter.accept(wish, data.date, who, why, expected(request), silent))


ROUTES: list[Any] = [configured, quote, accept]
