"""A gzip unpacked as it is read, within limits."""

from __future__ import annotations

import gzip
import io
import zlib
from typing import BinaryIO

from hub.archive.sources import limits
from hub.archive.sources.bounded import BoundedReader


class _AsItComes(gzip.GzipFile):
    """Gives what is unpacked at once, so that damage costs no more than what lies behind it."""

    def read(self, size: int | None = -1) -> bytes:
        return super().read1(size if size and size > 0 else limits.CHUNK)


def gunzipped(stream: BinaryIO, packed: int) -> BinaryIO:
    """What a gzip of `packed` bytes holds, part after part. Raises Unreadable while reading."""
    bounded = BoundedReader(
        _AsItComes(fileobj=stream),  # type: ignore[arg-type]
        packed=packed,
        errors=(OSError, EOFError, zlib.error),
    )
    return io.BufferedReader(bounded, limits.CHUNK)
