"""Where staged uploads are kept: in memory, a few at a time and for some hours.

They are drafts whose files their owner still has, so that nothing is lost with them; a restart of the server, or too
many at once, ends the one that nobody has touched for longest. Decision 13 says why.
"""

import secrets
from collections.abc import Callable
from threading import Lock

from pegboard.app.uploads import Upload
from pegboard.domain.finding import Finding, error

MOST, MOST_BYTES, LIFE = 32, 128 * 2**20, 8 * 3600
"""Uploads at a time, bytes of all of them, and seconds after the last touch."""


class Shelf:
    """Staged uploads by their ids; what is asked of it from several threads comes one after the other."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[Upload, int]] = {}
        self._lock = Lock()

    def put(self, upload: Upload, now: int) -> None:
        """Keep an upload, at the cost of the oldest ones where there is no room; `now` in seconds UTC."""
        with self._lock:
            self._forget_old(now)
            self._kept[upload.id] = upload, now
            while len(self._kept) > MOST or sum(_size(u) for u, _ in self._kept.values()) > MOST_BYTES:
                oldest = min(self._kept, key=lambda name: (name == upload.id, self._kept[name][1]))
                del self._kept[oldest]

    def find(self, name: str, now: int) -> Upload | Finding:
        """An upload, which lives on from now; a finding where there is none, or none any more."""
        return self.change(name, now, lambda upload: upload)

    def change(self, name: str, now: int, how: Callable[[Upload], Upload]) -> Upload | Finding:
        """Put another state of an upload in its place."""
        with self._lock:
            self._forget_old(now)
            if name not in self._kept:
                hours = LIFE // 3600
                what = f"there is no upload {name[:40]!r}; one that nobody touches is forgotten after {hours} hours"
                return error("C682", "upload", what, "upload the files again")
            upload = how(self._kept[name][0])
            self._kept[name] = upload, now
            return upload

    def drop(self, name: str) -> None:
        """Forget an upload."""
        with self._lock:
            self._kept.pop(name, None)

    def _forget_old(self, now: int) -> None:
        for name in [name for name, (_, touched) in self._kept.items() if now - touched > LIFE]:
            del self._kept[name]


def new_id() -> str:
    """A name that nobody can guess."""
    return secrets.token_hex(8)


def _size(upload: Upload) -> int:
    return sum(len(file.data) for file in upload.sent) + sum(len(cell.text) + 100 for cell in upload.cells)
