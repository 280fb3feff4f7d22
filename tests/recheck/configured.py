"""Configured products: what may be ordered, what a work order is made as, and whom its pieces serve."""

from __future__ import annotations

from tests.recheck.case import Case
from tests.recheck.formulas import amount, parse_options
from tests.recheck.ledger import Ledger
from tests.recheck.plan_records import Peg, WorkOrder
from tests.recheck.variants import Options, Variants, is_component


def check_configured(case: Case, ledger: Ledger) -> None:
    """Configurations, variants and formulas."""
    variants = case.variants
    check_configurations(case, ledger, variants)
    for wo in case.work_orders.values():
        if wo.item in case.factory.items and wo.name not in case.factory.work_orders:
            check_formulas(case, ledger, wo)
            strange = set(parse_options(wo.options)) - variants.may_stand(wo.item)
            ledger.test(
                "configured", not strange, f"{wo.name} of {wo.item} bears {', '.join(sorted(strange))}, no matter"
            )
    for peg in case.plan.pegs:
        check_variant(case, ledger, variants, peg)


def check_configurations(case: Case, ledger: Ledger, variants: Variants) -> None:
    """ "A value that is not allowed, a rule whose `when` holds and whose `require` does not, and an incomplete
    configuration leave the line out (cause `data`), naming option or rule"."""
    for line in case.plan.lines:
        known = case.factory.order_lines.get(line.key)
        faults = variants.faults(known) if known is not None and known.is_open else []
        if known is not None and known.item in variants.options:
            ledger.count("configured")
        if not faults:
            continue
        first = " or ".join(faults[0])
        ledger.test("configured", line.status == "unplanned", f"line {line.name} is {line.status}, but {first} forbids")
        if line.status == "unplanned":
            said = line.reason.casefold()
            ok = line.cause == "data" and any(word.casefold() in said for words in faults for word in words)
            ledger.test("configured", ok, f"line {line.name} is left out for {line.reason!r}, not for {first}")


def check_formulas(case: Case, ledger: Ledger, wo: WorkOrder) -> None:
    """ "One that fails for a variant (division by zero, negative result, absent option) leaves out the lines"."""
    options = case.factory.options_of(wo.item, wo.options)
    for step in case.recipe(wo).steps.values():
        times = [step.fixed_min, *(time for mode in step.modes for time in (mode.setup_min, mode.run_min))]
        ok = all(time is not None and time >= 0 for time in times)
        ledger.test(
            "configured", ok, f"{wo.name} step {step.number} has a time that fails for {wo.options or 'nothing'}"
        )
    for line in case.lines_of(wo):
        cells = [amount(line.get(c, ""), 0.0, options) for c in ("qty_per", "per_qty", "fixed_qty")]
        ok = all(cell is not None and (cell >= 0 or not is_component(line)) for cell in cells)
        ledger.test("configured", ok, f"{wo.name} draws {line['component']} by a quantity that fails")


def check_variant(case: Case, ledger: Ledger, variants: Variants, peg: Peg) -> None:
    """ "Work orders, and stock with options, serve equal variants only"."""
    wanted = demand_options(case, peg)
    if wanted is None or not variants.matter(peg.item):
        return
    wo = case.work_orders.get(peg.supply) if peg.supply_kind == "wo" else None
    if wo is not None:
        ok = variants.same(peg.item, parse_options(wo.options), wanted)
        ledger.test("configured", ok, f"{peg.name} is made as {wo.options or 'nothing'}, wanted is {show(wanted)}")
    if peg.supply_kind == "stock":
        found = [lot.options for lot in case.lots_named(peg)]
        ok = not found or any(serves(variants, peg.item, options, wanted) for options in found)
        ledger.test("configured", ok, f"{peg.name} is another variant than {show(wanted)}, or nobody knows which")


def serves(variants: Variants, item: str, options: Options, wanted: Options) -> bool:
    """ "Stock without options serves everybody, except of an item that options.csv, a condition or a formula below it
    makes different: nobody knows which variant that is"."""
    return variants.same(item, options, wanted) if options else not variants.differ(item)


def demand_options(case: Case, peg: Peg) -> Options | None:
    """The options of what a peg serves."""
    if peg.demand_kind == "wo":
        wo = case.work_orders.get(peg.demand)
        return parse_options(wo.options) if wo is not None else None
    key = case.demand_line(peg)
    if key is None:
        return None
    line = case.factory.order_lines[key]
    return case.variants.chosen(line.item, line.options)


def show(options: Options) -> str:
    return ";".join(f"{name}={value}" for name, value in sorted(options.items())) or "nothing"
