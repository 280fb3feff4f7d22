"""The clock on the wall."""

from datetime import UTC, datetime


def seconds() -> int:
    """Now, in whole seconds since 1970, UTC."""
    return int(datetime.now(UTC).timestamp())
