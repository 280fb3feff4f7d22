"""Reading is liberal: the same factory in another form is the same factory."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from pegboard.domain.order import OrderLine
from pegboard.domain.resource import Shift
from pegboard.exchange import Reading, read_factory
from tests.exchange.conftest import NOW, Folder, codes, only

ROUTING = "item,step,resource,run_min,after\nBIKE,10,SAW,1.5,\nBIKE,20,WELD,2,10\n"


def first_order(reading: Reading) -> OrderLine:
    assert reading.snapshot is not None, reading.findings
    return reading.snapshot.orders[0]


def test_two_small_files_are_a_factory(factory: Folder):
    reading = factory()
    assert reading.findings == []
    order = first_order(reading)
    assert order == OrderLine(order="SO-1", item="BIKE", qty=2.0, due=date(2026, 6, 12), source="orders.csv:2")
    assert (order.line, order.status, order.priority) == ("1", "open", None)


def test_absent_columns_and_blank_cells_take_their_default(factory: Folder):
    reading = factory(items="item,yield,uom,decimals\nBIKE,,,\n")
    assert reading.snapshot is not None
    item = reading.snapshot.items[0]
    assert (item.yield_, item.uom, item.decimals, item.max_qty, item.supply) == (1.0, "pcs", 0, None, None)


def test_ids_are_text_and_keep_their_zeros(factory: Folder):
    reading = factory(items="item\n007\n", orders="order,item,qty,due\n0042,007,1,2026-06-12\n")
    assert (first_order(reading).order, first_order(reading).item) == ("0042", "007")


def test_unknown_columns_are_kept_in_file_order_unless_blank(factory: Folder):
    reading = factory(
        orders="Region,order,item,qty,due,Sales rep\nnorth,SO-1,BIKE,2,2026-06-12,Ann\n,SO-2,BIKE,2,2026-06-12,\n"
    )
    assert first_order(reading).user == (("Region", "north"), ("Sales rep", "Ann"))
    assert reading.snapshot is not None
    assert reading.snapshot.orders[1].user == ()


def test_the_order_of_rows_and_columns_never_matters(factory: Folder, tmp_path: Path):
    one = factory(items="item,name,colour\nB,bee,red\nA,ay,blue\n", routing=ROUTING)
    other_path = tmp_path / "other"
    other_path.mkdir()
    rows = ROUTING.splitlines()
    two = Folder(other_path)(
        items="colour,name,item\nblue,ay,A\nred,bee,B\n", routing="\n".join([rows[0], rows[2], rows[1]]) + "\n"
    )
    assert one.factory_hash == two.factory_hash
    assert one.snapshot is not None
    assert two.snapshot is not None
    assert [i.item for i in one.snapshot.items] == [i.item for i in two.snapshot.items] == ["A", "B"]
    assert [s.step for s in two.snapshot.routing] == [10, 20]


@pytest.mark.parametrize(
    "orders",
    [
        "order,item,qty,due\nSO-1,BIKE,2.5,2026-06-12\n",
        "order;item;qty;due\nSO-1;BIKE;2,5;12.06.2026\n",
        "order\titem\tqty\tdue\nSO-1\tBIKE\t2.5\t46185\n",
        "sep=;\norder;item;qty;due\nSO-1;BIKE;2,5;12.06.2026\n",
        'order,item,qty,due\nSO-1,BIKE,"2,5",2026-06-12\n',
        "ORDER, Item ,Qty,Due Date\nSO-1, BIKE ,2.50,2026-06-12\n",
        "Auftrag;Artikel;Menge;Liefertermin\nSO-1;BIKE;2,5;12.6.2026\n",
        "order,item,qty,due,line,status\r\nSO-1,BIKE,2.5,2026-06-12,1,OPEN\r\n",
        "\n\norder,item,qty,due\n\nSO-1,BIKE,2.5,2026-06-12\n,,,\n\n",
        "order,item,qty,due\rSO-1,BIKE,2.5,2026-06-12\r",
        "order,item,qty,due\nSO-1,BIKE,2.5,2026-06-12",
        "order,item,qty,due\nSO-1,BIKE,2.5,2026-06-12,,\n",
    ],
)
def test_the_form_of_a_file_never_shows_in_the_hash(factory: Folder, orders: str):
    plain = factory(orders="order,item,qty,due\nSO-1,BIKE,2.5,2026-06-12\n")
    other = factory(orders=orders)
    assert other.factory_hash == plain.factory_hash != ""
    assert [f for f in other.findings if f.severity != "info"] == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_every_unicode_encoding_is_read_without_a_word(factory: Folder, encoding: str):
    reading = factory(items="item,name\nBIKE,Größe Ω\n".encode(encoding))
    assert reading.findings == []
    assert reading.snapshot is not None
    assert reading.snapshot.items[0].name == "Größe Ω"


def test_another_encoding_is_assumed_with_a_warning(factory: Folder):
    reading = factory(items="item,name\nBIKE,Größe 5€\n".encode("cp1252"))
    assert only(reading, "F107").severity == "warning"
    assert reading.snapshot is not None
    assert reading.snapshot.items[0].name == "Größe 5€"


def test_cells_may_hold_separators_line_breaks_and_quotation_marks(factory: Folder):
    reading = factory(items='item,name\nBIKE,"a ""big"", red\none"\nFRAME,5" tube\n')
    assert reading.findings == []
    assert reading.snapshot is not None
    assert [i.name for i in reading.snapshot.items] == ['a "big", red\none', '5" tube']
    assert reading.snapshot.items[1].source == "items.csv:4"


def test_an_absent_file_is_the_same_as_one_without_rows(factory: Folder):
    absent = factory()
    assert factory(stock="item,qty\n").factory_hash == absent.factory_hash
    assert factory(stock="item,qty\nBIKE,1\n").factory_hash != absent.factory_hash


def test_what_a_cell_says_shows_in_the_hash_even_in_a_column_of_users(factory: Folder):
    hashes = {
        factory(items=items).factory_hash
        for items in ("item\nA\n", "item\nB\n", "item,name\nA,x\n", "item,region\nA,x\n", "item,region\nA,y\n")
    }
    assert len(hashes) == 5


def test_the_other_names_of_columns_are_told_once_per_file(factory: Folder):
    reading = factory(orders="order,item_id,Quantity,requested\nSO-1,BIKE,2,2026-06-12\n")
    assert (
        only(reading, "F110").what
        == "columns are read under other names: item_id as item, Quantity as qty, requested as due"
    )


def test_the_exact_name_wins_over_another_one(factory: Folder):
    reading = factory(orders="product,order,item,qty,due\nP-9,SO-1,BIKE,2,2026-06-12\n")
    assert reading.findings == []
    assert first_order(reading).item == "BIKE"
    assert first_order(reading).user == (("product", "P-9"),)


def test_weekdays_and_hours_become_shifts(factory: Folder):
    reading = factory(calendars="calendar,weekday,start,end\nSTD,mon-fri,8:00,16:30\nNIGHT,Sa,22:00,24:00\n")
    assert reading.snapshot is not None
    night, day = reading.snapshot.calendars
    assert day == Shift(calendar="STD", weekday=(0, 1, 2, 3, 4), start=480, end=990, source="calendars.csv:2")  # type: ignore[arg-type]
    assert (night.weekday, night.start, night.end) == ((5,), 1320, 1440)


def test_times_are_instants_by_the_time_zone_of_the_factory(factory: Folder):
    """17:00 in Los Angeles in June is midnight UTC."""
    reading = factory(
        factory_toml='timezone = "America/Los_Angeles"\nnow = 2026-06-01T06:00:00\n',
        orders="order,item,qty,due\nSO-1,BIKE,2,2026-06-12T17:00\n",
    )
    assert reading.snapshot is not None
    assert first_order(reading).due == datetime(2026, 6, 13, 0, 0, tzinfo=UTC)
    assert reading.snapshot.settings.now == datetime(2026, 6, 1, 13, 0, tzinfo=UTC)


def test_a_time_that_does_not_exist_is_kept_with_a_warning(factory: Folder):
    reading = factory(
        factory_toml='timezone = "Europe/Berlin"\n', orders="order,item,qty,due\nSO-1,BIKE,2,2026-03-29T02:30\n"
    )
    assert first_order(reading).due == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
    assert only(reading, "F217").source == "orders.csv:2"


def test_the_same_item_twice_in_an_order_stays_two_demands(factory: Folder):
    reading = factory(orders="order,line,item,qty,due\nSO-1,10,BIKE,2,2026-06-12\nSO-1,20,BIKE,2,2026-06-12\n")
    assert reading.findings == []
    assert reading.snapshot is not None
    assert [o.id for o in reading.snapshot.orders] == ["SO-1/10", "SO-1/20"]


def test_equal_rows_of_demand_history_are_two_sales(factory: Folder):
    reading = factory(demand_history="item,date,qty\nBIKE,2026-05-01,1\nBIKE,2026-05-01,1\n")
    assert reading.findings == []
    assert reading.snapshot is not None
    assert len(reading.snapshot.demand_history) == 2


def test_stock_of_one_item_in_two_places_is_two_lots(factory: Folder):
    reading = factory(stock="item,qty,location\nBIKE,5,hall 1\nBIKE,5,hall 2\n")
    assert reading.findings == []
    assert reading.snapshot is not None
    assert len(reading.snapshot.stock) == 2


def test_a_routing_step_may_stand_once_for_each_condition(factory: Folder):
    reading = factory(
        routing="item,step,resource,run_min,condition\nB,20,SEW,20,FABRIC=leather\nB,20,SEW,12,FABRIC=cloth\n"
    )
    assert reading.findings == []


def test_the_clock_is_asked_only_when_no_instant_is_given(factory: Folder):
    def no_clock() -> datetime:
        raise AssertionError("asked for the time")

    factory.write(factory_toml="now = 2026-06-01T06:00:00Z\n")
    reading = factory.read(clock=no_clock)
    assert reading.snapshot is not None
    assert reading.snapshot.settings.now == datetime(2026, 6, 1, 6, tzinfo=UTC)


def test_an_instant_from_the_clock_is_no_part_of_the_hash(factory: Folder):
    early = factory.write().read(clock=lambda: NOW)
    late = factory.read(clock=lambda: NOW.replace(year=2027))
    assert early.factory_hash == late.factory_hash
    assert early.snapshot is not None
    assert late.snapshot is not None
    assert early.snapshot.settings.now == NOW != late.snapshot.settings.now


def test_hidden_and_temporary_files_and_notes_are_passed_over(factory: Folder):
    factory.write()
    for name in ("~$book.xlsx", ".orders.csv.swp.csv", "README.md"):
        (factory.path / name).write_text("x")
    assert factory.read().findings == []


@pytest.mark.parametrize("name", ["bicycles", "mto-10k", "mto-10k-rich", "mto-100k"])
def test_the_shared_factories_are_read_without_a_finding(name: str):
    path = Path(__file__).resolve().parents[3] / "shared" / "data" / name
    if not path.exists():
        pytest.skip(f"no data at {path}")
    reading = read_factory(path, clock=lambda: NOW)
    assert codes(reading) == []
    assert reading.snapshot is not None
    assert len(reading.snapshot.orders) == len((path / "orders.csv").read_text().splitlines()) - 1
