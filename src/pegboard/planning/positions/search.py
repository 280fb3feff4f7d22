"""Good buffers for a target in little time: buffer all that may be, take the dearest away, try exchanges.

Every trial changes lead times on the way up from one item only, as far as the next buffers.
"""

from collections.abc import Sequence
from heapq import heappop, heappush

from pegboard.planning.positions.problem import Choice, Positions

VISITS = 500_000
"""After so many changes of a lead time a search ends: a few seconds."""


def first(problem: Positions, target: int) -> Choice | None:
    """A choice that keeps a target in ticks; None where even all buffers together do not."""
    state = _State(problem, target, problem.may)
    if any(state.ticks[i] > target for i in problem.wanted):
        return None
    state.drop_all(sorted(state.candidates(), key=lambda i: (-_unprotected(problem, i), i)))
    return state.choice(0)


def improved(problem: Positions, target: int, start: Choice, bound: int) -> Choice:
    """A choice that no exchange of a buffer for others near it makes cheaper; `bound` is a value it cannot be below."""
    state = _State(problem, target, start.buffered)
    while state.value > bound and state.exchange():
        pass
    return state.choice(bound)


def _unprotected(problem: Positions, item: int) -> int:
    """What a buffer costs that nothing below it protects: those to do without first."""
    last = problem.lines[item][-1]
    return last.value(last.until)


class _State:
    """A choice on the way, with its lead times and the value of its stocks."""

    def __init__(self, problem: Positions, target: int, buffered: Sequence[bool]) -> None:
        self.problem, self.target = problem, target
        self.buffered = list(buffered)
        self.visits = 0
        self.ticks = problem.ticks(self.buffered)
        self.value = problem.stocks(self.buffered)
        self.is_wanted = [False] * len(problem.own)
        for i in problem.wanted:
            self.is_wanted[i] = True
        self.parents: list[list[int]] = [[] for _ in problem.own]
        for i, parts in enumerate(problem.parts):
            for p in parts:
                self.parents[p.item].append(i)

    def choice(self, bound: int) -> Choice:
        """The choice as a value."""
        buffered = tuple(self.buffered)
        return Choice(buffered, self.problem.longest(buffered), self.value, bound)

    def candidates(self) -> list[int]:
        """The items that are buffered."""
        return [i for i, b in enumerate(self.buffered) if b]

    def drop_all(self, order: list[int]) -> list[int]:
        """Take buffers away one after the other where that keeps the target and costs nothing; which went."""
        gone = []
        for i in order:
            if self.buffered[i]:
                change = self.flip(i)
                if change is None:
                    continue
                if change[0] > 0:
                    self.undo(i, change)
                else:
                    gone.append(i)
        return gone

    def exchange(self) -> bool:
        """Add or drop each buffer in turn, even at a loss, and drop what that makes needless; keep what is cheaper."""
        better = False
        for i, may in enumerate(self.problem.may):
            before = self.value
            change = self.flip(i) if may and self.visits < VISITS else None
            if change is None:
                continue
            gone = self.drop_all(self.near(i))
            if self.value < before:
                better = True
                continue
            for g in reversed(gone):
                self.flip(g)
            self.undo(i, change)
        return better

    def near(self, item: int) -> list[int]:
        """Buffers on the ways through an item and beside it, the dearest first."""
        found: set[int] = set()
        seen = {item}
        up, down = [item], [item]
        while up:
            for parent in self.parents[up.pop()]:
                if parent not in seen:
                    seen.add(parent)
                    (found.add if self.buffered[parent] else up.append)(parent)
        while down:
            for part in self.problem.parts[down.pop()]:
                if part.item not in seen:
                    seen.add(part.item)
                    (found.add if self.buffered[part.item] else down.append)(part.item)
        return sorted(found, key=lambda i: (-self.problem.stock(i, self.ticks[i]), i))

    def flip(self, item: int) -> tuple[int, dict[int, int]] | None:
        """Buffer an item or no longer; the change in value and the lead times before, None if the target forbids it."""
        problem, ticks, buffered = self.problem, self.ticks, self.buffered
        change = problem.stock(item, ticks[item]) * (-1 if buffered[item] else 1)
        buffered[item] = not buffered[item]
        old: dict[int, int] = {}
        todo: list[int] = []
        queued = set(self.parents[item])
        for parent in queued:
            heappush(todo, parent)
        while todo:
            at = heappop(todo)
            self.visits += 1
            below = max((ticks[p.item] - p.offset for p in problem.parts[at] if not buffered[p.item]), default=0)
            now = problem.own[at] + max(below, 0)
            if now == ticks[at]:
                continue
            old[at] = ticks[at]
            if buffered[at]:
                change += problem.stock(at, now) - problem.stock(at, ticks[at])
            ticks[at] = now
            if self.is_wanted[at] and now > self.target:
                self.undo(item, (0, old))
                return None
            if not buffered[at]:
                for parent in self.parents[at]:
                    if parent not in queued:
                        queued.add(parent)
                        heappush(todo, parent)
        self.value += change
        return change, old

    def undo(self, item: int, change: tuple[int, dict[int, int]]) -> None:
        """Take a flip back."""
        self.buffered[item] = not self.buffered[item]
        for at, ticks in change[1].items():
            self.ticks[at] = ticks
        self.value -= change[0]
