"""The pages of the web interface: its built files, and the one page for every address that is none of them."""

import mimetypes
from pathlib import Path
from typing import Any

from anyio import to_thread
from litestar import Response, get
from litestar.params import FromPath

from pegboard.http.answers import Asking
from pegboard.http.guards import NOBODY
from pegboard.http.problems import ProblemError
from pegboard.http.site import site_of

MISSING = b"The pages of Pegboard are not built in this checkout; its answers stand under /api.\n"


@get(["/", "/{path:path}"], opt={"may": NOBODY}, include_in_schema=False)
async def pages(request: Asking, path: FromPath[str] = "") -> Response[Any]:
    """A file of the interface; the page itself for what is an address within it."""
    return await to_thread.run_sync(_answered, request, path)


def _answered(request: Asking, path: str) -> Response[Any]:
    if path.split("/")[:2] == ["", "api"]:
        raise ProblemError(404, f"there is nothing at {path}")
    found = _file(site_of(request).web, path.lstrip("/"))
    if found is None:
        return Response(MISSING, media_type="text/plain", status_code=404)
    kind = mimetypes.guess_type(found.name)[0] or "application/octet-stream"
    keep = "public, max-age=31536000, immutable" if found.parent.name == "assets" else "no-cache"
    return Response(found.read_bytes(), media_type=kind, headers={"Cache-Control": keep})


def _file(web: Path, path: str) -> Path | None:
    """The file at a path, or the page; None where nothing is built. Never one outside of the folder."""
    root = web.resolve()
    wanted = (root / path).resolve()
    if wanted.is_relative_to(root) and wanted.is_file():
        return wanted
    page = root / "index.html"
    return page if page.is_file() else None
