"""What the rules ask of a factory and its plan."""

from __future__ import annotations

from tests.recheck.calendars import Reading
from tests.recheck.components import Components
from tests.recheck.factory import Factory
from tests.recheck.holdings import Holdings
from tests.recheck.plan import Plan
from tests.recheck.supplies import Supplies
from tests.recheck.variants import Variants


class Case(Holdings, Supplies, Components):
    """One factory, one plan, one reading of the calendars."""

    def __init__(self, factory: Factory, plan: Plan, reading: Reading) -> None:
        super().__init__(factory, plan, reading)
        self.variants = Variants(factory)
