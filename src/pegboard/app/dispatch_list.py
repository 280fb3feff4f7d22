"""Use cases of dispatch lists: of one resource, or of all that have something to do; and how they are printed."""

from collections.abc import Mapping, Sequence

from pegboard.app.dispatch_pdf import dispatch_pdf
from pegboard.domain.factory import Factory
from pegboard.domain.finding import Finding
from pegboard.domain.plan import Plan
from pegboard.insight.dispatch_list import Dispatched, busy_resources, dispatch_list

Lists = dict[str, list[Dispatched]]


def dispatch_lists(factory: Factory, plan: Plan, resource: str, until: int | None) -> Lists | Finding:
    """The list of a resource, where none is named of all with something to do; a finding for an unknown resource."""
    found: Lists = {}
    for name in [resource] if resource else busy_resources(plan):
        rows = dispatch_list(factory, plan, name, until)
        if isinstance(rows, Finding):
            return rows
        if rows or resource:
            found[name] = rows
    return found


def printed(factory: Factory, plan: Plan, lists: Mapping[str, Sequence[Dispatched]]) -> bytes:
    """Dispatch lists as PDF."""
    names = {name: resource.name for name, resource in factory.resources.items()}
    return dispatch_pdf(factory.snapshot.settings.name, lists, names, plan.now, factory.zone)
