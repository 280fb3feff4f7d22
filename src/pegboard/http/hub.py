"""Who listens to what happens in the plant: events go to every open page, and a page that does not read is let go."""

import asyncio
from typing import Any

import msgspec

MOST = 100
"""Events that wait for a page before it is let go; it comes back and asks anew."""


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened, as a page is told."""

    event: str
    data: dict[str, Any]


class Hub:
    """The open pages. `tell` may be called from any thread, everything else from the loop of the server."""

    def __init__(self) -> None:
        self._pages: set[asyncio.Queue[Event | None]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None

    def open(self) -> asyncio.Queue[Event | None]:
        """Begin to listen; None in the queue is the end."""
        self._loop = asyncio.get_running_loop()
        page: asyncio.Queue[Event | None] = asyncio.Queue(MOST)
        self._pages.add(page)
        return page

    def leave(self, page: asyncio.Queue[Event | None]) -> None:
        """Listen no longer."""
        self._pages.discard(page)

    def tell(self, event: str, data: dict[str, Any]) -> None:
        """Tell all pages."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._tell, Event(event=event, data=data))

    def end(self) -> None:
        """Let all pages go, so that the server can stop."""
        for page in tuple(self._pages):
            self._let_go(page)

    def _tell(self, event: Event) -> None:
        for page in tuple(self._pages):
            if page.full():
                self._let_go(page)
            else:
                page.put_nowait(event)

    def _let_go(self, page: asyncio.Queue[Event | None]) -> None:
        self._pages.discard(page)
        while not page.empty():
            page.get_nowait()
        page.put_nowait(None)
