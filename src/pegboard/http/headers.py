"""What every answer carries so that a browser runs nothing but our own code, and the line each leaves in the log."""

import logging
import time
from typing import Any

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

log = logging.getLogger("pegboard.access")

POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
SAFE = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
_SAFE = [(name.encode(), value.encode()) for name, value in SAFE.items()]


def guarded(app: ASGIApp) -> ASGIApp:
    """The app with security headers on every answer, and one line of log for it, without query and headers."""

    async def served(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await app(scope, receive, send)
            return
        began = time.perf_counter()
        status = 0

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], *_SAFE]
            await send(message)

        try:
            await app(scope, receive, sending)
        finally:
            _log(scope, status, time.perf_counter() - began)

    return served


def _log(scope: Any, status: int, seconds: float) -> None:
    """`path` as the route has it, so that one-time links do not stand in the log."""
    path = scope.get("path_template") or scope["path"]
    log.info("method=%s path=%s status=%d ms=%.1f", scope["method"], path, status, 1000 * seconds)
