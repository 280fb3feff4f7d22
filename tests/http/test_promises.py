"""Quotes, reservations and scenarios over a real socket."""

from collections.abc import Iterator

import httpx
import pytest

from tests.http.serving import client, desk_of, served

WISH = {"item": "LINEA", "qty": 4, "customer": "ANKER", "options": {"COLOUR": "black", "LENGTH": "1200"}}


@pytest.fixture
def plant(address: str) -> Iterator[httpx.Client]:
    with desk_of(address) as desk, served(desk) as url, client(url) as found:
        yield found


def write(plant: httpx.Client, path: str, body: dict[str, object]) -> httpx.Response:
    return plant.post(path, json=body, headers={"If-Match": plant.get("/api/plan").headers["etag"]})


def test_an_accepted_quote_is_an_order_complete_and_promised_for_the_quoted_date(plant: httpx.Client):
    date = plant.post("/api/quotes", json=WISH).json()["promise"]["date"]
    accepted = write(plant, "/api/quotes/accept", {"request": WISH, "date": date, "order": "SO-NEW"})
    assert accepted.status_code == 200
    order = plant.get("/api/orders/SO-NEW").json()
    assert [(line["completion"], line["status"]) for line in order["lines"]] == [(date, "on_time")]
    assert order["promise"] == date
    others = plant.get("/api/journal").json()["entries"]
    assert [row["change"]["order"] for row in others] == ["SO-NEW"]


def test_a_reservation_holds_its_place_against_other_quotes_until_it_is_given_back(plant: httpx.Client):
    large = WISH | {"qty": 40}
    first = plant.post("/api/quotes", json=large).json()["promise"]["date"]
    held = plant.post("/api/reservations", json={"request": large | {"order": "SO-HELD"}})
    assert (held.status_code, held.json()["date"]) == (201, first)
    later = plant.post("/api/quotes", json=large).json()["promise"]["date"]
    assert later > first
    (row,) = plant.get("/api/reservations").json()["reservations"]
    assert (row["name"], row["order"], row["date_now"]) == ("R-1", "SO-HELD", first)
    assert plant.delete("/api/reservations/R-1").status_code == 200
    assert plant.post("/api/quotes", json=large).json()["promise"]["date"] == first
    assert plant.delete("/api/reservations/R-1").status_code == 404


def test_what_is_reserved_is_accepted_for_its_date_and_held_no_longer(plant: httpx.Client):
    wish = WISH | {"order": "SO-HELD"}
    date = plant.post("/api/reservations", json={"request": wish}).json()["date"]
    assert write(plant, "/api/quotes/accept", {"request": wish, "date": date}).status_code == 200
    assert plant.get("/api/reservations").json()["reservations"] == []
    assert plant.get("/api/orders/SO-HELD").json()["lines"][0]["completion"] == date


def test_a_scenario_changes_nothing_until_it_is_promoted_and_is_then_in_the_journal(plant: httpx.Client):
    before = plant.get("/api/plan").json()["hash"]
    assert plant.post("/api/scenarios", json={"name": "more"}).status_code == 201
    added = plant.post("/api/scenarios/more/changes", json={"changes": [{"text": "SO-26164.qty=20"}], "why": "asked"})
    (entry,) = added.json()["scenario"]["entries"]
    assert (entry["change"], entry["qty"]) == ("set_quantity", 20)
    effect = plant.get("/api/scenarios/more/compare").json()
    assert [line["id"] for line in effect["lines"] if line["qty_before"] != line["qty"]] == ["SO-26164/1"]
    assert plant.get("/api/plan").json()["hash"] == before
    board = plant.get("/api/board", params={"scenario": "more"}).json()
    promoted = plant.post("/api/scenarios/more/promote", json={"why": "agreed"})
    assert promoted.status_code == 200
    assert plant.get("/api/board").json() == board
    (scenario,) = plant.get("/api/scenarios").json()["scenarios"]
    assert scenario["state"] == "promoted"
    stale = plant.get("/api/scenarios/more/compare")
    assert (stale.status_code, stale.json()["findings"][0]["code"]) == (422, "C496")


def test_an_unknown_scenario_or_order_is_404_with_a_finding_or_a_word(plant: httpx.Client):
    for path in ("/api/scenarios/none", "/api/board?scenario=none", "/api/orders/NONE", "/api/orders/NONE/why"):
        answer = plant.get(path)
        assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


def test_a_remedy_is_applied_by_its_key_and_brings_the_line_when_it_was_shown(plant: httpx.Client):
    (mending,) = plant.post("/api/orders/SO-26164/remedies").json()
    remedy = mending["remedies"][0]
    applied = write(plant, f"/api/orders/SO-26164/remedies/{remedy['key']}", {"why": "late"})
    assert applied.status_code == 200
    assert plant.get("/api/orders/SO-26164").json()["lines"][0]["completion"] == remedy["completion"]


def test_the_key_figures_of_every_live_plan_are_kept(address: str):
    """They are kept beside the work, and all of them by the time that the server has ended."""
    with desk_of(address) as desk:
        with served(desk) as url, client(url) as plant:
            assert write(plant, "/api/changes", {"changes": [{"text": "SO-26164.qty=20"}]}).status_code == 200
        with served(desk) as url, client(url) as plant:
            plans = plant.get("/api/kpis/history").json()["plans"]
            assert [plan["journal"] for plan in plans] == [1, 0]
            assert plans[0]["hash"] == plant.get("/api/plan").json()["hash"]
            assert plans[0]["kpis"]["orders"] == 77
