"""What is reserved in a plant for quotes, in order of making; those that have expired are forgotten with the next."""

from sqlalchemy import Connection, Engine, delete, func, insert, select

from pegboard.domain.quote import Reservation
from pegboard.exchange.reservations_file import line_of, reservation_of
from pegboard.storage.database.connect import reading, writing
from pegboard.storage.database.tables import reservation


class Reservations:
    """The reservations of a plant. `wall` and `now` are the clock on the wall and that of the factory, seconds UTC."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def live(self, wall: int, now: int) -> tuple[Reservation, ...]:
        """Those that still hold something."""
        with reading(self._engine) as connection:
            return _live(connection, wall, now)

    def add(self, new: Reservation, expected: tuple[Reservation, ...], wall: int, now: int) -> Reservation | None:
        """Reserve under the next name; None, and nothing is written, where others than the expected are live."""
        with writing(self._engine) as connection:
            live = _live(connection, wall, now)
            if live != expected:
                return None
            newest = connection.scalar(select(func.max(reservation.c.number))) or 0
            rows = select(reservation.c.number, reservation.c.line)
            over = [n for n, line in connection.execute(rows) if not reservation_of(line).is_live(wall, now)]
            connection.execute(delete(reservation).where(reservation.c.number.in_(over)))
            named = Reservation(
                name=f"R-{newest + 1}",
                request=new.request,
                date=new.date,
                made=new.made,
                made_at=new.made_at,
                hours=new.hours,
            )
            connection.execute(insert(reservation).values(number=newest + 1, line=line_of(named)))
            return named

    def drop(self, name: str) -> bool:
        """Give back what a reservation holds; False where there is none of this name."""
        number = name.removeprefix("R-")
        if not (number.isascii() and number.isdecimal() and len(number) < 10):
            return False
        with writing(self._engine) as connection:
            gone = connection.execute(delete(reservation).where(reservation.c.number == int(number)))
            return bool(gone.rowcount)


def _live(connection: Connection, wall: int, now: int) -> tuple[Reservation, ...]:
    lines = connection.scalars(select(reservation.c.line).order_by(reservation.c.number))
    return tuple(r for r in map(reservation_of, lines) if r.is_live(wall, now))
