"""The OpenAPI 3.1 document of the server, made from the routes themselves."""

from collections.abc import Sequence
from typing import Any

from litestar import Litestar
from litestar.openapi import OpenAPIConfig

from pegboard import __version__


def document(routes: Sequence[Any]) -> dict[str, Any]:
    """What the routes take and answer."""
    config = OpenAPIConfig(title="Pegboard", version=__version__, use_handler_docstrings=True)
    bare = Litestar(route_handlers=list(routes), openapi_config=config, logging_config=None)
    return bare.openapi_schema.to_schema()
