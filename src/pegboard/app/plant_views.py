"""What is asked of a live plan again and again, worked out once for each plan and kept, also as bytes."""

import gzip
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import msgspec

from pegboard.app.plant_state import LiveState
from pegboard.app.remedies import Proved
from pegboard.domain.finding import Finding
from pegboard.domain.plan import Kpis
from pegboard.insight.network import Networks
from pegboard.insight.places import PlaceFinder
from pegboard.insight.plan_board import Board, BoardView, board

SMALL = 1_000
"""Answers of fewer bytes are not worth compressing."""
LEVEL = 3
"""Of compression: nearly as small as the best, in a fraction of the time."""


class PlanHead(msgspec.Struct, frozen=True, kw_only=True):
    """A plan at a glance."""

    length: int
    hash: str
    now: int
    zone: str
    from_: int = msgspec.field(name="from")
    to: int
    frozen_until: int
    certified: bool
    n_orders: int
    n_operations: int
    n_late: int
    kpis: Kpis
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Encoded:
    """An answer as bytes, plain and compressed; blank `small` where that is not worth it."""

    plain: bytes
    small: bytes = b""


def encoded(value: Any) -> Encoded:
    """A value as JSON."""
    plain = value if isinstance(value, bytes) else msgspec.json.encode(value)
    return Encoded(plain, gzip.compress(plain, LEVEL, mtime=0) if len(plain) >= SMALL else b"")


@dataclass
class PlantViews:
    """The views of one state; `proved` are the remedies of orders that were asked for."""

    state: LiveState
    proved: dict[str, list[Proved]] = field(default_factory=dict)
    _kept: dict[str, Encoded] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def kept(self, name: str, make: Callable[[], Any]) -> Encoded:
        """An answer by name, made and encoded the first time that it is asked for."""
        if name not in self._kept:
            with self._lock:
                if name not in self._kept:
                    self._kept[name] = encoded(make())
        return self._kept[name]

    @cached_property
    def board_view(self) -> BoardView:
        """The plan as seen from the board."""
        return BoardView(self.state.live.planned)

    @cached_property
    def networks(self) -> Networks:
        """Who is made for whom."""
        return Networks(self.board_view)

    @cached_property
    def places(self) -> PlaceFinder:
        """Where operations may stand."""
        return PlaceFinder(self.board_view)

    @cached_property
    def board(self) -> Board:
        """The columns of the board."""
        return board(self.board_view)

    def head(self) -> PlanHead:
        """The plan at a glance."""
        plan, shown = self.state.plan, self.board
        return PlanHead(
            length=self.state.length,
            hash=plan.certificate.plan_hash,
            now=plan.now,
            zone=plan.timezone,
            from_=shown.from_,
            to=shown.to,
            frozen_until=shown.frozen_until,
            certified=self.state.outcome.is_certified,
            n_orders=len(plan.orders),
            n_operations=len(plan.operations),
            n_late=plan.kpis.lines_late,
            kpis=plan.kpis,
            findings=plan.messages,
        )
