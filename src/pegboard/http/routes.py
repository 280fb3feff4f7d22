"""How a route is declared: its path, who may use it, and every answer that it gives, in one place each."""

from collections.abc import Callable
from typing import Any

from litestar import delete, get, patch, post
from litestar.datastructures import ResponseHeader
from litestar.openapi.datastructures import ResponseSpec

from pegboard.http.problems import Problem

_DECORATORS: dict[str, Any] = {"GET": get, "POST": post, "PATCH": patch, "DELETE": delete}
_ALWAYS = {400: "what was sent cannot be understood", 401: "nobody is signed in", 403: "this role may not do this"}
_OTHERS = {
    404: "there is no such thing",
    409: "somebody else was first",
    413: "too much was sent",
    422: "it cannot be done; the findings say why",
    428: "If-Match is missing",
    429: "too often",
    503: "the database does not answer",
}
NOBODY = ""
"""The permission of what everybody may do, signed in or not."""


def route(
    method: str, path: str, may: str, answers: Any, *, status: int = 200, problems: tuple[int, ...] = (), **more: Any
) -> Callable[[Any], Any]:
    """A route whose handler runs in a thread; `may` names the permission, `answers` the type of what it answers."""
    told = {**_ALWAYS, **{code: _OTHERS[code] for code in (*problems, 503)}}
    responses = {status: ResponseSpec(answers, generate_examples=False, description="done")} | {
        code: ResponseSpec(Problem, generate_examples=False, description=text, media_type="application/problem+json")
        for code, text in told.items()
    }
    return _DECORATORS[method](  # type: ignore[no-any-return]
        path,
        status_code=status,
        responses=responses,
        opt={"may": may},
        sync_to_thread=more.pop("sync_to_thread", True),
        **more,
    )


ETAG = ResponseHeader(name="ETag", documentation_only=True, description="journal length and plan hash")
