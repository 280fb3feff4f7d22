"""Memory that is used again: a fresh array of some megabytes costs its pages more than what is written to them.

What an array holds when it is taken is no matter: whoever takes it writes all of it.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

SPARE = 1.25
"""How much larger than asked for memory is taken, so that the next question finds room too."""


class Scratch:
    """Named arrays of one question at a time."""

    def __init__(self) -> None:
        self._held: dict[str, np.ndarray] = {}
        self._begun: dict[str, tuple[np.ndarray, int]] = {}

    def after(self, name: str, first: np.ndarray, then: np.ndarray) -> np.ndarray:
        """A copy of `first` followed by one of `then`, both of the same dtype; O(bytes), without new pages."""
        found = self.behind(name, first, first.size, then)
        del self._begun[name]
        return found

    def behind(self, name: str, first: np.ndarray, n: int, then: np.ndarray) -> np.ndarray:
        """The same for the first `n` of an array that nobody writes to, here or there: they are copied once."""
        size = n + then.size
        held = self._held.get(name)
        if held is None or held.size < size or held.dtype != first.dtype:
            held = self._held[name] = np.empty(int(size * SPARE) + 1, first.dtype)
            self._begun.pop(name, None)
        begun = self._begun.get(name)
        if begun is None or begun[0] is not first or begun[1] != n:
            held[:n] = first[:n]
            self._begun[name] = (first, n)
        held[n:size] = then
        return held[:size].view(type(first))


class Scratches:
    """As many scratches as questions are asked at the same time; threads may share it."""

    def __init__(self) -> None:
        self._free: list[Scratch] = []

    @contextmanager
    def taken(self) -> Iterator[Scratch]:
        """A scratch that nobody else uses until this context ends."""
        try:
            scratch = self._free.pop()
        except IndexError:
            scratch = Scratch()
        try:
            yield scratch
        finally:
            self._free.append(scratch)
