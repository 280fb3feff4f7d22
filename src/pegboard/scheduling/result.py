"""What an engine returns, and what a schedule is worth."""

from dataclasses import dataclass

import numpy as np

from pegboard.domain.plan import Ignored
from pegboard.kernels.arrays import Schedule
from pegboard.kernels.graph import completions
from pegboard.scheduling.problem import Ints, Problem

DAY = 86_400.0
LATE_LINE_DAYS = 1.0
FLOW_DAY = 0.005


@dataclass(frozen=True)
class Score:
    """A schedule in numbers; `objective` is what engines minimise, smaller is better.

    Weighted tardiness in days, one more day for being late at all, and a two-hundredth of the mean weight for
    each day an order flows through the shop: on time first, lean second.
    """

    objective: float
    weighted_tardiness_days: float
    total_tardiness_days: float
    lines_late: int
    mean_flow_days: float
    unplaced: int


@dataclass(frozen=True)
class Result:
    """A schedule, the name and settings of what made it, its score, and the constraints it did not model."""

    schedule: Schedule
    engine: str
    score: Score
    ignored: tuple[Ignored, ...] = ()


def line_completions(problem: Problem, schedule: Schedule) -> Ints:
    """When each line is complete, with the other lines of its order where it ships complete; -1 if never."""
    done = completions(
        problem.timelines,
        problem.factory_tl,
        schedule.end,
        problem.line_move,
        problem.line_dated,
        problem.line_ptr,
        problem.line_op,
    )
    n_group = int(problem.line_group.max()) + 1 if done.size else 0
    latest = np.full(n_group, -1, np.int64)
    np.maximum.at(latest, problem.line_group, done)
    return np.where(done < 0, -1, latest[problem.line_group]) if done.size else done


def score(problem: Problem, schedule: Schedule, planned: np.ndarray) -> Score:
    """Judge a schedule over the lines that `planned` marks."""
    done = line_completions(problem, schedule)
    counted = planned & (done >= 0)
    tardy = np.where(counted, np.maximum(0, done - problem.line_due), 0) / DAY
    weight = problem.line_weight
    first = np.full(done.size, np.iinfo(np.int64).max)
    placed = (schedule.end >= 0) & (problem.op_line >= 0)
    np.minimum.at(first, problem.op_line[placed], schedule.setup_start[placed])
    made = counted & (first < np.iinfo(np.int64).max)
    flow = (done[made] - first[made]) / DAY
    late = int((tardy > 0).sum())
    weighted = float((weight * tardy).sum())
    mean_weight = float(weight.mean()) if weight.size else 1.0
    objective = weighted + LATE_LINE_DAYS * float(weight[tardy > 0].sum()) + FLOW_DAY * mean_weight * float(flow.sum())
    unplaced = int((schedule.end < 0).sum())
    return Score(
        objective=objective + 1e6 * int((planned & (done < 0)).sum()),
        weighted_tardiness_days=weighted,
        total_tardiness_days=float(tardy.sum()),
        lines_late=late,
        mean_flow_days=float(flow.mean()) if flow.size else 0.0,
        unplaced=unplaced,
    )
