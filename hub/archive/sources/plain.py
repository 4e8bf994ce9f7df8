"""An upload that is one file."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from hub.archive.sources import limits
from hub.archive.sources.base import Member, Refused, Unreadable
from hub.archive.sources.bounded import BoundedReader

GZIP_MAGIC = b"\x1f\x8b"


class PlainSource:
    """One file, or one gzipped file, under its own name."""

    is_zip = False
    refused: tuple[Refused, ...] = ()

    def __init__(self, path: Path, name: str):
        self._path = path
        self._name = name
        with path.open("rb") as file:
            self._gzipped = file.read(2) == GZIP_MAGIC

    def members(self) -> Iterator[Member]:
        yield Member(self._name, self._path.stat().st_size)

    def has(self, name: str) -> bool:
        return name == self._name

    def open(self, name: str) -> BinaryIO:
        if not self.has(name):
            raise Unreadable("missing_file", name)
        if not self._gzipped:
            return self._path.open("rb")
        bounded = BoundedReader(
            gzip.open(self._path),  # noqa: SIM115 - closed with its wrapper
            packed=self._path.stat().st_size,
            errors=(OSError, EOFError, zlib.error),
        )
        return io.BufferedReader(bounded, limits.CHUNK)

    def close(self) -> None:
        return None
