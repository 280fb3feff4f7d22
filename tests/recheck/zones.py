"""The zones of a buffer from its usage, lead time, profile and adjustments, with their roundings."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from tests.recheck.case import Case
from tests.recheck.values import DAY, Row, as_number, is_bare_date, number

NOISE = Decimal("1e-9")


@dataclass(frozen=True)
class Zones:
    """The tops of red, yellow and green."""

    tor: Decimal
    toy: Decimal
    tog: Decimal


def half_up(value: Decimal, decimals: int) -> Decimal:
    """Rounded half up to so many decimals, immune to binary noise."""
    return (value + NOISE).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def decimal(text: str | None, default: str = "0") -> Decimal:
    return Decimal(text or default)


def factors(case: Case, item: str, kind: str) -> Decimal:
    """The product of an item's adjustments of one kind that are active today: "overlapping ones multiply"."""
    product = Decimal(1)
    for row in case.factory.tables["buffer_adjustments"]:
        if row["item"] == item and row["kind"] == kind and is_active(case, row):
            product *= Decimal(row["factor"])
    return product


def is_active(case: Case, row: Row) -> bool:
    """An adjustment holds from its start to its end; a bare end date is included."""
    start, end = case.clock.read(row["start"]), case.clock.read(row["end"])
    today = case.clock.midnight(case.clock.day(case.now))
    return start < today + DAY and end + (DAY if is_bare_date(row["end"]) else 0.0) > case.now


def profile_of(case: Case, buffer: Row) -> Row | None:
    rows = case.factory.tables["buffer_profiles"]
    return next((row for row in rows if row["profile"] == buffer.get("profile", "")), None)


def is_sized(case: Case, item: str) -> bool:
    """ "It is sized by its row of buffers.csv; without one, or without a usable profile, it is not replenished"."""
    buffer = buffer_of(case, item)
    if buffer is None:
        return False
    if buffer.get("kind") == "override" and all(buffer.get(top) for top in ("tor", "toy", "tog")):
        return True
    if buffer.get("kind") == "min_max" and buffer.get("tor") and buffer.get("tog"):
        return True
    return profile_of(case, buffer) is not None


def buffer_of(case: Case, item: str) -> Row | None:
    return next((row for row in case.factory.tables["buffers"] if row["item"] == item), None)


def possible_zones(case: Case, item: str, printed: Row) -> Iterator[Zones]:
    """The zones that follow from the printed usage and lead time.

    Reading: what is printed has its adjustments in it, or not; adjusted zones are rounded before or after; the least
    order is the buffer's, and where it gives none there is none or that of the item.
    """
    buffer, decimals = buffer_of(case, item), case.factory.items[item].decimals
    assert buffer is not None
    usage, lead = decimal(printed["adu"]), decimal(printed["dlt_days"])
    usages = dict.fromkeys((usage, half_up(usage * factors(case, item, "adu"), 4)))
    known = expected_usage(case, item)
    if known is not None and usage == half_up(known, 4):  # so the adjustments are not in it
        usages = dict.fromkeys(list(usages)[-1:])
    leads = dict.fromkeys((lead, half_up(lead * factors(case, item, "lead_time"), 2)))
    moqs = (
        [decimal(buffer["moq"])] if buffer.get("moq") else [Decimal(0), Decimal(str(case.factory.items[item].lot[0]))]
    )
    for adu, dlt, moq in itertools.product(usages, leads, dict.fromkeys(moqs)):
        for is_late in (False, True):
            yield zones(case, item, buffer, adu, dlt, moq, 9 if is_late else decimals)


