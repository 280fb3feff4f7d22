"""The buffers of a factory: how large each is, how it stands today, and what it orders from day to day.

The rest of planning asks here, item by item, as soon as all draws on an item are known.
"""

import math
from collections.abc import Mapping, Sequence
from datetime import date

import msgspec

from pegboard.domain.buffer import Buffer, BufferProfile
from pegboard.domain.calendar import FAR, midnight
from pegboard.domain.factory import Factory
from pegboard.domain.finding import Finding
from pegboard.domain.plan import BufferPlan
from pegboard.planning.buffers.adjust import NONE
from pegboard.planning.buffers.adu import past_adu
from pegboard.planning.buffers.alerts import USUAL_PCT, on_hand_alert
from pegboard.planning.buffers.due import DueDays
from pegboard.planning.buffers.feeders import adjustments
from pegboard.planning.buffers.netflow import order_lots, percent, planning_colour, qualified_demand
from pegboard.planning.buffers.remarks import RECENT_DAYS, above_green, changed_usage, doubts, out_of_step, running_low
from pegboard.planning.buffers.replenish import Replenishment, replenishments
from pegboard.planning.buffers.usage import Usage
from pegboard.planning.buffers.zones import SUM_DECIMALS, Sizing, is_given, size
from pegboard.planning.lotsize import LotRule

_NO_PROFILE = BufferProfile(profile="", lead_time_factor=0.0, variability_factor=0.0, alert_pct=USUAL_PCT)


