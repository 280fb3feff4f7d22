"""What happens in the plant, told to every open page as it happens (server-sent events)."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import msgspec
from litestar import Response, get
from litestar.response import Stream

from pegboard.http.answers import Asking
from pegboard.http.site import site_of

HEARTBEAT = 15.0
"""Seconds without news after which a page is told that the server is still there."""


@get("/api/events", opt={"may": "see"}, include_in_schema=False)
async def events(request: Asking) -> Response[Any]:
    """The stream of events: `plan`, `job`, `comment`, `findings`."""
    hub = site_of(request).hub
    page = hub.open()

    async def told() -> AsyncIterator[bytes]:
        try:
            yield b": hello\n\n"
            while True:
                try:
                    event = await asyncio.wait_for(page.get(), HEARTBEAT)
                except TimeoutError:
                    yield b": still here\n\n"
                    continue
                if event is None:
                    return
                yield f"event: {event.event}\ndata: ".encode() + msgspec.json.encode(event.data) + b"\n\n"
        finally:
            hub.leave(page)

    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return Stream(told(), media_type="text/event-stream", headers=headers)


ROUTES: list[Any] = [events]
