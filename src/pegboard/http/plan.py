"""The live plan: its head, its board, and whether the server is well."""

from typing import Any

import msgspec
from litestar import Response

from pegboard import __version__
from pegboard.app.plant_views import PlanHead
from pegboard.http.answers import Asking, answer, of_plan
from pegboard.http.guards import NOBODY, person
from pegboard.http.routes import route
from pegboard.http.site import site_of


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """The server answers."""

    status: str
    version: str


@route("GET", "/api/health", NOBODY, Health)
def health(request: Asking) -> Response[Any]:
    """Whether the server is well."""
    return answer(request, Health(status="ok", version=__version__))


class Me(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks, and what he may do."""

    name: str
    role: str
    may: tuple[str, ...]
    csrf: str
    zone: str
    plant: str


@route("GET", "/api/me", "see", Me)
def me(request: Asking) -> Response[Any]:
    """Who asks."""
    settings, found = site_of(request).desk.state.changed.snapshot.settings, person(request)
    me = Me(
        name=found.name,
        role=found.role,
        may=tuple(sorted(found.may)),
        csrf=found.csrf,
        zone=settings.timezone,
        plant=settings.name,
    )
    return answer(request, me)


@route("GET", "/api/plan", "see", PlanHead)
def plan(request: Asking) -> Response[Any]:
    """The live plan at a glance."""
    views = site_of(request).views
    return of_plan(request, views, "plan", views.head)


ROUTES: list[Any] = [health, me, plan]
