"""Pages of long answers."""

from typing import Annotated

from litestar.params import QueryParameter

Limit = Annotated[int, QueryParameter(ge=1, le=10_000, description="rows of a page")]
Offset = Annotated[int, QueryParameter(ge=0, le=1_000_000_000, description="rows before the page")]
Before = Annotated[
    int, QueryParameter(ge=0, le=1_000_000_000_000, description="only what is before this; 0 for the newest")
]
