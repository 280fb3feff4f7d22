"""Tables over HTTP: shown with faults at their cells, uploaded, corrected, applied, and carried away."""

import contextlib
import gc
import io
import socket
import zipfile
from collections.abc import Iterator

import httpx
import pytest

from pegboard.app.files import demo_factory
from pegboard.app.plant_desk import PlantDesk
from pegboard.app.uploaded import MOST_BYTES, MOST_FILES
from tests.http.serving import client, desk_of, served

ORDERS = (demo_factory() / "orders.csv").read_bytes()
HEADER, FIRST, *_ = ORDERS.decode().splitlines()


@pytest.fixture
def desk(address: str) -> Iterator[PlantDesk]:
    with desk_of(address) as found:
        yield found


@pytest.fixture
def plant(desk: PlantDesk) -> Iterator[httpx.Client]:
    with served(desk) as url, client(url) as found:
        yield found


def sent(plant: httpx.Client, *files: tuple[str, bytes]) -> httpx.Response:
    return plant.post("/api/data/uploads", files=[("files", file) for file in files])


def applied(plant: httpx.Client, name: str, on: str = "") -> httpx.Response:
    etag = on or plant.get("/api/plan").headers["etag"]
    return plant.post(f"/api/data/uploads/{name}/apply", json={"why": "new orders"}, headers={"If-Match": etag})


def codes(answer: httpx.Response) -> list[str]:
    return [f["code"] for f in answer.json()["findings"]]


def unpacked(answer: httpx.Response) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(answer.content)) as files:
        return {name: files.read(name) for name in files.namelist()}


def bomb(size: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("orders.csv", bytes(size))
    return out.getvalue()


# -- shown -----------------------------------------------------------------------------------------------------------


def test_the_tables_of_the_newest_version_are_shown_as_they_were_written(lamps: httpx.Client):
    tables = {t["name"]: t["rows"] for t in lamps.get("/api/data").json()["tables"]}
    assert tables["orders"] == len(ORDERS.splitlines()) - 1
    page = lamps.get("/api/data/orders", params={"limit": 1}).json()
    assert (page["columns"], page["rows"], page["next"]) == (HEADER.split(","), [FIRST.split(",")], 1)


def test_an_unknown_table_is_not_found(lamps: httpx.Client):
    answer = lamps.get("/api/data/nothing")
    assert (answer.status_code, codes(answer)) == (404, ["C681"])


# -- uploaded, corrected, applied ------------------------------------------------------------------------------------


def test_a_faulty_upload_is_corrected_at_its_cell_and_then_becomes_the_plan(plant: httpx.Client):
    before = plant.get("/api/plan").json()
    column = HEADER.split(",").index("qty")
    cells = FIRST.split(",")
    faulty = ",".join([*cells[:column], "many", *cells[column + 1 :]])
    staged = sent(plant, ("orders.csv", f"{HEADER}\n{faulty}\n".encode()))
    assert staged.status_code == 201
    found = [f for f in staged.json()["findings"] if f["code"] == "F202"]
    assert [(f["table"], f["row"], f["column"]) for f in found] == [("orders", 0, column)]

    name = staged.json()["id"]
    refused = applied(plant, name)
    assert (refused.status_code, codes(refused)[0]) == (422, "C677")
    assert plant.get("/api/plan").json() == before

    cell = {"table": "orders", "row": 0, "column": column, "text": "3"}
    mended = plant.patch(f"/api/data/uploads/{name}", json={"cells": [cell]})
    assert (mended.status_code, mended.json()["errors"]) == (200, 0)
    assert plant.get(f"/api/data/uploads/{name}/orders").json()["rows"][0][column] == "3"

    done = applied(plant, name)
    assert done.status_code == 200
    assert (plant.get("/api/data").json()["version"], plant.get("/api/plan").json()["n_orders"]) == (2, 1)
    assert plant.get(f"/api/data/uploads/{name}").status_code == 404


def test_of_two_who_upload_onto_one_version_the_second_is_told_who_was_first(plant: httpx.Client):
    first, second = (sent(plant, ("orders.csv", f"{HEADER}\n{FIRST}\n".encode())).json()["id"] for _ in range(2))
    assert applied(plant, first).status_code == 200
    late = applied(plant, second)
    assert (late.status_code, codes(late)) == (422, ["C678"])


def test_an_upload_decided_on_an_older_plan_is_not_applied(plant: httpx.Client):
    name = sent(plant, ("orders.csv", ORDERS)).json()["id"]
    assert applied(plant, name, on='"0-000000000000"').status_code == 409
    assert plant.post(f"/api/data/uploads/{name}/apply", json={}).status_code == 428


def test_a_correction_of_no_cell_changes_nothing(lamps: httpx.Client):
    name = sent(lamps, ("orders.csv", ORDERS)).json()["id"]
    cells = [{"table": "orders", "row": r, "column": 0, "text": "X"} for r in (0, 10**6)]
    refused = lamps.patch(f"/api/data/uploads/{name}", json={"cells": cells})
    assert (refused.status_code, codes(refused)) == (422, ["C676"])
    assert lamps.get(f"/api/data/uploads/{name}/orders").json()["rows"][0][0] == FIRST.split(",")[0]


def test_an_upload_can_be_forgotten(lamps: httpx.Client):
    name = sent(lamps, ("orders.csv", ORDERS)).json()["id"]
    assert lamps.delete(f"/api/data/uploads/{name}").status_code == 200
    assert codes(lamps.get(f"/api/data/uploads/{name}")) == ["C682"]


# -- made to harm ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data", [bomb(300 * 2**20), b"PK\x05\x06" + bytes(18), b"no archive"], ids=["bomb", "", "text"]
)
def test_an_archive_that_cannot_be_unpacked_is_a_finding_or_empty_and_the_server_goes_on(
    lamps: httpx.Client, data: bytes
):
    staged = sent(lamps, ("plant.zip", data))
    assert staged.status_code == 201
    assert {"C672"} >= {f["code"] for f in staged.json()["findings"] if f["code"].startswith("C6")}
    assert lamps.get("/api/health").status_code == 200


