"""How a route is declared: its path, who may use it, and every answer that it gives, in one place each."""

from collections.abc import Callable
from functools import partial, wraps
from typing import Any

from anyio import to_thread
from litestar import delete, get, patch, post
from litestar.openapi.datastructures import ResponseSpec

from pegboard.http.answers import Asking
from pegboard.http.idempotency import once
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


def route(
    method: str, path: str, may: str, answers: Any, *, status: int = 200, problems: tuple[int, ...] = (), **more: Any
) -> Callable[[Any], Any]:
    """A route whose handler runs in a thread; `may` names the permission, `answers` the type of what it answers."""
    told = {**_ALWAYS, **{code: _OTHERS[code] for code in (*problems, 503)}}
    responses = {status: ResponseSpec(answers, generate_examples=False, description="done")} | {
        code: ResponseSpec(Problem, generate_examples=False, description=text, media_type="application/problem+json")
        for code, text in told.items()
    }
    declared = _DECORATORS[method](path, status_code=status, responses=responses, opt={"may": may}, **more)
    return lambda handler: declared(_writing(handler) if method == "POST" else _in_thread(handler))


def _in_thread(handler: Callable[..., Any]) -> Callable[..., Any]:
    """The handler as the loop calls it: beside it, so that whatever it waits for keeps nobody else waiting."""

    @wraps(handler)
    async def called(*args: Any, **given: Any) -> Any:
        return await to_thread.run_sync(partial(handler, *args, **given))

    return called


def _writing(handler: Callable[..., Any]) -> Callable[..., Any]:
    """The same for one that may carry an `Idempotency-Key`."""

    @wraps(handler)
    async def called(*args: Any, **given: Any) -> Any:
        request: Asking = given["request"]
        is_form = request.headers.get("content-type", "").startswith("multipart/")
        body = b"" if is_form else await request.body()
        return await to_thread.run_sync(once, request, body, partial(handler, *args, **given))

    return called
