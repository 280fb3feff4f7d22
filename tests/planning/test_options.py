"""What options.csv, option_rules.csv and the rows with conditions and formulas are found to be wrong in."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pegboard.domain.expression import Formula
from pegboard.domain.finding import Finding
from pegboard.domain.item import BomLine, Option, OptionRule
from pegboard.domain.snapshot import Snapshot
from pegboard.planning.validate import validate
from tests.factories import buy, factory, make, order, part, phantom, plan, said, step, stock, wo, works

COLOUR = Option(item="CHAIR", option="COLOUR", values="red;blue")
LEN = Option(item="CHAIR", option="LEN", values="300..900", default="600")
SHELVES = Option(item="CHAIR", option="SHELVES", values="0..4")


def rule(when: str, require: str, message: str = "") -> OptionRule:
    """A rule for the chair."""
    return OptionRule(item="CHAIR", when=when, require=require, message=message)


def shop(*bom: BomLine, **more: Any) -> Snapshot:
    """A chair of wood, and of what a test adds."""
    options = more.pop("options", [COLOUR])
    return factory(
        items=[make("CHAIR"), buy("WOOD"), buy("PAINT", decimals=1)],
        bom=[part("CHAIR", "WOOD"), *bom],
        routing=[step("CHAIR", 10, "SAW", run=5)],
        options=options,
        **more,
    )


def found(snapshot: Snapshot, code: str) -> list[Finding]:
    """The findings of one code."""
    return [f for f in validate(snapshot)[1] if f.code == code]


def whats(snapshot: Snapshot, code: str) -> list[str]:
    """What the findings of one code say."""
    return [f.what for f in found(snapshot, code)]


def red(qty: float = 1, options: str = "red") -> list[Any]:
    """An order for chairs of a colour."""
    return [order("SO-1", "CHAIR", qty, "2026-06-12", options=(("COLOUR", options),))]


# -- rows that cannot be read ----------------------------------------------------------------------------------------


def test_a_condition_that_cannot_be_read_blocks_its_item_and_says_where():
    outcome = plan(shop(part("CHAIR", "PAINT", condition="COLOUR=red and"), orders=red()))
    (finding,) = said(outcome, "V180")
    assert finding.what == (
        "PAINT in CHAIR has a condition or formula that cannot be read: "
        "at its end, not, a number, the name of an option or ( is expected"
    )
    assert [o.status for o in outcome.plan.orders] == ["unplanned"]


def test_a_rule_that_cannot_be_read_blocks_its_item():
    (finding,) = found(shop(option_rules=[rule("COLOUR=red", "LEN>")]), "V180")
    assert "'when COLOUR=red require LEN>' cannot be read: at its end, a value is expected" in finding.what


@pytest.mark.parametrize(
    ("values", "why"),
    [
        (" ; ", "no value is given"),
        ("900..100", "the range 900..100 is empty"),
        ("a..z", "a..z is no range of numbers"),
    ],
)
def test_values_that_cannot_be_used_are_named(values: str, why: str):
    (what,) = whats(shop(options=[Option(item="CHAIR", option="LEN", values=values)]), "V181")
    assert what.endswith(f"cannot be used: {why}")


def test_a_default_must_be_one_of_the_values():
    option = Option(item="CHAIR", option="COLOUR", values="red;blue", default="green")
    assert whats(shop(options=[option]), "V181") == [
        "the default green of option COLOUR of CHAIR is not one of red;blue"
    ]


def test_options_and_rules_of_an_item_that_does_not_exist_are_named():
    lost = [Option(item="CHIAR", option="COLOUR", values="red"), COLOUR]
    rules = [OptionRule(item="CHIAR", when="COLOUR=red", require="COLOUR=red")]
    assert whats(shop(options=lost, option_rules=rules), "V182") == [
        "an option rule is for item CHIAR, which does not exist",
        "option COLOUR is for item CHIAR, which does not exist",
    ]


# -- names and values that do not exist ------------------------------------------------------------------------------


def test_a_rule_that_names_an_unknown_option_or_value_is_found():
    rules = [rule("COLOR=red", "COLOUR=blue"), rule("COLOUR in red,green", "COLOUR!=blue")]
    snapshot = shop(option_rules=rules)
    assert whats(snapshot, "V183") == [
        "the rule 'when COLOR=red require COLOUR=blue' of CHAIR names option COLOR, which CHAIR has not in options.csv"
    ]
    assert whats(snapshot, "V184") == [
        (
            "the rule 'when COLOUR in red,green require COLOUR!=blue' of CHAIR names COLOUR=green, "
            "but its values are red;blue"
        )
    ]


def test_a_condition_or_formula_that_names_an_unknown_option_or_value_is_found():
    bom = [
        part("CHAIR", "PAINT", condition="COLOR=red"),
        part("CHAIR", "PAINT", condition="COLOUR=grene"),
        part("CHAIR", "PAINT", Formula("2*LENGTH")),
    ]
    snapshot = shop(*bom)
    assert whats(snapshot, "V183") == [
        "the condition COLOR = red of PAINT in CHAIR asks for COLOR, an option that nothing has",
        "the formula 2*LENGTH of PAINT in CHAIR needs LENGTH, an option that nothing has",
    ]
    assert whats(snapshot, "V184") == [
        "the condition COLOUR = grene of PAINT in CHAIR asks for COLOUR=grene, but its values are red;blue"
    ]


def test_an_option_that_only_orders_know_is_known():
    snapshot = shop(part("CHAIR", "PAINT", condition="COLOUR=red"), options=[], orders=red())
    assert [f for f in validate(snapshot)[1] if f.severity == "error"] == []
    assert [p.item for p in plan(snapshot).plan.purchases] == ["PAINT", "WOOD"]


# -- rules that contradict themselves or each other ------------------------------------------------------------------


def test_a_rule_that_contradicts_itself_is_found():
    (what,) = whats(shop(option_rules=[rule("COLOUR=red", "COLOUR=blue", "odd")]), "V185")
    assert what == (
        "the rule 'odd': when COLOUR=red require COLOUR=blue of CHAIR contradicts itself: "
        "where it applies, nothing fulfils it"
    )


def test_rules_that_together_leave_no_configuration_for_a_value_are_found():
    """Red must be longer than 500 and no longer than 500: none is; blue may be anything."""
    rules = [rule("COLOUR=red", "LEN>500"), rule("COLOUR=red", "LEN<=500")]
    (what,) = whats(shop(options=[COLOUR, LEN], option_rules=rules), "V186")
    assert what.startswith("no configuration of CHAIR with COLOUR=red keeps all rules: ")


def test_rules_that_leave_something_of_every_value_are_sound_even_where_room_is_narrow():
    """Red leaves only lengths above 500 and below 501: 500.5 is one of them."""
    rules = [rule("COLOUR=red", "LEN>500 and LEN<501"), rule("LEN<300", "COLOUR=blue")]
    snapshot = shop(options=[COLOUR, LEN], option_rules=rules)
    assert [f.code for f in validate(snapshot)[1] if f.severity == "error"] == []


def test_more_configurations_than_can_be_tried_are_not_accused():
    """Thirty options of three values: a search through all 3^30 would take for ever."""
    options = [Option(item="CHAIR", option=f"O{i}", values="a;b;c") for i in range(30)]
    rules = [rule(f"O{i}=a", f"O{i + 1}!=a") for i in range(29)]
    assert [f.code for f in validate(shop(options=options, option_rules=rules))[1] if f.severity == "error"] == []


# -- formulas that fail ----------------------------------------------------------------------------------------------


def test_a_formula_that_fails_for_an_allowed_value_is_found_before_anybody_orders_it():
    bom = [part("CHAIR", "PAINT", Formula("10/SHELVES")), part("CHAIR", "WOOD", Formula("SHELVES-1"), step=10)]
    assert whats(shop(*bom, options=[SHELVES]), "V187") == [
        "allowed options of CHAIR fail: qty_per 10/SHELVES of PAINT in CHAIR divides by zero with SHELVES=0",
        (
            "allowed options of CHAIR fail: qty_per SHELVES-1 of WOOD in CHAIR comes to -1, and must be at least 0 "
            "with SHELVES=0"
        ),
    ]


def test_a_formula_whose_condition_or_rule_keeps_the_value_away_is_sound():
    sound = part("CHAIR", "PAINT", Formula("10/SHELVES"), condition="SHELVES>0")
    assert whats(shop(sound, options=[SHELVES]), "V187") == []
    by_rule = shop(
        part("CHAIR", "PAINT", Formula("10/SHELVES")),
        options=[COLOUR, SHELVES],
        option_rules=[rule("COLOUR in red,blue", "SHELVES>=1")],
    )
    assert whats(by_rule, "V187") == []


def test_a_formula_that_fails_for_a_variant_leaves_out_the_lines_that_want_it_alone():
    options = [Option(item="CHAIR", option="LEN", values="0..900")]
    orders = [order(f"SO-{n}", "CHAIR", 1, "2026-06-12", options=(("LEN", n),)) for n in ("450", "600")]
    outcome = plan(shop(part("CHAIR", "PAINT", Formula("10/(LEN-450)")), options=options, orders=orders))
    assert [(o.order, o.status, o.cause) for o in outcome.plan.orders] == [
        ("SO-450", "unplanned", "data"),
        ("SO-600", "on_time", ""),
    ]
    (finding,) = said(outcome, "V190")
    assert finding.what == (
        "CHAIR (LEN=450) cannot be made: qty_per 10/(LEN-450) of PAINT in CHAIR divides by zero with LEN=450"
    )


# -- the day's data --------------------------------------------------------------------------------------------------


def test_values_are_completed_by_defaults_and_spelled_as_in_options_csv():
    options = [COLOUR, LEN, Option(item="CHAIR", option="ARMS", values="yes", required=False)]
    chosen = (("LEN", "600.0"), ("colour", "RED"))
    outcome = plan(shop(options=options, orders=[order("SO-1", "CHAIR", 1, "2026-06-12", options=chosen)]))
    assert [w.options for w in works(outcome, "CHAIR")] == [(("COLOUR", "red"), ("LEN", "600"))]


def test_an_option_that_makes_no_difference_is_remarked_on():
    chosen = (("COLOUR", "red"), ("COLUOR", "red"))
    orders = [order(f"SO-{n}", "CHAIR", 1, "2026-06-12", options=chosen) for n in (1, 2)]
    assert whats(shop(orders=orders), "V193") == [
        "COLUOR is chosen on 2 lines of CHAIR, first SO-1/1, and makes no difference to it"
    ]


def test_stock_that_says_no_options_of_an_item_that_comes_in_variants_serves_nobody():
    outcome = plan(shop(orders=red(2), stock=[stock("CHAIR", 5)]))
    assert said(outcome, "V191")[0].what == "stock of 5 CHAIR has no options, and CHAIR comes in variants"
    assert [w.good_qty for w in works(outcome, "CHAIR")] == [2]


def test_stock_that_says_some_of_its_options_only_serves_nobody():
    orders = [order("SO-1", "CHAIR", 1, "2026-06-12", options=(("COLOUR", "red"), ("LEN", "600")))]
    outcome = plan(shop(options=[COLOUR, LEN], orders=orders, stock=[stock("CHAIR", 5, options=(("COLOUR", "red"),))]))
    assert [f.what for f in said(outcome, "V191")] == ["stock of 5 CHAIR (COLOUR=red) does not say LEN"]
    assert [w.good_qty for w in works(outcome, "CHAIR")] == [1]


def test_a_work_order_that_cannot_be_resolved_is_left_out_with_its_reason():
    outcome = plan(shop(orders=red(2), work_orders=[wo("WO-1", "CHAIR", 2)]))
    assert said(outcome, "V189")[0].what == (
        "work order WO-1 of CHAIR cannot be planned: the configuration is incomplete, COLOUR (red;blue) is not chosen"
    )
    assert [w.wo for w in works(outcome, "CHAIR")] == ["SO-1/1-1"]


def test_a_work_order_without_options_has_those_of_its_order():
    outcome = plan(shop(orders=red(2), work_orders=[wo("WO-1", "CHAIR", 2, order="SO-1")]))
    assert [(w.wo, w.options) for w in works(outcome, "CHAIR")] == [("WO-1", (("COLOUR", "red"),))]


def test_a_work_order_under_way_that_would_not_be_accepted_goes_on_with_a_remark():
    green = wo("WO-1", "CHAIR", 2, options=(("COLOUR", "green"),))
    outcome = plan(shop(work_orders=[green], orders=red(1)))
    assert said(outcome, "V195")[0].what == (
        "work order WO-1 makes CHAIR as is not allowed: COLOUR=green is not allowed (only red;blue)"
    )
    assert {w.wo: w.good_qty for w in works(outcome, "CHAIR")} == {"SO-1/1-1": 1, "WO-1": 2}


# -- anything --------------------------------------------------------------------------------------------------------

NAMES = st.sampled_from(["COLOUR", "colour", "LEN", "ARMS", "X"])
VALUES = st.sampled_from(["red", "blue", "0", "600", "-1", "red;blue", "0..9", "9..0", "..", "a..b", ";", "red;1..3"])
EXPRESSIONS = st.sampled_from(
    ["COLOUR=red", "LEN>=0", "LEN*LEN<4", "1/LEN=1", "not ARMS=yes", "X=X", "LEN in 1,2", "COLOUR=", "(", "", "and"]
)
FORMULAS = st.sampled_from(["LEN", "1/LEN", "-LEN", "LEN*1000000000*LEN*LEN", "X", "COLOUR", "2*3", "2*", "1/0"])
OPTIONS = st.dictionaries(NAMES, st.sampled_from(["red", "RED", "0", "1", "600", "-1", "x y"]), max_size=3)


@settings(max_examples=80)
@given(st.data())
def test_whatever_stands_in_the_files_a_plan_or_findings_come_of_it(data: st.DataObject):
    def some(strategy: st.SearchStrategy[Any], most: int = 3) -> list[Any]:
        return data.draw(st.lists(strategy, max_size=most))

    def chosen() -> Any:
        return data.draw(OPTIONS.map(lambda d: tuple(sorted(d.items()))))

    ends = ["A", "B", "C"]
    item = st.sampled_from(ends)
    amount = FORMULAS.map(Formula) | st.just(1.0)
    bom = some(st.builds(part, item, st.sampled_from([*ends, "W"]), amount, condition=EXPRESSIONS), 5)
    steps = some(st.builds(step, item, st.sampled_from([10, 20]), st.just("M"), run=amount, condition=EXPRESSIONS), 4)
    snapshot = factory(
        items=[make("A"), make("B"), phantom("C"), buy("W")],
        bom=list({(b.parent, b.component, b.condition): b for b in bom}.values()),
        routing=list({(s.item, s.step, s.condition): s for s in steps}.values()),
        options=some(st.builds(Option, item=item, option=NAMES, values=VALUES, required=st.booleans(), default=VALUES)),
        option_rules=some(st.builds(OptionRule, item=item, when=EXPRESSIONS, require=EXPRESSIONS)),
        orders=[order(f"SO-{n}", name, 1, "2026-06-12", options=chosen()) for n, name in enumerate(ends)],
        work_orders=[wo(f"WO-{n}", name, 1, order="SO-0", options=chosen()) for n, name in enumerate("AB")],
        stock=[stock("A", 1, options=chosen()), stock("W", 1, options=chosen())],
    )
    outcome = plan(snapshot)
    assert len(outcome.plan.orders) == 3
    for row in outcome.plan.orders:
        assert row.status != "unplanned" or row.reason
