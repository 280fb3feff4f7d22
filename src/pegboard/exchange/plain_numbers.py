"""Make the numbers of a table independent of the rest of their file, so that it can be written in another form.

`1,234` in a file of decimal commas is 1.234, and alone it is anything. Before a table is written, such numbers
are put plainly, digit by digit; every other cell keeps the text that people wrote.
"""

import msgspec

from pegboard.exchange.fault import Fault
from pegboard.exchange.headers import Headers
from pegboard.exchange.number_text import TWO_WAYS, Style, plain_text, style_of
from pegboard.exchange.tables import Table


def number_columns(headers: Headers) -> list[int]:
    """The places of the columns that hold numbers, or formulas in their place."""
    return [i for i, column in headers.known if column.kind in ("number", "amount", "integer")]


def table_style(table: Table, headers: Headers) -> Style:
    """How the numbers of this table are written."""
    places = number_columns(headers)
    texts = {row[i].strip() for row in table.rows for i in places if i < len(row)}
    return style_of(texts, semicolons=table.semicolons, sure=table.sure)


def with_plain_numbers(table: Table, headers: Headers) -> tuple[Table, bool]:
    """The table with plain numbers, and whether they are plain.

    They are not where a number can be read in two ways: then all stay, lest rewriting the others decide it.
    """
    style = table_style(table, headers)
    places = number_columns(headers)
    texts = {row[i] for row in table.rows for i in places if i < len(row) and row[i].strip()}
    plain = {text: plain_text(text.strip(), style) for text in texts}
    if TWO_WAYS in plain.values():
        return table, False
    change = {text: new for text, new in plain.items() if not isinstance(new, Fault) and "," in text}
    if not change:
        return table, True
    rows = [
        [change.get(cell, cell) if i in places else cell for i, cell in enumerate(row)] if any(row) else row
        for row in table.rows
    ]
    return msgspec.structs.replace(table, rows=rows), True
