"""The columns of the plan folder's files, derived from the rows of `domain/plan.py`: how each is written and read."""

from collections.abc import Callable, Sequence
from functools import cache
from types import NoneType
from typing import Any, Literal, get_args, get_type_hints

import msgspec

from pegboard.domain.finding import Finding
from pegboard.domain.plan import BufferPlan, OperationPlan, OrderPlan, Peg, PurchasePlan, WorkOrderPlan
from pegboard.domain.record import Ids, Options
from pegboard.exchange.csv_text import quoted
from pegboard.exchange.instants import Instants, all_seconds
from pegboard.exchange.number_text import shortest

Kind = Literal["text", "number", "count", "instant", "yes/no", "ids", "options"]

PLAN_FILES: dict[str, type[msgspec.Struct]] = {
    "orders": OrderPlan,
    "work_orders": WorkOrderPlan,
    "operations": OperationPlan,
    "purchases": PurchasePlan,
    "pegs": Peg,
    "buffers": BufferPlan,
    "messages": Finding,
}
"""The files of the plan folder by name without ending; also the fields of `Plan`."""

COUNTS = ("step", "level")
"""The whole numbers that are no instants."""

_encode = msgspec.json.Encoder().encode


class PlanColumn(msgspec.Struct, frozen=True):
    """One column: its name, what it holds, and whether a blank cell means nothing is there."""

    name: str
    kind: Kind
    optional: bool


@cache
def plan_columns(row: type[msgspec.Struct]) -> tuple[PlanColumn, ...]:
    """The columns of a row, in the order of its fields."""
    hints = get_type_hints(row)
    return tuple(_column(name, hints[name]) for name in row.__struct_fields__)


def formatter(kind: Kind, instants: Instants) -> Callable[[Sequence[Any]], Sequence[str]]:
    """What turns the values of a column into the cells of a CSV file."""
    match kind:
        case "instant":
            return instants.texts
        case "number" | "count":
            return _numbers
        case "yes/no":
            return lambda values: ["yes" if value else "no" for value in values]
        case "ids":
            return lambda values: quoted([";".join(value) if value else "" for value in values])
        case "options":
            return lambda values: quoted([_options_text(value) if value else "" for value in values])
        case _:
            return quoted


def parser(column: PlanColumn) -> Callable[[Sequence[str]], Sequence[Any]]:
    """What turns the cells of a column back into its values; raises ValueError or KeyError."""
    one: Callable[[str], Any]
    match column.kind:
        case "instant":
            return _optional_seconds if column.optional else lambda texts: all_seconds(texts).tolist()
        case "number":
            one = float
        case "count":
            one = int
        case "yes/no":
            one = {"yes": True, "no": False}.__getitem__
        case "ids":
            one = _ids
        case "options":
            one = _options
        case _:
            return lambda texts: texts
    if column.optional:
        return lambda texts: [one(text) if text else None for text in texts]
    return lambda texts: list(map(one, texts))


def _column(name: str, hint: Any) -> PlanColumn:
    parts = [hint] if hint in (Ids, Options) else [part for part in get_args(hint) or (hint,) if part is not NoneType]
    kinds: list[tuple[Any, Kind]] = [(float, "number"), (bool, "yes/no"), (Ids, "ids"), (Options, "options")]
    kind: Kind = next((kind for known, kind in kinds if known in parts), "text")
    if int in parts:
        kind = "count" if name in COUNTS else "instant"
    return PlanColumn(name, kind, NoneType in get_args(hint))


def _numbers(values: Sequence[float | None]) -> list[str]:
    """Whole numbers without `.0`, others as short as reads back the same, blank for none."""
    try:
        text = _encode(values)[1:-1]
    except TypeError:  # numbers of numpy
        return ["" if v is None else shortest(float(v)) for v in values]
    if b"e" in text or b"E" in text:
        return ["" if v is None else shortest(float(v)) for v in values]
    # The encoder writes 12.0, -0.0 and null, and a zero after the point only there.
    ended = (text + b",").replace(b".0,", b",").replace(b"-0,", b"0,").replace(b"null,", b",")
    return ended[:-1].decode().split(",")


def _optional_seconds(texts: Sequence[str]) -> list[int | None]:
    known = iter(all_seconds([text for text in texts if text]).tolist())
    return [next(known) if text else None for text in texts]


def _options_text(chosen: Options) -> str:
    return ";".join(f"{name}={value}" for name, value in chosen)


def _ids(text: str) -> Ids:
    return tuple(text.split(";")) if text else ()


def _options(text: str) -> Options:
    pairs = (part.partition("=") for part in text.split(";") if part)
    return tuple((name, chosen) for name, _, chosen in pairs)
