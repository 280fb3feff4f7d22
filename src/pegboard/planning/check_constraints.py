"""Hold the limits that steps and resources set against each other: gaps, ovens, storage, splits, stretches, upkeep.

A limit that no lot can ever keep blocks the item; one that has no effect is remarked on.
"""

from collections.abc import Iterator, Mapping, Sequence

from pegboard.domain.calendar import PPM, Timeline
from pegboard.domain.expression import Amount, Formula
from pegboard.domain.factory import Member, RouteKey, StepKey
from pegboard.domain.item import Item
from pegboard.domain.resource import Resource
from pegboard.domain.routing import RoutingAlternate, RoutingStep, previous_numbers
from pegboard.domain.snapshot import Snapshot
from pegboard.planning.faults import Faults
from pegboard.planning.lotsize import LotRule

Alternates = Mapping[StepKey, tuple[RoutingAlternate, ...]]


class StepChecks:
    """The checks of every step of every route, with what they look up."""

    def __init__(
        self,
        snapshot: Snapshot,
        items: Mapping[str, Item],
        resources: Mapping[str, Resource],
        timelines: Mapping[str, Timeline],
        members: Mapping[str, tuple[Member, ...]],
        alternates: Alternates,
        faults: Faults,
    ) -> None:
        self.items, self.resources, self.timelines, self.members = items, resources, timelines, members
        self.alternates, self.faults = alternates, faults
        self.has_queue = snapshot.settings.policy.queue_time == "minimum"
        self.takes_nothing = {s.supplier for s in snapshot.suppliers if s.weekly_qty == 0}

    def check(self, routing: Mapping[RouteKey, Sequence[RoutingStep]]) -> None:
        """Report what is wrong; a step that several routes share is reported once."""
        for steps in routing.values():
            for step, followers in _with_followers(steps):
                self._gap(step, followers)
                self._hand_over(step, followers)
                self._oven(step)
                self._split(step)
                self._stretch(step)
                if step.supplier in self.takes_nothing and step.lead_time_days is not None:
                    what = f"step {step.step} of {step.item} is done by {step.supplier}, whose weekly_qty is 0"
                    self._block("V174", step, what, "raise weekly_qty, or give the step to somebody else")

    def _gap(self, step: RoutingStep, followers: Sequence[RoutingStep]) -> None:
        if step.max_wait_min is None or step.transfer_qty is not None:
            return
        for after in followers:
            queue = after.queue_min if self.has_queue else 0.0
            least = step.wait_min + step.move_min + queue
            if least > step.max_wait_min:
                what = f"step {after.step} of {step.item} must begin within {step.max_wait_min:g} min (max_wait_min) of"
                what += f" the end of step {step.step}, but wait_min {step.wait_min:g}, move_min {step.move_min:g} and"
                what += f" queue_min {queue:g} take {least:g} min"
                self._block("V170", step, what, "raise max_wait_min of the one, or shorten the others")

    def _hand_over(self, step: RoutingStep, followers: Sequence[RoutingStep]) -> None:
        given = {"max_wait_min": step.max_wait_min is not None, "blocking": step.blocking, "storage": step.storage}
        for column, is_given in given.items():
            if is_given and not followers:
                what = f"step {step.step} of {step.item} has {column}, but no step follows it"
                self._warn("V171", step, what, "clear the column; it has no effect")
        if step.storage and step.storage not in self.resources:
            what = f"step {step.step} of {step.item} is stored on {step.storage}, which is no usable resource"
            advice = "add it to resources.csv, or correct it; until then the lot needs no room"
            self.faults.error("V112", step.item, what, advice, step.source)

    def _oven(self, step: RoutingStep) -> None:
        name = f"step {step.step} of {step.item}"
        if bool(step.batch_key) != (step.batch_qty is not None):
            there, missing = ("batch_key", "batch_qty") if step.batch_key else ("batch_qty", "batch_key")
            self._warn("V131", step, f"{name} has {there} but no {missing}", "give both; until then lots run alone")
        elif step.batch_qty is None and (step.batch_min_qty is not None or step.batch_wait_min is not None):
            what = f"{name} has batch_min_qty or batch_wait_min, but is no oven"
            self._warn("V131", step, what, "give batch_key and batch_qty; until then lots run alone")
        elif step.batch_qty is not None and (step.batch_min_qty or 0.0) > step.batch_qty:
            what = f"{name} waits for loads of {step.batch_min_qty:g} (batch_min_qty),"
            what += f" but a load holds {step.batch_qty:g} (batch_qty)"
            self._warn("V172", step, what, "lower batch_min_qty; no load will be seen as full")

    def _split(self, step: RoutingStep) -> None:
        if step.max_split <= 1:
            return
        capacity = sum(int(r.capacity) if r.finite else step.max_split for r in self._resources(step))
        is_oven = bool(step.batch_key) and step.batch_qty is not None
        if is_oven or (capacity < 2 and step.lead_time_days is None):
            why = "an oven takes a lot as one" if is_oven else "it has one place to run"
            what = f"step {step.step} of {step.item} may be divided over {step.max_split} (max_split), but {why}"
            self.faults.info("V173", step.item, what, "add alternates, or clear max_split; it runs whole", step.source)

    def _stretch(self, step: RoutingStep) -> None:
        """The run of the smallest lot on the fastest resource must fit the limit from start to end."""
        if step.max_stretch_min is None or step.supplier:
            return
        item = self.items[step.item]
        rule = LotRule(min_qty=item.min_qty, multiple=item.multiple, decimals=item.decimals)
        qty = rule.lot(10.0**-item.decimals) * item.yield_ / step.max_split
        least = min((self._run_min(step, r, qty) for r in self._resources(step)), default=0.0)
        if least > step.max_stretch_min + 1e-6:
            what = f"step {step.step} of {step.item} must end within {step.max_stretch_min:g} min of its start"
            what += f" (max_stretch_min), but its smallest lot runs {least:g} min"
            self._block("V175", step, what, "raise max_stretch_min, or lower min_qty and multiple of the item")

    def _run_min(self, step: RoutingStep, resource: Resource, qty: float) -> float:
        """Minutes of run on a resource in its fastest shift."""
        own = _at_least(step.run_min)
        rates = [
            (own if a.run_min is None else _at_least(a.run_min)) * a.run_factor
            for a in self.alternates.get((step.item, step.step), ())
        ]
        run = min([own, *rates]) * (1.0 if step.work_content_basis == "per_lot" else qty)
        fastest = max(self.timelines[resource.resource].rate, default=PPM) / PPM
        return (_at_least(step.fixed_min) + run) / resource.efficiency / fastest

    def _resources(self, step: RoutingStep) -> list[Resource]:
        """The resources a step may run on, each once."""
        names = [step.resource, *(a.resource for a in self.alternates.get((step.item, step.step), ()))]
        found = {m.resource for name in names for m in self.members.get(name, ())}
        return [self.resources[r] for r in sorted(found)]

    def _warn(self, code: str, step: RoutingStep, what: str, advice: str) -> None:
        self.faults.warning(code, step.item, what, advice, step.source)

    def _block(self, code: str, step: RoutingStep, what: str, advice: str) -> None:
        self.faults.block(step.item, code, what, advice, step.source)


