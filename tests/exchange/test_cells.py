"""One cell has one meaning, however it is written; where it has two or none, it is a fault."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from pegboard.exchange.cells import Cells, ids, options, steps, weekdays
from pegboard.exchange.fault import Fault, Noted
from pegboard.exchange.moment_text import clock, moment, moment_text
from pegboard.exchange.number_text import Style, integer, number, plain_text, shortest, style_of
from pegboard.exchange.schema import factory_file

BERLIN = ZoneInfo("Europe/Berlin")
LOS_ANGELES = ZoneInfo("America/Los_Angeles")


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


def code(value: object) -> str:
    assert isinstance(value, Fault), value
    return value.code


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12.0),
        ("12.5", 12.5),
        ("12,5", 12.5),
        ("0,125", 0.125),
        (",5", 0.5),
        (".5", 0.5),
        ("1.234,5", 1234.5),
        ("1,234.5", 1234.5),
        ("1.234.567", 1234567.0),
        ("1 234,5", 1234.5),
        ("1\u00a0234.5", 1234.5),
        ("1'234.5", 1234.5),
        ("1\u2019234", 1234.0),
        ("+3", 3.0),
        ("\u22125", -5.0),
        ("1.2E-3", 0.0012),
        ("1,2E3", 1200.0),
        ("-0", 0.0),
    ],
)
def test_a_number_is_read_as_people_write_it(text: str, value: float):
    assert number(text, Style()) == value


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("12 pcs", "F202"),
        ("n/a", "F202"),
        ("SO-1", "F202"),
        ("1_000", "F202"),
        ("1,23,4", "F202"),
        ("٣", "F202"),
        ("nan", "F202"),
        ("-inf", "F202"),
        ("1e999", "F202"),
        ("1.8*LENGTH/600", "F204"),
        ("=B2*2", "F204"),
        ("2*(A+1)", "F204"),
    ],
)
def test_what_is_no_number_is_never_made_one(text: str, why: str):
    assert code(number(text, Style())) == why


@pytest.mark.parametrize(
    ("others", "semicolons", "value"),
    [
        (["2,5"], False, 1.234),  # commas mark decimals in this file
        (["2.5"], False, 1234.0),  # points do, so the comma groups
        ([], True, 1.234),  # semicolons between cells leave the comma to decimals
        (["1.000,5"], False, 1.234),
        (["1,000.5"], False, 1234.0),
    ],
)
def test_a_comma_before_three_digits_is_read_as_the_rest_of_the_file_is(
    others: list[str], semicolons: bool, value: float
):
    assert number("1,234", style_of(["1,234", *others], semicolons=semicolons)) == value


@pytest.mark.parametrize("others", [[], ["7"], ["2,5", "2.5"]])
def test_a_comma_before_three_digits_is_a_fault_when_nothing_settles_it(others: list[str]):
    assert code(number("1,234", style_of(["1,234", *others]))) == "F203"


def test_a_point_before_three_digits_is_a_fault_where_commas_mark_decimals():
    assert number("1.234", style_of(["1.234", "5"])) == 1.234
    assert number("1.234", style_of(["1.234", "2.5"], semicolons=True)) == 1.234
    assert code(number("1.234", style_of(["1.234", "5"], semicolons=True))) == "F203"
    assert code(number("1.234", style_of(["1.234", "2,5"]))) == "F203"


def test_a_number_cell_of_a_workbook_has_one_meaning_and_settles_nothing_for_texts():
    sure = frozenset({"1.234", "2.5"})
    style = style_of(["1.234", "2.5", "1,234"], sure=sure)
    assert number("1.234", style) == 1.234
    assert code(number("1,234", style)) == "F203"


def test_a_number_is_put_plainly_without_losing_a_digit():
    assert plain_text("1.234,50", Style()) == "1234.50"
    assert plain_text("0,10000000000000000001", Style()) == "0.10000000000000000001"


def test_a_whole_number_may_be_written_with_a_point_but_not_with_a_fraction():
    assert integer("10.0", Style()) == 10
    assert code(integer("10.5", Style())) == "F205"
    assert code(integer("1e300", Style())) == "F205"


@pytest.mark.parametrize(
    ("value", "text"),
    [(12.0, "12"), (0.1, "0.1"), (1e-7, "0.0000001"), (1e20, "100000000000000000000"), (-2.5, "-2.5")],
)
def test_a_number_is_written_as_short_as_it_reads_back_without_exponent(value: float, text: str):
    assert shortest(value) == text
    assert float(text) == value


@pytest.mark.parametrize(
    "text", ["2026-06-12", "2026/06/12", "2026-6-12", "12.06.2026", "12.6.26", "20260612", "46185", "46185.0"]
)
def test_a_date_is_read_as_people_write_it(text: str):
    """46185 is 2026-06-12 in Excel: 2026-01-01 is 46023, and 162 days later is 12 June."""
    assert moment(text, BERLIN) == date(2026, 6, 12)


@pytest.mark.parametrize(
    "text",
    [
        "2026-06-12T17:00",
        "2026-06-12 17:00:00",
        "2026-06-12T17:00:00.000",
        "12.06.2026 17:00",
        "12.06.2026, 17:00 Uhr",
        "2026-06-12T15:00Z",
        "2026-06-12T17:00+02:00",
        "2026-06-12T08:00:00-0700",
        "46185,7083333333",
        "46185.70833333334",
    ],
)
def test_a_date_time_is_local_to_the_factory_unless_it_carries_an_offset(text: str):
    """Berlin is two hours ahead of UTC in June."""
    assert moment(text, BERLIN) == utc(2026, 6, 12, 15)


def test_the_hour_24_is_the_first_of_the_next_day():
    assert moment("2026-06-12T24:00", BERLIN) == moment("2026-06-13T00:00", BERLIN) == utc(2026, 6, 12, 22)


def test_slashes_are_read_only_where_one_order_makes_a_date():
    assert moment("13/06/2026", BERLIN) == moment("06/13/2026", BERLIN) == date(2026, 6, 13)
    assert moment("06/06/2026", BERLIN) == date(2026, 6, 6)
    assert code(moment("03/04/2026", BERLIN)) == "F208"


@pytest.mark.parametrize(
    "text",
    [
        "31.02.2026",
        "2026-13-01",
        "2026-06-12T25:00",
        "2026",
        "7",
        "12345678",
        "tomorrow",
        "0026-06-12",
        "2026-06-12T10:00+99:00",
    ],
)
def test_what_is_no_date_is_never_made_one(text: str):
    assert code(moment(text, BERLIN)) == "F207"


def test_a_time_that_the_clocks_skip_becomes_the_next_one_that_exists():
    """Berlin skips 02:00 to 03:00 on 29 March 2026: 03:00 there is 01:00 UTC. Los Angeles skips 8 March."""
    skipped = moment("2026-03-29T02:30", BERLIN)
    assert isinstance(skipped, Noted)
    assert (skipped.value, skipped.remark.code) == (utc(2026, 3, 29, 1), "F217")
    west = moment("2026-03-08T02:00", LOS_ANGELES)
    assert isinstance(west, Noted)
    assert west.value == utc(2026, 3, 8, 10)


def test_a_time_that_the_clocks_repeat_is_the_first():
    """Berlin repeats 02:00 to 03:00 on 25 October 2026; the first 02:30 is at two hours ahead of UTC."""
    twice = moment("2026-10-25T02:30", BERLIN)
    assert isinstance(twice, Noted)
    assert (twice.value, twice.remark.code) == (utc(2026, 10, 25, 0, 30), "F218")
    assert moment("2026-10-25T02:30+01:00", BERLIN) == utc(2026, 10, 25, 1, 30)


@pytest.mark.parametrize("hour", range(6))
def test_a_moment_is_written_so_that_it_reads_back_even_while_clocks_change(hour: int):
    for day in ((2026, 3, 29), (2026, 10, 25)):
        value = utc(*day, hour, 30)
        assert moment(moment_text(value, BERLIN), BERLIN) == value


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("8:00", 480),
        ("08:00", 480),
        ("08:00:00", 480),
        ("24:00", 1440),
        ("0:00", 0),
        ("5:30 pm", 1050),
        ("12:00 AM", 0),
        ("16:30 Uhr", 990),
        ("0", 0),
        ("0.333333", 480),
        ("0,6875", 990),
        ("1.0", 1440),
        ("1899-12-31T08:00:00", 480),
        ("1900-01-01", 1440),
    ],
)
def test_a_time_of_day_is_minutes_after_midnight(text: str, minutes: int):
    assert clock(text) == minutes


@pytest.mark.parametrize("text", ["25:00", "24:01", "8", "8:60", "08:00:30", "13:00 pm", "0.12345", "noon", "8.30"])
def test_what_is_no_time_of_day_is_never_made_one(text: str):
    assert code(clock(text)) == "F212"


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("mon", (0,)),
        ("mon-fri", (0, 1, 2, 3, 4)),
        ("Mon - Fri", (0, 1, 2, 3, 4)),
        ("mon,wed", (0, 2)),
        ("mon;wed;fri", (0, 2, 4)),
        ("sat-mon", (0, 5, 6)),
        ("mon-wed,sat", (0, 1, 2, 5)),
        ("Mo-Fr", (0, 1, 2, 3, 4)),
        ("Mo\u2013Fr", (0, 1, 2, 3, 4)),
        ("Di, Do", (1, 3)),
        ("Montag", (0,)),
        ("Sonnabend So", (5, 6)),
        ("thursday", (3,)),
    ],
)
def test_weekdays_are_read_by_name_list_and_range_in_english_and_german(text: str, days: tuple[int, ...]):
    assert weekdays(text) == days


@pytest.mark.parametrize("text", ["monn", "mon-", "-fri", "1-5", "mon-fri-sun", "x"])
def test_what_names_no_weekday_is_never_made_one(text: str):
    assert code(weekdays(text)) == "F211"


def test_options_are_sorted_by_name_and_each_is_chosen_once():
    assert options("COLOUR=red; ARMS = yes;") == (("ARMS", "yes"), ("COLOUR", "red"))
    for text in ("COLOUR", "=red", "COLOUR=", "A=1;A=2"):
        assert code(options(text)) == "F213"


def test_lists_of_ids_keep_their_order_and_lists_of_steps_are_sorted():
    assert ids("B; A;;B") == ("B", "A")
    assert steps("20;10") == steps("10,20,10") == (10, 20)
    for text in ("10;x", "1.5", "-10", ";"):
        assert code(steps(text)) == "F214"


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("ship_complete", "JA", True),
        ("ship_complete", "0", False),
        ("ship_complete", "Wahr", True),
        ("status", " Open ", "open"),
        ("order", "  0042 ", "0042"),
        ("priority", "", None),
        ("line", "\u00a0", "1"),
    ],
)
def test_words_are_read_in_any_case_and_blank_is_the_default(field: str, text: str, value: object):
    assert Cells(factory_file("orders").column(field), BERLIN, Style())[text] == value


@pytest.mark.parametrize(
    ("file", "field", "text", "why"),
    [
        ("orders", "order", "", "F201"),
        ("orders", "ship_complete", "maybe", "F209"),
        ("orders", "status", "opne", "F210"),
        ("orders", "qty", "0", "F206"),
        ("items", "yield_", "1.2", "F206"),
        ("items", "yield_", "0", "F206"),
        ("bom", "per_qty", "0", "F206"),
        ("resources", "capacity", "-1", "F206"),
        ("resources", "efficiency", "0", "F206"),
        ("routing", "run_min", "-1", "F206"),
        ("orders", "customer", "a\x00b", "F215"),
        ("orders", "customer", "#N/A", "F216"),
    ],
)
def test_a_text_that_means_nothing_in_its_column_is_a_fault(file: str, field: str, text: str, why: str):
    assert code(Cells(factory_file(file).column(field), BERLIN, Style())[text]) == why


def test_a_reference_line_may_need_nothing_and_stock_may_be_negative():
    assert Cells(factory_file("bom").column("qty_per"), BERLIN, Style())["0"] == 0
    assert Cells(factory_file("stock").column("qty"), BERLIN, Style())["-4"] == -4


def test_the_advice_for_an_unknown_word_names_the_closest_known_one():
    fault = Cells(factory_file("orders").column("status"), BERLIN, Style())["Opne"]
    assert fault.advise("Opne") == "did you mean open? one of quote, open, hold, closed, cancelled"
