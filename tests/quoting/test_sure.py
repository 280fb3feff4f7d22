"""How sure the date of a quote is, where it can be said by hand."""

import msgspec
import pytest

from pegboard.app.quote_confidence import with_confidence
from pegboard.app.quoting import quoted, solved
from pegboard.domain.quote import QuoteRequest, Sure
from pegboard.domain.snapshot import Snapshot, Uncertainty
from tests import factories as f
from tests.quoting.test_quotes import counter

RUNS = 1000


def sure(snapshot: Snapshot, request: QuoteRequest) -> Sure:
    at = counter(snapshot)
    found = solved(at, request)
    assert not isinstance(found, list)
    said = with_confidence(at, quoted(at, request, found), found, RUNS, 0).promise.sure
    assert said is not None
    return said


def bought(late_pct: float) -> Snapshot:
    """A box that is bought, there on Tuesday morning; so many of a hundred deliveries are two days late."""
    snapshot = f.factory(items=[f.buy("BOX")], orders=[f.order("SO-1", "BOX", 1, "2026-06-12")])
    luck = Uncertainty(operation_cv=0.0, late_pct=late_pct, late_days=2.0, scrap_cv=0.0)
    return msgspec.structs.replace(snapshot, settings=msgspec.structs.replace(snapshot.settings, confidence=luck))


def test_where_nothing_varies_the_promise_is_certain():
    """No delivery is late: every run brings it on the promised instant, which is the safe date too."""
    said = sure(bought(0.0), QuoteRequest(item="BOX", qty=1))

    assert (said.on_time, said.standard_error) == (1.0, 0.0)
    assert said.safe == said.p50 == said.p95
    assert said.safe is not None
    assert f.local(said.safe) == "Tue 06-09 08:00"


def test_a_supplier_late_three_times_in_ten_leaves_seven_tenths():
    """P(on time) is 0.7 within three standard errors of sqrt(.7 x .3 / 1000) = .0145; P80 is two days later."""
    said = sure(bought(30.0), QuoteRequest(item="BOX", qty=1))

    assert said.on_time == pytest.approx(0.7, abs=3 * 0.0145)
    assert said.standard_error == pytest.approx(0.0145, abs=0.001)
    assert said.p50 is not None
    assert said.safe is not None
    assert f.local(said.p50) == "Tue 06-09 08:00"
    assert f.local(said.safe) == "Thu 06-11 08:00"
