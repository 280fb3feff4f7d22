"""The OpenAPI 3.1 document of the server, made from the routes themselves."""

from collections.abc import Sequence
from typing import Any

from litestar import Litestar
from litestar.openapi import OpenAPIConfig

from pegboard import __version__
from pegboard.http.export import MEDIA

FILES = {
    "/api/export/{name}": {MEDIA["xlsx"], MEDIA["zip"]},
    "/api/dispatch/{resource}": {MEDIA["pdf"], "application/json"},
}
"""What the routes answer that save files, beside what is declared: a route declares one kind of answer alone."""


def document(routes: Sequence[Any]) -> dict[str, Any]:
    """What the routes take and answer."""
    config = OpenAPIConfig(title="Pegboard", version=__version__, use_handler_docstrings=True)
    bare = Litestar(route_handlers=list(routes), openapi_config=config, logging_config=None)
    schema = bare.openapi_schema.to_schema()
    for path in FILES.keys() & schema["paths"].keys():
        content = schema["paths"][path]["get"]["responses"]["200"]["content"]
        files = {kind: {"schema": {"type": "string", "format": "binary"}} for kind in FILES[path] - content.keys()}
        schema["paths"][path]["get"]["responses"]["200"]["content"] = {
            kind: told for kind, told in sorted((content | files).items()) if kind in FILES[path]
        }
    return schema
