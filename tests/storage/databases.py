"""Real databases for tests: a file of SQLite, and a PostgreSQL server of this test run alone."""

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest


def binaries() -> Path | None:
    """Where PostgreSQL's programs are, if it is installed."""
    on_path = shutil.which("pg_ctl")
    found = [Path(on_path).parent] if on_path else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return next((place.resolve() for place in reversed(found) if (place / "initdb").exists()), None)


@contextlib.contextmanager
def served() -> Iterator[str]:
    """The address of a PostgreSQL server that ends with this block; skips where none is installed."""
    programs = binaries()
    if programs is None:
        pytest.skip("PostgreSQL is not installed: no pg_ctl on the path, none in /usr/lib/postgresql")
    place = Path(tempfile.mkdtemp(prefix="pegboard-postgres-"))
    who = _user(place)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    def run(program: str, *given: str) -> None:
        done = subprocess.run(
            [programs / program, "-D", place / "data", *given],
            user=who, cwd=place, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr + done.stdout

    run("initdb", "-U", "pegboard", "--auth=trust", "-E", "UTF8")
    options = f"-p {port} -k {place} -c listen_addresses=127.0.0.1"
    run("pg_ctl", "-w", "-l", str(place / "log"), "-o", options, "start")
    try:
        yield f"postgresql://pegboard@127.0.0.1:{port}"
    finally:
        run("pg_ctl", "-w", "-m", "immediate", "stop")
        shutil.rmtree(place, ignore_errors=True)


def _user(place: Path) -> str | None:
    """Whom the server runs as: PostgreSQL refuses to run as root."""
    if os.getuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    name = "postgres" if "postgres" in names else "nobody"
    shutil.chown(place, name)
    return name


def fresh(server: str) -> str:
    """The address of an empty database of a server."""
    name = f"t{uuid.uuid4().hex}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")  # type: ignore[arg-type]
    return f"{server}/{name}"
