"""Promises: configure a product, quote it, and make a quote an order."""

from typing import Annotated, Any

import msgspec
from litestar import Response
from litestar.params import JSONBody, PathParameter, QueryParameter

from pegboard.app.configure import configure
from pegboard.app.plant_counter import Wish
from pegboard.domain.quote import Reservation
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


class Holding(msgspec.Struct, frozen=True, kw_only=True):
    """What was quoted, and for how many hours it is to be held."""

    request: Wish
    hours: Annotated[float, msgspec.Meta(gt=0, le=8760)] = 48.0


class ReservationRow(msgspec.Struct, frozen=True, kw_only=True):
    """A reservation: the quoted `date` and when it `expires`, seconds UTC."""

    name: str
    order: str
    customer: str
    item: str
    qty: float
    options: dict[str, str]
    due: str
    date: int
    expires: int


class HeldRow(ReservationRow, frozen=True, kw_only=True):
    """A reservation and when it can be served now; none, and why, where it cannot be any more."""

    date_now: int | None
    why: str


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """All that is reserved, in order of making."""

    reservations: list[HeldRow]


class Released(msgspec.Struct, frozen=True, kw_only=True):
    """What is held no longer."""

    name: str


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


@route("GET", "/api/reservations", "quote", Held)
def reserved(request: Asking) -> Response[Any]:
    """What is held, and when it can be served now."""
    at = site_of(request).counter.at()
    rows = [HeldRow(**_fields(h.reservation), date_now=h.date, why=h.why) for h in at.held]
    return answer(request, Held(reservations=rows))


@route("POST", "/api/reservations", "promise", ReservationRow, status=201, problems=(413, 422))
def reserve(request: Asking, data: JSONBody[Holding]) -> Response[Any]:
    """Hold the place and the material of a quote for some hours."""
    return answer(request, ReservationRow(**_fields(site_of(request).counter.reserve(data.request, data.hours))), 201)


@route("DELETE", "/api/reservations/{name:str}", "promise", Released, problems=(404,))
def release(request: Asking, name: Item) -> Response[Any]:
    """Give back what is held."""
    site_of(request).counter.release(name)
    return answer(request, Released(name=name))


def _fields(r: Reservation) -> dict[str, Any]:
    q = r.request
    return {
        "name": r.name,
        "order": q.order,
        "customer": q.customer,
        "item": q.item,
        "qty": q.qty,
        "options": dict(q.options),
        "due": "" if q.due is None else q.due.isoformat(),
        "date": r.date,
        "expires": r.made + round(r.hours * 3600),
    }


ROUTES: list[Any] = [configured, quote, accept, reserved, reserve, release]
