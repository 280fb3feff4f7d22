"""Materials: items and their stock over time, what to buy, what is clear to build, and the buffers."""

from typing import Annotated, Any

import msgspec
from litestar import Response
from litestar.params import PathParameter, QueryParameter

from pegboard.app.materials import ColumnsPage, item_columns, purchase_columns
from pegboard.app.plant_desk import RefusedError
from pegboard.domain.finding import Finding
from pegboard.domain.plan import BufferPlan
from pegboard.http.answers import Asking, of_plan
from pegboard.http.paging import Limit, Offset
from pegboard.http.routes import route
from pegboard.http.site import site_of
from pegboard.insight.buffer_board import by_urgency
from pegboard.insight.item_page import ItemPage, item_page
from pegboard.insight.kit import Kit, Policy, clear_to_build
from pegboard.insight.shortage import Shortage, shortages

Item = Annotated[str, PathParameter(description="an item", max_length=200)]
Text = Annotated[str, QueryParameter(description="what names or descriptions hold", max_length=200)]
Sellable = Annotated[int, QueryParameter(ge=0, le=1, description="1: only what goes into no other item")]
Days = Annotated[float, QueryParameter(ge=0, le=10_000, description="work orders that start within so many days")]
Sharing = Annotated[Policy | None, QueryParameter(description="as the factory has it if absent")]


class Kits(msgspec.Struct, frozen=True, kw_only=True):
    """The record of `pegboard kit`."""

    policy: Policy
    kits: list[Kit]
    shortages: list[Shortage]


@route("GET", "/api/items", "see", ColumnsPage)
def items(
    request: Asking, q: Text = "", limit: Limit = 200, offset: Offset = 0, sellable: Sellable = 0
) -> Response[Any]:
    """Items at a glance."""
    views = site_of(request).views
    plan, factory = views.state.plan, views.state.live.planned.factory
    name = f"items {limit} {offset} {sellable} {q}"
    return of_plan(request, views, name, lambda: item_columns(factory, plan, q, limit, offset, sellable=bool(sellable)))


@route("GET", "/api/items/{item:str}", "see", ItemPage, problems=(404,))
def one(request: Asking, item: Item) -> Response[Any]:
    """An item in full."""
    views = site_of(request).views

    def make() -> ItemPage:
        found = item_page(views.state.live.planned.factory, views.state.plan, item)
        if isinstance(found, Finding):
            raise RefusedError([found])
        return found

    return of_plan(request, views, f"item {item}", make)


@route("GET", "/api/purchases", "see", ColumnsPage)
def purchases(request: Asking, limit: Limit = 200, offset: Offset = 0) -> Response[Any]:
    """What to buy and what to change of what is ordered, with the orders that wait for it."""
    views = site_of(request).views
    plan = views.state.plan
    return of_plan(request, views, f"purchases {limit} {offset}", lambda: purchase_columns(plan, limit, offset))


@route("GET", "/api/kits", "see", Kits)
def kits(request: Asking, days: Days = 14.0, policy: Sharing = None) -> Response[Any]:
    """Which work orders are clear to build, and what the others wait for."""
    views = site_of(request).views
    plan, factory = views.state.plan, views.state.live.planned.factory
    chosen = policy or factory.policy.clear_to_build

    def make() -> Kits:
        found = clear_to_build(factory, plan, chosen, days)
        return Kits(policy=chosen, kits=found, shortages=shortages(factory, found))

    return of_plan(request, views, f"kits {days} {chosen}", make)


@route("GET", "/api/buffers", "see", list[BufferPlan])
def buffers(request: Asking) -> Response[Any]:
    """The buffers, the most urgent first."""
    views = site_of(request).views
    return of_plan(request, views, "buffers", lambda: by_urgency(views.state.plan.buffers))


ROUTES: list[Any] = [items, one, purchases, kits, buffers]
