"""`pegboard quote`, `quotes` and `reservations`: a date for an order that does not exist yet, held and accepted."""

import csv
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from pegboard.app.quote_desk import (
    Answer,
    Desk,
    accept_quote,
    accept_reservation,
    ask,
    bulk,
    cancel,
    open_desk,
    reserve,
)
from pegboard.cli.asked import listed, moment, number, records
from pegboard.cli.console import line, table
from pegboard.cli.findings import refuse, show_findings
from pegboard.cli.work import worked
from pegboard.domain.finding import Finding, error
from pegboard.domain.quote import Offer, Quote, QuoteRequest, Sure, Wait
from pegboard.domain.record import Moment
from pegboard.exchange.cells import options as read_options
from pegboard.exchange.fault import Fault, Noted
from pegboard.exchange.moment_text import moment as read_moment
from pegboard.insight.chain import duration


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What is typed of a request."""

    item: str
    qty: float
    options: str = ""
    due: str = ""
    earliest: str = ""
    customer: str = ""
    order: str = ""
    priority: int | None = None
    min_ship_qty: float = 0.0


class Deed(msgspec.Struct, frozen=True, kw_only=True):
    """What is to come of a quote."""

    menu: bool = False
    runs: int = 0
    reserve: bool = False
    hours: float = 48.0
    accept: bool = False
    out: Path | None = None


def run_quote(factory: Path, plan: Path | None, wish: Wish, deed: Deed, *, json: bool, quiet: bool) -> int:
    """Quote, and reserve or accept on request; 0 quoted, 1 refused, 2 for what cannot be read."""
    request = _request(wish, ZoneInfo("UTC"))
    if isinstance(request, list):
        return refuse(request)
    found, _ = worked(lambda report: _answered(open_desk(factory, plan, report), wish, deed), quiet=quiet)
    if isinstance(found, list):
        show_findings(found, json=json)
        return 1
    desk, answer = found
    if json:
        return records(_records(answer))
    _show(desk, answer, wish, factory, deed)
    return 0


def run_quotes(
    factory: Path, plan: Path | None, file: Path, out: Path | None, *, in_sequence: bool, json: bool, quiet: bool
) -> int:
    """Quote every row of a file; 1 where one of them is refused."""

    def work(report: Any) -> Any:
        desk = open_desk(factory, plan, report)
        return desk if isinstance(desk, list) else (desk, *bulk(desk, file, in_sequence=in_sequence))

    found, _ = worked(work, quiet=quiet)
    if isinstance(found, list):
        show_findings(found, json=json)
        return 1
    desk, rows, findings = found
    zone = desk.plain.factory.zone
    if not json:
        show_findings(findings, json=False)
    shown = [(source, *_row(request, quote, zone)) for (source, request), quote in rows]
    head = ("row", "item", "qty", "promise", "on time", "held up by", "cost")
    if out is not None:
        with out.open("w", encoding="utf-8", newline="") as handle:
            csv.writer(handle, lineterminator="\n").writerows([head, *shown])
    if json:
        records([{"row": source, "quote" if isinstance(q, Quote) else "refused": q} for (source, _), q in rows])
    else:
        table(head, shown, right=frozenset({2, 6}))
        refused = sum(isinstance(quote, list) for _, quote in rows)
        line(f"quoted   {len(rows) - refused:,} of {len(rows):,} rows" + (f", written to {out}" if out else ""))
        line(f"next     pegboard quote {factory} --item ITEM --qty QTY --menu")
    wrong = any(isinstance(quote, list) for _, quote in rows) or any(f.severity == "error" for f in findings)
    return 1 if wrong or not rows else 0


def run_reservations(
    factory: Path, plan: Path | None, cancelled: str, accepted: str, out: Path | None, *, json: bool, quiet: bool
) -> int:
    """List what is reserved; or cancel or accept one reservation."""
    if cancelled:
        wrong = cancel(factory, cancelled)
        show_findings(wrong, json=json)
        if not wrong and not json:
            line(f"gone     {cancelled}; what it held is free")
            line(f"next     pegboard reservations {factory}")
        return 1 if wrong else 0

    def work(report: Any) -> Any:
        desk = open_desk(factory, plan, report)
        if isinstance(desk, list) or not accepted:
            return desk
        done = accept_reservation(desk, accepted, out)
        return done if isinstance(done, list) else (desk, done)

    found, _ = worked(work, quiet=quiet)
    if isinstance(found, list):
        show_findings(found, json=json)
        return 1
    if accepted:
        desk, done = found
        if json:
            return records({"order": done.change.order, "date": done.date})
        _show_accepted(done.change.order, done.date, desk.plain.factory.zone, out)
        return 0
    return _show_reserved(found, factory, json=json)


def _answered(desk: Desk | list[Finding], wish: Wish, deed: Deed) -> tuple[Desk, Answer] | list[Finding]:
    if isinstance(desk, list):
        return desk
    request = _request(wish, desk.plain.factory.zone)
    quote = request if isinstance(request, list) else ask(desk, request, deed.runs, menu=deed.menu)
    if isinstance(quote, list):
        return quote
    answer: Answer | list[Finding] = Answer(quote)
    if deed.accept:
        answer = accept_quote(desk, quote, deed.out)
    elif deed.reserve:
        answer = reserve(desk, quote, deed.hours)
    return answer if isinstance(answer, list) else (desk, answer)


def _request(wish: Wish, zone: ZoneInfo) -> QuoteRequest | list[Finding]:
    """The request as it is typed, or all that cannot be read of it."""
    faults: list[Finding] = []
    chosen = read_options(wish.options)
    if isinstance(chosen, Fault):
        faults.append(
            error("C549", "--options", f"--options {wish.options} {chosen.says}", chosen.advise(wish.options))
        )
        chosen = ()
    due, earliest = (
        _moment(name, text, zone, faults) for name, text in (("due", wish.due), ("earliest", wish.earliest))
    )
    return faults or QuoteRequest(
        item=wish.item,
        qty=wish.qty,
        due=due,
        earliest=earliest,
        options=chosen,
        customer=wish.customer,
        order=wish.order,
        priority=wish.priority,
        min_ship_qty=wish.min_ship_qty,
    )


def _moment(name: str, text: str, zone: ZoneInfo, faults: list[Finding]) -> Moment | None:
    if not text:
        return None
    found = read_moment(text, zone)
    if isinstance(found, Noted):
        found = found.value
    if isinstance(found, Fault):
        faults.append(error("C549", f"--{name}", f"--{name} {text} {found.says}", found.advise(text)))
        return None
    return found


# -- what is shown -----------------------------------------------------------------------------------------------------


def _records(answer: Answer) -> dict[str, Any]:
    found: dict[str, Any] = {"quote": answer.quote}
    if answer.reservation:
        found["reservation"] = answer.reservation
    if answer.accepted:
        found["accepted"] = {"order": answer.accepted.change.order, "date": answer.accepted.date}
    return found


def _show(desk: Desk, answer: Answer, wish: Wish, factory: Path, deed: Deed) -> None:
    quote, zone = answer.quote, desk.plain.factory.zone
    item = desk.plain.factory.items[wish.item]
    first = quote.promise
    show_findings(desk.findings, json=False)
    line(f"promise  {number(wish.qty)} {item.uom} {wish.item} on {moment(first.date, zone)}{_against(quote, zone)}")
    if first.sure is not None:
        line(f"sure     {_sure(first.sure, quote, zone)}")
    line(f"held up  {_held_up(first.binding, zone)}")
    if first.next is not None:
        line(f"then     {_held_up(first.next, zone)}")
    _show_money(first, desk.plain.factory.snapshot.settings.currency)
    if first.purchases:
        soon = min(first.purchases, key=lambda b: (b.order_by, b.po))
        names = listed(tuple(dict.fromkeys(b.item for b in first.purchases)))
        n = len(first.purchases)
        line(f"buy      {n} purchase{'' if n == 1 else 's'}: {names}; the first by {moment(soon.order_by, zone)}")
    if quote.menu:
        line()
        _show_menu(quote, zone)
        line()
    for why in quote.no_gain:
        line(f"no gain  {why}")
    if answer.reservation:
        held, hours = answer.reservation, number(answer.reservation.hours)
        line(f"held     {held.name} for {hours} h, until {moment(quote.expires, zone)}, as order {held.request.order}")
        line(f"next     pegboard reservations {factory} --accept {held.name} --out PLAN")
    elif answer.accepted:
        _show_accepted(answer.accepted.change.order, answer.accepted.date, zone, deed.out)
    else:
        more = "--reserve, or --accept --out PLAN" if deed.menu else "--menu for the other ways, --reserve to hold it"
        line(f"next     the same with {more}")


def _against(quote: Quote, zone: ZoneInfo) -> str:
    if quote.due is None:
        return ", the earliest"
    late = quote.promise.date - quote.due
    wanted = f"wanted by {moment(quote.due, zone)}"
    return f", {wanted}: in time" if late <= 0 else f", {duration(late)} late, {wanted}"


def _sure(sure: Sure, quote: Quote, zone: ZoneInfo) -> str:
    by = "the wanted date" if quote.due is not None and quote.promise.date <= quote.due else "the promised date"
    safe = "beyond the calendars" if sure.safe is None else moment(sure.safe, zone)
    chance = f"{100 * sure.on_time:.0f} % by {by}, +- {100 * sure.standard_error:.0f} from {sure.runs:,} replays"
    return f"{chance}; the safe date (P80) is {safe}"


def _held_up(wait: Wait, zone: ZoneInfo) -> str:
    return f"{duration(wait.delay)}, until {moment(wait.end, zone)}: {wait.what}"


def _show_money(offer: Offer, currency: str) -> None:
    if offer.cost is None:
        line(f"cost     not known: {offer.cost_unknown}")
        return
    c = offer.cost
    unit = f" {currency}" if currency else ""
    parts = f"material {c.material:,.2f}, run {c.run:,.2f}, setup {c.setup:,.2f}"
    line(f"cost     {c.total:,.2f}{unit} ({parts})" + (f"; {c.excess:,.2f} more stays in stock" if c.excess else ""))
    if offer.price is None or offer.margin is None:
        return
    an_hour = offer.margin_per_bottleneck_hour
    per = "" if an_hour is None else f", {an_hour:,.2f} an hour of {offer.bottleneck}"
    line(f"price    {offer.price:,.2f}{unit}, margin {offer.margin:,.2f}{per}")


def _show_menu(quote: Quote, zone: ZoneInfo) -> None:
    rows = [
        (
            o.kind,
            "; ".join(moment(x.date, zone) for x in o.lines),
            "-" if o.extra_cost is None else f"{o.extra_cost:+,.2f}",
            number(o.margin, 2),
            o.binding.subject,
            o.how,
            _moves(o),
        )
        for o in (quote.promise, *quote.menu)
    ]
    head = ("offer", "there on", "more cost", "margin", "held up by", "how", "who moves")
    table(head, rows, right=frozenset({2, 3}))


def _moves(offer: Offer) -> str:
    later = [f"{m.line} {'+' if m.now > m.was else '-'}{duration(abs(m.now - m.was))}" for m in offer.moved]
    return listed(tuple(later)) if later else "nobody"


def _row(request: QuoteRequest | list[Finding], quote: Quote | list[Finding], zone: ZoneInfo) -> tuple[str, ...]:
    item, qty = ("", "") if isinstance(request, list) else (request.item, number(request.qty))
    if isinstance(quote, list):
        return item, qty, "refused", "-", "; ".join(f"{f.code} {f.what}" for f in quote), "-"
    first = quote.promise
    in_time = "-" if first.is_on_time is None else "yes" if first.is_on_time else "no"
    cost = number(first.cost.total if first.cost else None, 2)
    return item, qty, moment(first.date, zone), in_time, first.binding.subject, cost


def _show_accepted(order: str, date: int, zone: ZoneInfo, out: Path | None) -> None:
    line(f"accepted order {order}, promised for {moment(date, zone)}; it is in changes.jsonl")
    if out is not None:
        line(f"written  {out}")
    line(f"next     pegboard plot {out} --out plan.svg" if out else f"next     pegboard why {order}")


def _show_reserved(desk: Desk, factory: Path, *, json: bool) -> int:
    if json:
        return records([{"reservation": h.reservation, "date_now": h.date, "why": h.why} for h in desk.held])
    show_findings(desk.findings, json=False)
    zone = desk.plain.factory.zone
    rows = [
        (
            h.reservation.name,
            h.reservation.request.order,
            h.reservation.request.item,
            number(h.reservation.request.qty),
            moment(h.reservation.date, zone),
            "kept" if h.date == h.reservation.date else h.why or moment(h.date, zone),
            moment(h.reservation.made + round(h.reservation.hours * 3600), zone),
        )
        for h in desk.held
    ]
    if rows:
        table(("name", "order", "item", "qty", "quoted for", "now", "held until"), rows, right=frozenset({3}))
        line(f"next     pegboard reservations {factory} --accept {rows[0][0]} --out PLAN, or --cancel {rows[0][0]}")
    else:
        line("nothing is reserved")
        line(f"next     pegboard quote {factory} --item ITEM --qty QTY --reserve")
    return 0
