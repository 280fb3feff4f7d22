"""What can be done about a late order line: remedies that follow from its causes, each solved, the best first.

A remedy tells the truth: `applied` gives the plan in which the line is complete when it was shown.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from pegboard.app.files import Report
from pegboard.app.live import LivePlan
from pegboard.app.outcome import Outcome
from pegboard.app.remedy_capacity import overtime
from pegboard.app.remedy_places import anew, divided, moving, squeezed
from pegboard.app.remedy_supply import expedited
from pegboard.app.trial import Fitting, Subject, Trial, refit
from pegboard.domain.change import Change
from pegboard.domain.remedy import Mending, Remedy
from pegboard.insight.explain import Explainer, Why
from pegboard.tables.supply import LeftOut

MOST = 8

Found = Trial | str | None
"""What was tried, or why it was in vain; None where there was nothing to try."""


@dataclass(frozen=True)
class Proved:
    """Remedies with what they were solved as, so that one of them can be had."""

    mending: Mending
    subject: Subject | None = None
    trials: tuple[Trial, ...] = ()

    def changes(self, n: int) -> tuple[Change, ...]:
        """What does remedy `n`, counted from 1: its changes, and pins that hold what it places or moves."""
        assert self.subject is not None
        trial = self.trials[n - 1]
        return (*trial.changes, *trial.pins(self.subject))

    def applied(self, n: int, factory_hash: str) -> Outcome:
        """The plan as remedy `n` was shown."""
        return self.trials[n - 1].solution.outcome(factory_hash)


def remedies(live: LivePlan, line: str, report: Report) -> Proved:
    """What can be done about a line, named `order/line`, of a plan."""
    lines = live.planned.supply.lines
    row = next(i for i, x in enumerate(lines) if x.id == line)
    done, due = live.planned.completion[row], lines[row].due
    if done is None:
        left = live.planned.supply.unplanned[row]
        says = f"it is not planned: {left.why}; {_advice(left)}"
        return Proved(Mending(line=line, due=due, completion=None, lateness=None, says=says))
    if done <= due:
        says = "it is on time: there is nothing to fix"
        return Proved(Mending(line=line, due=due, completion=done, lateness=done - due, says=says))
    subject = Subject(live, row)
    tried = list(_tried(subject, report))
    trials = [t for t in tried if isinstance(t, Trial)]
    gaining = [(t, t.remedy(subject)) for t in trials if t.gain(subject) > 0 and t.solution.certified]
    best = sorted(gaining, key=lambda pair: _rank(pair[1]))[:MOST]
    idle = (f"{t.how}: it gains nothing" for t in trials if t.gain(subject) <= 0)
    in_vain = (*(t for t in tried if isinstance(t, str)), *idle)
    mending = Mending(
        line=line,
        due=due,
        completion=done,
        lateness=done - due,
        remedies=tuple(r for _, r in best),
        in_vain=in_vain,
        says="" if best else "nothing that was tried brings it sooner",
    )
    return Proved(mending, subject, tuple(t for t, _ in best))


def _tried(subject: Subject, report: Report) -> Iterator[Trial | str]:
    why = Explainer(subject.planned).why(subject.row)
    alone: Fitting | None = None
    report("fitting it in anew", 0.1)
    if subject.stands_alone:
        alone = refit(subject.live, subject.row, subject.planned.factory, [subject.line.record])
    singles: list[Trial] = []
    for found in _changing(subject, why, alone, report):
        singles += [found] if isinstance(found, Trial) else []
        yield found
    report("overtime and purchases together", 0.5)
    if (both := _both(subject, singles)) is not None:
        yield both
    if alone is None:
        yield "other places for it alone: begun work, kept stocks or orders that ship together depend on it"
        return
    report("gaps, other machines and orders ahead", 0.6)
    yield anew(subject, alone)
    yield from moving(subject, why)
    report("squeezing it in", 0.8)
    yield squeezed(subject, alone)
    report("dividing it", 0.9)
    yield from divided(subject, alone)


def _changing(subject: Subject, why: Why, alone: Fitting | None, report: Report) -> Iterator[Trial | str]:
    """Overtime and purchases, as far as the line waits for them."""
    report("overtime", 0.2)
    if (found := overtime(subject, why, alone)) is not None:
        yield found
    report("purchases", 0.4)
    yield from expedited(subject, why.causes)


def _both(subject: Subject, singles: list[Trial]) -> Trial | None:
    """The best single one, and what it leaves to be done by overtime or a purchase, where it is not enough."""
    ranked = sorted((t for t in singles if t.gain(subject) > 0), key=lambda t: _rank(t.remedy(subject)))
    if not ranked or ranked[0].remedy(subject).lateness <= 0:
        return None
    first = ranked[0]
    live = LivePlan(first.solution.outcome(subject.live.outcome.terms.factory_hash))
    lines = live.planned.supply.lines
    then = Subject(live, next(i for i, x in enumerate(lines) if x.id == subject.line.id))
    why = Explainer(live.planned).why(then.row)
    alone = refit(live, then.row, live.planned.factory, [then.line.record]) if then.stands_alone else None
    more = [t for t in _changing(then, why, alone, _silent) if isinstance(t, Trial) and t.gain(then) > 0]
    if not more:
        return None
    second = min(more, key=lambda t: _rank(t.remedy(then)))
    changes = (*first.changes, *second.changes)
    return Trial(
        "both", f"{first.how}, and {second.how}", changes, second.solution, first.price + second.price, first.own
    )


def _rank(remedy: Remedy) -> tuple[float, ...]:
    """By gain, then harm, then cost, of which an unknown one comes last; then few moves."""
    cost = float("inf") if remedy.cost is None else remedy.cost
    return -remedy.gain, remedy.harm, cost, remedy.moved


def _advice(left: LeftOut) -> str:
    return {
        "horizon": "set horizon_days in factory.toml higher",
        "unschedulable": "set horizon_days in factory.toml higher, or order less",
        "data": "mend what pegboard validate names",
        "material": "add a supplier, a routing or a bill of materials",
        "buffer": "size the buffer, or buy and make the item to order",
    }.get(left.cause, "mend the cause and plan again")


def _silent(_what: str, _share: float) -> None:
    """Nobody is told of a second step."""
