"""What a way of planning a change costs in calm: the points of the curve from nobody moved to everything anew."""

from pegboard.domain.plan import Row


class Point(Row, frozen=True, kw_only=True):
    """One way to plan a change: what it moves of the plan before it, and how late it is then.

    `moves` are operations of others than the changed orders that start elsewhere or at another time; `disturbed` the
    orders of others that are complete later than before, and late. Lines that are not planned weigh more than any delay
    in the objective. `is_best` where no calmer point is worth as much.
    """

    how: str
    moves: int
    disturbed: int
    lines_late: int
    unplanned: int
    weighted_tardiness_days: float
    objective: float
    is_best: bool = False