def check_upkeep(resources: Mapping[str, Resource], faults: Faults) -> None:
    """Travel belongs to tools, maintenance to resources that hold one operation at a time."""
    for r in resources.values():
        if r.travel_min > 0 and r.kind != "tool":
            what = f"{r.kind} {r.resource} has travel_min {r.travel_min:g}, but only tools travel"
            faults.warning("V176", r.resource, what, "make it a tool, or clear the column", r.source)
        has_limit = r.maintenance_hours is not None or r.maintenance_cycles is not None
        if has_limit != (r.maintenance_min > 0):
            there = "a limit of hours or cycles" if has_limit else f"maintenance_min {r.maintenance_min:g}"
            missing = "maintenance_min" if has_limit else "maintenance_hours or maintenance_cycles"
            what = f"resource {r.resource} has {there}, but no {missing}"
            faults.warning("V177", r.resource, what, "give both; until then it is not maintained", r.source)
        elif has_limit and (r.capacity != 1 or not r.finite):
            holds = f"has capacity {r.capacity:g}" if r.finite else "is not finite"
            what = f"resource {r.resource} is to be maintained, but {holds}"
            advice = "make each unit a resource of its own, in one group; until then it is not maintained"
            faults.warning("V178", r.resource, what, advice, r.source)


def _at_least(minutes: Amount) -> float:
    """What is known of a time before variants are: a formula may come to nothing."""
    return 0.0 if isinstance(minutes, Formula) else minutes


def _with_followers(steps: Sequence[RoutingStep]) -> Iterator[tuple[RoutingStep, list[RoutingStep]]]:
    """Each step of a route with those that come right after it."""
    ordered = sorted(steps, key=lambda s: s.step)
    previous = previous_numbers(steps)
    for step in ordered:
        yield step, [s for s in ordered if step.step in (s.after or previous[s.step])]
