"""The OpenAPI document is true: schemathesis asks the running server all that it allows, and what it forbids."""

import re
import socket
import subprocess
import sys
from pathlib import Path

import httpx

from pegboard.app.plant_desk import PlantDesk
from pegboard.http.app import ROUTES
from tests.http.serving import desk_of, served

SETTINGS = Path(__file__).parent / "schemathesis.toml"


def test_every_answer_of_every_route_is_declared(small: str):
    with desk_of(small) as desk, served(desk) as url:
        program = Path(sys.executable).parent / "schemathesis"
        asked = [program, "--config-file", SETTINGS, "run", f"{url}/api/openapi.json", "--checks=all", "--seed=1"]
        few = ["--phases=coverage,fuzzing", "--max-examples=1", "--continue-on-failure", "--no-color"]
        found = subprocess.run([*asked, *few], capture_output=True, text=True, check=False, cwd=SETTINGS.parent)
    assert found.returncode == 0, found.stdout[-6000:]
    assert re.search(r"([\d,]+) generated, \1 passed", found.stdout), found.stdout[-2000:]


def test_every_route_of_the_program_but_the_stream_of_events_is_in_the_document(lamps: httpx.Client):
    paths = lamps.get("/api/openapi.json").json()["paths"]
    told = {(re.sub(r"\{.*?\}", "{}", path), method.upper()) for path, known in paths.items() for method in known}
    declared = {
        (re.sub(r"\{.*?\}", "{}", path), str(method))
        for handler in ROUTES
        for path in handler.paths
        for method in handler.http_methods
    }
    assert declared - told == {("/api/events", "GET")}
    assert told <= declared


def test_what_is_written_in_names_stays_data(lamps_desk: PlantDesk):
    """A script as the name of an order comes back as JSON that no browser takes for a page."""
    with served(lamps_desk) as url:
        answer = httpx.get(f"{url}/api/orders/<script>alert(1)<script>")
        page = httpx.get(f"{url}/<script>")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    for found in (answer, page):
        assert found.headers["x-content-type-options"] == "nosniff"
        assert "default-src 'self'" in found.headers["content-security-policy"]
        assert "unsafe" not in found.headers["content-security-policy"]


def test_more_than_a_route_takes_is_refused_before_it_is_read(lamps: httpx.Client):
    """A gigabyte is announced; the answer comes before a single byte of it was sent."""
    head = "Host: pegboard\r\nContent-Type: application/json\r\nContent-Length: 1000000000\r\n\r\n"
    host, port = lamps.base_url.host, lamps.base_url.port
    with socket.create_connection((host, port or 80), timeout=20) as line:
        line.sendall(f"POST /api/changes/preview HTTP/1.1\r\n{head}".encode())
        assert line.recv(100).startswith(b"HTTP/1.1 413")


def test_the_page_answers_for_every_address_within_it_and_files_outside_are_never_sent(lamps: httpx.Client):
    page = lamps.get("/")
    assert lamps.get("/orders/SO-1").content == page.content
    assert "immutable" in lamps.get("/assets/main-1.js").headers["cache-control"]
    for path in ("/..%2F..%2Fconftest.py", "/%2e%2e/serving.py", "/assets/../../serving.py"):
        assert lamps.get(path).content == page.content
    missing = lamps.get("/api/nothing")
    assert (missing.status_code, missing.headers["content-type"]) == (404, "application/problem+json")
