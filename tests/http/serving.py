"""A real server on a real plant, for tests: uvicorn in a thread, SQLite in a file, httpx over a socket."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import uvicorn

from pegboard.app.plant_desk import PlantDesk
from pegboard.app.plants import brought_in
from pegboard.http.app import make_app
from pegboard.http.door import Door
from pegboard.http.server import Server, bound
from pegboard.http.site import Site

WEB = Path(__file__).parent / "web"


def silent(_what: str, _share: float) -> None:
    """Nobody watches."""


def plant(folder: Path, factory: Path) -> str:
    """The address of a new plant with a factory's data."""
    address = f"sqlite:///{folder / 'plant.db'}"
    version, findings = brought_in(address, factory, "ann", "begin")
    assert version is not None, findings
    return address


@contextmanager
def desk_of(address: str) -> Iterator[PlantDesk]:
    """The desk of a plant, closed in the end."""
    desk = PlantDesk(address, silent)
    try:
        yield desk
    finally:
        desk.close()


@contextmanager
def served(desk: PlantDesk, door: Door | None = None) -> Iterator[str]:
    """The address of a server of a desk, which is stopped in the end as Ctrl-C stops it."""
    site = Site(desk, WEB, door)
    app = make_app(site)
    listening = bound("127.0.0.1", 0)
    config = uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=5)
    server = Server(config, site.hub.end)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.handle_exit(2, None)
        thread.join(20)
        listening.close()
        assert not thread.is_alive(), "the server does not stop"


@contextmanager
def client(address: str) -> Iterator[httpx.Client]:
    """Somebody who asks."""
    with httpx.Client(base_url=address, timeout=120) as found:
        yield found
