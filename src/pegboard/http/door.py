"""Who stands behind a request, as far as routes need to know; what lets people in is decided elsewhere."""

from typing import Any, Protocol

import msgspec
from litestar.connection import ASGIConnection

Connection = ASGIConnection[Any, Any, Any, Any]


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks: `may` are permissions by name; `csrf` is what a write must carry, blank for who sends a token."""

    name: str
    role: str
    may: frozenset[str]
    csrf: str = ""


class Door(Protocol):
    """Says who stands behind a request. May ask a database; raises ProblemError where the sign-in is not good."""

    def who(self, connection: Connection) -> Person | None:
        """The person; None where nobody is signed in."""


class OpenDoor:
    """A server of one's own: whoever reaches it is its planner, with all permissions that routes name."""

    def __init__(self, permissions: frozenset[str]) -> None:
        self._planner = Person(name="planner", role="planner", may=permissions)

    def who(self, _: Connection) -> Person | None:
        """The planner."""
        return self._planner
