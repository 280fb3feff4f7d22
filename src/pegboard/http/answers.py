"""Answers: JSON, compressed where that pays, with the name of the plan they are of."""

from collections.abc import Callable
from typing import Any

from litestar import Request, Response

from pegboard.app.plant_views import Encoded, PlantViews, encoded

Asking = Request[Any, Any, Any]
JSON = "application/json"


def answer(request: Asking, value: Any, status: int = 200, etag: str = "") -> Response[bytes]:
    """A value as JSON."""
    return sent(request, encoded(value), status, etag)


def of_plan(request: Asking, views: PlantViews, name: str, make: Callable[[], Any]) -> Response[bytes]:
    """An answer that depends on the live plan alone: kept as long as that stands, and 304 to whoever has it."""
    etag = f'"{views.state.etag}"'
    if etag in (given.strip().removeprefix("W/") for given in request.headers.get("if-none-match", "").split(",")):
        return Response(b"", status_code=304, media_type=JSON, headers={"ETag": etag, "Cache-Control": "no-cache"})
    return sent(request, views.kept(name, make), 200, etag)


def sent(request: Asking, body: Encoded, status: int, etag: str) -> Response[bytes]:
    """Bytes that were encoded before, in the form that the client takes."""
    headers = {"Cache-Control": "no-cache" if etag else "no-store", "Vary": "Accept-Encoding"}
    if etag:
        headers["ETag"] = etag
    if body.small and "gzip" in request.headers.get("accept-encoding", ""):
        return Response(
            body.small, status_code=status, media_type=JSON, headers={**headers, "Content-Encoding": "gzip"}
        )
    return Response(body.plain, status_code=status, media_type=JSON, headers=headers)
