"""Plan a thousand variants of one configured product in one process, kernels warm: reading, resolving, planning.

The product is a wardrobe: a bill of three levels and a routing with the rows of all variants, conditions on most of
them, formulas for sizes and times. Every order wants another variant.
"""

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

from bench.__main__ import machine, table
from bench.repair import silent
from pegboard.app.files import plan_factory, read
from pegboard.domain.variant import variant_id
from pegboard.planning.validate import validate
from pegboard.scheduling.engines.dispatch import Options

START = date(2026, 6, 1)
COLOURS = ("white", "black", "oak", "walnut", "sage", "cobalt", "brick", "sand")
FRONTS = ("hinged", "sliding", "open")

ITEMS = """item,uom,decimals,lead_time_days
WARDROBE,pcs,0,0
CARCASS,pcs,0,0
DOOR,pcs,0,0
DRAWER,pcs,0,0
BOARD,m2,2,5
EDGE,m,1,5
LACQUER,kg,2,4
VENEER,m2,2,8
HINGE,pcs,0,3
TRACK,m,1,6
RUNNER,pcs,0,3
HANDLE,pcs,0,3
MIRROR,m2,2,9
LAMP,pcs,0,7
SHELF-PIN,pcs,0,2
CARTON,pcs,0,2
"""
BOM = """parent,component,qty_per,step,condition
WARDROBE,CARCASS,1,10,
WARDROBE,DOOR,WIDTH/500,20,FRONT!=open
WARDROBE,DRAWER,DRAWERS,10,DRAWERS>0
WARDROBE,LAMP,WIDTH/1000,30,LIGHT=yes
WARDROBE,TRACK,2*WIDTH/1000,20,FRONT=sliding
WARDROBE,CARTON,2+DRAWERS/4,50,
CARCASS,BOARD,(2*HEIGHT*DEPTH+3*WIDTH*DEPTH+HEIGHT*WIDTH)/1000000,10,
CARCASS,EDGE,(2*HEIGHT+2*WIDTH)/1000,20,
CARCASS,LACQUER,0.15*HEIGHT*DEPTH/1000000,30,"not COLOUR in oak,walnut"
CARCASS,VENEER,2*HEIGHT*DEPTH/1000000,20,"COLOUR in oak,walnut"
CARCASS,SHELF-PIN,4*WIDTH/500,40,
DOOR,BOARD,HEIGHT*500/1000000,10,
DOOR,EDGE,2*(HEIGHT+500)/1000,10,
DOOR,LACQUER,0.3*HEIGHT*500/1000000,20,"not COLOUR in oak,walnut"
DOOR,VENEER,2*HEIGHT*500/1000000,20,"COLOUR in oak,walnut"
DOOR,HINGE,2+HEIGHT/900,30,FRONT=hinged
DOOR,HANDLE,1,30,FRONT=hinged
DOOR,MIRROR,HEIGHT*400/1000000,20,MIRROR=yes and FRONT=sliding
DRAWER,BOARD,0.4,10,
DRAWER,RUNNER,2,20,
"""
ROUTING = """item,step,name,resource,setup_min,run_min,family,condition
WARDROBE,10,Set up carcass,ASSEMBLY,5,12+WIDTH/200,,
WARDROBE,20,Fit fronts,ASSEMBLY,5,8+WIDTH/100,,FRONT=hinged
WARDROBE,20,Fit tracks,ASSEMBLY,10,15+WIDTH/150,,FRONT=sliding
WARDROBE,30,Wire,ELECTRIC,5,15,,LIGHT=yes
WARDROBE,50,Pack,PACKING,2,6+WIDTH/400,,
CARCASS,10,Saw,SAWS,10,6+HEIGHT*WIDTH/600000,,
CARCASS,20,Edge,EDGER,5,4+HEIGHT/500,,
CARCASS,30,Lacquer,BOOTH,10,9,{COLOUR},"not COLOUR in oak,walnut"
CARCASS,30,Press veneer,PRESS,15,14,{COLOUR},"COLOUR in oak,walnut"
CARCASS,40,Drill,DRILLS,5,5+WIDTH/500,,
DOOR,10,Saw,SAWS,5,4,,
DOOR,20,Lacquer,BOOTH,10,7,{COLOUR},"not COLOUR in oak,walnut"
DOOR,20,Press veneer,PRESS,15,11,{COLOUR},"COLOUR in oak,walnut"
DOOR,30,Drill,DRILLS,5,3,,FRONT=hinged
DRAWER,10,Saw,SAWS,5,6,,
DRAWER,20,Assemble,DRAWERS,2,9,,
"""
RESOURCES = """resource,group,calendar,changeover
ASSEMBLY-1,ASSEMBLY,DAY,
ASSEMBLY-2,ASSEMBLY,DAY,
ASSEMBLY-3,ASSEMBLY,DAY,
ELECTRIC,,DAY,
PACKING,,DAY,
SAW-1,SAWS,SHIFTS,
SAW-2,SAWS,SHIFTS,
EDGER,,SHIFTS,
BOOTH,,SHIFTS,COLOUR
PRESS,,SHIFTS,COLOUR
DRILL-1,DRILLS,SHIFTS,
DRILL-2,DRILLS,SHIFTS,
DRAWERS-1,DRAWERS,SHIFTS,
DRAWERS-2,DRAWERS,SHIFTS,
"""
OPTIONS = f"""item,option,values,required,default
WARDROBE,COLOUR,{";".join(COLOURS)},yes,
WARDROBE,FRONT,{";".join(FRONTS)},yes,
WARDROBE,WIDTH,500..3000,yes,
WARDROBE,HEIGHT,1200..2600,yes,
WARDROBE,DEPTH,350..700,yes,600
WARDROBE,DRAWERS,0..8,yes,0
WARDROBE,LIGHT,yes;no,yes,no
WARDROBE,MIRROR,yes;no,yes,no
"""
RULES = """item,when,require,message
WARDROBE,FRONT=sliding,WIDTH>=1000,sliding doors need a metre
WARDROBE,MIRROR=yes,FRONT=sliding,mirrors go on sliding doors
WARDROBE,HEIGHT>2400,FRONT!=open,tall wardrobes are closed
WARDROBE,DRAWERS>4,WIDTH>=1000,more than four drawers need a metre
"""
CALENDARS = """calendar,weekday,start,end
DAY,mon-fri,07:00,16:00
SHIFTS,mon-fri,06:00,22:00
"""
CHANGEOVERS = "changeover,from,to,minutes\nCOLOUR,*,*,25\n" + "".join(f"COLOUR,{c},{c},0\n" for c in COLOURS)


