"""The live plan over a real socket: read, tried, written, withdrawn, raced for, and made again after a crash."""

import threading
from collections.abc import Iterator

import httpx
import pytest

from pegboard.app.plant_desk import PlantDesk
from tests.http.serving import client, desk_of, served

URGENT = {"change": "set_priority", "order": "SO-26164", "priority": 1}


@pytest.fixture
def desk(address: str) -> Iterator[PlantDesk]:
    with desk_of(address) as found:
        yield found


@pytest.fixture
def plant(desk: PlantDesk) -> Iterator[httpx.Client]:
    with served(desk) as url, client(url) as found:
        yield found


def etag(plant: httpx.Client) -> str:
    return plant.get("/api/plan").headers["etag"]


def changed(plant: httpx.Client, *changes: dict[str, object], mode: str = "repair", on: str = "") -> httpx.Response:
    body = {"changes": changes, "mode": mode, "why": "as asked"}
    return plant.post("/api/changes", json=body, headers={"If-Match": on or etag(plant)})


def test_who_has_the_plan_already_gets_304_and_no_body(lamps: httpx.Client):
    first = lamps.get("/api/board")
    again = lamps.get("/api/board", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = lamps.get("/api/board", headers={"If-None-Match": '"0-000000000000"'})
    assert other.status_code == 200


def test_the_etag_is_the_length_of_the_journal_and_the_hash_of_the_plan(lamps: httpx.Client):
    answer = lamps.get("/api/plan")
    plan = answer.json()
    assert answer.headers["etag"] == f'"{plan["length"]}-{plan["hash"][:12]}"'
    assert plan["certified"] is True


def test_a_large_answer_is_compressed_for_who_takes_that(lamps: httpx.Client):
    small = lamps.get("/api/board")
    plain = lamps.get("/api/board", headers={"Accept-Encoding": "identity"})
    assert small.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert small.content == plain.content


def test_a_preview_shows_what_the_write_then_does_and_changes_nothing(plant: httpx.Client):
    before = etag(plant)
    board = plant.get("/api/board").json()
    change = {"text": "SO-26101.due=2026-06-20"}
    tried = plant.post("/api/changes/preview", json={"changes": [change], "mode": "replan"}).json()
    assert etag(plant) == before
    made = changed(plant, change, mode="replan").json()
    assert made["compare"] == tried["compare"]
    columns, after = tried["board"]["columns"], plant.get("/api/board").json()
    names = [(o[0], o[1], o[2]) for o in operations(board)]
    stands = {(o[0], o[1], o[2]): o[3:] for o in operations(after)}
    told = zip(columns["operation"], columns["setup_start"], columns["start"], columns["end"], strict=True)
    moved = {names[i]: times for i, *times in told}
    assert moved
    assert all(stands[name][1:] == tuple(times) for name, times in moved.items())
    still = [o for o in operations(board) if (o[0], o[1], o[2]) in stands and (o[0], o[1], o[2]) not in moved]
    assert all(stands[o[0], o[1], o[2]] == o[3:] for o in still)


def operations(board: dict[str, object]) -> list[tuple[object, ...]]:
    """Work order, step, part, resource and times of each operation of a board."""
    columns, texts = board["operations"]["columns"], board["texts"]  # type: ignore[index]
    rows = [row["id"] for row in board["resources"]]  # type: ignore[attr-defined]
    return [
        (texts["wo"][wo], step, part, rows[resource], *times)
        for wo, step, part, resource, *times in zip(
            *(columns[c] for c in ("wo", "step", "part", "resource", "setup_start", "start", "end")), strict=True
        )
    ]


def test_a_write_without_if_match_is_refused(plant: httpx.Client):
    answer = plant.post("/api/changes", json={"changes": [URGENT]})
    assert answer.status_code == 428
    assert plant.get("/api/journal").json()["entries"] == []


def test_of_two_who_write_on_the_same_plan_one_is_told_what_came_between(plant: httpx.Client, desk: PlantDesk):
    on, answers = etag(plant), []
    both = threading.Barrier(2)

    def write(priority: int) -> None:
        both.wait()
        answers.append(changed(plant, URGENT | {"priority": priority}, on=on))

    threads = [threading.Thread(target=write, args=(n,)) for n in (2, 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    won, lost = sorted(answers, key=lambda answer: answer.status_code)
    assert (won.status_code, lost.status_code) == (200, 409)
    (came,) = lost.json()["between"]
    assert came["change"] in (URGENT | {"priority": 2}, URGENT | {"priority": 3})
    assert desk.state.length == won.json()["length"] == 1


def test_an_undone_change_counts_no_longer_and_leaves_the_plan_before_it(plant: httpx.Client):
    was = plant.get("/api/plan").json()["hash"]
    made = changed(plant, URGENT)
    assert made.json()["hash"] != was
    undone = plant.post("/api/changes/undo", json={"why": "no"}, headers={"If-Match": made.headers["etag"]})
    assert undone.json()["hash"] == was
    assert undone.json()["length"] == 2
    withdrawal, change = plant.get("/api/journal").json()["entries"]
    assert (change["withdrawn"], withdrawal["mode"]) == (True, "withdraw")
    nothing = plant.post("/api/changes/undo", json={}, headers={"If-Match": undone.headers["etag"]})
    assert (nothing.status_code, nothing.json()["findings"][0]["code"]) == (422, "C640")


def test_after_a_crash_the_plan_is_made_again_to_the_same_bytes(plant: httpx.Client, desk: PlantDesk, address: str):
    """Two repairs, one withdrawn, a replan with a change, and a repair on top; opened again from the file alone."""
    assert changed(plant, URGENT).status_code == 200
    assert changed(plant, {"text": "SO-26102.qty=30"}).status_code == 200
    undone = plant.post("/api/changes/undo", json={}, headers={"If-Match": etag(plant)})
    assert undone.status_code == 200
    _made_again(desk, address)
    assert changed(plant, {"text": "SO-26103.due=2026-07-20"}, mode="replan").status_code == 200
    assert changed(plant, {"text": "SO-26105.qty=3"}, {"text": "SO-26107.qty=20"}).status_code == 200
    _made_again(desk, address)
    undone = plant.post("/api/changes/undo", json={}, headers={"If-Match": etag(plant)})
    assert undone.json()["length"] == 7
    _made_again(desk, address)


def _made_again(desk: PlantDesk, address: str) -> None:
    with desk_of(address) as again:
        assert again.state.etag == desk.state.etag
        assert again.state.plan == desk.state.plan


def test_a_change_that_cannot_be_made_is_refused_with_its_finding_and_nothing_is_written(plant: httpx.Client):
    refused = changed(plant, URGENT, {"change": "set_quantity", "order": "SO-NONE", "qty": 5})
    assert refused.status_code == 422
    assert "SO-NONE" in refused.json()["findings"][0]["what"]
    unread = changed(plant, {"text": "make it so"})
    assert (unread.status_code, unread.json()["findings"][0]["code"]) == (422, "C419")
    assert plant.get("/api/plan").json()["length"] == 0


def test_what_another_program_wrote_is_taken_in_and_told(plant: httpx.Client, desk: PlantDesk, address: str):
    on = etag(plant)
    with desk_of(address) as other, served(other) as url, client(url) as elsewhere:
        assert changed(elsewhere, URGENT).status_code == 200
    lost = changed(plant, {"text": "SO-26102.qty=30"}, on=on)
    assert (lost.status_code, lost.json()["between"][0]["change"]) == (409, URGENT)
    assert changed(plant, {"text": "SO-26102.qty=30"}).json()["length"] == 2


def test_the_same_key_has_one_effect_and_one_answer(plant: httpx.Client):
    headers = {"If-Match": etag(plant), "Idempotency-Key": "k-1"}
    body = {"changes": [URGENT], "mode": "repair"}
    first = plant.post("/api/changes", json=body, headers=headers)
    again = plant.post("/api/changes", json=body, headers=headers)
    assert (first.status_code, again.status_code) == (200, 200)
    assert (again.content, again.headers["etag"]) == (first.content, first.headers["etag"])
    assert plant.get("/api/plan").json()["length"] == 1
    other = plant.post("/api/changes", json=body | {"why": "else"}, headers=headers)
    assert other.status_code == 422


def test_every_open_page_is_told_of_a_new_plan_and_stopping_does_not_wait_for_pages(desk: PlantDesk):
    with served(desk) as url, client(url) as plant, plant.stream("GET", "/api/events") as events:
        lines = events.iter_lines()
        next(lines)
        hash_of = changed(plant, URGENT).json()["hash"]
        told = [line for line in (next(lines) for _ in range(4)) if line]
        assert told[0] == "event: plan"
        assert f'"hash":"{hash_of}"' in told[1]
        assert '"text":"as asked"' in told[1]


def test_a_plan_of_the_factory_and_one_of_the_plant_are_the_same_bytes(lamps: httpx.Client):
    from pegboard.app.files import demo_factory, hashed, plan_factory
    from pegboard.scheduling.engines.dispatch import Options

    run = plan_factory(demo_factory(), Options(), 0, lambda _what, _share: None)
    assert run.outcome is not None
    assert lamps.get("/api/plan").json()["hash"] == hashed(run.outcome.plan).certificate.plan_hash
