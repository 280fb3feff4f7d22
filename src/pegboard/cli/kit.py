"""`pegboard kit`: which of the next work orders are clear to build, and what the others wait for."""

from pathlib import Path
from zoneinfo import ZoneInfo

from pegboard.app.answers import Asked
from pegboard.cli.asked import answer, day, listed, moment, number, records
from pegboard.cli.console import line, table
from pegboard.cli.findings import show_findings
from pegboard.domain.calendar import DAY
from pegboard.domain.finding import error
from pegboard.domain.plan import Plan
from pegboard.insight.kit import Kit, Part, Policy, clear_to_build
from pegboard.insight.shortage import Shortage, shortages

MEANS = {
    "reserve": "an earlier work order keeps the parts it has while it waits for others",
    "skip": "parts go on to a later work order that can be completed with them",
}


def run_kit(
    factory: Path | None, plan: Path | None, policy: Policy | None, days: float, wo: str, *, json: bool, quiet: bool
) -> int:
    """Show the kits of the work orders that start soon, or the parts of one, and what is short."""

    def show(found: Asked) -> int:
        chosen = policy or found.factory.policy.clear_to_build
        kits = clear_to_build(found.factory, found.plan, chosen, _window(found.plan, days, wo))
        if wo:
            kits = [kit for kit in kits if kit.wo == wo]
        if wo and not kits:
            what = f"the plan holds no work order {wo}"
            show_findings([error("S363", wo, what, "see work_orders.csv of the plan")], json=json)
            return 1
        short = shortages(found.factory, kits)
        if json:
            return records({"policy": chosen, "kits": kits, "shortages": short})
        zone = found.factory.zone
        line(f"policy   {chosen}: {MEANS[chosen]}")
        table(
            ("start", "work order", "item", "qty", "kit", "parts", "could build", "clear", "waits for", "for orders"),
            [_kit(kit, zone) for kit in kits],
            right=frozenset({3, 6}),
        )
        if wo:
            _parts(kits[0], zone)
        elif short:
            _shortages(short, zone)
        if not wo:
            full = sum(kit.status == "full" for kit in kits)
            line(f"clear    {full:,} of {len(kits):,} work orders that start within {days:g} days")
        line(f"next     {_next(kits)}")
        return 0

    return answer(factory, plan, show, json=json, quiet=quiet)


def _window(plan: Plan, days: float, wo: str) -> float:
    """The days that are looked at: as many as were asked for, and those until the work order that was."""
    starts = [(work.start - plan.now) / DAY + 1 for work in plan.work_orders if work.wo == wo]
    return max([days, *starts])


def _kit(kit: Kit, zone: ZoneInfo) -> tuple[str, ...]:
    last = max((p for p in kit.parts if p.covered_at is not None), key=_covered_at, default=None)
    waits = "" if kit.status == "full" else "nothing planned" if last is None else f"{last.cover} ({last.item})"
    return (
        moment(kit.start, zone),
        kit.wo,
        kit.item,
        number(kit.qty),
        kit.status,
        f"{kit.complete} of {len(kit.parts)}",
        number(kit.buildable),
        "now" if kit.status == "full" else day(kit.clear_at, zone),
        waits,
        listed(kit.orders, 2),
    )


def _parts(kit: Kit, zone: ZoneInfo) -> None:
    line()
    rows = [
        (p.item, number(p.need), number(p.available), number(p.short), p.cover, day(p.covered_at, zone))
        for p in kit.parts
    ]
    table(("part", "need", "there", "short", "waits for", "comes"), rows, right=frozenset({1, 2, 3}))


def _shortages(short: list[Shortage], zone: ZoneInfo) -> None:
    line()
    rows = [
        (
            s.item,
            s.day,
            number(s.need),
            number(s.available),
            number(s.short),
            day(s.covered_at, zone),
            listed(s.demands, 2),
            listed(s.orders, 2),
        )
        for s in short
    ]
    head = ("short item", "start day", "need", "there", "short", "covered", "work orders", "for orders")
    table(head, rows, right=frozenset({2, 3, 4}))


def _covered_at(part: Part) -> int:
    return part.covered_at or 0


def _next(kits: list[Kit]) -> str:
    waiting = next((kit for kit in kits if kit.status != "full"), None)
    return f"pegboard pegs {waiting.wo}" if waiting else "pegboard buy FACTORY"
