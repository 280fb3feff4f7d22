"""Roles: one closed table, complete for all changes, and the page that is made from it."""

from datetime import UTC, datetime
from typing import get_args

import pytest

from pegboard.app.roles import NEEDED, ROLES, TABLE, Permission, Role, may, needed
from pegboard.domain.change import AddUnits, CancelOrder, Change, Pin, ReportProgress, SupplierDelay
from tests.app.roles_page import PAGE, page

NOON = datetime(2026, 6, 8, 12, tzinfo=UTC)
ONE_OF_EACH: dict[str, Change] = {
    "orders": CancelOrder(order="SO-1"),
    "supply": SupplierDelay(po="PO-1", days=3),
    "report": ReportProgress(wo="WO-1", step=10, status="done"),
    "capacity": AddUnits(resource="SAW", units=1),
    "places": Pin(operation="WO-1.10", start=NOON),
}


def test_every_permission_stands_in_the_table_once_with_roles_that_exist():
    assert [right.permission for right in TABLE] == list(get_args(Permission))
    assert {role for right in TABLE for role in right.roles.split()} == set(ROLES)


def test_every_change_takes_a_permission():
    assert set(NEEDED) == set(get_args(Change))


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        ("sales", {"orders"}),
        ("buyer", {"supply"}),
        ("supervisor", {"report"}),
        ("viewer", set()),
        ("planner", {"orders", "supply", "report", "capacity", "places"}),
        ("administrator", {"orders", "supply", "report", "capacity", "places"}),
    ],
)
def test_a_role_changes_what_is_its_business_alone(role: Role, allowed: set[str]):
    assert {kind for kind, change in ONE_OF_EACH.items() if needed(change) in may(role)} == allowed


def test_a_viewer_reads_and_a_planner_does_everything_but_people():
    assert may("viewer") == {"see", "tokens"}
    assert may("administrator") - may("planner") == {"people"}


def test_the_page_is_made_from_the_table():
    assert PAGE.read_text(encoding="utf-8") == page()