@pytest.mark.parametrize("name", ["../../orders.csv", "/etc/orders.csv", "nul.csv"])
def test_a_name_that_leads_elsewhere_is_a_finding(lamps: httpx.Client, name: str):
    assert "C673" in codes(sent(lamps, (name, ORDERS)))


def test_a_gigabyte_is_refused_before_it_is_sent(lamps: httpx.Client):
    url = lamps.base_url
    with socket.create_connection((url.host, url.port or 80), timeout=20) as line:
        head = (
            f"POST /api/data/uploads HTTP/1.1\r\nHost: {url.host}\r\nContent-Length: {2**30}\r\n"
            "Content-Type: multipart/form-data; boundary=x\r\n\r\n--x\r\n"
        )
        line.sendall(head.encode())
        assert b" 413 " in line.recv(4096)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # the framework lets a part go unclosed
def test_what_grows_beyond_the_limit_without_saying_so_is_refused_on_the_way(lamps: httpx.Client):
    def growing() -> Iterator[bytes]:
        for n in range(4 * MOST_BYTES // 2**20):
            yield f'--x\r\nContent-Disposition: form-data; name="files"; filename="{n}.csv"\r\n\r\n'.encode()
            yield bytes(2**19) + b"\r\n"

    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    with contextlib.suppress(httpx.TransportError):  # the server may hang up on who goes on sending
        assert lamps.post("/api/data/uploads", content=growing(), headers=headers).status_code == 413
    assert lamps.get("/api/health").status_code == 200
    gc.collect()


def test_too_many_files_are_refused(lamps: httpx.Client):
    answer = sent(lamps, *((f"{n}.csv", b"x") for n in range(MOST_FILES + 1)))
    assert (answer.status_code, codes(answer)) == (413, ["C671"])


# -- carried away ----------------------------------------------------------------------------------------------------


def test_the_factory_is_exported_with_its_changes_and_comes_back(plant: httpx.Client):
    etag = plant.get("/api/plan").headers["etag"]
    change = {"change": "set_priority", "order": "SO-26164", "priority": 1}
    plant.post("/api/changes", json={"changes": [change], "why": "as asked"}, headers={"If-Match": etag})
    archive = plant.get("/api/export/factory.zip")
    assert archive.headers["content-disposition"] == 'attachment; filename="factory.zip"'
    files = unpacked(archive)
    assert files["orders.csv"] == ORDERS
    assert b'"set_priority"' in files["changes.jsonl"]
    again = sent(plant, ("factory.zip", archive.content))
    assert codes(again)[0] == "C679"  # the journal stays the plant's own
    assert again.json()["errors"] == 0


def test_the_plan_is_exported_as_archive_and_workbook(lamps: httpx.Client):
    files = unpacked(lamps.get("/api/export/plan.zip"))
    assert lamps.get("/api/plan").json()["hash"].encode() in files["certificate.json"]
    assert lamps.get("/api/export/plan.xlsx").content.startswith(b"PK")
    assert lamps.get("/api/export/factory.xlsx").content.startswith(b"PK")


def test_nothing_else_is_exported(lamps: httpx.Client):
    assert lamps.get("/api/export/plan.exe").status_code in (400, 404)