def order_rows(count: int, seed: int) -> Iterable[str]:
    """An order for each of so many variants that the rules allow, all different."""
    rng = random.Random(seed)
    seen: set[str] = set()
    while len(seen) < count:
        front = rng.choice(FRONTS)
        width = rng.randrange(1000 if front == "sliding" else 500, 3001, 10)
        height = rng.randrange(1200, 2401 if front == "open" else 2601, 10)
        drawers = rng.randrange(9 if width >= 1000 else 5)
        mirror = rng.choice(("yes", "no")) if front == "sliding" else "no"
        chosen = f"COLOUR={rng.choice(COLOURS)};FRONT={front};WIDTH={width};HEIGHT={height}"
        chosen += f";DRAWERS={drawers};LIGHT={rng.choice(('yes', 'no'))};MIRROR={mirror}"
        if chosen not in seen:
            seen.add(chosen)
            due = START + timedelta(days=20 + len(seen) * 100 // count)
            yield f"SO-{len(seen):05},WARDROBE,{rng.randrange(1, 4)},{due},{chosen}\n"


def write(folder: Path, count: int, seed: int) -> Path:
    """The factory folder with so many orders."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {
        "items": ITEMS,
        "bom": BOM,
        "routing": ROUTING,
        "resources": RESOURCES,
        "options": OPTIONS,
        "option_rules": RULES,
        "calendars": CALENDARS,
        "changeovers": CHANGEOVERS,
        "orders": "order,item,qty,due,options\n" + "".join(order_rows(count, seed)),
    }
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    settings = f'now = {START}T06:00:00\nhorizon_days = 240\ncalendar = "DAY"\n'
    (folder / "factory.toml").write_text(settings, encoding="utf-8")
    return folder


class Took(NamedTuple):
    """What came of the runs: counts of the plan, and seconds of each run."""

    works: int
    operations: int
    variants: int
    checked: list[float]
    planned: list[float]
    cpu: list[float]


def timed(folder: Path, runs: int) -> Took:
    """Read and resolve, then plan as a whole, so many times."""
    checked, planned, cpu = [], [], []
    run = plan_factory(folder, Options(), 0, silent)  # warms kernels and disk
    for _ in range(runs):
        began = time.perf_counter()
        reading = read(folder)
        assert reading.snapshot is not None
        validate(reading.snapshot)
        checked.append(time.perf_counter() - began)
        began, used = time.perf_counter(), time.process_time()
        run = plan_factory(folder, Options(), 0, silent)
        planned.append(time.perf_counter() - began)
        cpu.append(time.process_time() - used)
    assert run.outcome is not None
    assert run.outcome.is_certified
    plan = run.outcome.plan
    variants = {(w.item, variant_id(w.options)) for w in plan.work_orders}
    return Took(len(plan.work_orders), len(plan.operations), len(variants), checked, planned, cpu)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print what planning so many variants takes."""
    options = argparse.ArgumentParser(prog="python -m bench.variants", description=__doc__)
    options.add_argument("--orders", type=int, default=1000, help="variants, one order each (default 1000)")
    options.add_argument("--runs", type=int, default=5, help="runs; the median is shown (default 5)")
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--out", type=Path, help="keep the factory in this folder")
    given = options.parse_args(arguments)
    with tempfile.TemporaryDirectory() as temporary:
        folder = write(given.out or Path(temporary), given.orders, given.seed)
        took = timed(folder, given.runs)
    print(f"{machine()}; seconds, kernels warm\n")
    head = ("orders", "work orders", "variants", "operations", "read and resolve", "whole plan", "least", "CPU")
    middle = statistics.median
    figures = (middle(took.checked), middle(took.planned), min(took.planned), middle(took.cpu))
    counts = (f"{n:,}" for n in (given.orders, took.works, took.variants, took.operations))
    table(head, [(*counts, *(f"{s:.3f}" for s in figures))])


if __name__ == "__main__":
    main()
