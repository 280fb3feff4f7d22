"""Workload control: what may be released to the shop, how many cards a loop needs, what Little's law says.

Nothing here schedules: these are the field's own sums, for a person who releases by them and for tests.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil


def flow_time(wip: float, throughput: float) -> float:
    """Mean flow time from work in progress and output per time (Little 1961); also WIP for a flow time, upside down."""
    return wip / throughput


def polca_cards(lead_time_a: float, lead_time_b: float, orders: float, period: float) -> int:
    """Cards of a loop between cells A and B: both lead times times the orders per time, rounded up.

    Source: Suri 1998, Quick Response Manufacturing. Lead times and period in the same unit.
    """
    return ceil(round((lead_time_a + lead_time_b) * orders / period, 9))


@dataclass(frozen=True)
class Waiting:
    """An order in the pool: its planned release, and its stations with their work in order of the route."""

    order: str
    planned_release: float
    route: tuple[tuple[str, float], ...]


def released(
    pool: Sequence[Waiting],
    load: Mapping[str, float],
    norm: Mapping[str, float],
    direct: Mapping[str, float] | None = None,
) -> list[str]:
    """The orders to release now: by planned release, each if no station's corrected load exceeds its norm.

    A station's part of an order is its work divided by the station's position on the route; a station without a norm
    limits nothing. Where `direct` gives the work at hand of a station as nought, the first order of the pool that
    begins there goes out, norm or not. Source: corrected aggregate load, Oosterman, Land & Gaalman 2000; the starvation
    trigger of LUMS COR, Thurer et al. 2012.
    """
    total = dict(load)
    found: list[str] = []
    by_release = sorted(pool, key=lambda w: (w.planned_release, w.order))
    for waiting in by_release:
        if all(total.get(s, 0.0) + part <= norm[s] + 1e-9 for s, part in _parts(waiting).items() if s in norm):
            _release(waiting, total, found)
    for station in sorted(s for s, work in (direct or {}).items() if work <= 0):
        if any(w.route[0][0] == station for w in by_release if w.order in found):
            continue
        starved = [w for w in by_release if w.order not in found and w.route[0][0] == station]
        if starved:
            _release(starved[0], total, found)
    return found


def _release(waiting: Waiting, total: dict[str, float], found: list[str]) -> None:
    for station, part in _parts(waiting).items():
        total[station] = total.get(station, 0.0) + part
    found.append(waiting.order)


def _parts(waiting: Waiting) -> dict[str, float]:
    """The corrected load of an order on each of its stations."""
    parts: dict[str, float] = {}
    for position, (station, work) in enumerate(waiting.route, start=1):
        parts[station] = parts.get(station, 0.0) + work / position
    return parts


def due_date(method: str, work: Sequence[float], factor: float, slack: float = 0.0, arrival: float = 0.0) -> float:
    """A due date from the work of an order's operations by one of the field's methods.

    `CON` r + k, `SLK` r + sum p + k, `TWK` r + k sum p, `NOP` r + k n, `PPW` r + sum p + k n, `TWK+NOP` r + k sum p +
    k2 n with k2 = `slack`. Source: Baker & Bertrand 1981, AIIE Transactions 13.
    """
    total, n = sum(work), len(work)
    return (
        arrival
        + {
            "CON": factor,
            "SLK": total + factor,
            "TWK": factor * total,
            "NOP": factor * n,
            "PPW": total + factor * n,
            "TWK+NOP": factor * total + slack * n,
        }[method]
    )
