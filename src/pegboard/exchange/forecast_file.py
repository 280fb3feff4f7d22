"""Write `forecast.csv` of a factory folder."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from pegboard.exchange.atomic import replacing
from pegboard.exchange.csv_text import csv_lines, quoted
from pegboard.exchange.schema import factory_file


def write_forecast(rows: Iterable[tuple[str, date, float]], out: Path) -> None:
    """Write items, days from which on they hold, and quantities; the file is whole or not there."""
    head = [c.column for c in factory_file("forecast").columns]
    body = [quoted([item, day.isoformat(), f"{qty:.9f}".rstrip("0").rstrip(".")]) for item, day, qty in rows]
    with replacing(out.parent) as files:
        files.write(out.name, csv_lines([head, *body]))
