"""Components of a work order, and the choices between them: of an alternate group it takes one."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from tests.recheck.values import EPS


@dataclass(frozen=True)
class Component:
    """What a work order consumes of one item at one step, as the range that the readings allow."""

    item: str
    steps: tuple[int, ...]  # the steps that may consume it; the first is the plain reading
    low: float
    high: float
    is_byproduct: bool = False


@dataclass(frozen=True)
class Choice:
    """Ways to fill one place of a bill of materials, of which a work order takes one."""

    ways: tuple[tuple[Node, ...], ...]


Node = Component | Choice


def combinations(nodes: Sequence[Node]) -> Iterator[list[Component]]:
    """Every way to choose, those of the first ways first."""
    ways = [[[node]] if isinstance(node, Component) else chosen(node) for node in nodes]
    for parts in itertools.product(*ways):
        yield [component for part in parts for component in part]


def chosen(choice: Choice) -> list[list[Component]]:
    return [parts for way in choice.ways for parts in combinations(way)]


def misfits(parts: Iterable[Component], pegged: dict[str, float]) -> int:
    """How many items are not pegged for what these components require."""
    low: dict[str, float] = defaultdict(float)
    high: dict[str, float] = defaultdict(float)
    for part in parts:
        if not part.is_byproduct:
            low[part.item] += part.low
            high[part.item] += part.high
    return sum(
        not (low[item] - EPS * max(1.0, low[item]) <= pegged.get(item, 0.0) <= high[item] + EPS * max(1.0, high[item]))
        for item in {*high, *pegged}
    )
