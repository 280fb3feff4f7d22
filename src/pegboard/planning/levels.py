"""Levels of the bill of materials, and its cycles."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

from pegboard.domain.variant import Variant

Graph = Mapping[str, Iterable[str]]
Node = TypeVar("Node", str, Variant)


def cycles(graph: Mapping[Node, Iterable[Node]]) -> list[list[Node]]:
    """Every strongly connected knot of items (or variants) that contain each other, as one path that closes.

    Tarjan's algorithm without recursion: a bill of materials may be deeper than Python's stack.
    """
    index: dict[Node, int] = {}
    low: dict[Node, int] = {}
    on_path: set[Node] = set()
    path: list[Node] = []
    knots: list[list[Node]] = []
    for root in sorted(graph):
        if root in index:
            continue
        index[root] = low[root] = len(index)
        path.append(root)
        on_path.add(root)
        work = [(root, iter(sorted(graph.get(root, ()))))]
        while work:
            node, children = work[-1]
            for child in children:
                if child not in index:
                    index[child] = low[child] = len(index)
                    path.append(child)
                    on_path.add(child)
                    work.append((child, iter(sorted(graph.get(child, ())))))
                    break
                if child in on_path:
                    low[node] = min(low[node], index[child])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    knot = [path.pop()]
                    while knot[-1] != node:
                        knot.append(path.pop())
                    on_path.difference_update(knot)
                    if len(knot) > 1 or node in graph.get(node, ()):
                        knots.append(_closed_path(graph, min(knot), set(knot)))
    return sorted(knots)


def _closed_path(graph: Mapping[Node, Iterable[Node]], start: Node, knot: set[Node]) -> list[Node]:
    """The shortest way from `start` back to itself within a knot."""
    before: dict[Node, Node] = {}
    queue = [start]
    for node in queue:
        for child in sorted(graph.get(node, ())):
            if child == start:
                way = [start, node]
                while way[-1] != start:
                    way.append(before[way[-1]])
                return way[::-1] if node != start else [start, start]
            if child in knot and child not in before:
                before[child] = node
                queue.append(child)
    return [start]


def reaches(graph: Graph, start: str, end: str) -> bool:
    """Whether `end` is below `start`, or is that item itself."""
    todo, seen = [start], {start}
    while todo:
        at = todo.pop()
        if at == end:
            return True
        fresh = set(graph.get(at, ())) - seen
        seen |= fresh
        todo.extend(fresh)
    return False


def low_level_codes(graph: Graph, items: Iterable[str]) -> dict[str, int]:
    """The longest distance of each item below any end item; `graph` must be free of cycles."""
    parents: dict[str, int] = dict.fromkeys(items, 0)
    for children in graph.values():
        for child in children:
            parents[child] = parents.get(child, 0) + 1
    level = dict.fromkeys(parents, 0)
    ready = [item for item, count in parents.items() if count == 0]
    for item in ready:
        for child in graph.get(item, ()):
            level[child] = max(level[child], level[item] + 1)
            parents[child] -= 1
            if parents[child] == 0:
                ready.append(child)
    return level
