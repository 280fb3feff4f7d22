"""Who may do what: the roles of a plant, and one table of all permissions.

docs/roles.md is made from the table, and the server asks it for every request.
"""

from typing import Literal, get_args

import msgspec

from pegboard.domain import change as changes
from pegboard.domain.change import Change

Role = Literal["planner", "sales", "buyer", "supervisor", "viewer", "administrator"]
Permission = Literal[
    "see", "try", "quote", "promise", "orders", "supply", "report", "capacity", "places", "plan", "compute",
    "data", "comment", "tokens", "audit", "webhooks", "people",
]  # fmt: skip

ROLES: tuple[Role, ...] = get_args(Role)
ALL = "planner sales buyer supervisor viewer administrator"


class Right(msgspec.Struct, frozen=True):
    """A permission, the roles that have it (with blanks between), and what it allows in words."""

    permission: Permission
    roles: str
    what: str


TABLE = (
    Right("see", ALL, "see the plan, orders, materials, data, scenarios, jobs and comments, and take them out"),
    Right("try", "planner sales buyer supervisor administrator", "see what a change would do, and keep scenarios"),
    Right("quote", "planner sales administrator", "ask for quotes"),
    Right("promise", "planner sales administrator", "accept quotes, and reserve"),
    Right("orders", "planner sales administrator", "change orders: quantity, date, priority, options, hold, cancel"),
    Right("supply", "planner buyer administrator", "change supplies: delays, lead times, stock, buffers"),
    Right("report", "planner supervisor administrator", "report progress, and that a resource is down"),
    Right("capacity", "planner administrator", "change capacity: calendars, overtime, units"),
    Right("places", "planner administrator", "move operations, pin and lock them"),
    Right("plan", "planner administrator", "plan all anew, undo, promote scenarios, apply remedies"),
    Right("compute", "planner sales administrator", "have long computations made"),
    Right("data", "planner administrator", "bring in master data"),
    Right("comment", "planner sales buyer supervisor administrator", "write comments"),
    Right("tokens", ALL, "have tokens of one's own for programs"),
    Right("audit", "planner administrator", "read the audit trail"),
    Right("webhooks", "planner administrator", "have other programs told of events"),
    Right("people", "administrator", "invite people, give them roles, end their access"),
)

NEEDED: dict[type[Change], Permission] = {
    changes.SetQuantity: "orders",
    changes.SetDue: "orders",
    changes.SetPriority: "orders",
    changes.SetOptions: "orders",
    changes.AddOrder: "orders",
    changes.CancelOrder: "orders",
    changes.HoldOrder: "orders",
    changes.ReleaseOrder: "orders",
    changes.SupplierDelay: "supply",
    changes.SetLeadTime: "supply",
    changes.CorrectStock: "supply",
    changes.AdjustBuffer: "supply",
    changes.ReportProgress: "report",
    changes.ResourceDown: "report",
    changes.AddException: "capacity",
    changes.Overtime: "capacity",
    changes.AddUnits: "capacity",
    changes.Pin: "places",
    changes.Unpin: "places",
    changes.Lock: "places",
    changes.Unlock: "places",
}
"""Which permission each change to the live plan takes."""


def may(role: Role) -> frozenset[Permission]:
    """All that a role may do."""
    return frozenset(right.permission for right in TABLE if role in right.roles.split())


def needed(change: Change) -> Permission:
    """The permission that a change to the live plan takes."""
    return NEEDED[type(change)]
