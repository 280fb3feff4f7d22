"""`pegboard serve`: a plant over HTTP, on this machine or for the whole works."""

import logging
import socket
import sys
import webbrowser
from pathlib import Path

import msgspec

from pegboard.app.plant_desk import PlantDesk, RefusedError
from pegboard.app.plant_opening import address_of
from pegboard.cli.console import line
from pegboard.cli.findings import refuse, show_findings
from pegboard.cli.plan import counted
from pegboard.cli.work import worked
from pegboard.domain.finding import error
from pegboard.domain.scenario import StoreError

LOCAL = ("127.0.0.1", "::1", "localhost")


class Serving(msgspec.Struct, frozen=True, kw_only=True):
    """Where to listen (port 0: a free one), how many processes do jobs, and whether to open the page."""

    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 1
    browser: bool = False


def run_serve(plant: str, how: Serving, *, quiet: bool) -> int:
    """Serve until interrupted; the exit code."""
    from pegboard.http.server import bound

    try:
        listening = bound(how.host, how.port)
    except OSError as wrong:
        what = f"port {how.port} of {how.host} cannot be used: {wrong.strerror or wrong}"
        return refuse([error("C645", f"{how.host}:{how.port}", what, "--port 0 takes a free one")])
    with listening:
        try:
            address, desk, seconds = _opened(plant, quiet=quiet)
        except RefusedError as wrong:
            show_findings(wrong.findings, json=False)
            return 1
        except StoreError as wrong:
            show_findings([wrong.finding], json=False)
            return 1
        url = f"http://{_named(how.host)}:{listening.getsockname()[1]}/"
        plan = desk.state.plan
        lines, operations = counted(len(plan.orders), "order line"), counted(len(plan.operations), "operation")
        line(f"plant    {address}: {lines}, {operations}, planned in {seconds:.1f} s")
        line(f"open     {url}")
        if how.host not in LOCAL:
            line("warning  nobody signs in yet: whoever reaches this address may change the plan")
        line("next     Ctrl-C ends it; everything that was acknowledged is kept")
        sys.stdout.flush()
        if how.browser:
            webbrowser.open(url)
        _run(desk, listening, address, how.workers)
    return 0


def _opened(plant: str, *, quiet: bool) -> tuple[str, PlantDesk, float]:
    """The address of a plant, its desk, and the seconds that its plan took."""
    address = address_of(plant)
    desk, seconds = worked(lambda report: PlantDesk(address, report), quiet=quiet)
    return address, desk, seconds


def _named(host: str) -> str:
    """A host as it stands in an address."""
    if host in ("0.0.0.0", "::"):  # noqa: S104
        return socket.gethostname()
    return f"[{host}]" if ":" in host else host


def _run(desk: PlantDesk, listening: socket.socket, address: str, workers: int) -> None:
    import uvicorn

    import pegboard
    from pegboard.app.jobs_supervisor import Supervisor
    from pegboard.http.app import make_app
    from pegboard.http.server import Server
    from pegboard.http.site import Site

    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(name)s %(message)s")
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    site = Site(desk, Path(pegboard.__file__).parent / "web")
    config = uvicorn.Config(
        make_app(site), log_config=None, access_log=False, server_header=False, timeout_graceful_shutdown=5
    )
    supervisor = Supervisor(address, workers)
    if workers:
        supervisor.start()
    try:
        Server(config, site.hub.end).run(sockets=[listening])
    except KeyboardInterrupt:
        return  # uvicorn says again what has ended it
    finally:
        supervisor.stop()
        desk.close()
