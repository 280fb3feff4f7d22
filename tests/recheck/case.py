"""What the rules ask of a factory and its plan."""

from __future__ import annotations

from tests.recheck.components import Components
from tests.recheck.holdings import Holdings
from tests.recheck.supplies import Supplies


class Case(Holdings, Supplies, Components):
    """One factory, one plan, one reading of the calendars."""
