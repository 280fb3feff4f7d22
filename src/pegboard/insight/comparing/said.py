"""The comparison of two plans in one sentence: what became of the orders, then what it took."""

from collections import Counter

from pegboard.insight.comparing.comparison import Comparison
from pegboard.insight.comparing.lines import LineKind

KINDS: dict[LineKind, str] = {
    "became_unplanned": "not planned any more",
    "became_late": "late now",
    "later": "later",
    "gone": "gone",
    "on_time_again": "on time again",
    "planned_again": "planned again",
    "sooner": "sooner",
    "new": "new",
    "changed": "changed",
    "kept": "as before",
}


def headline(c: Comparison) -> str:
    """What a planner needs first: `2 lines late now, 1 on time again; 14 of 90 operations moved, 2 new`."""
    by_kind = Counter(line.kind for line in c.lines)
    told = [f"{by_kind[kind]:,} {word}" for kind, word in KINDS.items() if by_kind[kind] and kind != "kept"]
    lines = ", ".join([_with_noun(told[0]), *told[1:]]) if told else "every order line as before"
    s = c.stability
    moved = f"{s.moved:,} of {s.moved + s.kept:,} operations moved" if s.moved else "no operation moved"
    found = [moved, *(f"{n:,} {word}" for n, word in ((s.new, "new"), (s.gone, "gone")) if n)]
    return f"{lines}; {', '.join(found)}"


def _with_noun(told: str) -> str:
    n, _, rest = told.partition(" ")
    return f"{n} order {'line' if n == '1' else 'lines'} {rest}"
