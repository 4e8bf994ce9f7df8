"""Counts a zip's entries before anything loads them all.

`zipfile` builds an object for each entry of the directory, whatever the directory's size: a file of a
million empty entries costs hundreds of megabytes before its first name can be looked at. So the directory
is found and walked here first, one fixed-size header at a time.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO

from hub.archive.sources import limits
from hub.archive.sources.base import Unreadable

END = b"PK\x05\x06"
END_SIZE = 22
LOCATOR = b"PK\x06\x07"
LOCATOR_SIZE = 20
END64 = b"PK\x06\x06"
ENTRY = b"PK\x01\x02"
ENTRY_SIZE = 46
MAX_COMMENT = 65_535


def check_directory(path: Path) -> None:
    """Raise Unreadable when the zip has no directory (cut short) or more entries than we read."""
    with path.open("rb") as file:
        size, end_at = _directory_size(file, path.stat().st_size)
        _count_entries(file, end_at - size, size)


def _directory_size(file: BinaryIO, length: int) -> tuple[int, int]:
    """The directory's size in bytes and the offset at which it ends."""
    start = max(0, length - END_SIZE - MAX_COMMENT)
    file.seek(start)
    tail = file.read()
    at = tail.rfind(END)
    if at < 0 or len(tail) - at < END_SIZE:
        raise Unreadable("truncated")
    size, offset = struct.unpack_from("<LL", tail, at + 12)
    end_at = start + at
    if size != 0xFFFFFFFF and offset != 0xFFFFFFFF:
        return _checked(size, end_at)
    return _directory_size_64(file, end_at)


def _directory_size_64(file: BinaryIO, end_at: int) -> tuple[int, int]:
    if end_at < LOCATOR_SIZE:
        raise Unreadable("truncated")
    file.seek(end_at - LOCATOR_SIZE)
    locator = file.read(LOCATOR_SIZE)
    if not locator.startswith(LOCATOR):
        raise Unreadable("damaged")
    (at,) = struct.unpack_from("<Q", locator, 8)
    if at > end_at:
        raise Unreadable("damaged")
    file.seek(at)
    record = file.read(56)
    if len(record) < 56 or not record.startswith(END64):
        raise Unreadable("damaged")
    (size,) = struct.unpack_from("<Q", record, 40)
    return _checked(size, at)


def _checked(size: int, end_at: int) -> tuple[int, int]:
    if size > end_at:
        raise Unreadable("truncated")
    return size, end_at


def _count_entries(file: BinaryIO, start: int, size: int) -> None:
    file.seek(start)
    count, read = 0, 0
    while read < size:
        header = file.read(ENTRY_SIZE)
        if len(header) < ENTRY_SIZE or not header.startswith(ENTRY):
            raise Unreadable("damaged")
        extra = sum(struct.unpack_from("<HHH", header, 28))
        file.seek(extra, 1)
        read += ENTRY_SIZE + extra
        count += 1
        if count > limits.MAX_ENTRIES:
            raise Unreadable("too_many_files", str(limits.MAX_ENTRIES))
