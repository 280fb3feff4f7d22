"""The shop floor and the materials of a live plant over HTTP."""

import threading
from collections.abc import Iterator

import httpx
import pytest

from pegboard.app.plant_desk import PlantDesk
from tests.http.serving import client, desk_of, served


@pytest.fixture
def desk(address: str) -> Iterator[PlantDesk]:
    with desk_of(address) as found:
        yield found


@pytest.fixture
def plant(desk: PlantDesk) -> Iterator[httpx.Client]:
    with served(desk) as url, client(url) as found:
        yield found


def started(desk: PlantDesk) -> tuple[str, int, float]:
    """A work order of the demo factory whose step has begun, and how many good pieces were reported of it."""
    step = next(s for s in desk.state.changed.snapshot.work_order_steps if s.status == "started")
    return step.wo, step.step, step.good_qty


def good(desk: PlantDesk, wo: str, number: int) -> float:
    rows = desk.state.changed.snapshot.work_order_steps
    return next(s.good_qty for s in rows if (s.wo, s.step) == (wo, number))


# -- shop floor ------------------------------------------------------------------------------------------------------


def test_a_dispatch_list_has_the_operations_of_the_boards_row_with_their_numbers(lamps: httpx.Client):
    board = lamps.get("/api/board").json()
    columns = board["operations"]["columns"]
    row = next(i for i, r in enumerate(board["resources"]) if r["id"] == "COAT-1")
    shown = lamps.get("/api/dispatch/COAT-1").json()
    assert [r["operation"] for r in shown] == [i for i, r in enumerate(columns["resource"]) if r == row]
    first = shown[0]
    assert board["texts"]["wo"][columns["wo"][first["operation"]]] == first["wo"]
    assert columns["setup_start"][first["operation"]] == first["setup_start"]
    until = shown[2]["setup_start"]
    assert len(lamps.get("/api/dispatch/COAT-1", params={"until": until}).json()) == 3


def test_a_dispatch_list_comes_on_paper(lamps: httpx.Client):
    pytest.importorskip("fpdf")
    paper = lamps.get("/api/dispatch/COAT-1.pdf")
    assert (paper.headers["content-type"], paper.content[:5]) == ("application/pdf", b"%PDF-")


def test_an_unknown_resource_is_not_found(lamps: httpx.Client):
    assert lamps.get("/api/dispatch/NOTHING").status_code == 404
    assert lamps.get("/api/dispatch/NOTHING.pdf").status_code == 404


def test_what_is_reported_is_in_the_plan_and_in_the_journal(plant: httpx.Client, desk: PlantDesk):
    wo, step, before = started(desk)
    answer = plant.post("/api/reports", json={"wo": wo, "step": step, "action": "report", "qty": 1})
    assert answer.status_code == 200, answer.text
    assert good(desk, wo, step) == before + 1
    (entry,) = plant.get("/api/journal").json()["entries"]
    assert entry["why"] == "reported: report"


def test_reports_that_come_at_once_all_count(plant: httpx.Client, desk: PlantDesk):
    wo, step, before = started(desk)
    body = {"wo": wo, "step": step, "action": "report", "qty": 0.5}
    answers: list[int] = []

    def told() -> None:
        answers.append(plant.post("/api/reports", json=body).status_code)

    threads = [threading.Thread(target=told) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [200, 200, 200]
    assert good(desk, wo, step) == before + 1.5


def test_a_report_of_no_operation_is_refused(lamps: httpx.Client):
    answer = lamps.post("/api/reports", json={"wo": "NONE", "step": 10, "action": "start"})
    assert (answer.status_code, [f["code"] for f in answer.json()["findings"]]) == (422, ["C686"])


def test_at_the_instant_of_the_plan_nothing_is_late(lamps: httpx.Client):
    assert [a["kind"] for a in lamps.get("/api/alerts").json() if a["kind"] != "material_missing"] == []


# -- materials -------------------------------------------------------------------------------------------------------


def test_items_are_searched_and_shown(lamps: httpx.Client):
    found = lamps.get("/api/items", params={"q": "shade-45"}).json()
    assert (found["columns"]["item"], found["of"]) == (["SHADE-45"], 1)
    page = lamps.get("/api/items/SHADE-45").json()
    assert [c["component"] for c in page["made_from"]] == ["BLANK-45"]
    assert len(page["stock"]["t"]) == len(page["stock"]["qty"])
    assert lamps.get("/api/items/NOTHING").status_code == 404
    sold = lamps.get("/api/items", params={"sellable": 1}).json()["columns"]["item"]
    assert "SHADE-45" not in sold
    assert "DOME-45" in sold


def test_purchases_kits_and_buffers_are_those_of_the_commands(lamps: httpx.Client, lamps_desk: PlantDesk):
    purchases = lamps.get("/api/purchases").json()
    assert purchases["of"] == len(lamps_desk.state.plan.purchases)
    assert lamps.get("/api/kits").json()["policy"] in ("reserve", "skip")
    buffers = lamps.get("/api/buffers").json()
    assert sorted(b["item"] for b in buffers) == [b.item for b in lamps_desk.state.plan.buffers]
