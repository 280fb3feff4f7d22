"""Remedies of late orders in the live plan, found once for each plan, and applied by a key."""

import hashlib
import threading
from typing import Any

import msgspec

from pegboard.app.files import Report
from pegboard.app.plant_views import PlantViews
from pegboard.app.remedies import Proved, remedies
from pegboard.domain.change import Change

_LOCK = threading.Lock()


def keyed_remedies(views: PlantViews, order: str, report: Report) -> list[dict[str, Any]]:
    """What can be done about each line of an order, as `pegboard why --fix` says it, each remedy with its key."""
    found = []
    for proved in _proved(views, order, report):
        said: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(proved.mending))
        for n, remedy in enumerate(said["remedies"], 1):
            remedy["key"] = _key(proved, n)
        found.append(said)
    return found


def chosen_remedy(views: PlantViews, order: str, key: str, report: Report) -> tuple[Change, ...] | None:
    """The changes that do what a remedy says, with the pins that hold it in place; None where there is none."""
    for proved in _proved(views, order, report):
        for n in range(1, len(proved.trials) + 1):
            if _key(proved, n) == key:
                return proved.changes(n)
    return None


def _proved(views: PlantViews, order: str, report: Report) -> list[Proved]:
    with _LOCK:
        if order not in views.proved:
            live = views.state.live
            lines = [x.id for x in live.planned.supply.lines if order in (x.record.order, x.id)]
            views.proved[order] = [remedies(live, line, report) for line in lines]
        return views.proved[order]


def _key(proved: Proved, n: int) -> str:
    """The name of a remedy: the same as long as it does the same."""
    said = msgspec.json.encode((proved.mending.line, proved.changes(n)))
    return hashlib.sha256(said).hexdigest()[:12]
