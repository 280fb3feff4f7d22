"""The live plan in figures."""

from typing import Any

import msgspec
from litestar import Response

from pegboard.http.answers import Asking, answer, of_plan
from pegboard.http.paging import Limit, Offset
from pegboard.http.routes import route
from pegboard.http.site import site_of
from pegboard.insight.comparing.figures import Figure, delivery, figures
from pegboard.insight.delivery import DeliveryFigures
from pegboard.insight.equipment import Effectiveness, effectiveness
from pegboard.storage.database.plans import Plans, Published


class KpiAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of `pegboard kpi`."""

    delivery: list[DeliveryFigures]
    figures: list[Figure]
    equipment: list[Effectiveness]


class Utilisation(msgspec.Struct, frozen=True, kw_only=True):
    """Busy share of each resource's open time until the end of the plan, in percent."""

    resources: dict[str, float]


@route("GET", "/api/kpis", "see", KpiAnswer)
def kpis(request: Asking) -> Response[Any]:
    """The plan in figures."""
    views = site_of(request).views
    plan, factory = views.state.plan, views.state.live.planned.factory

    def make() -> KpiAnswer:
        by_date = [delivery(plan, factory, reference) for reference in ("requested", "last_promise")]
        return KpiAnswer(delivery=by_date, figures=list(figures(plan, factory)), equipment=list(effectiveness(factory)))

    return of_plan(request, views, "kpis", make)


class History(msgspec.Struct, frozen=True, kw_only=True):
    """The key figures of former live plans, the newest first; earlier ones after so many more."""

    plans: list[Published]
    next: int | None


@route("GET", "/api/kpis/history", "see", History)
def history(request: Asking, limit: Limit = 100, offset: Offset = 0) -> Response[Any]:
    """How the key figures went from plan to plan."""
    found = list(reversed(Plans(site_of(request).desk.engine).history()))
    page = found[offset : offset + limit]
    end = offset + len(page)
    return answer(request, History(plans=page, next=end if end < len(found) else None))


@route("GET", "/api/utilisation", "see", Utilisation)
def utilisation(request: Asking) -> Response[Any]:
    """How busy each resource is."""
    views = site_of(request).views
    return of_plan(request, views, "utilisation", lambda: Utilisation(resources=views.state.plan.kpis.utilisation))


ROUTES: list[Any] = [kpis, history, utilisation]
