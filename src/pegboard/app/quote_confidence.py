"""How sure the date of a quote is: the plan with the order in it is replayed, as any plan is."""

import msgspec

from pegboard.app.quoting import Counter, Solved
from pegboard.app.reserving import as_order
from pegboard.domain.quote import Quote, Sure
from pegboard.insight.confidence import line_confidence
from pegboard.insight.replay.replaying import Replay
from pegboard.planning.spread import spread_of


def with_confidence(counter: Counter, quote: Quote, found: Solved, runs: int, seed: int) -> Quote:
    """The quote with what so many replays say of its promise, solved as `found`."""
    record, outcome = as_order(counter, quote.request, found)
    p = outcome.planned
    line = [row.id for row in p.supply.lines].index(record.id)
    said = line_confidence(Replay(p, spread_of(p.factory, p.table)[0]), line, runs, seed)
    sure = Sure(
        runs=runs,
        seed=seed,
        on_time=said.on_time,
        standard_error=said.standard_error,
        p50=said.p50,
        safe=said.safe,
        p95=said.p95,
    )
    return msgspec.structs.replace(quote, promise=msgspec.structs.replace(quote.promise, sure=sure))
