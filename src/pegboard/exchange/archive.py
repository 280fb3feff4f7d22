"""Unpack an archive that anybody may have made: bounded in files and bytes, its names labels and never paths."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath

MOST_FILES = 1_000
MOST_BYTES = 256 * 2**20
"""Unpacked, all files together."""
MOST_RATIO, FROM_BYTES = 200, 16 * 2**20
"""How many times larger than packed, where it is more than so many bytes; tables of a factory take five to thirty."""
_CHUNK = 2**20
_ENTRY = b"PK\x01\x02"
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


class UnsafeArchiveError(Exception):
    """An archive that is damaged, locked, or made to fill a machine; the text says which."""


def members(data: bytes, most: int = MOST_BYTES) -> Iterator[tuple[str, bytes]]:
    """The files of a zip archive by their full names; raises UnsafeArchiveError, of one too large before it fills up.

    `most` bytes are room for all of it unpacked.
    """
    if data.count(_ENTRY) > MOST_FILES:
        raise UnsafeArchiveError(f"it holds more than {MOST_FILES:,} files")
    left = most
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for entry in archive.infolist():
                if entry.is_dir():
                    continue
                if entry.flag_bits & 1:
                    raise UnsafeArchiveError("it is locked with a password")
                if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):  # others unpack unbounded
                    raise UnsafeArchiveError("it is packed in another way than zip files commonly are")
                unpacked = _unpacked(archive, entry, (most - left, most), len(data))
                left -= len(unpacked)
                yield entry.filename, unpacked
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, ValueError, RuntimeError) as wrong:
        raise UnsafeArchiveError(f"it is damaged, or packed in a way that is not known: {wrong}") from wrong


def why_unsafe(name: str) -> str:
    """Why a name in an archive must not become that of a file; blank where it may."""
    if any(ord(sign) < 32 or ord(sign) == 127 for sign in name):
        return "it holds control characters"
    if name.startswith(("/", "\\")) or re.match(r"[A-Za-z]:", name):
        return "it is a path from the root of a disk"
    parts = re.split(r"[/\\]", name)
    if ".." in parts:
        return "it leads out of its folder"
    return "it is a name that some systems reserve" if any(_RESERVED.fullmatch(part) for part in parts) else ""


def file_name(name: str) -> str:
    """The last part of a path of any system."""
    return PurePosixPath(name.replace("\\", "/")).name


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, room: tuple[int, int], packed: int) -> bytes:
    """One file, as long as there is room, of which some is used: what an entry says of its size is not believed."""
    found = bytearray()
    used, most = room
    with archive.open(entry) as file:
        while chunk := file.read(_CHUNK):
            found += chunk
            if used + len(found) > most:
                raise UnsafeArchiveError(f"unpacked it is more than {most // 2**20} MiB")
            if used + len(found) > max(FROM_BYTES, MOST_RATIO * packed):
                raise UnsafeArchiveError(f"unpacked it is more than {MOST_RATIO} times as large")
    return bytes(found)
