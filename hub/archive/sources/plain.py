"""An upload that is one file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from hub.archive.sources.base import Member, Refused, Unreadable
from hub.archive.sources.gunzip import gunzipped

GZIP_MAGIC = b"\x1f\x8b"


class PlainSource:
    """One file, or one gzipped file, under its own name."""

    holds_files = False
    refused: tuple[Refused, ...] = ()

    def __init__(self, path: Path, name: str):
        self._path = path
        self._name = name
        with path.open("rb") as file:
            self._gzipped = file.read(2) == GZIP_MAGIC

    @property
    def folder(self) -> Path:
        return self._path.parent

    def members(self) -> Iterator[Member]:
        yield Member(self._name, self._path.stat().st_size)

    def has(self, name: str) -> bool:
        return name == self._name

    def open(self, name: str) -> BinaryIO:
        if not self.has(name):
            raise Unreadable("missing_file", name)
        if not self._gzipped:
            return self._path.open("rb")
        return gunzipped(self._path.open("rb"), self._path.stat().st_size)

    def close(self) -> None:
        return None
