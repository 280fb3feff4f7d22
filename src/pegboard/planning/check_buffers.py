"""Hold buffers, profiles, adjustments, usage and forecast against items: what cannot size a buffer is named."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from pegboard.domain.buffer import Buffer, BufferAdjustment
from pegboard.domain.calendar import bounds
from pegboard.domain.factory import Factory
from pegboard.domain.item import Item
from pegboard.planning.buffers.remarks import long_supplies
from pegboard.planning.buffers.zones import is_given
from pegboard.planning.faults import Faults


def check_buffers(factory: Factory, faults: Faults) -> None:
    """Every fault of the files about buffers; the plan goes on without what is named."""
    snapshot, items = factory.snapshot, factory.items
    profiles = {p.profile for p in snapshot.buffer_profiles}
    rows = {b.item: b for b in snapshot.buffers}
    for buffer in snapshot.buffers:
        _check_row(buffer, items, profiles, faults)
    for item in items.values():
        if item.policy == "buffer" and item.item not in rows:
            faults.warning(
                "V203",
                item.item,
                f"{item.item} has policy buffer and no row in buffers.csv",
                "add a row, or plan it with another policy; until then it is not replenished",
                item.source,
            )
    _check_adjustments(factory, rows, faults)
    _check_usage(factory, faults)
    faults.findings.extend(long_supplies(factory))


def _check_row(buffer: Buffer, items: Mapping[str, Item], profiles: set[str], faults: Faults) -> None:
    item = items.get(buffer.item)
    if item is None:
        faults.error(
            "V200",
            buffer.item,
            f"a buffer is of item {buffer.item}, which does not exist",
            "add the item, or correct the name; the row is left out",
            buffer.source,
        )
        return
    if item.policy != "buffer":
        faults.warning(
            "V204",
            buffer.item,
            f"{buffer.item} has a row in buffers.csv and policy {item.policy}",
            "set its policy to buffer, or remove the row; it is not buffered",
            buffer.source,
        )
        return
    for code, what, advice in _row_faults(buffer, profiles):
        faults.error(code, buffer.item, what, advice, buffer.source)
    for code, what, advice in _row_doubts(buffer):
        faults.warning(code, buffer.item, what, advice, buffer.source)


def _row_faults(buffer: Buffer, profiles: set[str]) -> Iterator[tuple[str, str, str]]:
    """What keeps a row from being sized."""
    if is_given(buffer):
        return
    if not buffer.profile:
        yield (
            "V202",
            f"the buffer of {buffer.item} has no profile",
            "name one of buffer_profiles.csv; it is not replenished",
        )
    elif buffer.profile not in profiles:
        yield (
            "V201",
            f"the buffer of {buffer.item} has profile {buffer.profile}, which does not exist",
            "add it to buffer_profiles.csv, or name another one; the buffer is not replenished",
        )


def _row_doubts(buffer: Buffer) -> Iterator[tuple[str, str, str]]:
    """What a row says that is not used, or hardly meant."""
    wanted = {"replenished": (), "override": ("tor", "toy", "tog"), "min_max": ("tor", "tog")}[buffer.kind]
    missing = [name for name in wanted if getattr(buffer, name) is None]
    if missing and (buffer.kind == "override" or len(missing) < len(wanted)):
        yield (
            "V205",
            f"the buffer of {buffer.item} is of kind {buffer.kind}, but {' and '.join(missing)} is not given",
            "give it, or set kind to replenished; the zones are computed from the profile",
        )
    if buffer.adu == 0 and buffer.kind == "replenished":
        yield (
            "V206",
            f"adu of {buffer.item} is 0: its zones are nothing but the minimum, {buffer.moq:g}",
            "give its usage per day, or leave adu blank to have it counted",
        )
    for name, days in (("adu_past_days", buffer.adu_past_days), ("adu_forward_days", buffer.adu_forward_days)):
        if days is not None and days < 1:
            yield "V207", f"{name} of {buffer.item} is {days:g}", "give at least one day; the window is not used"


def _check_adjustments(factory: Factory, rows: Mapping[str, Buffer], faults: Faults) -> None:
    """Adjustments of unknown items, of nothing, and those that hold at once."""
    known: dict[tuple[str, str], list[tuple[tuple[int, int], BufferAdjustment]]] = defaultdict(list)
    for a in factory.snapshot.buffer_adjustments:
        item = factory.items.get(a.item)
        if item is None:
            faults.error(
                "V200",
                a.item,
                f"an adjustment is of item {a.item}, which does not exist",
                "add the item, or correct the name; the row is left out",
                a.source,
            )
            continue
        known[a.item, a.kind].append((bounds(a.start, a.end, factory.zone), a))
        if 0.0 in (a.factor, a.end_factor):
            faults.warning(
                "V208",
                a.item,
                f"a factor of 0 takes {a.kind} of {a.item} away",
                "a factor multiplies: 1 changes nothing; correct it if that is not meant",
                a.source,
            )
        if a.item not in rows and a.kind != "adu":
            faults.warning(
                "V210",
                a.item,
                f"{a.kind} of {a.item} is adjusted, but it has no buffer",
                "add a row to buffers.csv, or remove the adjustment; it has no effect",
                a.source,
            )
    for (name, kind), windows in sorted(known.items()):
        _check_overlaps(name, kind, windows, faults)


def _check_overlaps(
    item: str, kind: str, windows: list[tuple[tuple[int, int], BufferAdjustment]], faults: Faults
) -> None:
    in_order = sorted(windows, key=lambda w: (w[0], w[1].factor, w[1].source))
    until, last = in_order[0][0][1], in_order[0][1]
    for (start, end), a in in_order[1:]:
        if start < until:
            faults.info(
                "V209",
                item,
                f"two adjustments of {kind} of {item} hold at once: {last.factor:g} and {a.factor:g}",
                "they multiply; correct start or end if that is not meant",
                a.source,
            )
        if end > until:
            until, last = end, a


def _check_usage(factory: Factory, faults: Faults) -> None:
    """History and forecast of items that do not exist, one finding for each item and file."""
    for file, records in (("demand_history", factory.snapshot.demand_history), ("forecast", factory.snapshot.forecast)):
        unknown: dict[str, tuple[int, str]] = {}
        for record in records:
            if record.item not in factory.items:
                count, source = unknown.get(record.item, (0, record.source))
                unknown[record.item] = (count + 1, source)
        for item, (count, source) in sorted(unknown.items()):
            faults.error(
                "V200",
                item,
                f"{count} rows of {file}.csv are of item {item}, which does not exist",
                "add the item, or correct the name; they are left out",
                source,
            )
