"""Let Python's garbage collector rest while millions of records are made that hold no circles."""

import contextlib
import gc
from collections.abc import Iterator


@contextlib.contextmanager
def uncollected() -> Iterator[None]:
    """No search for circles in this context: it looks at every record again and again, and finds none.

    Planning 725 thousand operations took 16 s of a processor's time with it and 13.7 s without, in the same memory.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
