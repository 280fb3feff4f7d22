"""Everything that differs between two plans, in one record."""

import msgspec

from pegboard.domain.factory import Factory
from pegboard.domain.finding import Finding, in_order
from pegboard.domain.plan import Plan, Row, places_of
from pegboard.insight.comparing.cost import Cost, cost
from pegboard.insight.comparing.figures import FigureChange, figure_changes, figures
from pegboard.insight.comparing.lines import LineChange, line_changes
from pegboard.insight.comparing.load import LoadChange, bottleneck, busy, load_changes
from pegboard.insight.comparing.payers import Payment, payments
from pegboard.insight.comparing.quantities import Bucket, ItemInstability, item_instability
from pegboard.insight.comparing.stability import Stability, stability
from pegboard.insight.comparing.supplies import (
    MessageChange,
    PurchaseChange,
    WorkOrderChange,
    message_changes,
    messages,
    purchase_changes,
    work_order_changes,
)


class Side(msgspec.Struct, frozen=True):
    """A plan and the factory it is of; without the factory loads, overtime and costs are not known."""

    plan: Plan
    factory: Factory | None = None


class Comparison(Row, frozen=True, kw_only=True):
    """Two plans, order by order, supply by supply, resource by resource and figure by figure.

    `lines` and `loads` hold all there are, the others what differs. `messages_before` and `messages` count what is
    asked of suppliers about open purchase orders; `message_changes` says where it is not the same. `bucket` is the
    period by which `quantities` count.
    """

    timezone: str
    lines: tuple[LineChange, ...]
    work_orders: tuple[WorkOrderChange, ...]
    purchases: tuple[PurchaseChange, ...]
    messages_before: int
    messages: int
    message_changes: tuple[MessageChange, ...]
    stability: Stability
    bucket: Bucket
    quantities: tuple[ItemInstability, ...]
    loads: tuple[LoadChange, ...]
    bottleneck_before: str
    bottleneck: str
    payments: tuple[Payment, ...]
    figures: tuple[FigureChange, ...]
    cost_before: Cost
    cost: Cost
    findings: tuple[Finding, ...]


def compare(before: Side, after: Side, bucket: Bucket = "week") -> Comparison:
    """How the second plan differs from the first; O(n log n). The frozen zone is that of the second one's factory."""
    old, new = before.plan, after.plan
    frozen_until = new.now + int(after.factory.policy.freeze_minutes * 60) if after.factory else new.now
    lines = line_changes(old.orders, new.orders)
    loads = [busy(side.plan, side.factory) if side.factory else {} for side in (before, after)]
    (cost_before, _), (cost_now, findings) = (
        cost(side.plan, side.factory, load) for side, load in zip((before, after), loads, strict=True)
    )
    return Comparison(
        timezone=new.timezone,
        lines=lines,
        work_orders=work_order_changes(old.work_orders, new.work_orders),
        purchases=purchase_changes(old.purchases, new.purchases),
        messages_before=len(messages(old.purchases)),
        messages=len(messages(new.purchases)),
        message_changes=message_changes(old.purchases, new.purchases),
        stability=stability(places_of(old), places_of(new), frozen_until),
        bucket=bucket,
        quantities=item_instability(old, new, bucket),
        loads=load_changes(*loads),
        bottleneck_before=bottleneck(old, before.factory),
        bottleneck=bottleneck(new, after.factory),
        payments=payments(old, new, lines),
        figures=figure_changes(figures(old, before.factory), figures(new, after.factory)),
        cost_before=cost_before,
        cost=cost_now,
        findings=tuple(in_order(findings)),
    )
