"""Who may do what: every route as somebody with each single permission, with none, and as nobody.

What a role may do is decided elsewhere; here a name in a header stands for whoever is signed in.
"""

import re
from collections.abc import Iterator

import httpx
import pytest

from pegboard.http.app import PERMISSIONS, ROUTES
from pegboard.http.door import Connection, Person
from pegboard.http.guards import NOBODY
from tests.http.conftest import chairs
from tests.http.serving import client, desk_of, served

ASKED = sorted(
    (str(method), path, str(handler.opt["may"]))
    for handler in ROUTES
    for path in handler.paths
    for method in handler.http_methods
)


class ByHeader:
    """Lets in whoever says what he may do, as `x-may: see plan`, with a token for writes that is always the same."""

    def who(self, connection: Connection) -> Person | None:
        may = connection.headers.get("x-may")
        return None if may is None else Person(name="ann", role="tester", may=frozenset(may.split()), csrf="c5rf")


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    address = chairs(tmp_path_factory.mktemp("chairs"))
    with desk_of(address) as desk, served(desk, door=ByHeader()) as url, client(url) as found:
        yield found


def asked(plant: httpx.Client, method: str, path: str, **headers: str) -> int:
    """The status of a request without a body; a stream is left as soon as it has begun."""
    address = re.sub(r"\{\w+:int\}", "1", re.sub(r"\{\w+:str\}", "none", path))
    with plant.stream(method, address, headers=headers) as answer:
        return answer.status_code


@pytest.mark.parametrize(("method", "path", "may"), ASKED)
def test_a_route_lets_in_its_permission_alone(plant: httpx.Client, method: str, path: str, may: str):
    csrf = {"x-csrf-token": "c5rf"}
    if may == NOBODY:
        assert asked(plant, method, path) == 200
        return
    assert asked(plant, method, path, **csrf) == 401
    others = " ".join(sorted(PERMISSIONS - {may}))
    assert asked(plant, method, path, **csrf, **{"x-may": others}) == 403
    assert asked(plant, method, path, **csrf, **{"x-may": may}) not in (401, 403)


@pytest.mark.parametrize(("method", "path", "may"), [row for row in ASKED if row[0] != "GET"])
def test_a_write_from_a_browser_needs_the_token_and_its_own_page(plant: httpx.Client, method: str, path: str, may: str):
    assert asked(plant, method, path, **{"x-may": may}) == 403
    assert asked(plant, method, path, **{"x-may": may, "x-csrf-token": "other"}) == 403
    good = {"x-may": may, "x-csrf-token": "c5rf"}
    assert asked(plant, method, path, **good, **{"sec-fetch-site": "cross-site"}) == 403
    assert asked(plant, method, path, **good, **{"sec-fetch-site": "same-origin"}) != 403


def test_only_health_is_for_nobody_among_what_is_declared():
    assert [path for _, path, may in ASKED if may == NOBODY] == ["/api/health"]


def test_what_is_written_bears_the_name_of_who_is_signed_in(plant: httpx.Client):
    headers = {"x-may": "see plan", "x-csrf-token": "c5rf"}
    headers["If-Match"] = plant.get("/api/plan", headers=headers).headers["etag"]
    changes = {"changes": [{"text": "SO-1.qty=3"}]}
    assert plant.post("/api/changes", json=changes, headers=headers).status_code == 200
    (row,) = plant.get("/api/journal", headers=headers).json()["entries"]
    assert row["who"] == "ann"
