"""Set the stage of a simulation from a factory: its buffers, their draws on each other, stock, receipts and demand."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from pegboard.domain.buffer import Buffer
from pegboard.domain.plan import BufferPlan
from pegboard.planning.buffers.adu import USUAL_DAYS
from pegboard.planning.buffers.bill import below, bill
from pegboard.planning.buffers.book import BufferBook, with_moq
from pegboard.planning.buffers.simulate import Floats, Stage
from pegboard.planning.buffers.simulated_demand import generator, in_units, resampled, varied
from pegboard.planning.buffers.usage import day_of
from pegboard.planning.buffers.zones import Sizing
from pegboard.planning.lotsize import rule_for


def stage(book: BufferBook, rows: Sequence[BufferPlan], days: int, demand: float, seed: int) -> Stage:
    """The buffers of a factory, as they stand in `rows`, over so many days with `demand` times what is usual."""
    factory = book.factory
    on_hand = {row.item: row.on_hand for row in rows}
    adu = {row.item: book.before_adjustment(row.item, row.adu) for row in rows}
    items = tuple(sorted(adu))
    uses = draws_on_buffers(book)
    sizes = tuple(_sizes(book, i, adu[i], days) for i in items)
    edges = [(p, c, qty) for p, parts in uses.items() for c, qty in parts.items()]
    place = {item: k for k, item in enumerate(items)}
    receipts = np.zeros((len(items), days))
    for k, item in enumerate(items):
        for day, qty in open_supply(book, item):
            if 0 <= day < days:
                receipts[k, day] += qty
    own = _own_share(adu, uses)
    wanted = [_demand(book, i, adu[i], demand * own[i], days, seed) for i in items]
    return Stage(
        items=items,
        rules=tuple(with_moq(rule_for(factory, i, factory.first_supplier(i)), book.buffers[i]) for i in items),
        sizing=sizes,
        alert_pct=np.array([book.profile(i).alert_pct for i in items]),
        level=np.array([factory.level[i] for i in items], np.int64),
        on_hand=np.array([on_hand[i] for i in items], np.float64),
        receipts=receipts,
        demand=np.array(wanted, np.float64).reshape(len(items), days),
        arrival=np.array([_arrivals(book, i, s, days) for i, s in zip(items, sizes, strict=True)], np.int64),
        parent=np.array([place[p] for p, _, _ in edges], np.int64),
        component=np.array([place[c] for _, c, _ in edges], np.int64),
        per_piece=np.array([qty for _, _, qty in edges], np.float64),
        trigger=factory.policy.buffer_trigger,
    )


def open_supply(book: BufferBook, item: str) -> Iterator[tuple[int, float]]:
    """Open orders of a buffer, not reserved, by day from today on; purchases of the past have no day yet."""
    factory = book.factory
    for po in factory.receipts.get(item, ()):
        if not po.reserved_for:
            yield day_of(po.promised or po.due, factory) - book.today, max(0.0, po.qty - po.received_qty)
    for wo in factory.work_orders.get(item, ()):
        if not wo.order:
            day = 0 if wo.due is None else max(0, day_of(wo.due, factory) - book.today)
            yield day, max(0.0, wo.qty - wo.completed_qty - wo.scrapped_qty)


def draws_on_buffers(book: BufferBook) -> dict[str, dict[str, float]]:
    """What a piece of each buffer draws of the buffers below it: down to the first ones, through all else."""
    parts = bill(book.factory)
    found: dict[str, dict[str, float]] = {}
    for item in sorted(book.buffers):
        uses: dict[str, float] = {}
        for use in below(item, parts, book.factory.level, lambda i: i not in book.buffers, lambda _: 0):
            if use.component in book.buffers:
                uses[use.component] = uses.get(use.component, 0.0) + use.qty
        found[item] = uses
    return found


def _own_share(adu: Mapping[str, float], uses: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """The share of each buffer's usage that no other buffer draws: the rest comes about by the orders of those."""
    drawn = dict.fromkeys(adu, 0.0)
    for parent, parts in uses.items():
        for component, qty in parts.items():
            drawn[component] += adu[parent] * qty
    return {i: max(0.0, 1.0 - drawn[i] / adu[i]) if adu[i] > 0 else 0.0 for i in adu}


def _demand(book: BufferBook, item: str, adu: float, factor: float, days: int, seed: int) -> Floats:
    """Daily demand from outside of the buffers: history of the buffer's window if there is one, else varied usage."""
    rng, used = generator(seed, item), book.usage.used.get(item, {})
    window = int(_past_days(book.buffers[item]))
    history = np.array([used.get(book.today - ago, 0.0) for ago in range(window, 0, -1)])
    if history.any():
        drawn = resampled(history, days, rng)
    else:
        drawn = varied(adu, book.profile(item).variability_factor, days, rng)
    return in_units(drawn * factor, book.factory.items[item].decimals)


def _past_days(buffer: Buffer) -> float:
    return buffer.adu_past_days if buffer.adu_past_days and buffer.adu_past_days >= 1 else USUAL_DAYS


def _sizes(book: BufferBook, item: str, adu: float, days: int) -> dict[int, Sizing]:
    """The zones from day 0 on, and from each day on which an adjustment changes them."""
    changes = {day - book.today for day in book.changes(item)}
    return {day: book.size_on(item, adu, book.today + day) for day in sorted({0, *changes}) if 0 <= day < days}


def _arrivals(book: BufferBook, item: str, sizes: Mapping[int, Sizing], days: int) -> list[int]:
    """The day on which an order of each day comes."""
    found, dlt = [], 0.0
    for day in range(days):
        dlt = sizes[day].dlt_days if day in sizes else dlt
        found.append(max(book.due_day(item, book.today + day, dlt) - book.today, day + 1))
    return found