def zones(case: Case, item: str, buffer: Row, adu: Decimal, dlt: Decimal, moq: Decimal, early: int) -> Zones:
    """ "rounded half up to the item's decimals, one by one, red safety from the rounded red base"; `early` decimals
    before the zones are adjusted."""
    decimals = case.factory.items[item].decimals
    kind = buffer.get("kind") or "replenished"
    given = [decimal(buffer[top]) if buffer.get(top) else None for top in ("tor", "toy", "tog")]
    if kind == "override" and None not in given:
        tor, toy, tog = (top for top in given if top is not None)
        red, yellow, green = tor, toy - tor, tog - toy
    elif kind == "min_max" and given[0] is not None and given[2] is not None:
        red, yellow, green = given[0], Decimal(0), given[2] - given[0]
    else:
        profile = profile_of(case, buffer)
        assert profile is not None
        base = half_up(adu * dlt * decimal(profile["lead_time_factor"]), decimals)
        red = base + half_up(base * decimal(profile["variability_factor"]), decimals)
        yellow = half_up(adu * dlt, decimals) if kind != "min_max" else Decimal(0)
        cycle = adu * decimal(buffer.get("order_cycle_days"))
        green = half_up(max(adu * dlt * decimal(profile["lead_time_factor"]), cycle, moq), decimals)
        if early > decimals and factors(case, item, "red") != 1:
            base = adu * dlt * decimal(profile["lead_time_factor"]) * factors(case, item, "red")
            red = half_up(base, decimals) + half_up(
                half_up(base, decimals) * decimal(profile["variability_factor"]), decimals
            )
            red /= factors(case, item, "red")
    parts = [
        half_up(zone * factors(case, item, kind), decimals)
        for zone, kind in ((red, "red"), (yellow, "yellow"), (green, "green"))
    ]
    return Zones(parts[0], parts[0] + parts[1], sum(parts, Decimal(0)))


def past_usage(case: Case, item: str, days: float) -> Decimal | None:
    """ "the past over adu_past_days days that end yesterday"; None without a history in that window."""
    today = case.clock.day(case.now)
    window = [
        decimal(row["qty"])
        for row in case.factory.tables["demand_history"]
        if row["item"] == item and 0 < (today - case.clock.day(case.clock.read(row["date"]))).days <= days
    ]
    return sum(window, Decimal(0)) / Decimal(str(days)) if window else None


def expected_usage(case: Case, item: str) -> Decimal | None:
    """The usage that the files alone decide: given, or of the past; None where the draws of the plan have a say."""
    buffer = buffer_of(case, item)
    assert buffer is not None
    if buffer.get("adu"):
        return decimal(buffer["adu"])
    past, forward = as_number(buffer.get("adu_past_days", "")), as_number(buffer.get("adu_forward_days", ""))
    if forward is not None or past == 0:
        return None
    # Reading: where nothing was used in the days asked for, the usage is nothing or that of the days to come.
    return past_usage(case, item, past if past is not None else 90)


def lead_bounds(case: Case, item: str, seen: frozenset[str] = frozenset()) -> tuple[float, float]:
    """Least and greatest decoupled lead time: "own lead time plus the longest over unbuffered components".

    Reading: what a made item takes with a routing is not recomputed here; of several suppliers each may count.
    """
    known = case.factory.items.get(item)
    if known is None or item in seen:
        return 0.0, float("inf")
    if known.supply == "buy":
        return bought_bounds(case, item)
    is_routed = item in case.factory.routing
    lines = case.factory.bom.get(item, [])
    is_plain = not any(
        row.get(column)
        for row in lines
        for column in ("condition", "valid_from", "valid_to", "alternate_group", "route")
    ) and not any(case.factory.substitutes.get(row["component"]) for row in lines)
    bounds = [(0.0, 0.0)]
    for row in lines:
        if row.get("kind") in {"byproduct", "coproduct"} or row["component"] in case.factory.buffered:
            continue
        if number(row["qty_per"] if as_number(row["qty_per"]) is not None else "1") or row.get("fixed_qty"):
            bounds.append(lead_bounds(case, row["component"], seen | {item}))
    own = known.lead_days if known.supply == "make" and not is_routed else 0.0
    low = own + max(low for low, _ in bounds) if is_plain else own
    high = float("inf") if is_routed and known.supply == "make" else own + max(high for _, high in bounds)
    return low, high


def bought_bounds(case: Case, item: str) -> tuple[float, float]:
    known = case.factory.items[item]
    sources = case.factory.sources.get(item, [])
    leads = [number(row.get("lead_time_days"), known.lead_days) for row in sources] or [known.lead_days]
    return min(leads), max(leads) if case.factory.supplier_service <= 0 else float("inf")
