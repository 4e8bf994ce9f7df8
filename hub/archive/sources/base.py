"""What an adapter is given to read from."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Protocol


class Unreadable(Exception):
    """The upload, or one member of it, cannot be read.

    `reason` is a code of `hub.archive.reasons`; `detail` is a fact for the report (a number, a name), never
    a sentence.
    """

    def __init__(self, reason: str, detail: str = ""):
        super().__init__(f"{reason} {detail}".strip())
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an upload. `size` is what it claims to unpack to, in bytes; `modified` when it was written,
    as far as the upload says."""

    name: str
    size: int
    modified: datetime | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """A member that will not be read, and why."""

    name: str
    reason: str


class Source(Protocol):
    """An opened upload. Iterating `members` and `refused` reads nothing; `open` reads in bounded memory.
    `holds_files`: as a zip or a tar does; otherwise the upload is itself the one file."""

    holds_files: bool
    refused: tuple[Refused, ...]

    @property
    def folder(self) -> Path:
        """Where the upload lies: what has to be laid aside while it is read goes there, nameless."""

    def members(self) -> Iterator[Member]: ...

    def has(self, name: str) -> bool: ...

    def open(self, name: str) -> BinaryIO:
        """A stream of the member's bytes. Raises Unreadable, at once or while reading."""

    def close(self) -> None: ...


def open_source(path: Path, name: str = "") -> Source:
    """Open an upload, telling a zip or a tar from its bytes; `name` is what its owner called it.

    Raises Unreadable with a reason for the person.
    """
    from hub.archive.sources.plain import PlainSource
    from hub.archive.sources.tars import TarSource, is_tar
    from hub.archive.sources.zips import ZipSource

    path = Path(path)
    if path.stat().st_size == 0:
        raise Unreadable("empty")
    if _starts_with(path, b"WARC/"):  # a web archive whose last page is a zip ends like one
        return PlainSource(path, name or path.name)
    if is_tar(path):  # asked first: a tar whose last file is a zip ends like one
        return TarSource(path)
    if zipfile.is_zipfile(path) or _starts_like_zip(path):
        return ZipSource(path)
    return PlainSource(path, name or path.name)


def _starts_like_zip(path: Path) -> bool:
    """A zip whose end was cut off has its beginning only; say so, rather than call it unknown."""
    return _starts_with(path, b"PK\x03\x04", b"PK\x05\x06")


def _starts_with(path: Path, *marks: bytes) -> bool:
    with path.open("rb") as file:
        return file.read(8).startswith(marks)
