"""When a purchase can be there, and when it must be ordered to be there in time.

A purchase ordered on day D arrives at the start of the factory's first working stretch on or after D + lead time.
Days are calendar days, or the supplier's open days. Order-by dates roll back to a day on which the supplier is open.
"""

import math
from datetime import date, timedelta

from pegboard.domain.calendar import FAR, Timeline, local_day, midnight
from pegboard.domain.factory import Factory
from pegboard.domain.supply import ItemSupplier
from pegboard.planning.reliability import safety_days


class PurchaseDates:
    """Purchase dates of a factory, remembered by supplier and lead time."""

    def __init__(self, factory: Factory) -> None:
        self.factory = factory
        self.today = local_day(factory.now, factory.zone)
        self._arrivals: dict[tuple[float, str, str, date], int] = {}
        self._orders: dict[tuple[float, str, str, int], int] = {}
        self._openings: dict[date, int] = {}
        self._safety = safety_days(factory)

    def earliest(self, item: str, source: ItemSupplier | None) -> int:
        """When a purchase ordered today is there; today is put off to the supplier's next open day."""
        lead, basis, supplier = self._terms(item, source)
        return self._arrival(lead, basis, supplier, self._rolled_on(self.today, supplier))

    def order_by(self, item: str, source: ItemSupplier | None, wanted: int) -> tuple[int, int, bool]:
        """The latest `(order_by, due)` for a purchase to be there by `wanted`, and whether that is still possible.

        When it is too late to order, both are the earliest possible.
        """
        earliest = self.earliest(item, source)
        if wanted < earliest:
            return self.factory.now, earliest, False
        due = max(self.receipt_by(wanted), earliest)
        return self.order_day(item, source, due), due, True

    def receipt_by(self, wanted: int) -> int:
        """The start of the factory's last working stretch at or before `wanted` from which a receipt's day counts."""
        due_day = local_day(wanted, self.factory.zone)
        while (due := self.receipt_from(due_day)) > wanted:
            due_day -= timedelta(days=1)
        return due

    def order_day(self, item: str, source: ItemSupplier | None, due: int) -> int:
        """The latest instant to order for a receipt at `due`, not before now."""
        lead, basis, supplier = self._terms(item, source)
        key = (lead, basis, supplier, due)
        if key not in self._orders:
            self._orders[key] = self._order_day(lead, basis, supplier, due)
        return self._orders[key]

    def receipt_from(self, day: date) -> int:
        """When a receipt of a day is there: the factory's first working instant on or after it."""
        if day not in self._openings:
            self._openings[day] = self.factory.calendar.next_open(midnight(day, self.factory.zone))
        return self._openings[day]

    def _order_day(self, lead: float, basis: str, supplier: str, due: int) -> int:
        """The latest day on which to order for `due`, as an instant not before now."""
        factory = self.factory
        day = local_day(due, factory.zone)
        if basis == "working":
            day = self._working_days_back(day, lead, supplier)
        else:
            day -= timedelta(days=math.ceil(lead))
        day = self._rolled_back(day, supplier)
        return factory.now if day <= self.today else midnight(day, factory.zone)

    def _terms(self, item: str, source: ItemSupplier | None) -> tuple[float, str, str]:
        own = self.factory.items[item].lead_time_days
        if source is None:
            return own, "calendar", ""
        lead = own if source.lead_time_days is None else source.lead_time_days
        return lead + self._safety.get((item, source.supplier), 0.0), source.lead_time_basis, source.supplier

    def _arrival(self, lead: float, basis: str, supplier: str, day: date) -> int:
        key = (lead, basis, supplier, day)
        if key not in self._arrivals:
            self._arrivals[key] = self._compute_arrival(lead, basis, supplier, day)
        return self._arrivals[key]

    def _compute_arrival(self, lead: float, basis: str, supplier: str, day: date) -> int:
        if basis == "working":
            days = self.factory.supplier_days.get(supplier, self.factory.open_days)
            t = midnight(day, self.factory.zone)
            for _ in range(math.ceil(lead)):
                t = days.next_open(_next_midnight(t, self.factory))
                if t >= FAR:
                    return FAR
        else:
            t = midnight(day + timedelta(days=math.ceil(lead)), self.factory.zone)
        found = self.factory.calendar.next_open(t)
        return max(found, self.factory.now) if found < FAR else FAR

    def _working_days_back(self, day: date, lead: float, supplier: str) -> date:
        days = self.factory.supplier_days.get(supplier, self.factory.open_days)
        day = _previous_open(days, day, self.factory)
        for _ in range(math.ceil(lead)):
            day = _previous_open(days, day - timedelta(days=1), self.factory)
        return day

    def _rolled_back(self, day: date, supplier: str) -> date:
        days = self.factory.supplier_days.get(supplier)
        return day if days is None else _previous_open(days, day, self.factory)

    def _rolled_on(self, day: date, supplier: str) -> date:
        days = self.factory.supplier_days.get(supplier)
        if days is None:
            return day
        found = days.next_open(midnight(day, self.factory.zone))
        return local_day(found, self.factory.zone) if found < FAR else day


def _next_midnight(t: int, factory: Factory) -> int:
    return midnight(local_day(t, factory.zone) + timedelta(days=1), factory.zone)


def _previous_open(days: Timeline, day: date, factory: Factory) -> date:
    last = days.last_open(midnight(day + timedelta(days=1), factory.zone))
    return day if last <= -FAR else local_day(last - 1, factory.zone)
