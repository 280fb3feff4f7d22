"""Hold forecasts against items: what is made or bought to order waits for orders alone."""

from collections.abc import Mapping

from pegboard.domain.item import Item, Supply
from pegboard.domain.snapshot import Snapshot
from pegboard.planning.faults import Faults


def check_forecast(snapshot: Snapshot, items: Mapping[str, Item], supply: Mapping[str, Supply], faults: Faults) -> None:
    """Forecasts that nobody will look at, once for each item."""
    expected = {row.item: row.source for row in reversed(snapshot.forecast)}
    for item, source in sorted(expected.items()):
        if item in items and (items[item].policy == "mto" or supply[item] == "phantom"):
            what = f"there is a forecast of {item}, which is made or bought to order: it is not used"
            faults.warning("V220", item, what, "set its policy to buffer or stock, or remove the rows", source)
