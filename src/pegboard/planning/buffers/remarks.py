"""What a planner should hear about buffers: sizes that cannot be meant, usage that changed, stock that will not do."""

import math
from collections.abc import Iterator, Mapping
from datetime import date

from pegboard.domain.buffer import Buffer
from pegboard.domain.calendar import local_day
from pegboard.domain.factory import Factory
from pegboard.domain.finding import Finding, info, warning
from pegboard.planning.buffers.adu import change
from pegboard.planning.buffers.alerts import lead_time_alert, projected_low, unsynchronised
from pegboard.planning.buffers.netflow import qualified_demand
from pegboard.planning.buffers.usage import day_of
from pegboard.planning.buffers.zones import Sizing

RECENT_DAYS = 28
"""The short window that usage is compared in with the average."""
CHANGE = 0.5
"""Share of the average from which on usage counts as changed."""
LONG_DAYS = 26
"""Lead time from which on a supply is followed up: the published class of long ones begins here."""


def doubts(buffer: Buffer, sizing: Sizing) -> Iterator[Finding]:
    """Sizes that are hardly meant: nothing used, no lead time, spikes seen too late."""
    item = buffer.item
    if sizing.adu <= 0:
        what = f"nothing was used of {item}, and nothing is planned to be; its zones end at {sizing.tog:g}"
        yield warning("B200", item, what, "give adu, a history or a forecast, or take it off the buffers")
    if sizing.dlt_days <= 0:
        what = f"the decoupled lead time of {item} is 0 days, so that its buffer covers no time at all"
        yield warning("B202", item, what, "give lead_time_days, a supplier with one, or a routing")
    elif buffer.spike_horizon_days is not None and sizing.spike_horizon < math.ceil(sizing.dlt_days):
        what = f"spikes of {item} are seen {sizing.spike_horizon} days ahead, its lead time is {sizing.dlt_days:g} days"
        yield warning("B201", item, what, "make spike_horizon_days at least the lead time: supply for them comes late")


def changed_usage(item: str, recent: float, adu: float) -> Iterator[Finding]:
    """Usage of late that is far from the average; nothing where nothing was used of late: it may not be recorded."""
    if recent > 0 and change(recent, adu) > CHANGE:
        what = f"{item} was used by {recent:.2f} a day in the last {RECENT_DAYS} days, it is sized for {adu:.2f}"
        yield info("B203", item, what, "adjust adu, shorten its window, or add a planned adjustment")


def above_green(item: str, supply: float, sizing: Sizing, demand: Mapping[int, float], today: int) -> Iterator[Finding]:
    """More under way than the buffer wants."""
    net_flow = supply - qualified_demand(demand, today, sizing.spike_horizon, sizing.spike_threshold)
    if net_flow > sizing.tog > 0:
        what = f"the net flow of {item} is {net_flow:g}, above top of green, {sizing.tog:g}"
        yield info("B205", item, what, f"put off or cancel up to {net_flow - sizing.tog:g} of its open supply, if any")


def running_low(
    item: str,
    on_hand: float,
    receipts: Mapping[int, float],
    demand: Mapping[int, float],
    sizing: Sizing,
    alert_level: float,
    today: int,
) -> Iterator[Finding]:
    """Stock that falls below the level of alert within a lead time."""
    low = projected_low(on_hand, receipts, demand, sizing, alert_level, today)
    if low is not None:
        day = date.fromordinal(low.day)
        what = f"{item} falls below {alert_level:g} on {day} and down to {low.lowest:g} within its lead time"
        yield warning("B206", item, what, "hurry its open supply; with none, order now")


def out_of_step(
    item: str, on_hand: float, receipts: Mapping[int, float], demand: Mapping[int, float], today: int, until_day: int
) -> Iterator[Finding]:
    """Demand for an item that its supply comes too late for."""
    found = unsynchronised(on_hand, receipts, demand, today, until_day)
    if found is not None:
        day, comes = date.fromordinal(found.day), date.fromordinal(found.supply_day)
        what = f"{found.missing:g} {item} are missing on {day}, and supply comes on {comes}"
        yield warning("B207", item, what, "hurry the supply, put off what needs it, or make less of that")


def long_supplies(factory: Factory) -> Iterator[Finding]:
    """Open purchase orders of items made to order, of a long lead time and in the last two zones of it."""
    today = local_day(factory.now, factory.zone).toordinal()
    for item, orders in factory.receipts.items():
        source, record = factory.first_supplier(item), factory.items[item]
        lead = record.lead_time_days if source is None or source.lead_time_days is None else source.lead_time_days
        for po in orders if record.policy == "mto" and lead >= LONG_DAYS else ():
            days = day_of(po.promised or po.due, factory) - today
            colour = lead_time_alert(lead, days)
            if colour in ("yellow", "red"):
                what = f"{po.id} brings {item} in {days} days, of {lead:g} in all: {colour}"
                yield info("B208", po.id, what, "ask the supplier whether the date holds", po.source)
