"""Who asks: until people sign in, whoever can reach the server is its planner."""

import msgspec

from pegboard.http.answers import Asking


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks."""

    name: str


def person(_: Asking) -> Person:
    """Who asks: until people sign in, whoever can reach the server is its planner."""
    return Person(name="planner")
