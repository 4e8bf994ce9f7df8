"""An upload that is a tar, plain or gzipped, read in place.

A tar has no directory: its headers are walked once, which also shows that it is whole. Of a gzipped one the
decompressor's states are remembered on the way (`gzip_index`), so that nothing is unpacked to the disk.
"""

from __future__ import annotations

import io
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from hub.archive.sources import limits
from hub.archive.sources.base import Member, Refused, Unreadable
from hub.archive.sources.gzip_index import GZIP_FORMAT, GzipIndex, Unpacking
from hub.archive.sources.tar_headers import BLOCK, Entry, entries, is_header
from hub.archive.sources.zips import ARCHIVE_SUFFIXES, escapes

GZIP_MAGIC = b"\x1f\x8b"


def is_tar(path: Path) -> bool:
    """Whether a file, or what it unpacks to, begins with the header of a tar."""
    with path.open("rb") as file:
        head = file.read(limits.CHUNK)
    if head.startswith(GZIP_MAGIC):
        try:
            head = zlib.decompressobj(GZIP_FORMAT).decompress(head, BLOCK)
        except zlib.error:
            return False
    return len(head) >= BLOCK and is_header(head[:BLOCK])


class TarSource:
    """A tar's readable members. What may not be read is in `refused`, with the reason."""

    holds_files = True

    def __init__(self, path: Path):
        self._path = path
        with path.open("rb") as file:
            self._index = GzipIndex(path) if file.read(2) == GZIP_MAGIC else None
        found = list(self._walk())
        self._entries, refused = _sorted_out(found)
        self.refused = tuple(refused)

    def _walk(self) -> Iterator[Entry]:
        if self._index is None:
            with self._path.open("rb") as file:
                yield from entries(_PlainForward(file, self._path.stat().st_size))
            return
        unpacking = self._index.unpack()
        try:
            stream = _UnpackedForward(unpacking)
            yield from entries(stream)
            stream.finish()
        finally:
            unpacking.close()

    @property
    def folder(self) -> Path:
        return self._path.parent

    def members(self) -> Iterator[Member]:
        for entry in self._entries.values():
            yield Member(entry.name, entry.size, entry.modified)

    def has(self, name: str) -> bool:
        return name in self._entries

    def open(self, name: str, limit: int = limits.MAX_FILE) -> BinaryIO:
        entry = self._entries.get(name)
        if entry is None:
            raise Unreadable("missing_file", name)
        if entry.size > limit:
            raise Unreadable("too_large_unpacked", str(limit))
        if self._index is None:
            file = self._path.open("rb")
            forward: _PlainForward | _UnpackedForward = _PlainForward(file, self._path.stat().st_size)
        else:
            forward = _UnpackedForward(self._index.open_at(entry.at))
        forward.skip(entry.at - forward.at)
        return io.BufferedReader(_MemberReader(forward, entry.size), limits.CHUNK)

    def close(self) -> None:
        return None


class _PlainForward:
    def __init__(self, file: BinaryIO, length: int):
        self._file, self._length = file, length
        self.at = 0

    def read(self, size: int) -> bytes:
        data = self._file.read(size)
        if len(data) < size:
            raise Unreadable("truncated")
        self.at += size
        return data

    def skip(self, size: int) -> None:
        if self.at + size > self._length:
            raise Unreadable("truncated")
        self.at += size
        self._file.seek(self.at)

    def close(self) -> None:
        self._file.close()


class _UnpackedForward:
    def __init__(self, unpacking: Unpacking):
        self._unpacking = unpacking
        self.at = unpacking.given
        self._piece = b""

    def _more(self) -> None:
        if not self._piece:
            self._piece = self._unpacking.piece()
            if not self._piece:
                raise Unreadable("truncated")

    def read(self, size: int) -> bytes:
        parts = []
        while size:
            self._more()
            part, self._piece = self._piece[:size], self._piece[size:]
            parts.append(part)
            size -= len(part)
            self.at += len(part)
        return b"".join(parts)

    def skip(self, size: int) -> None:
        while size:
            self._more()
            passed = min(size, len(self._piece))
            self._piece = self._piece[passed:]
            size -= passed
            self.at += passed

    def finish(self) -> None:
        """To the end, where the checksum stands."""
        while self._unpacking.piece():
            pass

    def close(self) -> None:
        self._unpacking.close()


class _MemberReader(io.RawIOBase):
    """The bytes of one member."""

    def __init__(self, forward: _PlainForward | _UnpackedForward, size: int):
        self._forward, self._left = forward, size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        data = self._forward.read(min(len(buffer), self._left))
        self._left -= len(data)
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._forward.close()
        super().close()


def _sorted_out(found: list[Entry]) -> tuple[dict[str, Entry], list[Refused]]:
    """Readable entries by name, and the refused ones."""
    names = Counter(entry.name for entry in found if not entry.is_folder)
    readable: dict[str, Entry] = {}
    refused: list[Refused] = []
    for entry in found:
        reason = _why_not(entry, names)
        if reason:
            refused.append(Refused(entry.name, reason))
        elif not entry.is_folder:
            readable[entry.name] = entry
    return readable, refused


def _why_not(entry: Entry, names: Counter) -> str | None:
    if entry.is_folder:
        return None
    troubles = {
        "unsafe_name": escapes(entry.name),
        "link": not entry.is_file,
        "duplicate_name": names[entry.name] > 1,
        "archive_inside": entry.name.lower().endswith(ARCHIVE_SUFFIXES),
    }
    return next((reason for reason, is_so in troubles.items() if is_so), None)
