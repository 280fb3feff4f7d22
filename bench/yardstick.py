"""A plain piece of planning work to hold timings against: earliest-due-date dispatch of a written plan, in pure Python.

Its CPU seconds say how fast a machine runs Python at this moment; a ratio to them hardly differs between machines.
It knows no calendars, no alternates and no changeovers: it is a unit of work, not a planner.
"""

import csv
import sys
import time
from collections import defaultdict
from heapq import heapify, heappop, heappush
from pathlib import Path
from typing import NamedTuple

LEAST_SECONDS = 0.2


class Work(NamedTuple):
    """Operations by number: minutes, resource and rank (small first), who follows whom, and how many come before."""

    minutes: list[float]
    resource: list[int]
    rank: list[tuple[str, int]]
    after: list[list[int]]
    before: list[int]


def read(plan: Path) -> Work:
    """The operations of a plan folder: steps follow each other, and work orders the ones they draw on."""
    need = {row["wo"]: row["need"] for row in _rows(plan / "work_orders.csv")}
    rows = sorted(_rows(plan / "operations.csv"), key=lambda row: (row["wo"], int(row["step"])))
    number: dict[str, int] = {}
    span: dict[str, tuple[int, int]] = {}
    after: list[list[int]] = [[] for _ in rows]
    before = [0] * len(rows)
    for i, row in enumerate(rows):
        first, last = span.get(row["wo"], (i, i - 1))
        if last >= first:
            after[last].append(i)
            before[i] += 1
        span[row["wo"]] = first, i
    for peg in _rows(plan / "pegs.csv"):
        if peg["supply_kind"] == "wo" and peg["demand_kind"] == "wo" and {peg["supply"], peg["demand"]} <= span.keys():
            after[span[peg["supply"]][1]].append(span[peg["demand"]][0])
            before[span[peg["demand"]][0]] += 1
    return Work(
        minutes=[float(row["setup_min"]) + float(row["run_min"]) for row in rows],
        resource=[number.setdefault(row["resource"], len(number)) for row in rows],
        rank=[(need[row["wo"]], i) for i, row in enumerate(rows)],
        after=after,
        before=before,
    )


def dispatch(work: Work) -> float:
    """Minutes until all is done, when each free resource takes the waiting operation that is wanted first."""
    before = list(work.before)
    waiting: dict[int, list[tuple[str, int]]] = defaultdict(list)
    is_busy: set[int] = set()
    events = [(0.0, op) for op, n in enumerate(before) if n == 0]
    heapify(events)
    now = 0.0
    while events:
        now, what = heappop(events)
        if what >= 0:
            resource = work.resource[what]
            heappush(waiting[resource], work.rank[what])
        else:
            resource = ~what
            is_busy.discard(resource)
        if resource in is_busy or not waiting[resource]:
            continue
        _, op = heappop(waiting[resource])
        is_busy.add(resource)
        end = now + work.minutes[op]
        heappush(events, (end, ~resource))
        for follower in work.after[op]:
            before[follower] -= 1
            if before[follower] == 0:
                heappush(events, (end, follower))
    return now


def cpu_seconds(work: Work) -> float:
    """CPU seconds of one dispatch, the mean of as many as fill a fifth of a second."""
    began, n = time.process_time(), 0
    while n == 0 or time.process_time() - began < LEAST_SECONDS:
        dispatch(work)
        n += 1
    return (time.process_time() - began) / n


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


if __name__ == "__main__":
    found = read(Path(sys.argv[1]))
    print(len(found.minutes), f"{cpu_seconds(found):.9f}")
