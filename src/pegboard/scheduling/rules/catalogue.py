"""The rules of the field, each with its formula and source.

Notation: d due date of the customer line, t the clock, p the operation's own work, RPT the remaining work to delivery
with waits and moves, OPN the operations that remain, W = 2 p the wait to be expected before an operation, w the
weight, odd the operation's latest end at infinite capacity, s the changeover. Smallest first unless it says max.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from difflib import get_close_matches

import numpy as np

from pegboard.domain.finding import Finding, error
from pegboard.kernels.ranking import (
    ATC,
    ATCS,
    CAMPAIGN,
    COVERT,
    CR,
    CR_SPT,
    FIFO,
    INSTANT,
    MDD,
    MOD,
    S_OPN,
    S_RPT,
    SEQUENCE,
    STATIC,
)
from pegboard.scheduling.problem import Floats, Ints, Problem
from pegboard.scheduling.rules.bottleneck import most_loaded, on_resources, starts_before_drum
from pegboard.scheduling.rules.facts import Facts
from pegboard.scheduling.rules.rule import Rule

NOT_BEGUN = 1e9


def _edd(p: Problem, f: Facts) -> Floats:
    return p.due.astype(np.float64)


def _odd(p: Problem, f: Facts) -> Floats:
    return p.latest_end.astype(np.float64)


def _spt(p: Problem, f: Facts) -> Floats:
    return f.own


def _wspt(p: Problem, f: Facts) -> Floats:
    return f.own / np.maximum(p.weight, 1e-9)


def _lpt(p: Problem, f: Facts) -> Floats:
    return -f.own


def _lwkr(p: Problem, f: Facts) -> Floats:
    return f.tail


def _slack(p: Problem, f: Facts) -> Floats:
    found: Floats = p.due - f.tail
    return found


def _weighted_slack(p: Problem, f: Facts) -> Floats:
    mean = float(p.weight.mean()) if p.n_op else 1.0
    found: Floats = np.maximum(p.due - f.tail - p.now, 0.0) * mean / np.maximum(p.weight, 1e-9)
    return found


def _least_wip(p: Problem, f: Facts) -> Floats:
    """Orders that are under way first, the nearest to delivery first; what would begin a new one last."""
    begins = np.bincount(p.arcs.succ, minlength=p.n_op) == 0
    found: Floats = f.tail + NOT_BEGUN * begins
    return found


def _most_loaded_drum(p: Problem, f: Facts) -> Floats:
    return starts_before_drum(p, f, most_loaded(p, f))


def _by_name(p: Problem) -> Ints:
    """Families in the order of their names."""
    return np.argsort(np.argsort(np.array(p.family_names, object), kind="stable"), kind="stable").astype(np.int64)


_SETUPS = "where changeovers take long and dates leave room"

RULES: dict[str, Rule] = {
    r.name: r
    for r in (
        Rule(
            "edd", "d", "Jackson 1955", "dates are all that counts, one operation per order", INSTANT, _edd, "seconds"
        ),
        Rule("odd", "odd", "Baker & Kanet 1983", "dates count, orders have many operations", INSTANT, _odd, "seconds"),
        Rule("spt", "p", "Smith 1956", "short queues, whatever the dates", STATIC, _spt),
        Rule("wspt", "max w / p", "Smith 1956", "everything is late, and some of it dear", STATIC, _wspt),
        Rule("lpt", "max p", "Graham 1969", "like machines side by side, to end together", STATIC, _lpt),
        Rule("lwkr", "RPT", "Conway, Maxwell & Miller 1967", "many orders finished soon", STATIC, _lwkr),
        Rule("fifo", "arrival in the queue", "Conway, Maxwell & Miller 1967", "fairness, or as a yardstick", FIFO),
        Rule(
            "slack",
            "d - t - RPT",
            "Conway 1965, minimum slack time (MST)",
            "long and short orders side by side",
            INSTANT,
            _slack,
            "seconds",
        ),
        Rule(
            "s_opn",
            "(d - t - RPT) / OPN; a negative slack times OPN",
            "Conway 1965, slack per operation",
            "every operation may have to wait",
            S_OPN,
        ),
        Rule(
            "s_rpt",
            "(d - t - RPT) / RPT",
            "Blackstone, Phillips & Hogg 1982, slack per remaining work",
            "as cr, by slack",
            S_RPT,
        ),
        Rule("cr", "(d - t) / RPT", "Berry & Rao 1975, critical ratio", "a ratio everybody can work out", CR),
        Rule(
            "mdd",
            "max(d, t + RPT)",
            "Baker & Bertrand 1982, modified due date",
            "tight dates, some of them lost",
            MDD,
            changeover="seconds",
        ),
        Rule(
            "mod",
            "max(odd, t + p)",
            "Baker & Kanet 1983, modified operation due date",
            "tight dates, many operations",
            MOD,
            changeover="seconds",
        ),
        Rule(
            "cr_spt",
            "max(t + p, t + p CR)",
            "Anderson & Nyirenda 1990",
            "tight dates, some of them lost",
            CR_SPT,
            changeover="seconds",
        ),
        Rule(
            "covert",
            "max w/p [1 - (d - t - RPT)+ / (2 sum W)]+",
            "Carroll 1965; Russell, Dar-El & Taylor 1987, cost over time",
            "weights differ, dates are tight",
            COVERT,
        ),
        Rule(
            "atc",
            "max w/p exp(-(d - t - p - sum(W + p) downstream)+ / (3 mean p))",
            "Vepsalainen & Morton 1987, apparent tardiness cost",
            "weights differ, dates are tight",
            ATC,
        ),
        Rule(
            "atcs",
            "max w/p exp(-(d - t - p - sum(W + p) downstream)+ / (k1 mean p)) exp(-s / (k2 mean s))",
            "Lee, Bhaskaran & Pinedo 1997, apparent tardiness cost with setups",
            "as atc, with changeovers",
            ATCS,
            changeover="index",
        ),
        Rule(
            "priority",
            "(d - t - RPT)+ mean w / w",
            "minimum slack with weight and priority as a factor",
            "some customers always come first",
            STATIC,
            _weighted_slack,
            "seconds",
        ),
        Rule(
            "least_setup",
            "s, then d",
            "Wilbrecht & Prescott 1969, similar setup",
            _SETUPS,
            STATIC,
            _edd,
            "first",
        ),
        Rule(
            "campaign",
            "the present family while work of it waits, then d",
            "Mosier, Elvers & Kelly 1984, group scheduling",
            _SETUPS,
            CAMPAIGN,
            _edd,
        ),
        Rule(
            "preferred_sequence",
            "the next family round the sequence, among operations within 3 days of the most urgent; then odd - p",
            "practice of paint shops and rolling mills, the round of campaigns",
            "colours from light to dark",
            SEQUENCE,
            place=_by_name,
        ),
        Rule(
            "least_wip",
            "RPT, what begins an order last",
            "Conway, Maxwell & Miller 1967, least work remaining among begun orders",
            "room or money for begun work is short",
            STATIC,
            _least_wip,
        ),
        Rule(
            "dynamic_bottleneck",
            "latest start before the drum of the most loaded resources",
            "Goldratt & Fox 1986, drum-buffer-rope",
            "one group is far more loaded than the others",
            INSTANT,
            _most_loaded_drum,
            "seconds",
        ),
    )
}
"""The rules that need no more than their name."""


Named = Callable[[Sequence[str], Callable[[str], Sequence[str]]], Rule | str]


def _selective(names: Sequence[str], resources: Callable[[str], Sequence[str]]) -> Rule | str:
    """The drum of named resources or groups."""
    unknown = [name for name in names if not resources(name)]
    if unknown or not names:
        return f"there is no resource or group {', '.join(unknown)}" if names else "it names no bottleneck"
    members = frozenset(r for name in names for r in resources(name))
    return Rule(
        "selective_bottleneck",
        "latest start before the drum of named resources",
        "Goldratt & Fox 1986, drum-buffer-rope",
        "you know the bottleneck",
        INSTANT,
        lambda p, f: starts_before_drum(p, f, on_resources(p, members)),
        "seconds",
    )


def _sequence(names: Sequence[str], resources: Callable[[str], Sequence[str]]) -> Rule | str:
    """The preferred sequence with families in the given order, all others behind them by name."""

    def place(p: Problem) -> Ints:
        given = {name: i for i, name in enumerate(names)}
        ranked = sorted(
            range(len(p.family_names)), key=lambda f: (given.get(p.family_names[f], len(given)), p.family_names[f])
        )
        found = np.empty(len(ranked), np.int64)
        found[ranked] = np.arange(len(ranked))
        return found

    return replace(RULES["preferred_sequence"], place=place)


WITH_NAMES: dict[str, Named] = {"preferred_sequence": _sequence, "selective_bottleneck": _selective}
"""Rules that may or must be told names, as in `selective_bottleneck:LASER` or `preferred_sequence:white,red,black`."""


def find_rule(text: str, resources: Callable[[str], Sequence[str]]) -> Rule | Finding:
    """The rule a person asks for; `resources` gives the members of a resource or group, none if it does not exist."""
    name, colon, rest = text.partition(":")
    if name in WITH_NAMES and (colon or name not in RULES):
        found = WITH_NAMES[name]([n.strip() for n in rest.split(",") if n.strip()], resources)
        if isinstance(found, Rule):
            return found
        return error("S320", text, f"rule {text} cannot be used: {found}", f"write {name}:NAME, or several by commas")
    if text in RULES:
        return RULES[text]
    near = get_close_matches(text.casefold(), [*RULES, *WITH_NAMES, "jit", "best"], n=1)
    advice = f"did you mean {near[0]}? " if near else ""
    return error("S320", text, f"there is no rule {text}", f"{advice}docs/rules.md lists all of them")
