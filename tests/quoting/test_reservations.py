"""What is held for a quote, by whom, for how long, and what becomes of it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from pegboard.app.files import hashed
from pegboard.app.live import LivePlan
from pegboard.app.outcome import Outcome
from pegboard.app.quote_desk import Answer, Desk, accept_reservation, ask, bulk, cancel, open_desk, reserve
from pegboard.app.quoting import Counter, quote
from pegboard.app.reserving import Accepted, accept, beside
from pegboard.domain.buffer import Buffer
from pegboard.domain.quote import Quote, QuoteRequest, Reservation
from pegboard.exchange import read_plan
from tests import factories as f

WALL = datetime(2026, 6, 8, 9, tzinfo=UTC)
FILES = {
    "items": "item,supply\nA,make\nB,make\n",
    "routing": "item,step,resource,run_min\nA,10,SAW,60\nB,10,SAW,60\n",
    "resources": "resource,calendar\nSAW,STD\n",
    "calendars": "calendar,weekday,start,end\nSTD,mon-fri,08:00,12:00\nSTD,mon-fri,13:00,17:00\n",
    "orders": "order,item,qty,due\nSO-1,A,4,2026-06-08\n",
}


def folder(path: Path) -> Path:
    for name, text in FILES.items():
        (path / f"{name}.csv").write_text(text, encoding="utf-8")
    (path / "factory.toml").write_text('now = 2026-06-08T08:00:00\ncalendar = "STD"\n', encoding="utf-8")
    return path


def desk(path: Path, hours_later: float = 0.0, plan: Path | None = None) -> Desk:
    found = open_desk(path, plan, lambda what, share: None, lambda: WALL + timedelta(hours=hours_later))
    assert isinstance(found, Desk), found
    return found


def reserved(path: Path, order: str, qty: float = 2, at: Desk | None = None) -> Reservation:
    at = at or desk(path)
    asked = ask(at, QuoteRequest(item="B", qty=qty, order=order), 0, menu=False)
    assert isinstance(asked, Quote)
    done = reserve(at, asked, 48)
    assert isinstance(done, Answer), done
    assert done.reservation
    return done.reservation


def date(path: Path, hours_later: float = 0.0) -> str:
    found = ask(desk(path, hours_later), QuoteRequest(item="B", qty=2), 0, menu=False)
    assert isinstance(found, Quote)
    return f.local(found.promise.date)


def test_what_is_reserved_is_gone_for_others_until_it_expires(tmp_path: Path):
    """A takes the morning. The first two hours after noon are held: the next quote gets the two after these."""
    path = folder(tmp_path)
    assert date(path) == "Mon 06-08 15:00"
    assert f.local(reserved(path, "N-1").date) == "Mon 06-08 15:00"

    assert date(path) == "Mon 06-08 17:00"
    assert date(path, hours_later=47) == "Mon 06-08 17:00"
    assert date(path, hours_later=48) == "Mon 06-08 15:00"


def test_a_cancelled_reservation_leaves_the_plan_byte_for_byte(tmp_path: Path):
    """P9."""
    path = folder(tmp_path)
    before = hashed(desk(path).plain.live.outcome.plan)
    held = reserved(path, "N-1")
    assert hashed(desk(path).counter.live.outcome.plan) != before

    assert cancel(path, held.name) == []
    assert hashed(desk(path).counter.live.outcome.plan) == before
    assert [x.code for x in cancel(path, held.name)] == ["C553"]


def test_an_accepted_reservation_is_an_order_complete_exactly_when_quoted(tmp_path: Path):
    path = folder(tmp_path)
    first, second = reserved(path, "N-1"), reserved(path, "N-2", at=desk(path))
    out = tmp_path / "plan"
    done = accept_reservation(desk(path), second.name, out)

    assert isinstance(done, Accepted), done
    rows = {o.order: o for o in read_plan(out).orders}
    assert rows.keys() == {"SO-1", "N-2"}
    assert rows["N-2"].completion == second.date
    assert rows["N-2"].status == "on_time"
    left = desk(path, plan=out)
    assert [(h.reservation.name, h.date) for h in left.held] == [(first.name, first.date)]
    assert "N-2" in {o.order for o in left.plain.factory.lines}


def test_two_who_want_one_slot_cannot_both_have_it():
    """Both were quoted the hours from 13:00 to 15:00; who comes second is refused with the date that is left."""
    routing = [f.step("A", 10, "SAW", run=60), f.step("B", 10, "SAW", run=60)]
    counter = Counter(LivePlan(f.plan(f.factory(routing=routing, orders=[f.order("SO-1", "A", 4, "2026-06-08")]))))
    wants = [QuoteRequest(item="B", qty=2, order=name) for name in ("N-1", "N-2")]
    quotes = [quote(counter, want) for want in wants]
    assert [f.local(q.promise.date) for q in quotes if isinstance(q, Quote)] == ["Mon 06-08 15:00"] * 2

    first = accept(counter, (), wants[0], _date(quotes[0]))
    assert isinstance(first, Accepted)
    second = accept(Counter(LivePlan(_outcome(first))), (), wants[1], _date(quotes[1]))
    assert isinstance(second, list)
    assert [x.code for x in second] == ["C551"]
    assert "2026-06-08T17:00" in second[0].what


def test_an_accepted_quote_lowers_the_buffer_that_it_draws_on():
    """25 of R are there, zones 10, 20, 30; 12 wanted at once leave a net flow of 13: yellow. What brings it back to 30
    is ordered by the next plan, so that this one still orders nothing; all else of the row is as the next plan has it.
    """
    bag = Buffer(item="R", adu=1, kind="override", tor=10, toy=20, tog=30)
    snapshot = f.factory(items=[f.buy("R", lead=2, policy="buffer")], stock=[f.stock("R", 25)], buffers=[bag])
    counter = Counter(LivePlan(f.plan(snapshot)))
    done = accept(counter, (), QuoteRequest(item="R", qty=12, order="N-1"), None)

    (row,) = _outcome(done).plan.buffers
    assert (row.on_hand, row.qualified_demand, row.net_flow, row.colour, row.order_qty) == (25, 12, 13, "yellow", 0)
    (following,) = f.plan(_outcome(done).planned.factory.snapshot).plan.buffers
    assert following.order_qty == 17
    assert msgspec.structs.replace(following, order_qty=0, order_by=None, due=None) == row


def test_who_reserves_on_a_plan_that_another_one_has_reserved_on_since_is_told(tmp_path: Path):
    path = folder(tmp_path)
    mine = desk(path)
    asked = ask(mine, QuoteRequest(item="B", qty=2), 0, menu=False)
    assert isinstance(asked, Quote)
    reserved(path, "N-1")

    refused = reserve(mine, asked, 48)
    assert isinstance(refused, list)
    assert [x.code for x in refused] == ["C551"]
    assert len(desk(path).held) == 1


def test_a_line_of_the_file_that_cannot_be_read_is_told_and_stays(tmp_path: Path):
    path = folder(tmp_path)
    reserved(path, "N-1")
    file = path / ".pegboard" / "reservations.jsonl"
    file.write_bytes(b"{broken\n" + file.read_bytes())

    found = desk(path)
    assert [x.code for x in found.findings] == ["C550"]
    assert [h.reservation.request.order for h in found.held] == ["N-1"]
    reserved(path, "N-2", at=found)
    assert file.read_bytes().startswith(b"{broken\n")


def test_rows_of_a_file_are_quoted_on_their_own_or_one_after_the_other(tmp_path: Path):
    """Two rows want two hours each: alone both end at 15:00, in sequence the second at 17:00; the third is none."""
    path = folder(tmp_path)
    file = tmp_path / "wanted.csv"
    file.write_text("item;qty\nB;2\nB;2\nB;many\n", encoding="utf-8")

    def dates(*, in_sequence: bool) -> list[str]:
        rows, _ = bulk(desk(path), file, in_sequence=in_sequence)
        return [f.local(q.promise.date) if isinstance(q, Quote) else q[0].code for _, q in rows]

    assert dates(in_sequence=False) == ["Mon 06-08 15:00", "Mon 06-08 15:00", "C549"]
    assert dates(in_sequence=True) == ["Mon 06-08 15:00", "Mon 06-08 17:00", "C549"]


def test_what_no_longer_fits_is_said_of_a_reservation():
    counter = Counter(LivePlan(f.plan(f.factory(routing=[f.step("A", 10, "SAW", run=60)]))))
    gone = Reservation(name="R-1", request=QuoteRequest(item="B", qty=1), date=0, made=0, made_at=0, hours=1)
    same, held = beside(counter, [gone])

    assert same is counter
    assert (held[0].date, held[0].why) == (None, "item B does not exist")


def _date(found: object) -> int:
    assert isinstance(found, Quote)
    return found.promise.date


def _outcome(done: Accepted) -> Outcome:
    return done.outcome
