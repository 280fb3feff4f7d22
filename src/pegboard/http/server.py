"""The socket that is listened on, and Uvicorn that lets the open pages go when it ends: they would never go alone."""

import socket
from collections.abc import Callable
from types import FrameType

import uvicorn


def bound(host: str, port: int) -> socket.socket:
    """A socket of this address, so that its port is known before the server runs. Raises OSError.

    It is of TCP by name: only then is what is small sent at once, instead of after the forty milliseconds in which
    more could have come.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    found = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((host, port))
    except OSError:
        found.close()
        raise
    return found


class Server(uvicorn.Server):
    """A server that calls `ending` as soon as it is told to end."""

    def __init__(self, config: uvicorn.Config, ending: Callable[[], None]) -> None:
        super().__init__(config)
        self._ending = ending

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Let the pages go, then end as uvicorn does."""
        self._ending()
        super().handle_exit(sig, frame)
