"""Uvicorn that lets the open pages go when it is asked to end: their streams would never end by themselves."""

from collections.abc import Callable
from types import FrameType

import uvicorn


class Server(uvicorn.Server):
    """A server that calls `ending` as soon as it is told to end."""

    def __init__(self, config: uvicorn.Config, ending: Callable[[], None]) -> None:
        super().__init__(config)
        self._ending = ending

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Let the pages go, then end as uvicorn does."""
        self._ending()
        super().handle_exit(sig, frame)
