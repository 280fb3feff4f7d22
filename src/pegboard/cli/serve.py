"""`pegboard serve`: a plant over HTTP, on this machine or for the whole works."""

import logging
import socket
import sys
import webbrowser
from pathlib import Path

from pegboard.app.plant_desk import PlantDesk, RefusedError
from pegboard.app.plant_opening import address_of
from pegboard.cli.console import line
from pegboard.cli.findings import refuse
from pegboard.cli.work import worked
from pegboard.domain.scenario import StoreError


def run_serve(plant: str, host: str, port: int, *, browser: bool, quiet: bool) -> int:
    """Serve until interrupted; the exit code."""
    try:
        address = address_of(plant)
        desk, seconds = worked(lambda report: PlantDesk(address, report), quiet=quiet)
    except (StoreError, RefusedError) as wrong:
        refuse([wrong.finding] if isinstance(wrong, StoreError) else wrong.findings)
        return 1
    try:
        listening = _listening(host, port)
    except OSError as wrong:
        line(f"port {port} of {host} cannot be used: {wrong.strerror or wrong}")
        line("next     pegboard serve --port 0 takes a free one")
        return 1
    url = f"http://{host}:{listening.getsockname()[1]}/"
    plan = desk.state.plan
    line(f"{len(plan.orders):,} order lines, {len(plan.operations):,} operations planned in {seconds:.1f} s")
    line(f"serving  {address}")
    line(f"open     {url}")
    line("next     Ctrl-C ends it; everything that was acknowledged is kept")
    sys.stdout.flush()
    if browser:
        webbrowser.open(url)
    _run(desk, listening)
    return 0


def _listening(host: str, port: int) -> socket.socket:
    """A socket that listens, so that its port is known before the server runs."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    found = socket.socket(family)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((host, port))
    except OSError:
        found.close()
        raise
    return found


def _run(desk: PlantDesk, listening: socket.socket) -> None:
    import uvicorn

    import pegboard
    from pegboard.http.app import make_app
    from pegboard.http.server import Server
    from pegboard.http.site import Site

    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(name)s %(message)s")
    site = Site(desk, Path(pegboard.__file__).parent / "web")
    config = uvicorn.Config(
        make_app(site), log_config=None, access_log=False, server_header=False, timeout_graceful_shutdown=5
    )
    try:
        Server(config, site.hub.end).run(sockets=[listening])
    finally:
        desk.close()
        listening.close()
