"""Write files so that each is whole or not there: into temporary files beside them, then renamed."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO


class Replacing:
    """Files under way to one directory. Nothing of them shows before `commit`."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._pending: list[tuple[Path, Path]] = []

    @contextlib.contextmanager
    def open(self, name: str) -> Iterator[IO[bytes]]:
        """A new file to fill; it is on disk when the context ends, and takes its name at `commit`."""
        temporary = self.directory / f".{name}.{os.getpid()}.tmp"
        self._pending.append((temporary, self.directory / name))
        with temporary.open("wb", buffering=1 << 18) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())

    def write(self, name: str, data: bytes) -> None:
        """A new file with this content."""
        with self.open(name) as file:
            file.write(data)

    def commit(self) -> None:
        """Give all files their names, in the order in which they were opened."""
        for temporary, final in self._pending:
            temporary.replace(final)
        self._pending.clear()
        if os.name == "posix":
            handle = os.open(self.directory, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)

    def discard(self) -> None:
        """Remove what did not get its name."""
        for temporary, _ in self._pending:
            temporary.unlink(missing_ok=True)


@contextlib.contextmanager
def replacing(directory: Path) -> Iterator[Replacing]:
    """Files written in this context appear together at its end; after an exception or Ctrl-C none does."""
    directory.mkdir(parents=True, exist_ok=True)
    files = Replacing(directory)
    try:
        yield files
        files.commit()
    finally:
        files.discard()
