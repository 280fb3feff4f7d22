"""Hold forecasts and histories of usage against items: what is made or bought to order waits for orders alone."""

from collections.abc import Mapping

from pegboard.domain.item import Item, Supply
from pegboard.domain.snapshot import Snapshot
from pegboard.planning.faults import Faults


def check_forecast(snapshot: Snapshot, items: Mapping[str, Item], supply: Mapping[str, Supply], faults: Faults) -> None:
    """Rows that nobody will look at, once for each item and file."""
    used = {row.item: row.source for row in reversed(snapshot.demand_history)}
    expected = {row.item: row.source for row in reversed(snapshot.forecast)}
    for file, sources in (("demand_history.csv", used), ("forecast.csv", expected)):
        for item in sorted(sources.keys() - items.keys()):
            what = f"{file} has rows of item {item}, which does not exist"
            faults.error("V227", item, what, "add the item, or correct the rows", sources[item])
    for item, source in sorted(expected.items()):
        if item in items and (items[item].policy == "mto" or supply[item] == "phantom"):
            what = f"there is a forecast of {item}, which is made or bought to order: it is not used"
            faults.warning("V220", item, what, "set its policy to buffer or stock, or remove the rows", source)
