"""`pegboard`: the commands and their options. Each command parses, calls one use case, and prints."""

import contextlib
import os
import signal
import sys
from pathlib import Path
from typing import Annotated, Literal, NoReturn

from cyclopts import App, Parameter

from pegboard import __version__
from pegboard.cli import scenarios, stores

app = App(
    name="pegboard",
    version=__version__,
    help="Plan make-to-order manufacturing: a factory folder in, a certified plan out.",
)

Factory = Annotated[Path, Parameter(help="Factory folder or .xlsx workbook.")]
Json = Annotated[bool, Parameter(name="--json", negative="", help="Print the result as JSON records.")]
Quiet = Annotated[bool, Parameter(name=["--quiet", "-q"], negative="", help="No progress on stderr.")]
Asked = Annotated[Path | None, Parameter(help="Factory folder; the one planned last if absent.")]
PlanFolder = Annotated[Path | None, Parameter(help="Plan folder to ask; the factory is planned anew if absent.")]
Rule = Annotated[
    str,
    Parameter(
        help="How waiting operations are ranked: jit searches around start dates laid back from the due dates, best "
        "tries every rule too, edd, odd, atc, ... (docs/rules.md) are rules of the field, FILE.py:FUNCTION is your own."
    ),
]


@app.command
def plan(
    factory: Factory,
    *,
    out: Annotated[Path | None, Parameter(help="Plan folder to write; without it the plan is only shown.")] = None,
    rule: Rule = "jit",
    allowance: Annotated[
        float | None, Parameter(help="Days that work is released ahead of need; found by itself if absent.")
    ] = None,
    direction: Annotated[
        Literal["search", "forward", "backward", "bottleneck"],
        Parameter(
            help="search finds how early work starts; forward starts all at once, backward as late as it can, "
            "bottleneck plans it first and the rest around it."
        ),
    ] = "search",
    bottleneck: Annotated[str, Parameter(help="The bottleneck's name; the most loaded resource if absent.")] = "",
    relax: Annotated[
        list[Literal["capacity", "material"]] | None,
        Parameter(negative="", help="Set a limit aside, to see overloads or real shortages; may be given twice."),
    ] = None,
    seed: Annotated[int, Parameter(help="Seed of randomised searches; kept in the certificate.")] = 0,
    keep_invalid: Annotated[
        bool, Parameter(negative="", help="Write the plan even if the referee finds violations, marked as such.")
    ] = False,
    json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Plan a factory: work orders, purchases and a finite-capacity schedule, checked by the referee."""
    from pegboard.cli.plan import run_plan
    from pegboard.scheduling.engines.dispatch import Options

    options = Options(rule, allowance, direction=direction, bottleneck=bottleneck, relax=tuple(relax or ()))
    return run_plan(factory, out, options, seed, keep_invalid=keep_invalid, json=json, quiet=quiet)


@app.command
def repair(
    factory: Factory,
    *,
    plan: Annotated[Path, Parameter(help="Plan folder made before the factory changed.")],
    degree: Annotated[
        Literal["shift", "earlier", "sequence", "free"],
        Parameter(
            help="What may move: only what must, later; also earlier, into room that came free; "
            "also past each other; everything."
        ),
    ] = "shift",
    lock: Annotated[
        list[str] | None,
        Parameter(
            help="Keep operations exactly where they were: order=SO-1, operation=WO.20, resource=R, "
            "resource=R@FROM..TO or until=DATE; may be given several times."
        ),
    ] = None,
    out: Annotated[Path | None, Parameter(help="Plan folder to write; without it the plan is only shown.")] = None,
    seed: Annotated[int, Parameter(help="Seed of randomised searches; kept in the certificate.")] = 0,
    json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Repair a plan after the factory has changed: as few moves as the degree allows, and what they cost."""
    from pegboard.cli.repair import run_repair

    return run_repair(factory, plan, out, degree, lock or [], seed, json=json, quiet=quiet)


@app.command
def confidence(
    factory: Asked = None,
    *,
    runs: Annotated[int, Parameter(help="How often the plan is replayed.")] = 1000,
    seed: Annotated[int, Parameter(help="Seed of the luck; the same seed gives the same result.")] = 0,
    order: Annotated[str, Parameter(help="Only this order, or order/line.")] = "",
    picture: Annotated[Path | None, Parameter(help="SVG file to write: when each line may be complete.")] = None,
    json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Say how sure the plan's dates are: probability on time, safe dates, and what drives the risk of each line."""
    from pegboard.cli.confidence import run_confidence

    return run_confidence(factory, runs, seed, order, picture, json=json, quiet=quiet)


@app.command
def change(
    factory: Factory,
    changes: Annotated[
        list[str],
        Parameter(
            help="SO-1.qty=12, SO-1/2.due=2026-06-12, SO-1.priority=1, SO-1.options.COLOUR=red, cancel=SO-1, "
            "down=SAW@2026-06-08..2026-06-09, overtime=SAW@2026-06-13T06:00..14:00, delay=PO-7+5, stock=OAK=40, "
            "pin=WO-1.20@SAW@2026-06-08T08:00, ... (docs/recipes/change.md), or JSON."
        ),
    ],
    *,
    apply: Annotated[
        bool, Parameter(negative="", help="Append them to changes.jsonl of the factory; otherwise only say.")
    ] = False,
    who: Annotated[str, Parameter(help="Who makes the change.")] = "",
    why: Annotated[str, Parameter(help="Why it is made.")] = "",
    json: Json = False,
) -> int:
    """Say what changes do to a factory, and put them in its journal, so that every command sees it changed."""
    from pegboard.cli.change import run_change

    return run_change(factory, changes, who, why, apply=apply, json=json)


@app.command
def compare(
    before: Annotated[Path, Parameter(help="Plan folder.")],
    after: Annotated[Path, Parameter(help="Plan folder that is compared with it.")],
    *,
    factory: Annotated[Path | None, Parameter(help="Factory of both: for loads, overtime, promises and costs.")] = None,
    picture: Annotated[Path | None, Parameter(help="SVG file to draw: both plans over each other.")] = None,
    all_: Annotated[bool, Parameter(name="--all", negative="", help="Show every row, not the worst alone.")] = False,
    json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Compare two plans: promises, moves, supplies, loads, cost, key figures, and which order pays for which."""
    from pegboard.cli.compare import ALL, SHOWN, run_compare

    return run_compare(before, after, factory, picture, ALL if all_ else SHOWN, json=json, quiet=quiet)


@app.command
def why(
    order: Annotated[str, Parameter(help="Order, or order/line; none with --resource, --purchase or --item.")] = "",
    factory: Asked = None,
    *,
    resource: Annotated[str, Parameter(help="Who waits for this resource, behind whom, and what it does.")] = "",
    purchase: Annotated[str, Parameter(help="Who waits for this purchase, proposed or open.")] = "",
    item: Annotated[str, Parameter(help="Who waits for this item, wherever it comes from.")] = "",
    fix: Annotated[bool, Parameter(help="Show what would bring it sooner, with gain, cost and who is hurt.")] = False,
    apply: Annotated[int | None, Parameter(help="Do the remedy of this number: to the journal, and to --out.")] = None,
    out: Annotated[Path | None, Parameter(help="Where --apply writes the plan that was shown.")] = None,
    rule: Rule = "jit",
    allowance: float | None = None,
    json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Say why an order is delivered when it is, or who waits for a resource, a purchase or an item."""
    from pegboard.cli.why import Fix, chosen_subject, run_waiting, run_why
    from pegboard.scheduling.engines.dispatch import Options

    options = Options(rule=rule, allowance_days=allowance)
    subject = chosen_subject(order, factory, resource, purchase, item)
    if isinstance(subject, int):
        return subject
    if isinstance(subject, str):
        return run_why(subject, factory, options, Fix(fix, apply, out), json=json, quiet=quiet)
    return run_waiting(subject, factory or (Path(order) if order else None), options, json=json, quiet=quiet)


@app.command
def buy(
    factory: Asked = None,
    *,
    plan: PlanFolder = None,
    json: Json = False,
    quiet: Quiet = False,
) -> int:
    """List what to order by supplier, for which customers and steps, and what to change of what is ordered."""
    from pegboard.cli.buy import run_buy

    return run_buy(factory, plan, json=json, quiet=quiet)


@app.command
def pegs(
    name: Annotated[str, Parameter(help="Order, order/line, work order, purchase order, proposed purchase or item.")],
    factory: Asked = None,
    *,
    plan: PlanFolder = None,
    slip: Annotated[
        float | None, Parameter(help="Days that the supply comes later: how late it makes each order, estimated.")
    ] = None,
    json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Show where an order's supplies come from, or whom a supply serves, over all levels."""
    from pegboard.cli.pegs import run_pegs

    return run_pegs(name, factory, plan, slip, json=json, quiet=quiet)


@app.command
def kit(
    factory: Asked = None,
    *,
    plan: PlanFolder = None,
    policy: Annotated[
        Literal["reserve", "skip"] | None,
        Parameter(
            help="reserve: an earlier work order keeps the parts it has; skip: they go on to a later one that can be "
            "completed; clear_to_build of factory.toml if absent."
        ),
    ] = None,
    days: Annotated[float, Parameter(help="Work orders that start within so many days.")] = 14.0,
    wo: Annotated[str, Parameter(help="Only this work order, part by part.")] = "",
    json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Show which work orders are clear to build from stock and open orders, and what the others wait for."""
    from pegboard.cli.kit import run_kit

    return run_kit(factory, plan, policy, days, wo, json=json, quiet=quiet)


@app.command
def dispatch(
    factory: Factory,
    resource: Annotated[str, Parameter(help="The resource; all that have something to do if absent.")] = "",
    *,
    until: Annotated[str, Parameter(help="Only what begins by then, as in 2026-06-12.")] = "",
    pdf: Annotated[Path | None, Parameter(help="PDF file to write, a page or more for each resource.")] = None,
    plan: PlanFolder = None,
    json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Show the dispatch list of a resource: what it does in which order, for whom, and what to fetch for it."""
    from pegboard.cli.dispatch import run_dispatch

    return run_dispatch(factory, resource, until, pdf, plan, json=json, quiet=quiet)


@app.command
def alerts(
    factory: Factory,
    *,
    at: Annotated[str, Parameter(help="The instant to look from, as in 2026-06-12T10:00; that of the plan.")] = "",
    hours: Annotated[float, Parameter(help="How long before its start material must be there.")] = 24.0,
    plan: PlanFolder = None,
    json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Show what runs late, what should have begun, and what begins soon and lacks material."""
    from pegboard.cli.alerts import run_alerts

    return run_alerts(factory, plan, at, hours, json=json, quiet=quiet)


@app.command
def item(
    factory: Factory,
    name: Annotated[str, Parameter(help="The item.")],
    *,
    plan: PlanFolder = None,
    json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Show an item: what it is made from and goes into, what comes and goes, and its stock over time."""
    from pegboard.cli.item import run_item

    return run_item(factory, name, plan, json=json, quiet=quiet)


@app.command
def kpi(factory: Asked = None, *, plan: PlanFolder = None, json: Json = False, quiet: Quiet = False) -> int:
    """Show a plan in figures: delivery by requested and promised date, flow, stock, and reported effectiveness."""
    from pegboard.cli.kpi import run_kpi

    return run_kpi(factory, plan, json=json, quiet=quiet)


@app.command
def suppliers(factory: Factory, *, json: Json = False) -> int:
    """Show how punctual suppliers have been, and the lead times that planning makes of it."""
    from pegboard.cli.suppliers import run_suppliers

    return run_suppliers(factory, json=json)


@app.command
def quote(
    factory: Factory,
    *,
    item: Annotated[str, Parameter(help="What is asked for.")],
    qty: Annotated[float, Parameter(help="How many.")],
    due: Annotated[str, Parameter(help="When it is wanted, as in 2026-06-12; as soon as can be if absent.")] = "",
    options: Annotated[str, Parameter(help='Chosen options, as in "FABRIC=leather;ARMS=yes".')] = "",
    customer: Annotated[str, Parameter(help="Who asks.")] = "",
    order: Annotated[str, Parameter(help="The name of the order that comes of it.")] = "",
    priority: Annotated[int | None, Parameter(help="How urgent it is; lower is more urgent.")] = None,
    earliest: Annotated[str, Parameter(help="The customer takes nothing before this date.")] = "",
    min_ship: Annotated[float, Parameter(help="The least part that may be delivered on its own.")] = 0.0,
    menu: Annotated[bool, Parameter(negative="", help="Show the other ways there are, and what each costs.")] = False,
    runs: Annotated[int, Parameter(help="How many replays say how sure the date is; 0 for none.")] = 200,
    reserve: Annotated[bool, Parameter(negative="", help="Hold its place and material.")] = False,
    hours: Annotated[float, Parameter(help="For how long it is held.")] = 48.0,
    accept: Annotated[bool, Parameter(negative="", help="Make it an order: one change in changes.jsonl.")] = False,
    out: Annotated[Path | None, Parameter(help="Plan folder to write with the accepted order.")] = None,
    plan: Annotated[
        Path | None, Parameter(help="Plan folder to quote on; the factory is planned anew if absent.")
    ] = None,
    json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Quote an order that does not exist yet: when, why then, at what cost, and what else could be had."""
    from pegboard.cli.quote import Deed, Wish, run_quote

    wish = Wish(
        item=item,
        qty=qty,
        options=options,
        due=due,
        earliest=earliest,
        customer=customer,
        order=order,
        priority=priority,
        min_ship_qty=min_ship,
    )
    deed = Deed(menu=menu, runs=runs, reserve=reserve, hours=hours, accept=accept, out=out)
    return run_quote(factory, plan, wish, deed, json=json, quiet=quiet)


@app.command
def quotes(
    factory: Factory,
    file: Annotated[Path, Parameter(help="CSV file of requests with the columns of orders.csv; item and qty do.")],
    *,
    in_sequence: Annotated[
        bool, Parameter(negative="", help="Each row gets what those before it leave; otherwise each is on its own.")
    ] = False,
    csv: Annotated[Path | None, Parameter(help="CSV file to write the answers to.")] = None,
    plan: PlanFolder = None,
    json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Quote every row of a file."""
    from pegboard.cli.quote import run_quotes

    return run_quotes(factory, plan, file, csv, in_sequence=in_sequence, json=json, quiet=quiet)


@app.command
def reservations(
    factory: Factory,
    *,
    cancel: Annotated[str, Parameter(help="Give back what this reservation holds.")] = "",
    accept: Annotated[str, Parameter(help="Make this reservation an order.")] = "",
    out: Annotated[Path | None, Parameter(help="Plan folder to write with the accepted order.")] = None,
    plan: PlanFolder = None,
    json: Json = False,
    quiet: Quiet = False,
) -> int:
    """List what is reserved for quotes, cancel it, or accept it exactly as quoted."""
    from pegboard.cli.quote import run_reservations

    return run_reservations(factory, plan, cancel, accept, out, json=json, quiet=quiet)


@app.command
def atp(
    factory: Asked = None,
    *,
    item: Annotated[str, Parameter(help="A stocked, bought or buffered item.")],
    plan: PlanFolder = None,
    bucket: Annotated[Literal["day", "week"], Parameter(help="Days, or weeks from Monday.")] = "day",
    json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Show what of an item is available to promise, period by period and cumulative."""
    from pegboard.cli.atp import run_atp

    return run_atp(factory, plan, item, bucket, json=json, quiet=quiet)


@app.command
def tournament(
    factory: Factory,
    *,
    rules: Annotated[str, Parameter(help="Only these rules, by commas; all of them if absent.")] = "",
    out: Annotated[Path | None, Parameter(help="SVG file to draw, or folder for the picture and the board.")] = None,
    json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Let all dispatching rules plan a factory and compare them: promises, flow, setups, work in progress."""
    from pegboard.cli.tournament import run_tournament

    return run_tournament(factory, rules, out, json=json, quiet=quiet)


def _ranged(text: str) -> Parameter:
    return Parameter(allow_leading_hyphen=True, help=text)


@app.command
def sweep(
    factory: Factory,
    *,
    demand: Annotated[list[str] | None, _ranged("Times the quantities of orders and forecasts: 0.8..1.4.")] = None,
    dates: Annotated[list[str] | None, _ranged("Days by which all due dates move: -5..10.")] = None,
    capacity: Annotated[
        list[str] | None, _ranged("Units of a resource, or of each of a group: WELD=1..3; may be given several times.")
    ] = None,
    lead_time: Annotated[
        list[str] | None,
        _ranged("Lead times of a supplier or an item, in days: ACME=0..14, or longer by ACME=+7; several times too."),
    ] = None,
    steps: Annotated[int | None, Parameter(help="How many points; each whole number, or seven, if absent.")] = None,
    workers: Annotated[int | None, Parameter(help="Processes; as many as processors if absent.")] = None,
    out: Annotated[Path | None, Parameter(help="SVG file to draw.")] = None,
    json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Plan a factory along a range of demand, dates, units or lead times: how far it holds, and what binds first."""
    from pegboard.cli.sweep import run_sweep

    levers = {"demand": demand, "dates": dates, "capacity": capacity, "lead-time": lead_time}
    asked = [(lever, text) for lever, texts in levers.items() for text in texts or ()]
    return run_sweep(factory, asked, steps, workers, out, json=json, quiet=quiet)


@app.command
def leadtime(
    factory: Factory,
    item: Annotated[list[str] | None, Parameter(help="Items to show; the finished ones if absent.")] = None,
    *,
    target: Annotated[float | None, Parameter(help="Days to promise: finds the least stock that allows it.")] = None,
    out: Annotated[Path | None, Parameter(help="SVG file to draw: the stock that each lead time takes.")] = None,
    json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Show own, cumulative and decoupled lead times, what they are spent on, and where to buffer to shorten them."""
    from pegboard.cli.leadtime import run_leadtime, run_positions

    if target is None and out is None:
        return run_leadtime(factory, item or [], json=json)
    return run_positions(factory, item or [], target, out, json=json, quiet=quiet)


@app.command
def forecast(
    factory: Factory,
    *,
    weeks: Annotated[int, Parameter(help="How many weeks ahead.")] = 13,
    item: Annotated[list[str] | None, Parameter(help="Only these items; may be given several times.")] = None,
    out: Annotated[Path | None, Parameter(help="forecast.csv to write, for planning to read.")] = None,
    json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Forecast the usage of buffered and stocked items, by the method that would have done best in the past."""
    from pegboard.cli.forecast import run_forecast

    return run_forecast(factory, item or [], weeks, out, json=json, quiet=quiet)


@app.command
def configure(
    factory: Factory,
    *,
    item: Annotated[str, Parameter(help="The product.")],
    options: Annotated[str, Parameter(help='Chosen options, as in "FABRIC=leather;ARMS=yes".')] = "",
    qty: Annotated[float, Parameter(help="How many.")] = 1.0,
    json: Json = False,
) -> int:
    """Configure a product: check its options, and show what it is made of and how long that takes."""
    from pegboard.cli.configure import run_configure

    return run_configure(factory, item, options, qty, json=json)


@app.command
def buffers(
    factory: Factory,
    *,
    item: Annotated[list[str] | None, Parameter(help="Only these buffers; may be given several times.")] = None,
    out: Annotated[Path | None, Parameter(help="SVG file to draw the board in.")] = None,
    simulate: Annotated[
        int | None, Parameter(help="Live through so many days with all buffers, and show what becomes of them.")
    ] = None,
    demand: Annotated[float, Parameter(help="How many times the usual demand is simulated.")] = 1.0,
    seed: Annotated[int, Parameter(help="Seed of the simulated demand.")] = 0,
    share: Annotated[
        float | None, Parameter(help="Share a quantity among the buffers, so that all get to the same percentage.")
    ] = None,
    json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Show the DDMRP buffers: zones, net flow, what to order, the most urgent first."""
    from pegboard.cli.buffers import Life, run_buffers

    life = None if simulate is None else Life(simulate, demand, seed)
    return run_buffers(factory, item or [], out, life, share, json=json, quiet=quiet)


@app.command
def validate(factory: Factory, *, json: Json = False) -> int:
    """Read and cross-check a factory; every fault with its place and what to do."""
    from pegboard.cli.validate import run_validate

    return run_validate(factory, json=json)


@app.command(name="import")
def import_(
    source: Annotated[Path, Parameter(help="Workbook or folder to read.")],
    *,
    out: Annotated[Path, Parameter(help="Factory folder to write.")],
    json: Json = False,
) -> int:
    """Turn a workbook (or another folder) into a factory folder of plain CSV files."""
    from pegboard.cli.convert import run_convert

    return run_convert(source, out, json=json)


@app.command
def export(
    factory: Factory,
    *,
    out: Annotated[Path, Parameter(help="Workbook (.xlsx) or folder to write.")],
    json: Json = False,
) -> int:
    """Write a factory as one workbook (.xlsx), or as a folder."""
    from pegboard.cli.convert import run_convert

    return run_convert(factory, out, json=json)


@app.command
def plot(
    plan: Annotated[Path, Parameter(help="Plan folder.")],
    *,
    out: Annotated[Path, Parameter(help="SVG file to write.")],
    from_: Annotated[
        str | None, Parameter(name="--from", help="First day, e.g. 2026-06-01; the plan's start if absent.")
    ] = None,
    days: Annotated[float, Parameter(help="Days to show.")] = 14.0,
    resource: Annotated[list[str] | None, Parameter(help="Only these resources; may be given several times.")] = None,
    order: Annotated[str | None, Parameter(help="Paint this order alone, the others grey.")] = None,
) -> int:
    """Draw a plan as a Gantt chart: resources in rows, operations as bars coloured by order, setup hatched."""
    from pegboard.cli.plot import run_plot

    return run_plot(plan, out, from_, days, resource or [], order)


@app.command
def serve(
    plant: Annotated[str, Parameter(help="Factory folder, plant.db, or address of a database.")] = ".",
    *,
    host: Annotated[str, Parameter(help="Address to listen on; 0.0.0.0 lets other machines in.")] = "127.0.0.1",
    port: Annotated[int, Parameter(help="Port to listen on; 0 takes a free one.")] = 8000,
    workers: Annotated[int, Parameter(help="Processes that do jobs; 0 leaves them to `pegboard worker`.")] = 1,
    browser: Annotated[bool, Parameter(name="--open", negative="", help="Open the page in the browser.")] = False,
    quiet: Quiet = False,
) -> int:
    """Serve a plant to browsers and programs until Ctrl-C; a factory folder becomes a plant in plant.db within it."""
    from pegboard.cli.serve import Serving, run_serve

    return run_serve(plant, Serving(host=host, port=port, workers=workers, browser=browser), quiet=quiet)


@app.command
def worker(
    address: stores.Address,
    *,
    count: Annotated[int, Parameter(help="How many jobs are done beside each other.")] = 1,
    until_done: Annotated[bool, Parameter(negative="", help="End when there is no more to do.")] = False,
) -> int:
    """Do the jobs of a plant in a database, on this machine or any other that reaches it; Ctrl-C ends it cleanly."""
    from pegboard.cli.worker import run_worker

    return run_worker(address, count, until_done=until_done)


@app.command
def jobs(
    address: stores.Address,
    *,
    add: Annotated[str, Parameter(help="Submit a job: its kind, or JSON with parameters.")] = "",
    cancel: Annotated[int | None, Parameter(help="End this job.")] = None,
    result: Annotated[int | None, Parameter(help="Print the record that this job has given.")] = None,
    json: Json = False,
) -> int:
    """List the jobs of a plant in a database; submit one, cancel one, see what came of one."""
    from pegboard.cli.jobs import run_jobs

    return run_jobs(address, add, cancel, result, json=json)


@app.command
def demo(
    *,
    out: Annotated[Path, Parameter(help="Plan folder to write.")] = Path("plan"),
    serve: Annotated[bool, Parameter(help="Open the plan as a page; only where there is a terminal.")] = True,
    quiet: Quiet = False,
) -> int:
    """Plan the built-in demo factory, a maker of bespoke lamps, and open it as a page."""
    from pegboard.cli.demo import run_demo

    return run_demo(out, serve=serve, quiet=quiet)


app.command(scenarios.app)
app.command(stores.app)


def main() -> None:
    """Entry point: exit code 0 done, 1 findings or nothing planned, 2 wrong usage, 130 interrupted."""
    try:
        code = app(sys.argv[1:], exit_on_error=False, print_error=True, result_action="return_value")
    except KeyboardInterrupt:
        sys.stderr.write("interrupted; nothing half-written was left behind\n")
        code = 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except OSError as fault:
        sys.stderr.write(f"{fault.filename or 'file'}: {fault.strerror or fault}\n")
        code = 1
    except Exception as fault:
        from cyclopts import CycloptsError

        if not isinstance(fault, CycloptsError):
            raise
        code = 2
    _leave(code if isinstance(code, int) else 0)


def _leave(code: int) -> NoReturn:
    """End at once: taking a million records apart one by one takes seconds, and must not count as an interruption."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with contextlib.suppress(BrokenPipeError):
        sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
