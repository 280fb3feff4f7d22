"""OPTIONS: which methods each address knows, all of them."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from litestar import Response
from litestar.handlers import HTTPRouteHandler

from pegboard.http.guards import NOBODY


def allowed(routes: Sequence[Any]) -> list[HTTPRouteHandler]:
    """A handler of OPTIONS for each path of the routes."""
    methods: dict[str, set[str]] = defaultdict(set)
    for handler in routes:
        for path in handler.paths:
            methods[path] |= set(handler.http_methods)
    return [_handler(path, ", ".join(sorted(known | {"OPTIONS"}))) for path, known in methods.items()]


def _handler(path: str, known: str) -> HTTPRouteHandler:
    def options() -> Response[None]:
        """The methods."""
        return Response(None, status_code=204, headers={"Allow": known})

    declared = HTTPRouteHandler(
        path, http_method="OPTIONS", status_code=204, opt={"may": NOBODY}, include_in_schema=False, sync_to_thread=False
    )
    return declared(options)
