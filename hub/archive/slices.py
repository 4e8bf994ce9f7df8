"""Exact bytes as they are kept: short ones in their rows, long ones in files under their hash.

A record of a web archive, with a page or a picture in it, is up to millions of bytes: as rows they would make
every backup and every look at the database slow.
"""

from __future__ import annotations

from .models import SourceSlice
from .storage import MediaStore

# SQLite reads blobs of up to some 100 kB faster than files; the rows of exports are far smaller.
LARGEST_ROW = 64 * 1024


def bytes_of(found: SourceSlice, collection_token: str) -> bytes | None:
    """The exact bytes; None when their file is missing, which `hub check` tells of."""
    if not found.in_file:
        return found.raw
    path = MediaStore(collection_token).path(found.sha256)
    return path.read_bytes() if path.is_file() else None


def beginning_of(found: SourceSlice, collection_token: str, count: int) -> bytes:
    """The first `count` bytes: enough for a record's headers, however long it is."""
    if not found.in_file:
        return found.raw[:count]
    path = MediaStore(collection_token).path(found.sha256)
    if not path.is_file():
        return b""
    with path.open("rb") as file:
        return file.read(count)


def size_of(found: SourceSlice, collection_token: str) -> int:
    """How many bytes there are; 0 when their file is missing."""
    if not found.in_file:
        return len(found.raw)
    path = MediaStore(collection_token).path(found.sha256)
    return path.stat().st_size if path.is_file() else 0
