"""Open intervals with a rate each, and the questions that plans ask of them."""

from __future__ import annotations

import itertools
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence

from tests.recheck.values import EPS, FOREVER, Span

Segment = tuple[float, float, float]  # start, end, rate


class Calendar:
    """Open intervals with a rate each, with prefix sums so that every question is one or two bisections."""

    def __init__(self, segments: Sequence[Segment]) -> None:
        self.starts = [s for s, _, _ in segments]
        self.ends = [e for _, e, _ in segments]
        self.rates = [r for _, _, r in segments]
        self.opened = [0.0, *itertools.accumulate(e - s for s, e, _ in segments)]
        self.worked = [0.0, *itertools.accumulate((e - s) * r for s, e, r in segments)]

    def segments(self) -> Iterator[Segment]:
        return zip(self.starts, self.ends, self.rates, strict=True)

    def _sum(self, instant: float, sums: list[float], is_work: bool) -> float:
        i = bisect_right(self.starts, instant) - 1
        if i < 0:
            return 0.0
        part = min(instant, self.ends[i]) - self.starts[i]
        return sums[i] + (part * self.rates[i] if is_work else part)

    def open_between(self, a: float, b: float) -> float:
        """Open minutes in [a, b)."""
        return 0.0 if b <= a else self._sum(b, self.opened, False) - self._sum(a, self.opened, False)

    def work_between(self, a: float, b: float) -> float:
        """Open minutes in [a, b), each times its rate."""
        return 0.0 if b <= a else self._sum(b, self.worked, True) - self._sum(a, self.worked, True)

    def _advance(self, instant: float, gain: float, sums: list[float], is_work: bool) -> float:
        if gain <= EPS:
            return instant
        target = self._sum(instant, sums, is_work) + gain
        i = bisect_left(sums, target - EPS) - 1
        if i >= len(self.starts):
            return FOREVER
        return self.starts[i] + (target - sums[i]) / (self.rates[i] if is_work else 1.0)

    def advance(self, instant: float, minutes: float) -> float:
        """The earliest instant with `minutes` of open time behind it, counted from `instant`."""
        return self._advance(instant, minutes, self.opened, False)

    def advance_work(self, instant: float, work: float) -> float:
        return self._advance(instant, work, self.worked, True)

    def first_open(self, instant: float) -> float:
        i = bisect_right(self.ends, instant + EPS)
        return max(instant, self.starts[i]) if i < len(self.starts) else FOREVER

    def last_open(self, instant: float) -> float:
        i = bisect_left(self.starts, instant - EPS) - 1
        return min(instant, self.ends[i]) if i >= 0 else -FOREVER

    def overlap(self, other: Calendar) -> Calendar:
        """Open where both are, at this calendar's rates."""
        out: list[Segment] = []
        i = j = 0
        while i < len(self.starts) and j < len(other.starts):
            start, end = max(self.starts[i], other.starts[j]), min(self.ends[i], other.ends[j])
            if start < end:
                out.append((start, end, self.rates[i]))
            if self.ends[i] <= other.ends[j]:
                i += 1
            else:
                j += 1
        return Calendar(out)


def overlay(segments: Iterable[Segment]) -> list[Segment]:
    """Sorted, disjoint segments; where several overlap the fastest counts, and equal neighbours are joined."""
    todo = sorted(segments)
    cuts = sorted({point for s, e, _ in todo for point in (s, e)})
    out: list[Segment] = []
    active: list[tuple[float, float]] = []  # (end, rate)
    at = 0
    for start, end in itertools.pairwise(cuts):
        while at < len(todo) and todo[at][0] <= start:
            active.append((todo[at][1], todo[at][2]))
            at += 1
        active = [entry for entry in active if entry[0] > start]
        if not active:
            continue
        rate = max(rate for _, rate in active)
        if out and out[-1][1] == start and out[-1][2] == rate:
            out[-1] = (out[-1][0], end, rate)
        else:
            out.append((start, end, rate))
    return out


def without(segments: Iterable[Segment], holes: Iterable[Span]) -> list[Segment]:
    """The segments less the holes."""
    left = list(segments)
    for from_, to in holes:
        kept: list[Segment] = []
        for start, end, rate in left:
            if to <= start or from_ >= end:
                kept.append((start, end, rate))
                continue
            if start < from_:
                kept.append((start, from_, rate))
            if to < end:
                kept.append((to, end, rate))
        left = kept
    return left
