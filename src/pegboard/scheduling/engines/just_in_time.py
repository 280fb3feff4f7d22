"""The search around reverse starts: how early work may start, which key ranks it, and which lines to hasten.

Passes run two at a time, since kernels run beside each other; the order of the results is that of the passes, so the
search is the same on every machine.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np

from pegboard.kernels.arrays import Schedule
from pegboard.kernels.ranking import INSTANT
from pegboard.scheduling.engines.dispatch import Dispatcher
from pegboard.scheduling.objective import DAY
from pegboard.scheduling.problem import Floats
from pegboard.scheduling.result import Score, line_completions, score
from pegboard.scheduling.rules import RULES, Ranks

Report = Callable[[str, float], None]

KEYS = ("odd", "atc", "mod")
HASTENED, ROUNDS, SHARE = 2, 3, 0.5
PATIENCE = 2
THREADS = 2
WIDER = 2
USUAL = 20
EFFORT = 6_000_000
"""Operations to place in all passes together: some ten seconds of two cores. Few passes for a very large plant."""

ALLOWANCES = (0.5, 1.0, 2.0, 4.0, 9.0, 21.0, 60.0)

Rank = Callable[[Floats], Ranks]
"""The ranks of all operations when each is brought forward by so many days."""


@dataclass(frozen=True)
class Pass:
    """A forward pass: what it ranks by, its days of allowance, and how much further each line is brought forward."""

    name: str
    rank: Rank
    days: float
    ahead: Floats


@dataclass(frozen=True)
class Found:
    """A pass and what came out of it."""

    by: Pass
    schedule: Schedule
    score: Score


class JustInTime:
    """The passes around one set of reverse starts."""

    def __init__(self, d: Dispatcher, report: Report) -> None:
        self.d, self.report = d, report
        self.target = d.reverse_start()
        self.done = 0
        self.most = max(THREADS, EFFORT // max(d.problem.n_op, 1))

    def run(self, passes: Sequence[Pass]) -> list[Found]:
        """Dispatch and judge each pass, as long as there is effort left."""
        passes = passes[: max(0, self.most - self.done)]
        with ThreadPoolExecutor(THREADS) as pool:
            found = list(pool.map(self._run, passes))
        self.done += len(found)
        self.report("scheduling", min(0.95, self.done / USUAL))
        return found

    def _run(self, by: Pass) -> Found:
        p = self.d.problem
        ahead = (
            np.where(p.op_line >= 0, by.ahead[np.maximum(p.op_line, 0)], 0.0) if p.line_due.size else np.zeros(p.n_op)
        )
        release = np.maximum(p.not_before, self.d.ahead_of(self.target, by.days + ahead))
        due = p.due - (ahead * DAY).astype(np.int64)
        odd = p.latest_end - (ahead * DAY).astype(np.int64)
        schedule = self.d.forward(release, by.rank(ahead), due, odd)
        return Found(by, schedule, score(p, schedule, self.d.planned))

    def best(self) -> Found:
        """Reverse starts with every allowance until it gets worse twice, other keys, allowances between, then haste."""
        given = self.d.options.allowance_days
        allowances = ALLOWANCES if given is None else (given,)
        none = np.zeros(self.d.problem.line_due.size)
        first = self._climb([Pass("reverse start", self._by_target, days, none) for days in allowances])
        wider = [a for a in allowances if a >= first.by.days][:WIDER]
        found = [first, *self.run([Pass(name, self._by_rule(name), days, none) for name in KEYS for days in wider])]
        best = min(found, key=_objective)
        found.extend(self.run([replace(best.by, days=days) for days in _between(allowances, best.by.days)]))
        return self._hasten(sorted(found, key=_objective)[:HASTENED])

    def _by_target(self, ahead: Floats) -> Ranks:
        """The reverse start itself as the key."""
        return self.d.by_key(self.d.ahead_of(self.target, ahead).astype(np.float64), self.d.options.setup_price)

    def _by_rule(self, name: str) -> Rank:
        """A rule of the field; keys that are instants are brought forward, others see earlier due dates."""
        rule = RULES[name]
        ranks = self.d.ranks(rule)
        return lambda ahead: replace(ranks, key=ranks.key - ahead * DAY) if rule.code == INSTANT else ranks

    def _climb(self, passes: Sequence[Pass]) -> Found:
        found: list[Found] = []
        worse = 0
        for k in range(0, len(passes), THREADS):
            for one in self.run(passes[k : k + THREADS]):
                better = not found or one.score.objective < min(f.score.objective for f in found)
                worse = 0 if better else worse + 1
                found.append(one)
            if worse >= PATIENCE or self.done >= self.most:
                break
        return min(found, key=_objective)

    def _hasten(self, found: Sequence[Found]) -> Found:
        """Bring late lines forward by half of what they are late, dispatch again, and keep what scores best.

        A line can only gain what the others give; those that are late for their material soon stop the climb. The
        second best of the keys often overtakes the best here.
        """
        latest, best = list(found), min(found, key=_objective)
        for _ in range(ROUNDS):
            latest = self.run([step for one in latest if (step := self._hastened(one))])
            if not latest:
                break
            best = min([best, *latest], key=_objective)
        return best

    def _hastened(self, one: Found) -> Pass | None:
        """The pass in which the late lines of a schedule come forward; None where no line is late."""
        p = self.d.problem
        done = line_completions(p, one.schedule)
        late = np.where(self.d.planned & (done >= 0), np.maximum(done - p.line_need, 0), 0) / DAY
        return replace(one.by, ahead=one.by.ahead + late * SHARE) if late.any() else None


def _objective(found: Found) -> float:
    return found.score.objective


def _between(allowances: Sequence[float], best: float) -> list[float]:
    """The geometric means of the best allowance and its neighbours, to two figures."""
    at = allowances.index(best)
    return [float(f"{np.sqrt(best * a):.2g}") for a in (*allowances[max(at - 1, 0) : at], *allowances[at + 1 : at + 2])]
