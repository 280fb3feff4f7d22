"""`Idempotency-Key`: a write that is sent again, because its answer was lost, is answered as it was and done once."""

import gzip
import hashlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from litestar import Response

from pegboard.app.clock import seconds
from pegboard.http.answers import Asking
from pegboard.http.guards import person
from pegboard.http.problems import ProblemError
from pegboard.http.site import site_of
from pegboard.storage.database.answers import Answers, KeptAnswer

LONGEST = 200
_under_way: set[tuple[str, str]] = set()
_guard = threading.Lock()


def once(request: Asking, body: bytes, handle: Callable[[], Response[Any]]) -> Response[Any]:
    """The answer of `handle`, or the one that was given to the same key before.

    409 while the same key is being answered, 422 for a key that came with another request. What was refused has had no
    effect and is not kept, so that it may be tried again.
    """
    key = request.headers.get("idempotency-key", "")
    if not key:
        return handle()
    if len(key) > LONGEST:
        raise ProblemError(400, f"Idempotency-Key has more than {LONGEST} characters")
    who, now = person(request).name, seconds()
    sent = hashlib.sha256(f"{request.method} {request.url.path}\n".encode() + body).hexdigest()
    answers = Answers(site_of(request).desk.engine)
    with _alone((who, key)):
        kept = answers.find(who, key, now)
        if kept is not None:
            if kept.request != sent:
                raise ProblemError(422, f"Idempotency-Key {key} was sent with another request before")
            headers = {"ETag": kept.etag} if kept.etag else {}
            return Response(
                kept.body,
                status_code=kept.status,
                media_type=kept.media,
                headers={**headers, "Cache-Control": "no-store"},
            )
        given = handle()
        content = given.content
        plain = gzip.decompress(content) if given.headers.get("Content-Encoding") == "gzip" else content
        answers.keep(
            who,
            key,
            now,
            KeptAnswer(
                request=sent,
                status=given.status_code or 200,
                etag=given.headers.get("ETag", ""),
                media=str(given.media_type),
                body=plain,
            ),
        )
        return given


@contextmanager
def _alone(name: tuple[str, str]) -> Iterator[None]:
    with _guard:
        if name in _under_way:
            raise ProblemError(409, "the same Idempotency-Key is being answered at this moment")
        _under_way.add(name)
    try:
        yield
    finally:
        with _guard:
            _under_way.discard(name)
