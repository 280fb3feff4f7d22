"""Items, their bills of material, units of measure and configuration options."""

from typing import Literal

from pegboard.domain.expression import Amount, plain
from pegboard.domain.record import Moment, Record

Supply = Literal["make", "buy", "phantom"]
Policy = Literal["mto", "buffer", "stock"]
Pegging = Literal["soft", "hard"]


class Item(Record, frozen=True, kw_only=True):
    """A thing that is made, bought or only a name for its parts (`phantom`).

    `supply` blank means: made when it has a routing or a bill of materials, bought otherwise. `safety_stock` is kept of
    items of policy `stock`.
    """

    item: str
    name: str = ""
    uom: str = "pcs"
    supply: Supply | None = None
    policy: Policy = "mto"
    pegging: Pegging = "soft"
    lead_time_days: float = 0.0
    min_qty: float = 0.0
    multiple: float = 0.0
    max_qty: float | None = None
    batch_days: float = 0.0
    yield_: float = 1.0
    unit_cost: float | None = None
    price: float | None = None
    decimals: int = 0
    shelf_life_days: float | None = None
    safety_stock: float = 0.0


class BomLine(Record, frozen=True, kw_only=True):
    """`qty_per / per_qty` of a component for each started unit of the parent, plus `fixed_qty` per lot.

    Quantities may be formulas over the parent's options; a line with a `condition` belongs to variants that keep it.
    """

    parent: str
    component: str
    qty_per: Amount
    per_qty: Amount = 1.0
    fixed_qty: Amount = 0.0
    step: int | None = None
    yield_: float = 1.0
    kind: Literal["component", "byproduct", "coproduct"] = "component"
    condition: str = ""
    valid_from: Moment | None = None
    valid_to: Moment | None = None
    alternate_group: str = ""
    rank: int = 1
    route: str = ""

    def quantity(self, started: float) -> float:
        """What belongs to `started` pieces of the parent, without yield and rounding; of a line with numbers alone."""
        return plain(self.qty_per) / plain(self.per_qty) * started + plain(self.fixed_qty)


class Substitute(Record, frozen=True, kw_only=True):
    """An item that may stand in for another one in bills of materials: `factor` of it for each unit."""

    item: str
    substitute: str
    factor: float = 1.0
    rank: int = 2
    valid_from: Moment | None = None
    valid_to: Moment | None = None


class Uom(Record, frozen=True, kw_only=True):
    """One unit of `from_` is `factor` units of `to`, for one item or for all."""

    item: str = ""
    from_: str
    to: str
    factor: float


class Option(Record, frozen=True, kw_only=True):
    """A feature the customer chooses, with its allowed values (`red;blue` or `100..900`)."""

    item: str
    option: str
    values: str
    required: bool = True
    default: str = ""


class OptionRule(Record, frozen=True, kw_only=True):
    """Where `when` holds, `require` must hold too."""

    item: str
    when: str
    require: str
    message: str = ""