class BufferBook:
    """Sizes the buffers of a factory and says what they order; `dlt_days` are decoupled lead times of all items.

    Demand is what is drawn of an item by local day, as ordinals; what is past due stands at its own day.
    """

    def __init__(self, factory: Factory, dlt_days: Mapping[str, float]) -> None:
        self.factory, self.dlt_days = factory, dlt_days
        self.buffers = usable_buffers(factory)
        self.usage = Usage(factory)
        self.today = self.usage.today
        self._profiles = {p.profile: p for p in factory.snapshot.buffer_profiles}
        self._adjustments = adjustments(factory, self.buffers, self.usage, dlt_days)
        self._days = DueDays(factory)

    def is_sized(self, item: str) -> bool:
        """Whether an item is buffered, and its row and profile say how."""
        return item in self.buffers

    def size(self, item: str, demand: Mapping[int, float]) -> Sizing:
        """The zones of a buffer today."""
        return self.size_on(item, self.usage.adu(self.buffers[item], demand), self.today)

    def plan(
        self, item: str, on_hand: float, on_order: float, demand: Mapping[int, float], rule: LotRule, until_day: int
    ) -> tuple[BufferPlan, list[Replenishment]]:
        """The buffer as it stands today, and its orders of each day from today to `until_day`.

        `on_hand` and `on_order` are free of reservations, as is `demand`. `rule` holds the item's or supplier's lots.
        """
        adu = self.usage.adu(self.buffers[item], demand)
        rule = with_moq(rule, self.buffers[item])
        found = replenishments(
            on_hand + on_order,
            demand,
            lambda day: self.size_on(item, adu, day),
            self.changes(item),
            lambda day, net_flow, sizing: self._order(item, day, net_flow, sizing, rule),
            self.today,
            until_day,
        )
        sizing = self.size_on(item, adu, self.today)
        now = [r for r in found if r.day == self.today]
        return self._position(item, on_hand, on_order, demand, sizing, now), found

    def remarks(
        self, item: str, on_hand: float, receipts: Mapping[int, float], demand: Mapping[int, float]
    ) -> list[Finding]:
        """What a person should know of a buffer today; `receipts` are open supplies by day."""
        buffer, sizing = self.buffers[item], self.size(item, demand)
        alert_level = sizing.tor * self.profile(item).alert_pct / 100
        recent = past_adu(self.usage.used.get(item, {}), self.today, RECENT_DAYS)
        found = [
            *doubts(buffer, sizing),
            *changed_usage(item, recent, sizing.adu),
            *above_green(item, on_hand + sum(receipts.values()), sizing, demand, self.today),
            *running_low(item, on_hand, receipts, demand, sizing, alert_level, self.today),
            *out_of_step(item, on_hand, receipts, demand, self.today, self.today + math.ceil(sizing.dlt_days)),
        ]
        return [msgspec.structs.replace(f, source=buffer.source) for f in found]

    def receipt(self, day: int) -> int:
        """The instant from which a receipt of a day can be used: the factory's first working instant from then on."""
        start = midnight(date.fromordinal(day), self.factory.zone)
        opening = self.factory.calendar.next_open(start)
        return max(self.factory.now, start if opening >= FAR else opening)

    def changes(self, item: str) -> set[int]:
        """The days from which on adjustments size a buffer in another way."""
        return self._adjustments.get(item, NONE).changes()

    def before_adjustment(self, item: str, adu: float) -> float:
        """Usage before adjustments from that after those of today."""
        adjusted = self._adjustments.get(item, NONE)
        factor = adjusted.factor("adu", self.today)
        return max(0.0, adu - adjusted.extra_usage(self.today)) / factor if factor > 0 else 0.0

    def due_day(self, item: str, day: int, lead_days: float) -> int:
        """The day on which what is ordered on a day is wanted."""
        return self._days.due(item, day, lead_days)

    def profile(self, item: str) -> BufferProfile:
        """The profile of a buffer; one without factors where its zones are given without."""
        return self._profiles.get(self.buffers[item].profile, _NO_PROFILE)

    def size_on(self, item: str, adu: float, day: int) -> Sizing:
        """The zones of a buffer on a day, from usage before adjustments."""
        decimals = self.factory.items[item].decimals
        adjusted = self._adjustments.get(item, NONE)
        dlt = self.dlt_days.get(item, 0.0)
        return size(self.buffers[item], self.profile(item), adu, dlt, decimals, day, adjusted)

    def _order(self, item: str, day: int, net_flow: float, sizing: Sizing, rule: LotRule) -> list[Replenishment]:
        tolerance = self.buffers[item].multiple_tolerance_pct
        lots = order_lots(net_flow, sizing, rule, self.factory.policy.buffer_trigger, tolerance)
        due = self.due_day(item, day, sizing.dlt_days)
        return [Replenishment(day, lot, due) for lot in lots]

    def _position(
        self,
        item: str,
        on_hand: float,
        on_order: float,
        demand: Mapping[int, float],
        sizing: Sizing,
        ordered: Sequence[Replenishment],
    ) -> BufferPlan:
        qualified = qualified_demand(demand, self.today, sizing.spike_horizon, sizing.spike_threshold)
        on_hand, on_order, qualified = (round(qty, SUM_DECIMALS) for qty in (on_hand, on_order, qualified))
        net_flow = round(on_hand + on_order - qualified, SUM_DECIMALS)
        due_now = sum(qty for day, qty in demand.items() if day <= self.today)
        return BufferPlan(
            item=item,
            adu=sizing.adu,
            dlt_days=sizing.dlt_days,
            tor=sizing.tor,
            toy=sizing.toy,
            tog=sizing.tog,
            on_hand=on_hand,
            on_order=on_order,
            qualified_demand=qualified,
            net_flow=net_flow,
            priority_pct=percent(net_flow, sizing.tog),
            colour=planning_colour(net_flow, sizing),
            order_qty=round(sum(r.qty for r in ordered), SUM_DECIMALS),
            on_hand_pct=percent(on_hand, sizing.tor),
            alert=on_hand_alert(on_hand, sizing.tor, self.profile(item).alert_pct, due_now),
            order_by=self.factory.now if ordered else None,
            due=self.receipt(ordered[0].due_day) if ordered else None,
        )


def usable_buffers(factory: Factory) -> dict[str, Buffer]:
    """The rows of `buffers.csv` of items that are buffered, with zones given or a profile that exists."""
    profiles = {p.profile for p in factory.snapshot.buffer_profiles}
    return {
        b.item: b
        for b in factory.snapshot.buffers
        if b.item in factory.items
        and factory.items[b.item].policy == "buffer"
        and (is_given(b) or b.profile in profiles)
    }


def with_moq(rule: LotRule, buffer: Buffer) -> LotRule:
    """A lot rule whose minimum is raised to that of the buffer."""
    return msgspec.structs.replace(rule, min_qty=max(rule.min_qty, buffer.moq))
