"""The server as a whole: routes, what stands before them, and what is closed when it ends."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import cache
from typing import Any, cast

from anyio import to_thread
from litestar import Litestar, Response, get
from litestar.types import ASGIApp

from pegboard.app.plan_history import Publisher
from pegboard.app.plant_state import LiveState
from pegboard.app.plant_views import Encoded, encoded
from pegboard.http import board, changes, events, insight, jobs, orders, plan, quotes, scenarios
from pegboard.http.allowed import allowed
from pegboard.http.answers import Asking, sent
from pegboard.http.document import document
from pegboard.http.door import OpenDoor
from pegboard.http.guards import NOBODY, guard
from pegboard.http.headers import guarded
from pegboard.http.pages import pages
from pegboard.http.problems import HANDLERS
from pegboard.http.site import Site

ROUTES: Sequence[Any] = [
    *plan.ROUTES,
    *board.ROUTES,
    *changes.ROUTES,
    *orders.ROUTES,
    *scenarios.ROUTES,
    *quotes.ROUTES,
    *insight.ROUTES,
    *jobs.ROUTES,
    *events.ROUTES,
]
"""All that stands in the document; a module of routes more is one more here."""
PERMISSIONS = frozenset(handler.opt["may"] for handler in ROUTES) - {NOBODY}
"""All that routes ask for."""
MOST_SENT = 4_000_000
"""Bytes that a request may carry where its route does not say otherwise."""


@cache
def _document() -> Encoded:
    return encoded(document(ROUTES))


@get("/api/openapi.json", opt={"may": NOBODY}, sync_to_thread=True, include_in_schema=False)
def openapi(request: Asking) -> Response[Any]:
    """The document of this server."""
    return sent(request, _document(), 200, "")


def make_app(site: Site) -> ASGIApp:
    """The server of a plant."""

    def tell(state: LiveState, who: str, why: str) -> None:
        data = {"length": state.length, "hash": state.plan.certificate.plan_hash, "who": who, "text": why}
        site.hub.tell("plan", data)

    @asynccontextmanager
    async def life(_: Litestar) -> AsyncIterator[None]:
        publisher = Publisher(site.desk.engine)
        publisher.tell(site.desk.state, "", "")
        watching = asyncio.create_task(jobs.tell_of_jobs(site))
        with site.desk.telling(tell, publisher.tell):
            yield
        watching.cancel()
        site.hub.end()
        await to_thread.run_sync(publisher.close)

    app = Litestar(
        route_handlers=[*allowed(ROUTES), *ROUTES, openapi, pages],
        exception_handlers=HANDLERS,
        lifespan=[life],
        guards=[guard],
        openapi_config=None,
        request_max_body_size=MOST_SENT,
        logging_config=None,
    )
    site.door = site.door or OpenDoor(PERMISSIONS)
    app.state.site = site
    return guarded(cast("ASGIApp", app))
