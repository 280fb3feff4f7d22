"""Which database a name stands for: an address, a file, or a factory folder that is brought into one beside it."""

from pathlib import Path

from pegboard.app.plant_desk import RefusedError
from pegboard.app.plants import brought_in
from pegboard.domain.finding import error

PLANT_FILE = "plant.db"


def address_of(name: str) -> str:
    """The address of a plant.

    A factory folder is brought into `plant.db` within it the first time; from then on the database is the plant.
    Raises RefusedError or StoreError.
    """
    if "://" in name:
        return name
    path = Path(name)
    if path.is_dir():
        file = path / PLANT_FILE
        address = f"sqlite:///{file}"
        if not file.exists():
            version, findings = brought_in(address, path, "pegboard serve", f"brought in from {path.name}")
            if version is None:
                raise RefusedError(findings)
        return address
    if path.is_file():
        return f"sqlite:///{path}"
    what = f"there is no plant and no factory {name}"
    raise RefusedError([error("C643", name, what, "name a factory folder, plant.db, or the address of a database")])
