"""Scenarios: begin, change, branch, rebase, merge and promote them, and see what they would do."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

import msgspec
from litestar import Response
from litestar.params import FromQuery, JSONBody, PathParameter

from pegboard.app import scenarios as use
from pegboard.app.evaluate import Mode
from pegboard.app.plant_changes import read_changes
from pegboard.app.plant_desk import RefusedError, compared, entries_of
from pegboard.app.scenarios import Desk, Done
from pegboard.domain.change import Entry
from pegboard.domain.scenario import Scenario
from pegboard.exchange import entry_fields
from pegboard.http.answers import Asking, answer
from pegboard.http.changes import Changes, Made, Reason, made
from pegboard.http.guards import person
from pegboard.http.problems import Told, told
from pegboard.http.routes import route
from pegboard.http.site import silent, site_of
from pegboard.insight.comparing.comparison import Comparison

Name = Annotated[str, PathParameter(description="name of a scenario", max_length=48)]
_Name = Annotated[str, msgspec.Meta(min_length=1, max_length=48)]


class Begin(msgspec.Struct, frozen=True, kw_only=True):
    """A new scenario on the plant as it is, or a branch of another one."""

    name: _Name
    from_: str = msgspec.field(name="from", default="")


class More(msgspec.Struct, frozen=True, kw_only=True):
    """Changes to add."""

    changes: Changes
    why: Reason = ""


class Other(msgspec.Struct, frozen=True, kw_only=True):
    """Another scenario."""

    other: _Name


class Promotion(msgspec.Struct, frozen=True, kw_only=True):
    """How the plan is made with the changes, and why."""

    why: Reason = ""
    mode: Mode = "repair"


class ScenarioRow(msgspec.Struct, frozen=True, kw_only=True):
    """A scenario: what it stands on, and its changes as a journal holds them."""

    name: str
    base: str
    journal: int
    parent: str
    branched: int
    state: Literal["current", "promoted", "stale"]
    entries: list[dict[str, Any]]


class Changed(msgspec.Struct, frozen=True, kw_only=True):
    """A scenario after something was done to it."""

    scenario: ScenarioRow
    findings: tuple[Told, ...]


class Scenarios(msgspec.Struct, frozen=True, kw_only=True):
    """All scenarios by name."""

    scenarios: list[ScenarioRow]


@route("GET", "/api/scenarios", "see", Scenarios)
def listed(request: Asking) -> Response[Any]:
    """All scenarios."""
    at = _desk(request)
    return answer(request, Scenarios(scenarios=[_row(at, item.scenario) for item in use.listed(at)]))


@route("POST", "/api/scenarios", "try", Changed, status=201, problems=(404, 422))
def begin(request: Asking, data: JSONBody[Begin]) -> Response[Any]:
    """Begin or branch a scenario."""
    made_by = (lambda at: use.branch(at, data.from_, data.name)) if data.from_ else (lambda at: use.new(at, data.name))
    return _did(request, made_by, status=201)


@route("GET", "/api/scenarios/{name:str}", "see", ScenarioRow, problems=(404, 422))
def shown(request: Asking, name: Name) -> Response[Any]:
    """One scenario with its changes."""
    return answer(request, _row(_desk(request), site_of(request).scenarios.known(name)))


@route("DELETE", "/api/scenarios/{name:str}", "try", Changed, problems=(404, 422))
def forget(request: Asking, name: Name) -> Response[Any]:
    """Forget a scenario."""
    return _did(request, lambda at: use.delete(at, name))


@route("POST", "/api/scenarios/{name:str}/changes", "try", Changed, problems=(404, 413, 422))
def change(request: Asking, name: Name, data: JSONBody[More]) -> Response[Any]:
    """Add changes, all or none."""
    changes = read_changes(data.changes, site_of(request).desk.zone)
    entries = entries_of(changes, person(request).name, data.why)
    return _did(request, lambda at: use.extended(at, name, entries, []))


@route("POST", "/api/scenarios/{name:str}/undo", "try", Changed, problems=(404, 422))
def undo(request: Asking, name: Name) -> Response[Any]:
    """Drop the last change."""
    return _did(request, lambda at: use.undo(at, name, 1))


@route("POST", "/api/scenarios/{name:str}/rebase", "try", Changed, problems=(404, 422))
def rebase(request: Asking, name: Name) -> Response[Any]:
    """Put the changes on the plant as it is now."""
    return _did(request, lambda at: use.rebase(at, name))


@route("POST", "/api/scenarios/{name:str}/merge", "try", Changed, problems=(404, 422))
def merge(request: Asking, name: Name, data: JSONBody[Other]) -> Response[Any]:
    """Take over what another branch has beyond the common changes."""
    return _did(request, lambda at: use.merge(at, name, data.other))


@route("POST", "/api/scenarios/{name:str}/promote", "plan", Made, problems=(404, 409, 422))
def promote(request: Asking, name: Name, data: JSONBody[Promotion]) -> Response[Any]:
    """Make a scenario true."""
    who = person(request).name
    return made(request, site_of(request).scenarios.promote(name, data.mode, who, data.why, silent))


@route("GET", "/api/scenarios/{name:str}/compare", "see", Comparison, problems=(404, 422))
def effect(request: Asking, name: Name, mode: FromQuery[Mode] = "repair") -> Response[Any]:
    """What the plan of a scenario does otherwise than the live plan."""
    site = site_of(request)
    live, found = site.views.state.live, site.views_of(name, mode)
    return answer(request, compared(live, found.state.live))


def _desk(request: Asking) -> Desk:
    site = site_of(request)
    return site.scenarios.at(site.desk.state)


def _did(request: Asking, what: Callable[[Desk], Done], status: int = 200) -> Response[Any]:
    at = _desk(request)
    done = what(at)
    if done.scenario is None:
        raise RefusedError(done.findings)
    found = Changed(scenario=_row(at, done.scenario), findings=tuple(map(told, done.findings)))
    return answer(request, found, status)


def _row(at: Desk, scenario: Scenario) -> ScenarioRow:
    zone = use.zone_of(at)

    def fields(entry: Entry) -> dict[str, Any]:
        return entry_fields(entry, zone)

    return ScenarioRow(
        name=scenario.name,
        base=scenario.base,
        journal=scenario.journal,
        parent=scenario.parent,
        branched=scenario.branched,
        state=use.state(at, scenario),
        entries=[fields(entry) for entry in scenario.entries],
    )


ROUTES: list[Any] = [listed, begin, shown, forget, change, undo, rebase, merge, promote, effect]
