"""Configured chairs with alternates, a substitute and a by-product: a good plan, and what breaks each rule."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.plans import Case, Plant, edit, faults, line, more, names, peg, plant
from tests.test_recheck import Break, both, drop, rules, swap

# Chairs of leather or cloth (MT-15), with alternates, a substitute and a by-product
#
#   WO-A  4 of leather, arms, black, 750 long: 10 + 20, 80, 24, 32 = 166 min     00:00 .. 02:46
#   WO-B  10 of cloth, no arms, red, 600:      10 + 50, 120, 80 min              00:30 .. 05:10

CHAIRS = {
    "items.csv": "item,supply,decimals\nCHAIR,make,\nFRAME,buy,\nARM,buy,\nLEATHER,buy,2\nCLOTH,buy,2\nDYE,buy,1\n"
    "SCREW,buy,\nBOLT,buy,\nGLUE,buy,\nPASTE,buy,\nDUST,buy,\n",
    "options.csv": "item,option,values,required,default\nCHAIR,FABRIC,leather;cloth,,\nCHAIR,ARMS,yes;no,,\n"
    "CHAIR,COLOUR,red;black,,\nCHAIR,LENGTH,100..900,no,600\n",
    "option_rules.csv": "item,when,require,message\nCHAIR,FABRIC=leather,COLOUR=black,leather-is-black\n",
    "bom.csv": "parent,component,qty_per,step,condition,alternate_group,rank,kind,yield,valid_to\n"
    "CHAIR,FRAME,1,,,,,,,\n"
    "CHAIR,ARM,2,30,,,,,,\nCHAIR,LEATHER,1.8*LENGTH/600,,FABRIC=leather,,,,,\n"
    "CHAIR,CLOTH,2*LENGTH/600,,FABRIC=CLOTH,,,,,\nCHAIR,DYE,0.1,,COLOUR in red,,,,,\nCHAIR,SCREW,4,,,G,1,,,\n"
    "CHAIR,BOLT,2,,,G,2,,,\nCHAIR,GLUE,1,,,,,,,\nCHAIR,DUST,0.5,,,,,byproduct,0.9,\n",
    "substitutes.csv": "item,substitute,factor\nGLUE,PASTE,2\n",
    "routing.csv": "item,step,resource,setup_min,run_min,condition\nCHAIR,10,M1,10,5,\nCHAIR,20,M2,,20,FABRIC=leather\n"
    "CHAIR,20,M2,,12,FABRIC=cloth\nCHAIR,30,M3,,6,ARMS=yes\nCHAIR,40,M4,,8,\n",
    "resources.csv": "resource\nM1\nM2\nM3\nM4\n",
    "orders.csv": "order,item,qty,due,options\n"
    "A,CHAIR,4,2026-06-05T00:00,FABRIC=leather;ARMS=yes;COLOUR=black;LENGTH=750\n"
    "B,CHAIR,10,2026-06-05T00:00,FABRIC=cloth;ARMS=no;COLOUR=red\n"
    "C,CHAIR,1,2026-06-05T00:00,FABRIC=leather;ARMS=no;COLOUR=red\nD,DUST,5,2026-06-05T00:00,\n"
    "E,CHAIR,1,2026-06-05T00:00,FABRIC=Cloth;ARMS=no;COLOUR=RED;LENGTH=600.0\n",
    "stock.csv": "item,qty,lot,options\nFRAME,14,,\nARM,8,,\nLEATHER,9,,\nCLOTH,20,,\nDYE,1,,\nSCREW,16,,\nBOLT,20,,\n"
    "GLUE,4,,\nPASTE,20,,\nCHAIR,1,L1,FABRIC=cloth;ARMS=no;COLOUR=red\n",
}
LEATHER, CLOTH = "FABRIC=leather;ARMS=yes;COLOUR=black;LENGTH=750", "FABRIC=cloth;ARMS=no;COLOUR=red;LENGTH=600"
CHAIR_PLAN = {
    "orders.csv": [
        *(line("A CHAIR 4 due 5T00:00 done 1T02:46"), line("B CHAIR 10 due 5T00:00 done 1T05:10")),
        *(line("C CHAIR 1 due 5T00:00 left out data leather-is-black"), line("D DUST 5 due 5T00:00 done 1T05:10")),
        line("E CHAIR 1 due 5T00:00 done 1T00:00 covered"),
    ],
    "work_orders.csv": [
        f"wo=WO-A item=CHAIR qty=4 good_qty=4 start=1T00:00 end=1T02:46 options={LEATHER}",
        f"wo=WO-B item=CHAIR qty=10 good_qty=10 start=1T00:30 end=1T05:10 options={CLOTH}",
    ],
    "operations.csv": [
        "wo=WO-A step=10 resource=M1 setup_start=1T00:00 start=1T00:10 end=1T00:30 setup_min=10 run_min=20",
        "wo=WO-A step=20 resource=M2 setup_start=1T00:30 start=1T00:30 end=1T01:50 setup_min=0 run_min=80",
        "wo=WO-A step=30 resource=M3 setup_start=1T01:50 start=1T01:50 end=1T02:14 setup_min=0 run_min=24",
        "wo=WO-A step=40 resource=M4 setup_start=1T02:14 start=1T02:14 end=1T02:46 setup_min=0 run_min=32",
        "wo=WO-B step=10 resource=M1 setup_start=1T00:30 start=1T00:40 end=1T01:30 setup_min=10 run_min=50",
        "wo=WO-B step=20 resource=M2 setup_start=1T01:50 start=1T01:50 end=1T03:50 setup_min=0 run_min=120",
        "wo=WO-B step=40 resource=M4 setup_start=1T03:50 start=1T03:50 end=1T05:10 setup_min=0 run_min=80",
    ],
    "pegs.csv": [
        peg(text)
        for text in (
            *("wo WO-A -> order A: CHAIR 4 at 1T02:46", "wo WO-B -> order B: CHAIR 10 at 1T05:10"),
            *("wo WO-A -> order D: DUST 1 at 1T02:46", "wo WO-B -> order D: DUST 4 at 1T05:10"),
            "stock CHAIR:L1 -> order E: CHAIR 1 at 1T00:00",
            *(f"stock {item} -> wo WO-A 10: {item} {qty} at 1T00:00" for item, qty in (("FRAME", 4), ("LEATHER", 9))),
            *(f"stock {item} -> wo WO-A 10: {item} {qty} at 1T00:00" for item, qty in (("SCREW", 16), ("GLUE", 4))),
            "stock ARM -> wo WO-A 30: ARM 8 at 1T00:00",
            *(f"stock {item} -> wo WO-B 10: {item} {qty} at 1T00:00" for item, qty in (("FRAME", 10), ("CLOTH", 20))),
            *(f"stock {item} -> wo WO-B 10: {item} {qty} at 1T00:00" for item, qty in (("DYE", 1), ("BOLT", 20))),
            "stock PASTE -> wo WO-B 10: PASTE 20 at 1T00:00",
        )
    ],
}
CHAIR_BREAKS: list[Case] = [
    ("configured", "a forbidden chair is planned", edit("orders.csv", "order=C", "status=on_time completion=1T05:10")),
    ("configured", "it is left out for another cause", edit("orders.csv", "order=C", "cause=material")),
    ("configured", "the rule is not named", edit("orders.csv", "order=C", "reason=impossible")),
    ("configured", "a fabric that is not offered", swap("factory", "options.csv", "leather;cloth", "leather;suede")),
    ("configured", "longer than allowed", swap("factory", "options.csv", "100..900", "100..700")),
    ("configured", "an option without value", swap("factory", "orders.csv", "ARMS=no;COLOUR=red\nC", "COLOUR=red\nC")),
    (
        "configured",
        "made of another colour",
        edit("work_orders.csv", "wo=WO-B", f"options={CLOTH.replace('red', 'black')}"),
    ),
    ("configured", "an option that does not matter", edit("work_orders.csv", "wo=WO-A", f"options={LEATHER};SIZE=3")),
    ("configured", "stock of another variant", swap("factory", "stock.csv", "ARMS=no", "ARMS=yes")),
    ("configured", "stock of an unknown variant", swap("factory", "stock.csv", "FABRIC=cloth;ARMS=no;COLOUR=red", "")),
    (
        "configured",
        "a formula divides by zero",
        swap("factory", "bom.csv", "LENGTH/600,,FABRIC=CL", "LENGTH/0,,FABRIC=CL"),
    ),
    ("configured", "a formula is below zero", swap("factory", "routing.csv", "M1,10,5", "M1,500-LENGTH,5")),
    ("configured", "a formula lacks an option", swap("factory", "routing.csv", "M1,10,5", "M1,WIDTH,5")),
    ("pegs", "a formula is not worked out", edit("pegs.csv", "item=LEATHER", "qty=7.2")),
    ("steps", "a step of the variant is missing", drop("operations.csv", wo="WO-A", step="30")),
    (
        "steps",
        "a step that the variant has not",
        more(
            "operations.csv",
            "wo=WO-B step=30 resource=M3 setup_start=1T03:50 start=1T03:50 end=1T04:50 setup_min=0 run_min=60",
        ),
    ),
    ("work", "the time of the other condition", edit("operations.csv", "wo=WO-B step=20", "end=1T05:10 run_min=200")),
    (
        "precedence",
        "what follows a missing step does not wait for what came before it",
        edit("operations.csv", "wo=WO-B step=40", "setup_start=1T03:40 start=1T03:40 end=1T05:00"),
    ),
    ("pegs", "a component of a missing step", more("pegs.csv", peg("stock ARM -> wo WO-B 40: ARM 20 at 1T00:00"))),
    (
        "pegs",
        "a mixture of alternates",
        both(
            edit("pegs.csv", "item=BOLT", "qty=10"),
            more("pegs.csv", peg("stock SCREW -> wo WO-B 10: SCREW 20 at 1T00:00")),
        ),
    ),
    ("pegs", "neither of the alternates", drop("pegs.csv", item="BOLT")),
    ("pegs", "an alternate that is no more in force", swap("factory", "bom.csv", "G,2,,,", "G,2,,,2026-05-20")),
    ("pegs", "a substitute without its factor", edit("pegs.csv", "item=PASTE", "qty=10")),
    (
        "pegs",
        "a substitute that is not yet one",
        swap("factory", "substitutes.csv", "factor\nGLUE,PASTE,2", "factor,valid_from\nGLUE,PASTE,2,2026-07-01"),
    ),
    ("pegs", "more by-product than comes out", swap("factory", "bom.csv", "byproduct,0.9", "byproduct,0.7")),
    (
        "pegs",
        "a by-product before the order is complete",
        edit("pegs.csv", "supply=WO-B item=DUST", "available=1T03:50"),
    ),
    (
        "material",
        "a by-product is sold too soon",
        edit("orders.csv", "order=D", "completion=1T03:50 lateness_min=-5530"),
    ),
]


@pytest.fixture
def chairs(tmp_path: Path) -> Plant:
    return plant(tmp_path, CHAIRS, CHAIR_PLAN)


def test_a_good_plan_of_configured_chairs_is_accepted(chairs: Plant) -> None:
    assert faults(chairs) == []


@pytest.mark.parametrize(("rule", "fault", "spoil"), CHAIR_BREAKS, ids=names(CHAIR_BREAKS))
def test_a_fault_in_a_configured_chair_is_caught(chairs: Plant, rule: str, fault: str, spoil: Break) -> None:
    spoil(*chairs)
    assert rule in rules(faults(chairs))
