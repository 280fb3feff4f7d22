"""Who asks and whether he may: each route names one permission, and nothing of it runs before that is settled.

Who stands behind a request is for a door to say; what he may do is his role's, which is no matter of HTTP.
"""

from anyio import to_thread
from litestar.handlers.base import BaseRouteHandler

from pegboard.http.answers import Asking
from pegboard.http.door import Connection, Person
from pegboard.http.problems import ProblemError

SAFE = ("GET", "HEAD", "OPTIONS")
NOBODY = ""
"""The permission of what everybody may do, signed in or not."""


async def guard(connection: Connection, handler: BaseRouteHandler) -> None:
    """Let through who may; 401 where nobody is signed in, 403 where he may not.

    A write that a page of another site has made the browser send is refused whoever it is from.
    """
    needed = handler.opt.get("may")
    is_write = connection.scope.get("method") not in SAFE
    if is_write and connection.headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
        raise ProblemError(403, "another site has sent this")
    if needed == NOBODY:
        return
    person = await to_thread.run_sync(connection.app.state.site.door.who, connection)
    if person is None:
        raise ProblemError(401, "sign in first")
    if needed not in person.may:
        raise ProblemError(403, f"the role {person.role} may not do this: it needs the permission {needed}")
    if is_write and person.csrf and connection.headers.get("x-csrf-token") != person.csrf:
        raise ProblemError(403, "X-CSRF-Token is missing or not the one of GET /api/me")
    connection.scope["user"] = person


def person(request: Asking) -> Person:
    """Who asks, on a route that needs somebody."""
    found: Person = request.scope["user"]
    return found
