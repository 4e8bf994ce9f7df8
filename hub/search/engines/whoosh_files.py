"""Segments read where the system maps them.

Whoosh maps a segment's file into memory, and then copies every part of it that it opens: as much time and
memory as the index is large, in each thread, again after each change. Here the parts are windows on the map.
"""

from __future__ import annotations

import os
from io import RawIOBase
from typing import Any

from whoosh.codec.whoosh3 import W3Segment
from whoosh.filedb.compound import CompoundStorage
from whoosh.filedb.structfile import BufferFile


class Window(RawIOBase):
    """A file whose bytes are somebody else's."""

    def __init__(self, buffer: memoryview) -> None:
        self._buffer = buffer
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: len(self._buffer)}[whence]
        self._at = max(0, start + offset)
        return self._at

    def readinto(self, into: Any) -> int:
        found = self._buffer[self._at : self._at + len(into)]
        into[: len(found)] = found
        self._at += len(found)
        return len(found)


class _Part(BufferFile):
    def __init__(self, buffer: memoryview, name: str | None = None) -> None:
        super().__init__(b"", name=name)
        self._buf, self.file = buffer, Window(buffer)

    def subset(self, position: int, length: int, name: str | None = None) -> _Part:
        return _Part(self._buf[position : position + length], name=name or self._name)


class _Mapped(CompoundStorage):
    def open_file(self, name: str, *args: Any, **kwargs: Any) -> Any:
        if self._source is None:
            return super().open_file(name, *args, **kwargs)
        offset, length = self.range(name)
        return _Part(memoryview(self._source)[offset : offset + length], name=name)


class Segment(W3Segment):
    """One of Whoosh's segments, opened without a copy."""

    def open_compound_file(self, storage: Any) -> CompoundStorage:
        return _Mapped(storage.open_file(self.make_filename(self.COMPOUND_EXT)))
