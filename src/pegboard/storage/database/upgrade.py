"""Bring a database to the schema of this release, from that of any earlier one or from nothing."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from pegboard.domain.finding import error
from pegboard.domain.scenario import StoreError
from pegboard.storage.database.connect import reading, writing


def upgrade(engine: Engine) -> None:
    """Run the migrations that a database lacks, all or none.

    Raises StoreError where it was made by a newer release, or cannot be reached.
    """
    scripts = ScriptDirectory.from_config(_config())
    at = revision(engine)
    if at == scripts.get_current_head():
        return
    if at is not None and at not in {script.revision for script in scripts.walk_revisions()}:
        name = engine.url.render_as_string(hide_password=True)
        what = f"the database {name} was made by a newer Pegboard (its schema is {at})"
        raise StoreError(error("C602", name, what, "upgrade Pegboard, or restore a backup of this release"))
    with writing(engine) as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def check(engine: Engine) -> None:
    """Raises StoreError where a database holds no plant, or one of another release."""
    at, name = revision(engine), engine.url.render_as_string(hide_password=True)
    if at is None:
        raise StoreError(error("C603", name, f"{name} holds no plant", "begin one with `pegboard store add`"))
    if at != (head := ScriptDirectory.from_config(_config()).get_current_head()):
        what = f"{name} has the schema {at}, not {head} of this release"
        raise StoreError(error("C602", name, what, "see `pegboard store upgrade`"))


def revision(engine: Engine) -> str | None:
    """The schema that a database has; None where it has none yet."""
    with reading(engine) as connection:
        return MigrationContext.configure(connection).get_current_revision()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config
