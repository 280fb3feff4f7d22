"""Dates with confidence: how probable it is that each line is on time, which dates are safe, and what drives the risk.

The plan is replayed many times with drawn luck (`replay/`). Percentiles are nearest ranks, the safe date is P80.
"""

import math
from collections.abc import Callable, Sequence

import msgspec
import numpy as np

from pegboard.domain.calendar import DAY, FAR
from pegboard.insight.drivers import Driver, ResourceRisk, drivers, resource_risks
from pegboard.insight.planned import Planned
from pegboard.insight.replay.replaying import Replay, Replayed
from pegboard.insight.replay.replays import replays
from pegboard.planning.chances import standard_error
from pegboard.planning.spread import Spread
from pegboard.scheduling.problem import Ints

Report = Callable[[str, float], None]


class LineConfidence(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What the runs say of one line; instants are None where they lie behind the end of the calendars.

    `on_time` is a probability with its standard error, `p5` to `p95` are completions, `safe` is the P80.
    `tardiness_days` is the expected one. `drivers` are what delayed the late runs most.
    """

    order: str
    line: str
    customer: str
    item: str
    due: int
    planned: int
    on_time: float
    standard_error: float
    p5: int | None
    p50: int | None
    p80: int | None
    p95: int | None
    safe: int | None
    tardiness_days: float
    drivers: tuple[Driver, ...]

    @property
    def id(self) -> str:
        """`order/line`, the name of the line everywhere."""
        return f"{self.order}/{self.line}"


class Confidence(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """All lines, the worst first, and the factory as a whole.

    `on_time_pct` is the expected share of lines on time, `on_time_pct_p5` and `on_time_pct_p95` what it is in bad and
    in good runs; `planned_on_time_pct` is what the plan says. `all_on_time` is the probability that no line is late.
    """

    runs: int
    seed: int
    on_time_pct: float
    on_time_pct_p5: float
    on_time_pct_p95: float
    planned_on_time_pct: float
    all_on_time: float
    lines: tuple[LineConfidence, ...]
    resources: tuple[ResourceRisk, ...]


def confidence(planned: Planned, spread: Spread, runs: int, seed: int, report: Report | None = None) -> Confidence:
    """What `runs` replays of a plan say of every line. The same arguments give the same result."""
    return judged(planned, Replay(planned, spread).whole, runs, seed, report)


def line_confidence(replay: Replay, line: int, runs: int, seed: int) -> LineConfidence:
    """What `confidence` says of one line, by its place in the supply plan, from the operations that can delay it alone.

    Raises KeyError for a line that is not planned.
    """
    name = replay.planned.supply.lines[line].id
    found = judged(replay.planned, replay.of([line]), runs, seed, None)
    return {row.id: row for row in found.lines}[name]


def judged(planned: Planned, replayed: Replayed, runs: int, seed: int, report: Report | None) -> Confidence:
    """Replay a network and read off what it says."""
    done, tallied = replays(replayed, runs, seed, report)
    late = done > replayed.network.line_due
    by_line = drivers(planned, replayed, tallied, late.sum(axis=0))
    ranked = np.sort(done, axis=0)
    rows = [_line(planned, line, ranked[:, i], by_line.get(i, ())) for i, line in enumerate(replayed.lines.tolist())]
    shares = np.sort(100 * (1 - late.mean(axis=1))) if rows else np.full(runs, 100.0)
    punctual = sum(row.planned <= row.due for row in rows)
    return Confidence(
        runs=runs,
        seed=seed,
        on_time_pct=round(float(shares.mean()), 4),
        on_time_pct_p5=round(float(shares[nearest_rank(5, runs)]), 4),
        on_time_pct_p95=round(float(shares[nearest_rank(95, runs)]), 4),
        planned_on_time_pct=round(100 * punctual / len(rows), 4) if rows else 100.0,
        all_on_time=float((~late.any(axis=1)).mean()),
        lines=tuple(sorted(rows, key=lambda r: (r.on_time, -r.tardiness_days, r.id))),
        resources=resource_risks(planned, replayed, tallied),
    )


def nearest_rank(share: float, runs: int) -> int:
    """The place of a percentile among so many sorted values."""
    return max(1, math.ceil(share / 100 * runs - 1e-9)) - 1


def _line(planned: Planned, line: int, ranked: Ints, by: Sequence[Driver]) -> LineConfidence:
    row, completion = planned.supply.lines[line], planned.completion[line]
    assert completion is not None
    runs = ranked.size
    on_time = float((ranked <= row.due).mean())
    p5, p50, p80, p95 = (_instant(int(ranked[nearest_rank(share, runs)])) for share in (5, 50, 80, 95))
    tardy = np.maximum(np.minimum(ranked, planned.problem.horizon + FAR // 2) - row.due, 0)
    return LineConfidence(
        order=row.record.order,
        line=row.record.line,
        customer=row.record.customer,
        item=row.record.item,
        due=row.due,
        planned=completion,
        on_time=on_time,
        standard_error=round(standard_error(on_time, runs), 6),
        p5=p5,
        p50=p50,
        p80=p80,
        p95=p95,
        safe=p80,
        tardiness_days=round(float(tardy.mean()) / DAY, 4),
        drivers=tuple(by),
    )


def _instant(t: int) -> int | None:
    return None if t >= FAR else t
