"""A stream that stops being read when it turns out to be a bomb."""

from __future__ import annotations

import io
from typing import BinaryIO

from hub.archive.sources import limits
from hub.archive.sources.base import Unreadable


class Budget:
    """What may still be unpacked from one upload, over all its files, in bytes."""

    def __init__(self, total: int = limits.MAX_TOTAL):
        self.left = total

    def spend(self, count: int) -> None:
        self.left -= count
        if self.left < 0:
            raise Unreadable("too_large_unpacked", str(limits.MAX_TOTAL))


class BoundedReader(io.RawIOBase):
    """Wraps a decompressing stream; raises Unreadable at a bomb's ratio, at a limit, and at damage.

    `packed` is the number of compressed bytes behind the stream; `errors` are what the wrapped stream
    raises when its bytes are damaged.
    """

    def __init__(
        self,
        stream: BinaryIO,
        *,
        packed: int,
        errors: tuple[type[BaseException], ...],
        limit: int = limits.MAX_FILE,
        budget: Budget | None = None,
    ):
        self._stream = stream
        self._packed = max(packed, 1)
        self._errors = errors
        self._limit = limit
        self._budget = budget or Budget()
        self._given = 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        if size is None or size < 0:
            return self._read_all()
        try:
            data = self._stream.read(size)
        except self._errors as error:
            raise Unreadable("damaged", type(error).__name__) from error
        self._count(len(data))
        return data

    def readinto(self, buffer) -> int:
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def _read_all(self) -> bytes:
        parts = []
        while part := self.read(limits.CHUNK):
            parts.append(part)
        return b"".join(parts)

    def _count(self, count: int) -> None:
        self._given += count
        self._budget.spend(count)
        if self._given > self._limit:
            raise Unreadable("too_large_unpacked", str(self._limit))
        if self._given > limits.FREE_BYTES and self._given > self._packed * limits.MAX_RATIO:
            raise Unreadable("bomb")

    def close(self) -> None:
        if not self.closed:
            self._stream.close()
        super().close()
